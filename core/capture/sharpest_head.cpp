#include "core/capture/sharpest_head.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace heedmap {

namespace {

constexpr double kSamePlacePenalty = 0.5;

struct KeyRange
{
    std::int64_t begin = 0;
    std::int64_t end = 0;
};

KeyRange rangeToJudge(const TokenAxis& keys)
{
    const AxisSegment* patches = keys.patchSegment();
    return patches ? KeyRange{patches->begin, patches->end()} : KeyRange{0, keys.length};
}

bool sharesAxes(const Capture& capture, std::size_t site, std::size_t other)
{
    return capture.site(site).queryAxis == capture.site(other).queryAxis &&
           capture.site(site).keyAxis == capture.site(other).keyAxis;
}

std::vector<std::int64_t> queriesToJudge(const TokenAxis& queries)
{
    const bool hasText = std::any_of(queries.segments.begin(), queries.segments.end(),
                                     [](const AxisSegment& segment) { return segment.kind == SegmentKind::Text; });
    std::vector<std::int64_t> positions;
    for (std::int64_t position = 0; position < queries.length; ++position)
        if (queries.storedQueries.contains(position) && !queries.isSpecial(position) &&
            (!hasText || queries.segmentAt(position).kind == SegmentKind::Text))
            positions.push_back(position);
    return positions;
}

/// Of the heads of one site that are held; queries are visited one by one, so that only heads × keys values are held.
struct SiteStatistics
{
    std::vector<double> sumOfMaxima; // [heads]
    std::vector<double> sums;        // [heads, keys]
    std::vector<float> best;         // [heads]
    std::vector<std::int64_t> bestQuery;
};

SiteStatistics judgeSite(const Capture& capture, std::size_t site, const std::vector<std::int64_t>& queries,
                         KeyRange range)
{
    const auto heads = static_cast<std::size_t>(capture.site(site).heldHeadCount());
    const auto keys = static_cast<std::size_t>(capture.keyAxis(site).length);
    const auto width = static_cast<std::size_t>(range.end - range.begin);
    SiteStatistics result{std::vector<double>(heads), std::vector<double>(heads * width), std::vector<float>(heads, -1),
                          std::vector<std::int64_t>(heads, queries.front())};
    for (std::int64_t query : queries) {
        const std::vector<float> rows = readAllHeads(capture, site, query); // [heads, keys]
        for (std::size_t head = 0; head < heads; ++head) {
            float highest = 0;
            for (std::size_t key = 0; key < width; ++key) {
                const float weight = rows[head * keys + static_cast<std::size_t>(range.begin) + key];
                if (!std::isfinite(weight))
                    continue;
                highest = std::max(highest, weight);
                result.sums[head * width + key] += weight;
            }
            result.sumOfMaxima[head] += highest;
            if (highest > result.best[head]) {
                result.best[head] = highest;
                result.bestQuery[head] = query;
            }
        }
    }
    return result;
}

} // namespace

std::optional<SharpestHead> sharpestHead(const Capture& capture, std::span<const std::size_t> sites,
                                         std::int64_t maxWeights)
{
    if (sites.empty())
        return std::nullopt;
    const std::vector<std::int64_t> queries = queriesToJudge(capture.queryAxis(sites.front()));
    const KeyRange range = rangeToJudge(capture.keyAxis(sites.front()));
    if (queries.empty() || range.begin == range.end)
        return std::nullopt;
    double weights = 0;
    for (std::size_t site : sites)
        weights += static_cast<double>(capture.site(site).heads) * static_cast<double>(queries.size()) *
                   static_cast<double>(capture.keyAxis(site).length);
    if (weights > static_cast<double>(maxWeights))
        return std::nullopt;

    std::optional<SharpestHead> best;
    for (std::size_t site : sites) {
        if (!sharesAxes(capture, site, sites.front()))
            continue;
        const SiteStatistics statistics = judgeSite(capture, site, queries, range);
        const std::size_t width = statistics.sums.size() / statistics.best.size();
        for (std::size_t head = 0; head < statistics.best.size(); ++head) {
            const auto begin = statistics.sums.begin() + static_cast<std::ptrdiff_t>(head * width);
            const double highestSum = *std::max_element(begin, begin + static_cast<std::ptrdiff_t>(width));
            const double score =
                (statistics.sumOfMaxima[head] - kSamePlacePenalty * highestSum) / static_cast<double>(queries.size());
            if (!best || score > best->score)
                best = SharpestHead{site, capture.site(site).headNumbers()[head], statistics.bestQuery[head], score};
        }
    }
    return best;
}

} // namespace heedmap
