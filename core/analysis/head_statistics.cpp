#include "core/analysis/head_statistics.h"

#include "core/base/error.h"
#include "core/base/nearest_names.h"
#include "core/base/utf8.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace heedmap {

namespace {

double weightAt(std::span<const float> row, std::size_t key)
{
    return std::isfinite(row[key]) ? row[key] : 0;
}

double pictureMass(std::span<const float> row, const KeyRoles& keys)
{
    double mass = 0;
    for (const PatchPlace& patch : keys.patches)
        mass += weightAt(row, patch.key);
    return mass;
}

double specialMass(std::span<const float> row, const KeyRoles& keys)
{
    return massOn(row, keys.special);
}

bool hasWeight(std::span<const float> row)
{
    return std::ranges::any_of(row, [](float weight) { return std::isfinite(weight) && weight > 0; });
}

double entropy(std::span<const float> row, const KeyRoles&)
{
    // With t = Σ w: −Σ (w/t) ln (w/t) = ln t − (Σ w ln w) / t, one pass over the row.
    double total = 0;
    double sum = 0;
    for (const float weight : row)
        if (std::isfinite(weight) && weight > 0) {
            total += weight;
            sum += weight * std::log(static_cast<double>(weight));
        }
    return total > 0 ? std::max(0.0, std::log(total) - sum / total) : 0;
}

double entropyInBits(std::span<const float> row, const KeyRoles& keys)
{
    return entropy(row, keys) / std::numbers::ln2;
}

double effectiveKeys(std::span<const float> row, const KeyRoles& keys)
{
    return hasWeight(row) ? std::exp(entropy(row, keys)) : 0;
}

double largest(std::span<const float> row, const KeyRoles&)
{
    double highest = 0;
    for (std::size_t key = 0; key < row.size(); ++key)
        highest = std::max(highest, weightAt(row, key));
    return highest;
}

double largestPatch(std::span<const float> row, const KeyRoles& keys)
{
    double highest = 0;
    for (const PatchPlace& patch : keys.patches)
        highest = std::max(highest, weightAt(row, patch.key));
    return highest;
}

double spread(std::span<const float> row, const KeyRoles& keys)
{
    const double mass = pictureMass(row, keys);
    if (mass <= 0)
        return 0;
    PointF middle;
    for (const PatchPlace& patch : keys.patches) {
        middle.x += weightAt(row, patch.key) / mass * patch.inPatches.x;
        middle.y += weightAt(row, patch.key) / mass * patch.inPatches.y;
    }
    double variance = 0;
    for (const PatchPlace& patch : keys.patches) {
        const double x = patch.inPatches.x - middle.x;
        const double y = patch.inPatches.y - middle.y;
        variance += weightAt(row, patch.key) / mass * (x * x + y * y);
    }
    return std::sqrt(std::max(0.0, variance));
}

const HeadStatistic kStatistics[] = {
    {"picture_mass", "mass on picture", "Σ w over patches", "a sum of probabilities", "probability", true, pictureMass},
    {"special_mass", "mass on special tokens", "Σ w over special tokens", "a sum of probabilities", "probability",
     false, specialMass},
    {"entropy", "entropy", "H = −Σ p ln p", "Shannon 1948", "nats", false, entropy},
    {"entropy_bits", "entropy in bits", "−Σ p log₂ p", "Shannon 1948", "bits", false, entropyInBits},
    {"effective_keys", "effective support", "e^H", "number of order 1: Hill 1973; perplexity: Jelinek et al. 1977",
     "keys", false, effectiveKeys},
    {"largest", "largest weight", "max w", "of one row what Voita et al. 2019, arXiv 1905.09418, average",
     "probability", false, largest},
    {"largest_patch", "largest weight of a patch", "max w over patches", "the same over patches alone", "probability",
     true, largestPatch},
    {"spread", "spread on the picture", "√(Σ q ‖x − x̄‖²) over patches", "standard distance: Bachi 1963", "patches",
     true, spread},
};

} // namespace

KeyRoles::KeyRoles(const TokenAxis& keys) : keyCount(static_cast<std::size_t>(keys.length))
{
    const AxisSegment* first = keys.patchSegment();
    const RectF one = first ? first->grid.pictureRectFromPatch(0) : RectF{};
    const double unitWidth = one.width > 0 ? one.width : 1; // a grid turned by 45° gives outlines without width
    const double unitHeight = one.height > 0 ? one.height : 1;
    for (const AxisSegment& segment : keys.segments) {
        const bool ofPicture = segment.kind == SegmentKind::PatchGrid && segment.input == first->input;
        for (std::int64_t position = segment.begin; position < segment.end(); ++position) {
            if (keys.isSpecial(position))
                special.push_back(static_cast<std::size_t>(position));
            if (!ofPicture)
                continue;
            const std::int64_t perFrame =
                std::max<std::int64_t>(1, std::int64_t{segment.grid.rows} * segment.grid.columns);
            const std::int64_t frame = (position - segment.begin) / perFrame;
            const RectF rect = segment.grid.pictureRectFromPatch(static_cast<int>(position - segment.begin));
            const PointF centre{rect.x + rect.width / 2, rect.y + rect.height / 2};
            patches.push_back(
                {static_cast<std::size_t>(position), centre, {centre.x / unitWidth, centre.y / unitHeight}, frame});
        }
    }
}

std::span<const HeadStatistic> headStatistics()
{
    return kStatistics;
}

const HeadStatistic& headStatistic(std::string_view id)
{
    std::vector<std::string> known;
    for (const HeadStatistic& statistic : kStatistics) {
        if (statistic.id == id)
            return statistic;
        known.emplace_back(statistic.id);
    }
    throw Error(ErrorKind::InvalidRequest, "there is no statistic \"{}\"{}", printable(id), namesThereAre(id, known));
}

std::vector<std::size_t> keysInBox(const KeyRoles& keys, const RectF& box)
{
    std::vector<std::size_t> inside;
    for (const PatchPlace& patch : keys.patches)
        if (patch.centre.x >= box.x && patch.centre.x < box.x + box.width && patch.centre.y >= box.y &&
            patch.centre.y < box.y + box.height)
            inside.push_back(patch.key);
    return inside;
}

double massOn(std::span<const float> row, std::span<const std::size_t> keys)
{
    double mass = 0;
    for (const std::size_t key : keys)
        mass += weightAt(row, key);
    return mass;
}

} // namespace heedmap
