#include "core/render/token_colors.h"

namespace heedmap {

std::vector<std::size_t> tokenColorIndices(std::span<const std::int64_t> positions)
{
    std::vector<std::size_t> indices;
    std::array<bool, kTokenColors.size()> taken{};
    for (const std::int64_t position : positions.first(std::min(positions.size(), kTokenColors.size()))) {
        auto index = static_cast<std::size_t>(position) % kTokenColors.size();
        while (taken[index])
            index = (index + 1) % kTokenColors.size();
        taken[index] = true;
        indices.push_back(index);
    }
    return indices;
}

} // namespace heedmap
