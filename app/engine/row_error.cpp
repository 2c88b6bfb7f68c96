#include "app/engine/row_error.h"

#include <Eigen/Core>

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using FloatMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

constexpr std::int64_t kScratchElements = 1 << 19;

bool isVisible(const MaskSymbols& mask, std::int64_t query, std::int64_t key)
{
    if (mask.causalOffset && key > query + *mask.causalOffset)
        return false;
    return mask.keyRanges.empty() || std::ranges::any_of(mask.keyRanges, [key](const auto& range) {
               return key >= range.first && key < range.second;
           });
}

/// `scores` are scaled, before the mask; `used` is the model's row.
double rowError(const Eigen::ArrayXf& scores, const MaskSymbols& mask, std::int64_t query, const float* used)
{
    float highest = -std::numeric_limits<float>::infinity();
    for (Eigen::Index key = 0; key < scores.size(); ++key)
        if (isVisible(mask, query, key))
            highest = std::max(highest, scores[key]);
    Eigen::ArrayXf row = (scores - highest).exp();
    double sum = 0;
    for (Eigen::Index key = 0; key < scores.size(); ++key) {
        row[key] = isVisible(mask, query, key) ? row[key] : 0.0f;
        sum += row[key];
    }
    if (sum > 0)
        row /= static_cast<float>(sum);
    return (row - Eigen::Map<const Eigen::ArrayXf>(used, scores.size())).abs().maxCoeff();
}

} // namespace

double maxRowError(const RecordedSite& site)
{
    const std::int64_t queries = site.queries.shape.at(1);
    const std::int64_t width = site.queries.shape.at(2);
    const std::int64_t keys = site.keys.shape.at(1);
    const std::int64_t block = std::clamp<std::int64_t>(kScratchElements / keys, 1, queries);
    double largest = 0;
    for (int head = 0; head < site.heads; ++head) {
        const int keyHead = head / (site.heads / site.keyValueHeads);
        const Matrix keyVectors = // [keys, headDim]
            Eigen::Map<const FloatMatrix>(site.keys.values.data() + keyHead * keys * width, keys, width).cast<double>();
        for (std::int64_t first = 0; first < queries; first += block) {
            const std::int64_t count = std::min(block, queries - first);
            const std::int64_t row = head * queries + first;
            const Matrix queryVectors =
                Eigen::Map<const FloatMatrix>(site.queries.values.data() + row * width, count, width).cast<double>();
            const Matrix scores = site.scale * (queryVectors * keyVectors.transpose()); // [count, keys]
            for (std::int64_t i = 0; i < count; ++i)
                largest = std::max(largest, rowError(scores.row(i).transpose().array().cast<float>(), site.mask,
                                                     first + i, site.weights.values.data() + (row + i) * keys));
        }
    }
    return largest;
}

} // namespace heedmap
