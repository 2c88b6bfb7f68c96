#include "core/analysis/stacked_map.h"

#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/capture/without_special.h"

#include <algorithm>
#include <numeric>

namespace heedmap {

namespace {

constexpr double kMostWeights = 1 << 28;

void checkParts(const Capture& capture, const std::vector<MapChoice>& parts)
{
    if (parts.empty())
        throw Error(ErrorKind::InvalidRequest, "a stack of maps needs at least one head");
    const std::string& queries = queryAxisOf(capture, parts.front()).id;
    const std::string& keys = keyAxisOf(capture, parts.front()).id;
    for (const MapChoice& part : parts)
        if (queryAxisOf(capture, part).id != queries || keyAxisOf(capture, part).id != keys)
            throw Error(ErrorKind::InvalidRequest,
                        "heads that are stacked look from the same tokens at the same tokens; \"{}\" does not look "
                        "from \"{}\" at \"{}\"",
                        printable(capture.site(part.site).key()), printable(queries), printable(keys));
    if (const double size = stackedSize(capture, parts); size > kMostWeights)
        throw Error(ErrorKind::TooLarge,
                    "{} stacked maps are {:.3g} weights, more than fit into memory safely; choose "
                    "fewer heads",
                    parts.size(), size);
}

/// Appends the wanted columns of [rows, columns of the map].
void appendColumns(const std::vector<float>& map, std::int64_t columns, const std::vector<std::int64_t>& wanted,
                   std::vector<float>& out)
{
    if (static_cast<std::int64_t>(wanted.size()) == columns) {
        out.insert(out.end(), map.begin(), map.end());
        return;
    }
    for (auto row = map.begin(); row != map.end(); row += columns)
        for (const std::int64_t key : wanted)
            out.push_back(row[key]);
}

} // namespace

double stackedSize(const Capture& capture, const std::vector<MapChoice>& parts)
{
    double size = 0;
    for (const MapChoice& part : parts)
        size += static_cast<double>(queryAxisOf(capture, part).length) *
                static_cast<double>(keyAxisOf(capture, part).length);
    return size;
}

StackedMap readStackedMap(const Capture& capture, std::vector<MapChoice> parts, bool withoutSpecial, const GoOn& goOn)
{
    checkParts(capture, parts);
    const TokenAxis& axis = keyAxisOf(capture, parts.front());
    const OrdinaryKeys ordinary(axis);
    StackedMap stacked;
    stacked.queries = queryAxisOf(capture, parts.front()).length;
    for (std::int64_t key = 0; key < axis.length; ++key)
        if (!withoutSpecial || ordinary.contains(key))
            stacked.keys.push_back(key);
    stacked.values.reserve(parts.size() * static_cast<std::size_t>(stacked.queries) * stacked.keys.size());
    double done = 0;
    for (const MapChoice& part : parts) {
        if (goOn && !goOn(done++ / static_cast<double>(parts.size())))
            throw Error(ErrorKind::Cancelled, "The maps are not read: it was cancelled.");
        std::vector<float> map = readMap(capture, part);
        if (withoutSpecial)
            stacked.emptyRows += ordinary.renormalizeRows(map);
        appendColumns(map, axis.length, stacked.keys, stacked.values);
    }
    stacked.parts = std::move(parts);
    return stacked;
}

} // namespace heedmap
