#include "core/render/histogram.h"

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

constexpr double kDeepest = 65536;

/// Ends of the axis in displayed units, whatever the weights and limits are.
void setEnds(Histogram& histogram, const ValueScale& scale, const std::vector<float>& sorted)
{
    const auto usable = [](double value) { return std::isfinite(value) && std::abs(value) < 1e100; };
    double last = sorted.empty() ? 0 : scale.displayed(sorted.back());
    if (usable(scale.high))
        last = std::max(last, scale.high);
    if (histogram.axis == ValueCurve::Logarithmic) {
        if (!(last > 1e-30))
            last = 1;
        const auto positive = std::upper_bound(sorted.begin(), sorted.end(), 0.0F);
        double first = positive == sorted.end() ? last / 256 : scale.displayed(*positive);
        first = std::max(first, last / kDeepest);
        if (usable(scale.low) && scale.low > last * 1e-30)
            first = std::min(first, scale.low);
        histogram.first = std::min(first, last / 4);
    } else {
        double first = sorted.empty() ? 0 : std::min(0.0, scale.displayed(sorted.front()));
        if (usable(scale.low))
            first = std::min(first, scale.low);
        histogram.first = first;
        last = std::max(last, first + std::max(1e-30, std::abs(first) * 1e-6));
    }
    histogram.last = last;
}

} // namespace

double Histogram::positionOf(double value) const
{
    if (axis == ValueCurve::Linear)
        return (value - first) / (last - first);
    return value > 0 ? std::log(value / first) / std::log(last / first) : -1;
}

double Histogram::valueAt(double position) const
{
    return axis == ValueCurve::Linear ? first + position * (last - first) : first * std::pow(last / first, position);
}

double Histogram::edge(int bin) const
{
    if (bin == static_cast<int>(counts.size()))
        return last; // exactly: the largest weight belongs inside
    return bin == 0 ? first : valueAt(static_cast<double>(bin) / static_cast<double>(counts.size()));
}

int Histogram::binAt(double position) const
{
    const int bins = static_cast<int>(counts.size());
    return std::clamp(static_cast<int>(std::floor(position * bins)), 0, std::max(bins - 1, 0));
}

std::int64_t Histogram::largest() const
{
    return counts.empty() ? 0 : *std::ranges::max_element(counts);
}

Histogram countWeights(const ValueScale& scale, int bins)
{
    Histogram histogram;
    histogram.axis = scale.curve == ValueCurve::Linear ? ValueCurve::Linear : ValueCurve::Logarithmic;
    histogram.counts.resize(static_cast<std::size_t>(std::max(bins, 1)));
    const std::vector<float> none;
    const std::vector<float>& sorted = scale.sample ? scale.sample->sorted : none;
    setEnds(histogram, scale, sorted);
    // Weights come in order, so that an edge is looked up once for every bin.
    auto begin = std::lower_bound(sorted.begin(), sorted.end(), histogram.first,
                                  [&](float weight, double edge) { return scale.displayed(weight) < edge; });
    histogram.below = begin - sorted.begin();
    for (std::size_t bin = 0; bin < histogram.counts.size(); ++bin) {
        const double edge = histogram.edge(static_cast<int>(bin) + 1);
        const bool isLast = bin + 1 == histogram.counts.size();
        const auto end = std::partition_point(begin, sorted.end(), [&](float weight) {
            return isLast ? scale.displayed(weight) <= edge : scale.displayed(weight) < edge;
        });
        histogram.counts[bin] = end - begin;
        begin = end;
    }
    histogram.above = sorted.end() - begin;
    return histogram;
}

} // namespace heedmap
