#pragma once

#include "core/capture/token_axis.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace heedmap {

/// A patch of a key axis.
struct PatchPlace
{
    std::size_t key = 0;
    PointF centre;    ///< in pixels of the upright picture
    PointF inPatches; ///< the same in widths and heights of the first patch
    std::int64_t frame = 0;
};

/// What the keys of an axis are, looked up once for many rows.
struct KeyRoles
{
    explicit KeyRoles(const TokenAxis& keys);

    std::size_t keyCount = 0;
    std::vector<std::size_t> special; ///< special segments and special tokens of text
    std::vector<PatchPlace> patches;  ///< of the axis's first picture
};

/// A number that says something about one row w of attention weights over all its keys k. Weights that are not finite
/// count as 0. Every statistic of a row without weight is 0, never NaN. With S the keys that are special tokens, P
/// those that are patches and p = w / Σ w:
///   picture_mass    Σ_{k∈P} w_k                       probability
///   special_mass    Σ_{k∈S} w_k                       probability
///   entropy         H = −Σ_k p_k ln p_k               nats; entropy_bits is H / ln 2
///   effective_keys  e^H                               keys: over how many the weight is spread, 1 … number of keys
///   largest         max_k w_k                         probability
///   largest_patch   max_{k∈P} w_k                     probability
///   spread          √(Σ_{k∈P} q_k ‖x_k − x̄‖²)         patches; q = w / Σ_{P} w, x_k the centre of patch k, x̄ = Σ q_k
///   x_k
struct HeadStatistic
{
    const char* id; ///< stable: names the column in files
    const char* title;
    const char* formula;
    const char* source; ///< who says so
    const char* unit;
    bool ofPatches;                                                    ///< says nothing where no key is a patch
    double (*ofRow)(std::span<const float> row, const KeyRoles& keys); ///< `row` has keys.keyCount elements
};

/// Every statistic, in the order they are shown.
std::span<const HeadStatistic> headStatistics();
/// Errors: InvalidRequest with the nearest names.
const HeadStatistic& headStatistic(std::string_view id);

/// The keys of the patches whose centre lies in `box` (pixels of the upright picture), ascending.
std::vector<std::size_t> keysInBox(const KeyRoles& keys, const RectF& box);
/// Σ_{k∈keys} w_k.
double massOn(std::span<const float> row, std::span<const std::size_t> keys);

} // namespace heedmap
