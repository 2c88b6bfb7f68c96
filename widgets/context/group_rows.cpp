#include "widgets/context/group_rows.h"

#include "core/base/error.h"
#include "core/capture/head_reduction.h"
#include "core/capture/without_special.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <future>
#include <iterator>
#include <mutex>
#include <thread>

namespace heedmap {

namespace {

constexpr double kCostWorthAThread = 1e7; ///< multiplications; some milliseconds

/// Head by head: memory is read in its order.
std::vector<float> meanOfHeads(const std::vector<float>& rows, int heads, std::int64_t keys)
{
    std::vector<double> sums(static_cast<std::size_t>(keys));
    for (int head = 0; head < heads; ++head) {
        const float* row = rows.data() + static_cast<std::size_t>(head) * sums.size();
        for (std::size_t key = 0; key < sums.size(); ++key)
            sums[key] += row[key];
    }
    std::vector<float> mean(sums.size());
    std::ranges::transform(sums, mean.begin(), [heads](double sum) { return static_cast<float>(sum / heads); });
    return mean;
}

void renormalize(ShownSiteRows& site, const OrdinaryKeys& keys)
{
    site.renormalizedRows = site.rows;
    const auto count = static_cast<std::size_t>(site.keys);
    for (int head = 0; head < site.heads; ++head)
        keys.renormalize(std::span(site.renormalizedRows).subspan(static_cast<std::size_t>(head) * count, count));
    site.renormalizedMean = site.mean;
    keys.renormalize(site.renormalizedMean);
}

/// Row `head` of [heads, keys], or the mean; empty for a head that does not exist.
std::span<const float> rowOf(const ShownSiteRows& site, std::span<const float> rows, std::span<const float> mean,
                             HeadChoice head)
{
    if (head.isMean())
        return mean;
    if (head.head < 0 || head.head >= site.heads)
        return {};
    const auto keys = static_cast<std::size_t>(site.keys);
    return rows.subspan(static_cast<std::size_t>(head.head) * keys, keys);
}

ShownSiteRows readSite(const Capture& capture, std::size_t site, const RowsRequest& request)
{
    ShownSiteRows result;
    result.site = site;
    result.heads = capture.site(site).heads;
    result.keys = capture.keyAxis(site).length;
    if (!request.first) {
        result.rows = readAllHeads(capture, site, request.query);
    } else {
        result.rows.resize(static_cast<std::size_t>(result.heads) * static_cast<std::size_t>(result.keys));
        const std::span<float> rows(result.rows);
        for (int head = 0; head < result.heads; ++head)
            readRow(capture, MapChoice{site, HeadChoice{head}, request.first}, request.query,
                    rows.subspan(static_cast<std::size_t>(head) * static_cast<std::size_t>(result.keys),
                                 static_cast<std::size_t>(result.keys)));
    }
    result.mean = meanOfHeads(result.rows, result.heads, result.keys);
    if (request.withoutSpecial)
        renormalize(result, OrdinaryKeys(capture.keyAxis(site)));
    return result;
}

GroupRows rowsSoFar(const RowsRequest& request, const std::vector<std::shared_ptr<const ShownSiteRows>>& sites)
{
    GroupRows rows{request, {}, true, nullptr};
    std::ranges::copy_if(sites, std::back_inserter(rows.sites), [](const auto& site) { return site != nullptr; });
    rows.complete = rows.sites.size() == sites.size();
    return rows;
}

/// Multiplications behind one weight.
double costOfWeight(const Capture& capture, std::size_t site)
{
    const AttentionSite& attention = capture.site(site);
    constexpr double perStoredWeight = 8; // copied, summed into a mean, sampled
    return attention.storesWeights() ? perStoredWeight
                                     : static_cast<double>(capture.tensor(attention.queries).shape.back());
}

} // namespace

std::span<const float> ShownSiteRows::row(HeadChoice head) const
{
    return rowOf(*this, rows, mean, head);
}

std::span<const float> ShownSiteRows::shownRow(HeadChoice head) const
{
    return renormalizedRows.empty() ? row(head) : rowOf(*this, renormalizedRows, renormalizedMean, head);
}

const ShownSiteRows* GroupRows::siteRows(std::size_t site) const
{
    const auto found = std::ranges::find_if(sites, [site](const auto& rows) { return rows->site == site; });
    return found == sites.end() ? nullptr : found->get();
}

std::size_t GroupRows::byteCount() const
{
    std::size_t values = 0;
    for (const auto& site : sites)
        values += site->rows.size() + site->mean.size() + site->renormalizedRows.size() + site->renormalizedMean.size();
    return values * sizeof(float);
}

std::vector<float> GroupRows::reducedRow(const HeadSet& set) const
{
    if (sites.empty())
        return {};
    std::vector<float> reduced(static_cast<std::size_t>(sites.front()->keys));
    HeadReduction reduction(set.reduction, reduced.size());
    for (const SiteHead& member : set.members) {
        const ShownSiteRows* site = siteRows(member.site);
        const std::span<const float> row = site ? site->row(member.head) : std::span<const float>();
        if (row.size() != reduced.size())
            return {};
        reduction.add(row);
    }
    reduction.finish(reduced);
    return reduced;
}

GroupRows readGroupRows(const Capture& capture, const GroupChoice& group, const RowsRequest& request,
                        const GroupReading& reading)
{
    std::vector<std::shared_ptr<const ShownSiteRows>> sites(group.sites.size());
    std::mutex sitesMutex;
    std::atomic<std::size_t> next = 0;
    const auto readSites = [&] {
        for (std::size_t i = next++; i < group.sites.size(); i = next++) {
            if (reading.stop.stop_requested())
                throw Error(ErrorKind::Cancelled, "Reading rows was cancelled.");
            auto site = std::make_shared<const ShownSiteRows>(readSite(capture, group.sites[i], request));
            const std::lock_guard lock(sitesMutex);
            sites[i] = std::move(site);
            if (reading.siteRead)
                reading.siteRead(rowsSoFar(request, sites));
        }
    };
    const auto threads = static_cast<std::size_t>(costOfGroupRows(capture, group) / kCostWorthAThread) + 1;
    std::vector<std::future<void>> helpers; // waited for by their destructors when this thread's own part throws
    while (helpers.size() + 1 <
           std::min<std::size_t>({threads, group.sites.size(), std::thread::hardware_concurrency()}))
        helpers.push_back(std::async(std::launch::async, readSites));
    readSites();
    for (std::future<void>& helper : helpers)
        helper.get();
    return rowsSoFar(request, sites);
}

WeightSample sampleOfGroup(const GroupRows& rows, const TokenAxis& keys)
{
    std::vector<std::span<const float>> runs;
    for (const auto& site : rows.sites)
        for (int head = 0; head < site->heads; ++head)
            appendWeightRuns(keys, site->shownRow(HeadChoice{head}), rows.request.withoutSpecial, runs);
    return sampleOf(runs);
}

double costOfGroupRows(const Capture& capture, const GroupChoice& group)
{
    double cost = 0;
    for (std::size_t site : group.sites) {
        const double weights =
            static_cast<double>(capture.site(site).heads) * static_cast<double>(capture.keyAxis(site).length);
        const double middle = group.isComposed() ? static_cast<double>(capture.queryAxis(site).length) : 1;
        cost += weights * middle * costOfWeight(capture, site);
    }
    return cost;
}

double costOfSetRow(const Capture& capture, const MapChoice& map)
{
    double cost = 0;
    for (const SiteHead& member : map.set->members) {
        const double middle = map.first ? static_cast<double>(capture.queryAxis(member.site).length) : 1;
        const double heads = member.head.isMean() ? capture.site(member.site).heads : 1;
        cost += heads * middle * static_cast<double>(capture.keyAxis(member.site).length) *
                costOfWeight(capture, member.site);
    }
    return cost;
}

double costOfColumn(const Capture& capture, const MapChoice& map)
{
    if (map.set) {
        double cost = 0;
        for (const SiteHead& member : map.set->members)
            cost += costOfColumn(capture, map.with(member));
        return cost;
    }
    const AttentionSite& site = capture.site(map.site);
    const double queries = static_cast<double>(capture.queryAxis(map.site).length);
    const double keys = static_cast<double>(capture.keyAxis(map.site).length);
    const double heads = map.head.isMean() ? site.heads : 1;
    double cost = heads * queries * (site.storesWeights() ? 1 : keys * costOfWeight(capture, map.site));
    if (map.first)
        cost += static_cast<double>(capture.queryAxis(map.first->site).length) * queries *
                costOfWeight(capture, map.first->site) * capture.site(map.first->site).heads;
    return cost;
}

double massOffPatches(const TokenAxis& keys, std::span<const float> row)
{
    if (!hasPatches(keys))
        return 0;
    double mass = 0;
    for (const AxisSegment& segment : keys.segments)
        if (segment.kind != SegmentKind::PatchGrid)
            for (std::int64_t key = segment.begin; key < segment.end(); ++key)
                mass += row[static_cast<std::size_t>(key)];
    return mass;
}

void appendWeightRuns(const TokenAxis& keys, std::span<const float> row, bool withoutSpecial,
                      std::vector<std::span<const float>>& out)
{
    const bool onlyPatches = hasPatches(keys);
    for (const AxisSegment& segment : keys.segments) {
        if (onlyPatches && segment.kind != SegmentKind::PatchGrid)
            continue;
        if (!withoutSpecial || onlyPatches) {
            out.push_back(
                row.subspan(static_cast<std::size_t>(segment.begin), static_cast<std::size_t>(segment.length)));
            continue;
        }
        for (std::int64_t key = segment.begin; key < segment.end(); ++key)
            if (!keys.isSpecial(key))
                out.push_back(row.subspan(static_cast<std::size_t>(key), 1));
    }
}

void appendScaledWeights(const TokenAxis& keys, std::span<const float> row, std::vector<float>& out)
{
    std::vector<std::span<const float>> runs;
    appendWeightRuns(keys, row, false, runs);
    for (std::span<const float> run : runs)
        std::copy_if(run.begin(), run.end(), std::back_inserter(out),
                     [](float weight) { return std::isfinite(weight); });
}

} // namespace heedmap
