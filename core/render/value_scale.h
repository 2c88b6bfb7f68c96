#pragma once

#include "core/render/weight_sample.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace heedmap {

enum class ValueCurve
{
    Linear,
    Logarithmic,
    Percentile ///< the place of a weight is its rank among the weights in sight
};

/// Where the black and the white point of a scale come from.
enum class LimitsRule
{
    Automatic, ///< high: 99.5th percentile; low: high / 256 (logarithmic), 0 (linear). Percentile: all ranks
    Extremes,  ///< smallest (logarithmic: smallest above 0) and largest weight
    ByHand     ///< `low` and `high` as they are
};

/// How probabilities become positions on a colour bar. The default is "× uniform" (weight × number of keys, so that 1
/// is what a head without preference gives), logarithmic.
struct ValueScale
{
    bool timesUniform = true;
    ValueCurve curve = ValueCurve::Logarithmic;
    double keyCount = 1; ///< number of keys a row is shared by: all of them, or those that are not special
    double low = 0.25;   ///< in displayed units (× uniform or probability)
    double high = 64;
    LimitsRule rule = LimitsRule::Automatic;
    bool withoutSpecial = false;                          ///< rows are renormalised (core/capture/without_special.h)
    std::shared_ptr<const WeightSample> sample = nullptr; ///< the weights in sight; needed by ValueCurve::Percentile
    double rankBelowLow = 0;                              ///< part of the sample below `low`; fittedTo() sets it
    double outlier = 0;    ///< above 0: where opacity is full, below `high`; fittedTo() sets it
    double rankOfHigh = 1; ///< part of the sample up to `high`; the same
    std::string unit = {}; ///< of values that are no probabilities, with `timesUniform` off; empty: probability

    bool hasOwnUnit() const { return !timesUniform && !unit.empty(); }
    /// Probability → displayed unit, and back.
    double displayed(double probability) const { return timesUniform ? probability * keyCount : probability; }
    double probabilityFromDisplayed(double value) const { return timesUniform ? value / keyCount : value; }
    /// Probability → [0, 1] on the colour bar, clamped; 0 for NaN. With the percentile curve and limits that leave no
    /// weight out: the part of the weights in sight that are at most this one.
    double position(double probability) const;
    /// The same for many, to 1e-6: what depends on the scale alone is computed once.
    std::vector<double> positions(std::span<const double> probabilities) const;
    /// The displayed value from which on heat has its full opacity: `high`, or with automatic percentiles, whose `high`
    /// is the one largest weight, the 99.5th.
    double opaqueFrom() const { return outlier > 0 ? outlier : high; }
    /// Displayed unit → position; not clamped unless the curve is Percentile.
    double positionOfDisplayed(double value) const;
    /// Position in [0, 1] → displayed unit: what a colour of the bar stands for.
    double displayedAt(double position) const;

    struct Tick
    {
        double position; ///< 0 at the bottom, 1 at the top
        std::string label;
    };
    /// Three to seven nice numbers; with the percentile curve the weights at every quarter of the bar.
    std::vector<Tick> ticks() const;
    std::string unitLabel() const;                ///< "× uniform", "probability" or `unit`, and whether renormalised
    std::string curveLabel() const;               ///< "linear", "log", "percentile"
    std::string format(double probability) const; ///< "0.1834 (59.4× uniform)"; "0.1834" with an own unit
    std::string formatDisplayed(double value) const; ///< three digits: "59.4×", "0.183"
    std::string
    formatWithUnit(double value) const; ///< of a displayed value: "59.4× uniform", "probability 0.183", "0.183"
};

/// The scale with `sample` as the weights in sight and the limits its rule gives for them; never empty or inverted
/// unless the rule is ByHand. Null: as no weights.
ValueScale fittedTo(ValueScale scale, std::shared_ptr<const WeightSample> sample);
/// The same for weights that are looked at once; the sample is kept only where the curve needs it.
ValueScale withSharedLimits(ValueScale scale, std::span<const float> probabilities);

} // namespace heedmap
