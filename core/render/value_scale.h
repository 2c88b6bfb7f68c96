#pragma once

#include <span>
#include <string>
#include <vector>

namespace heedmap {

/// How probabilities become positions on a colour bar. The default is "× uniform" (weight × number of keys, so that 1
/// is what a head without preference gives), logarithmic.
struct ValueScale
{
    bool timesUniform = true;
    bool logarithmic = true;
    double keyCount = 1; ///< number of keys of the row, special ones included
    double low = 0.25;   ///< in displayed units (× uniform or probability)
    double high = 64;

    /// Probability → displayed unit.
    double displayed(double probability) const { return timesUniform ? probability * keyCount : probability; }
    /// Probability → [0, 1] on the colour bar, clamped; 0 for NaN.
    double position(double probability) const;
    /// Displayed unit → [0, 1], not clamped.
    double positionOfDisplayed(double value) const;

    struct Tick
    {
        double position; ///< 0 at the bottom, 1 at the top
        std::string label;
    };
    std::vector<Tick> ticks() const;
    std::string unitLabel() const;                ///< "× uniform" or "probability"
    std::string format(double probability) const; ///< "0.1834 (59.4× uniform)"
};

/// Limits shared by all maps in sight: high is the 99.5th percentile of `probabilities` (patch keys of every head),
/// low is high / 256 on a logarithmic scale and 0 on a linear one; never empty or inverted. Other members come from
/// `scale`.
ValueScale withSharedLimits(ValueScale scale, std::span<const float> probabilities);

} // namespace heedmap
