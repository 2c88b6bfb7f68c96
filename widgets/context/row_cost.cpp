#include "widgets/context/row_cost.h"

namespace heedmap {

namespace {

/// Multiplications behind one row of one factor.
double costOfFactorRow(const Capture& capture, const SiteHead& factor)
{
    const AttentionSite& site = capture.site(factor.site);
    const double width = site.storesWeights() ? 1 : static_cast<double>(capture.tensor(site.queries).shape.back());
    return (factor.head.isMean() ? site.heads : 1) * width * static_cast<double>(capture.keyAxis(factor.site).length);
}

} // namespace

double costOfRow(const Capture& capture, const MapChoice& map)
{
    if (map.set) {
        double cost = 0;
        for (const SiteHead& member : map.set->members)
            cost += costOfRow(capture, map.with(member));
        return cost;
    }
    const double last = costOfFactorRow(capture, {map.site, map.head});
    if (!map.first)
        return last;
    return costOfFactorRow(capture, *map.first) + last * static_cast<double>(capture.queryAxis(map.site).length);
}

} // namespace heedmap
