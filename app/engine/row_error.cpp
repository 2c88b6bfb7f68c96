#include "app/engine/row_error.h"

#include "core/analysis/dense_algebra.h"
#include "core/base/error.h"

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace heedmap {

namespace {

constexpr std::int64_t kScratchElements = 1 << 19;

using KeyRange = std::pair<std::int64_t, std::int64_t>;

/// The keys a query may look at, as ranges [begin, end).
std::vector<KeyRange> visibleRanges(const MaskSymbols& mask, std::int64_t query, std::int64_t keys)
{
    const std::int64_t limit =
        mask.causalOffset ? std::clamp<std::int64_t>(query + *mask.causalOffset + 1, 0, keys) : keys;
    std::vector<KeyRange> ranges = mask.keyRanges;
    if (ranges.empty())
        ranges.emplace_back(0, keys);
    for (KeyRange& range : ranges)
        range = {std::min(range.first, limit), std::min(range.second, limit)};
    std::erase_if(ranges, [](const KeyRange& range) { return range.first >= range.second; });
    return ranges;
}

/// `scores` are scaled, before the mask; `used` is the model's row.
double rowError(const Eigen::ArrayXf& scores, const std::vector<KeyRange>& visible, const float* used)
{
    float highest = -std::numeric_limits<float>::infinity();
    for (const auto& [begin, end] : visible)
        highest = std::max(highest, scores.segment(begin, end - begin).maxCoeff());
    Eigen::ArrayXf row = Eigen::ArrayXf::Zero(scores.size());
    double sum = 0;
    for (const auto& [begin, end] : visible) {
        auto part = row.segment(begin, end - begin);
        part = (scores.segment(begin, end - begin) - highest).exp();
        sum += part.cast<double>().sum();
    }
    if (sum > 0)
        row /= static_cast<float>(sum);
    return (row - Eigen::Map<const Eigen::ArrayXf>(used, scores.size())).abs().maxCoeff<Eigen::PropagateNaN>();
}

double finite(double error, const RecordedSite& site)
{
    if (!std::isfinite(error))
        throw Error(ErrorKind::InvalidFile,
                    "The attention of {} gives values that are not finite; the weights of the model are damaged.",
                    site.name);
    return error;
}

} // namespace

double maxRowError(const RecordedSite& site)
{
    return maxRowError(site, site.queries, site.keys);
}

double maxRowError(const RecordedSite& site, const FloatTensor& storedQueries, const FloatTensor& storedKeys,
                   const StoredIndices& heads, const StoredIndices& rows)
{
    AttentionSite grouped;
    grouped.heads = site.heads;
    grouped.keyValueHeads = site.keyValueHeads;
    grouped.storedHeads = heads;
    const StoredIndices keyHeads = grouped.storedKeyValueHeads();
    const std::vector<std::int64_t> positions = rows.numbers(rows.areAll() ? storedQueries.shape.at(1) : INT64_MAX);
    const std::int64_t queries = storedQueries.shape.at(1);
    const std::int64_t width = storedQueries.shape.at(2);
    const std::int64_t keys = storedKeys.shape.at(1);
    const std::int64_t block = std::clamp<std::int64_t>(kScratchElements / keys, 1, queries);
    double largest = 0;
    std::int64_t place = -1; // of the head among those stored
    for (const int head : grouped.headNumbers()) {
        ++place;
        const std::int64_t keyHead = keyHeads.placeOf(head / (site.heads / site.keyValueHeads));
        // Vectors stand in rows in the tensors, and so in columns here.
        const Eigen::MatrixXd keyVectors = // [headDim, keys]
            Eigen::Map<const Eigen::MatrixXf>(storedKeys.values.data() + keyHead * keys * width, width, keys)
                .cast<double>();
        for (std::int64_t first = 0; first < queries; first += block) {
            const std::int64_t count = std::min(block, queries - first);
            const std::int64_t row = place * queries + first;
            const Eigen::MatrixXd queryVectors =
                Eigen::Map<const Eigen::MatrixXf>(storedQueries.values.data() + row * width, width, count)
                    .cast<double>();
            Eigen::MatrixXd scores = Eigen::MatrixXd::Zero(keys, count);
            addTransposedProduct(site.scale, keyVectors, queryVectors, scores);
            for (std::int64_t i = 0; i < count; ++i)
                largest = std::max(
                    largest,
                    finite(rowError(scores.col(i).array().cast<float>(),
                                    visibleRanges(site.mask, positions[static_cast<std::size_t>(first + i)], keys),
                                    site.weights.values.data() + (row + i) * keys),
                           site));
        }
    }
    return largest;
}

} // namespace heedmap
