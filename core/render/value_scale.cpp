#include "core/render/value_scale.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <numbers>

namespace heedmap {

namespace {

constexpr std::size_t kFewestTicks = 3;
constexpr std::size_t kMostTicks = 7;
constexpr double kSmallestFraction = 1.0 / 4096;
constexpr double kEdge = 1e-9; // a limit that is itself a nice number counts as inside

bool isUseful(const std::vector<double>& values)
{
    return values.size() >= kFewestTicks && values.size() <= kMostTicks;
}

/// base^i · factor inside [low, high], ascending.
std::vector<double> logarithmicTicks(double low, double high, double base, std::initializer_list<double> factors)
{
    std::vector<double> values;
    const int first = static_cast<int>(std::floor(std::log(low) / std::log(base))) - 1;
    const int last = static_cast<int>(std::ceil(std::log(high) / std::log(base)));
    for (int exponent = first; exponent <= last && values.size() <= kMostTicks; ++exponent)
        for (double factor : factors) {
            const double value = std::pow(base, exponent) * factor;
            if (value >= low * (1 - kEdge) && value <= high * (1 + kEdge))
                values.push_back(value);
        }
    return values;
}

/// Multiples of the coarsest step 1, 2 or 5 · 10^i that gives enough of them. A step whose coarser neighbour (at most
/// 2.5 times as wide) had only two multiples in sight has at most seven.
std::vector<double> linearTicks(double low, double high)
{
    std::vector<double> values;
    const double edge = (high - low) * kEdge;
    for (int exponent = static_cast<int>(std::ceil(std::log10(high - low)));; --exponent)
        for (double factor : {5.0, 2.0, 1.0}) {
            const double step = factor * std::pow(10.0, exponent);
            values.clear();
            for (double i = std::ceil((low - edge) / step); i * step <= high + edge; ++i)
                values.push_back(i * step + 0.0); // + 0.0: no tick is called "-0"
            if (values.size() >= kFewestTicks)
                return values;
        }
}

std::vector<double> tickValues(const ValueScale& scale)
{
    std::vector<double> values;
    // Fractions are read down to 1/4096; below, powers of ten.
    if (scale.curve == ValueCurve::Logarithmic && scale.timesUniform && scale.low >= kSmallestFraction / 4) {
        for (double base : {4.0, 16.0, 64.0, 256.0, 4096.0, 2.0})
            if (isUseful(values = logarithmicTicks(scale.low, scale.high, base, {1})))
                return values;
    } else if (scale.curve == ValueCurve::Logarithmic) {
        for (double base : {10.0, 100.0, 1000.0, 1e6, 1e12})
            if (isUseful(values = logarithmicTicks(scale.low, scale.high, base, {1})))
                return values;
        if (isUseful(values = logarithmicTicks(scale.low, scale.high, 10, {1, 3})))
            return values;
        if (isUseful(values = logarithmicTicks(scale.low, scale.high, 10, {1, 2, 5})))
            return values;
    }
    return linearTicks(scale.low, scale.high);
}

std::string fractionText(double value)
{
    const double denominator = 1 / value;
    if (denominator == 2)
        return "½";
    if (denominator == 4)
        return "¼";
    if (denominator == 8)
        return "⅛";
    return value < 1 && value >= kSmallestFraction && std::log2(denominator) == std::floor(std::log2(denominator))
               ? fmt::format("1/{}", static_cast<int>(denominator))
               : std::string();
}

std::string tickLabel(const ValueScale& scale, double value)
{
    std::string text;
    if (scale.curve == ValueCurve::Logarithmic && scale.timesUniform)
        text = fractionText(value);
    if (text.empty())
        text = fmt::format("{:.6g}", value);
    return scale.timesUniform ? text + "×" : text;
}

/// Three significant digits without an exponent for what people compare.
std::string factorText(double factor)
{
    if (factor >= 99.95)
        return fmt::format("{:.0f}", factor);
    if (factor >= 9.995)
        return fmt::format("{:.1f}", factor);
    return factor >= 0.01 || factor == 0 ? fmt::format("{:.2f}", factor) : fmt::format("{:.1e}", factor);
}

/// At most six characters, for beside a narrow bar: "283×", "0.25×", "9e-3×".
std::string shortText(const ValueScale& scale, double value)
{
    if (value == 0 || std::abs(value) >= 0.01)
        return scale.formatDisplayed(value);
    const int exponent = static_cast<int>(std::floor(std::log10(std::abs(value))));
    return fmt::format("{:.0f}e{}{}", value / std::pow(10, exponent), exponent, scale.timesUniform ? "×" : "");
}

/// False for limits too close together (or too small) for neighbouring ticks to be different numbers.
bool hasRange(const ValueScale& scale)
{
    if (scale.curve == ValueCurve::Percentile)
        return scale.sample && !scale.sample->sorted.empty() && scale.rankOfHigh > scale.rankBelowLow;
    const bool finite = std::isfinite(scale.low) && std::isfinite(scale.high) && std::abs(scale.low) < 1e150;
    const double least = std::max(1e-150, 1e-12 * std::abs(scale.low));
    return finite && scale.high - scale.low > least && (scale.curve != ValueCurve::Logarithmic || scale.low > 1e-150);
}

/// numpy.percentile without sorting. `values` is not empty; it is reordered.
double percentile(std::vector<float>& values, double percent)
{
    const double rank = percent / 100 * static_cast<double>(values.size() - 1);
    const auto below = values.begin() + static_cast<std::ptrdiff_t>(rank);
    std::nth_element(values.begin(), below, values.end());
    if (below + 1 == values.end())
        return *below;
    const double next = *std::min_element(below + 1, values.end());
    return *below + (next - *below) * (rank - std::floor(rank));
}

/// Limits up to `high`, in probabilities, by the automatic rule.
ValueScale withAutomaticLimits(ValueScale scale, double high)
{
    const double uniform = scale.timesUniform ? 1 : 1 / std::max(scale.keyCount, 1.0);
    scale.high = high > 0 ? scale.displayed(high) : uniform;
    scale.low = scale.curve == ValueCurve::Logarithmic ? scale.high / 256 : 0;
    return scale;
}

ValueScale withExtremes(ValueScale scale, const std::vector<float>& sorted)
{
    const auto first =
        scale.curve == ValueCurve::Logarithmic ? std::upper_bound(sorted.begin(), sorted.end(), 0.0F) : sorted.begin();
    if (first == sorted.end() || *first == sorted.back())
        return withAutomaticLimits(scale, sorted.empty() ? 0 : sorted.back()); // one value alone spans no range
    scale.low = scale.displayed(*first);
    scale.high = scale.displayed(sorted.back());
    return scale;
}

ValueScale withRanks(ValueScale scale)
{
    // A limit is a weight times the number of keys; on the way back it must not fall short of that weight.
    constexpr double kSlack = 1e-9;
    const WeightSample& sample = *scale.sample;
    const double low = scale.probabilityFromDisplayed(scale.low);
    const auto below = std::lower_bound(sample.sorted.begin(), sample.sorted.end(), low - std::abs(low) * kSlack);
    scale.rankBelowLow = sample.sorted.empty() ? 0
                                               : static_cast<double>(below - sample.sorted.begin()) /
                                                     static_cast<double>(sample.sorted.size());
    const double high = scale.probabilityFromDisplayed(scale.high);
    scale.rankOfHigh = sample.rankOf(high + std::abs(high) * kSlack);
    return scale;
}

/// ln x for x ≥ 1 to 2e-7 of itself, in steps that compilers vectorise: x = 2ⁿ m with m around 1, ln m = 2 artanh t,
/// t = (m − 1) / (m + 1). Infinity: a large number.
float logarithm(float x)
{
    constexpr std::uint32_t kRootOfHalf = 0x3f3504f3U; // the bits of the smallest m
    const auto bits = std::bit_cast<std::uint32_t>(x);
    const auto n = static_cast<std::int32_t>((bits - kRootOfHalf) >> 23);
    const auto m = std::bit_cast<float>(bits - (static_cast<std::uint32_t>(n) << 23));
    const float t = (m - 1) / (m + 1);
    const float square = t * t;
    float series = 2.0F / 9;
    series = series * square + 2.0F / 7;
    series = series * square + 2.0F / 5;
    series = series * square + 2.0F / 3;
    series = series * square + 2.0F;
    return static_cast<float>(n) * std::numbers::ln2_v<float> + series * t;
}

/// Rank among all weights in sight → place between the limits.
double positionOfRank(const ValueScale& scale, double rank)
{
    return std::clamp((rank - scale.rankBelowLow) / (scale.rankOfHigh - scale.rankBelowLow), 0.0, 1.0);
}

} // namespace

double ValueScale::positionOfDisplayed(double value) const
{
    if (!hasRange(*this))
        return value >= high ? 1 : 0;
    switch (curve) {
    case ValueCurve::Percentile:
        return positionOfRank(*this, sample->rankOf(probabilityFromDisplayed(value)));
    case ValueCurve::Logarithmic:
        return std::log(value / low) / std::log(high / low);
    case ValueCurve::Linear:
        break;
    }
    return (value - low) / (high - low);
}

double ValueScale::position(double probability) const
{
    const double value = displayed(probability);
    if (std::isnan(value) || (curve == ValueCurve::Logarithmic && value <= 0))
        return 0;
    if (curve == ValueCurve::Percentile && hasRange(*this)) // the weight itself: exact among equal weights
        return positionOfRank(*this, sample->rankOf(probability));
    return std::clamp(positionOfDisplayed(value), 0.0, 1.0);
}

std::vector<double> ValueScale::positions(std::span<const double> probabilities) const
{
    std::vector<double> result(probabilities.size());
    if (curve == ValueCurve::Percentile || !hasRange(*this)) {
        std::ranges::transform(probabilities, result.begin(), [this](double value) { return position(value); });
        return result;
    }
    if (curve == ValueCurve::Logarithmic) {
        const double ratio = displayed(1) / low;
        const float factor = static_cast<float>(1 / std::log(high / low));
        // A single-precision logarithm is right to a thousandth of a colour, at a fraction of the time.
        std::ranges::transform(probabilities, result.begin(), [=](double probability) {
            const auto value = static_cast<float>(probability * ratio);
            const float position = logarithm(value > 1 ? value : 1) * factor; // NaN is not above 1
            return position < 1 ? position : 1.0F;
        });
        return result;
    }
    const double factor = displayed(1) / (high - low);
    const double offset = low / (high - low);
    std::ranges::transform(probabilities, result.begin(), [=](double probability) {
        return std::isnan(probability) ? 0 : std::clamp(probability * factor - offset, 0.0, 1.0);
    });
    return result;
}

double ValueScale::displayedAt(double position) const
{
    if (!hasRange(*this))
        return high;
    position = std::clamp(position, 0.0, 1.0);
    switch (curve) {
    case ValueCurve::Percentile:
        return displayed(sample->valueAtRank(rankBelowLow + position * (rankOfHigh - rankBelowLow)));
    case ValueCurve::Logarithmic:
        return low * std::pow(high / low, position);
    case ValueCurve::Linear:
        break;
    }
    return low + position * (high - low);
}

std::vector<ValueScale::Tick> ValueScale::ticks() const
{
    if (!hasRange(*this))
        return {};
    std::vector<Tick> ticks;
    if (curve == ValueCurve::Percentile) {
        for (double position : {0.0, 0.25, 0.5, 0.75, 1.0})
            ticks.push_back({position, shortText(*this, displayedAt(position))});
        return ticks;
    }
    for (double value : tickValues(*this))
        ticks.push_back({positionOfDisplayed(value), tickLabel(*this, value)});
    return ticks;
}

std::string ValueScale::unitLabel() const
{
    const std::string label = hasOwnUnit() ? unit : timesUniform ? "× uniform" : "probability";
    return withoutSpecial ? label + " without special tokens" : label;
}

std::string ValueScale::curveLabel() const
{
    switch (curve) {
    case ValueCurve::Linear:
        return "linear";
    case ValueCurve::Logarithmic:
        return "log";
    case ValueCurve::Percentile:
        break;
    }
    return "percentile";
}

std::string ValueScale::format(double probability) const
{
    const std::string plain = probability >= 0.001 || probability == 0 ? fmt::format("{:.4f}", probability)
                                                                       : fmt::format("{:.2e}", probability);
    if (hasOwnUnit())
        return std::abs(probability) < 1e4 ? plain : fmt::format("{:.4g}", probability);
    return fmt::format("{} ({}× uniform)", plain, factorText(probability * keyCount));
}

std::string ValueScale::formatDisplayed(double value) const
{
    if (timesUniform)
        return factorText(value) + "×";
    return std::abs(value) >= 1e-4 || value == 0 ? fmt::format("{:.3g}", value) : fmt::format("{:.1e}", value);
}

std::string ValueScale::formatWithUnit(double value) const
{
    if (hasOwnUnit())
        return formatDisplayed(value);
    return timesUniform ? formatDisplayed(value) + " uniform" : "probability " + formatDisplayed(value);
}

ValueScale fittedTo(ValueScale scale, std::shared_ptr<const WeightSample> sample)
{
    scale.sample = sample ? std::move(sample) : std::make_shared<const WeightSample>();
    const bool allRanks = scale.curve == ValueCurve::Percentile && !scale.sample->sorted.empty();
    if (scale.rule == LimitsRule::Extremes || (scale.rule == LimitsRule::Automatic && allRanks))
        scale = withExtremes(std::move(scale), scale.sample->sorted);
    else if (scale.rule == LimitsRule::Automatic)
        scale = withAutomaticLimits(std::move(scale), scale.sample->percentile(99.5));
    scale.outlier = 0;
    if (scale.rule == LimitsRule::Automatic && allRanks)
        scale.outlier = scale.displayed(scale.sample->percentile(99.5));
    return withRanks(std::move(scale));
}

ValueScale withSharedLimits(ValueScale scale, std::span<const float> probabilities)
{
    if (scale.curve == ValueCurve::Percentile || scale.rule != LimitsRule::Automatic)
        return fittedTo(std::move(scale), std::make_shared<const WeightSample>(sampleOf(probabilities)));
    std::vector<float> finite;
    finite.reserve(probabilities.size());
    std::ranges::copy_if(probabilities, std::back_inserter(finite), [](float value) { return std::isfinite(value); });
    scale.sample.reset();
    return withAutomaticLimits(std::move(scale), finite.empty() ? 0 : percentile(finite, 99.5));
}

} // namespace heedmap
