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
    for (std::size_t begin = 0; begin < site.rows.size(); begin += count)
        keys.renormalize(std::span(site.renormalizedRows).subspan(begin, count));
    site.renormalizedMean = site.mean;
    keys.renormalize(site.renormalizedMean);
}

/// The row of a head, or the mean; empty for a head that has none.
std::span<const float> rowOf(const ShownSiteRows& site, std::span<const float> rows, std::span<const float> mean,
                             HeadChoice head)
{
    if (head.isMean())
        return mean;
    if (head.head < 0 || head.head >= site.heads || !site.storedHeads.contains(head.head))
        return {};
    const auto keys = static_cast<std::size_t>(site.keys);
    return rows.subspan(static_cast<std::size_t>(site.storedHeads.placeOf(head.head)) * keys, keys);
}

/// The weights of all heads that shared limits are taken from.
std::vector<std::span<const float>> scaledRuns(const ShownSiteRows& site, const TokenAxis& keys, bool withoutSpecial)
{
    std::vector<std::span<const float>> runs;
    for (const int head : site.headNumbers())
        appendWeightRuns(keys, site.shownRow(HeadChoice{head}), withoutSpecial, runs);
    return runs;
}

/// Which of a group's scaled weights are those of a site.
struct SampledRange
{
    std::size_t begin = 0;
    std::size_t total = 0;
};

std::vector<SampledRange> sampledRanges(const Capture& capture, const GroupChoice& group, bool withoutSpecial)
{
    std::vector<SampledRange> ranges;
    std::size_t total = 0;
    for (const std::size_t site : group.sites) {
        ranges.push_back({total, 0});
        const std::size_t weights = scaledWeightCount(capture.keyAxis(site), withoutSpecial);
        total += weights * static_cast<std::size_t>(capture.site(site).heldHeadCount());
    }
    for (SampledRange& range : ranges)
        range.total = total;
    return ranges;
}

void readHeads(const Capture& capture, const RowsRequest& request, ShownSiteRows& site)
{
    if (!request.first) {
        site.rows = readAllHeads(capture, site.site, request.query);
        return;
    }
    const auto keys = static_cast<std::size_t>(site.keys);
    const std::vector<int> heads = site.headNumbers();
    site.rows.resize(heads.size() * keys);
    for (std::size_t i = 0; i < heads.size(); ++i)
        readRow(capture, MapChoice{site.site, HeadChoice{heads[i]}, request.first}, request.query,
                std::span(site.rows).subspan(i * keys, keys));
}

/// Everything that is wanted of the rows while they are in the cache.
ShownSiteRows readSite(const Capture& capture, std::size_t site, const RowsRequest& request, SampledRange sampled)
{
    const TokenAxis& keys = capture.keyAxis(site);
    ShownSiteRows result;
    result.site = site;
    const AttentionSite& description = capture.site(site);
    result.heads = description.heads;
    result.storedHeads = description.storedHeads;
    result.keys = keys.length;
    readHeads(capture, request, result);
    result.mean = meanOfHeads(result.rows, description.heldHeadCount(), result.keys);
    if (request.withoutSpecial)
        renormalize(result, OrdinaryKeys(keys));
    result.sample = samplePart(scaledRuns(result, keys, request.withoutSpecial), sampled.begin, sampled.total);
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

std::vector<int> ShownSiteRows::headNumbers() const
{
    const std::vector<std::int64_t> numbers = storedHeads.numbers(heads);
    return {numbers.begin(), numbers.end()};
}

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
    const std::vector<SampledRange> sampled = sampledRanges(capture, group, request.withoutSpecial);
    std::mutex sitesMutex;
    std::atomic<std::size_t> next = 0;
    const auto readSites = [&] {
        for (std::size_t i = next++; i < group.sites.size(); i = next++) {
            if (reading.stop.stop_requested())
                throw Error(ErrorKind::Cancelled, "Reading rows was cancelled.");
            auto site = std::make_shared<const ShownSiteRows>(readSite(capture, group.sites[i], request, sampled[i]));
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
    if (rows.complete) {
        std::vector<const WeightSamplePart*> parts;
        for (const auto& site : rows.sites)
            parts.push_back(&site->sample);
        return sampleOf(parts);
    }
    std::vector<std::span<const float>> runs;
    for (const auto& site : rows.sites)
        std::ranges::copy(scaledRuns(*site, keys, rows.request.withoutSpecial), std::back_inserter(runs));
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

std::size_t scaledWeightCount(const TokenAxis& keys, bool withoutSpecial)
{
    const bool onlyPatches = hasPatches(keys);
    std::size_t count = 0;
    for (const AxisSegment& segment : keys.segments)
        if (segment.kind == SegmentKind::PatchGrid || (!onlyPatches && !withoutSpecial))
            count += static_cast<std::size_t>(segment.length);
        else if (!onlyPatches)
            for (std::int64_t key = segment.begin; key < segment.end(); ++key)
                count += keys.isSpecial(key) ? 0 : 1;
    return count;
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
