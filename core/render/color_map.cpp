#include "core/render/color_map.h"

#include "core/base/error.h"
#include "core/base/nearest_names.h"
#include "core/base/utf8.h"
#include "core/render/color_tables.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace heedmap {

namespace {

ColorMap mapFromTable(const char* name, const char* title, const std::array<std::uint32_t, 256>& table)
{
    ColorMap map{name, title, {}};
    std::ranges::transform(table, map.colors.begin(), [](std::uint32_t color) {
        return Rgb{static_cast<std::uint8_t>(color >> 16), static_cast<std::uint8_t>(color >> 8),
                   static_cast<std::uint8_t>(color)};
    });
    return map;
}

ColorMap greyMap()
{
    ColorMap map{"grey", "Grey", {}};
    for (int i = 0; i < 256; ++i) {
        const auto level = static_cast<std::uint8_t>(i);
        map.colors[i] = {level, level, level};
    }
    return map;
}

} // namespace

Rgb ColorMap::at(double t) const
{
    if (!(t > 0)) // NaN too
        return colors.front();
    return colors[static_cast<std::size_t>(std::lround(std::min(t, 1.0) * 255))];
}

std::span<const ColorMap> colorMaps()
{
    static const std::vector<ColorMap> maps = {
        mapFromTable("viridis", "Viridis", kViridisColors),
        mapFromTable("cividis", "Cividis", kCividisColors),
        mapFromTable("magma", "Magma", kMagmaColors),
        greyMap(),
    };
    return maps;
}

const ColorMap& colorMapByName(const std::string& name)
{
    std::vector<std::string> known;
    for (const ColorMap& map : colorMaps()) {
        if (map.name == name)
            return map;
        known.push_back(map.name);
    }
    throw Error(ErrorKind::InvalidRequest, "there is no colour map \"{}\"{}. Colour maps: {}", printable(name),
                didYouMean(name, known), fmt::join(known, ", "));
}

} // namespace heedmap
