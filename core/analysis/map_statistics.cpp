#include "core/analysis/map_statistics.h"

#include "core/base/error.h"
#include "core/base/nearest_names.h"
#include "core/base/utf8.h"
#include "core/capture/site_rows.h"

#include <algorithm>

namespace heedmap {

namespace {

constexpr std::int64_t kWeightBudget = std::int64_t{1} << 27;
constexpr std::int64_t kFewestQueries = 32;
constexpr std::int64_t kRowsAtOnce = std::int64_t{1} << 22; // weights of all heads for one query
constexpr std::int64_t kWholeMap = std::int64_t{1} << 24;

void checkSites(const Capture& capture, const MapStatisticsRequest& request)
{
    if (request.sites.empty() || request.queries.positions.empty())
        throw Error(ErrorKind::InvalidRequest, "statistics need at least one attention module and one query");
    for (const std::size_t index : request.sites) {
        const MapChoice map{index, HeadChoice::mean(), request.first};
        const MapChoice front{request.sites.front(), HeadChoice::mean(), request.first};
        if (queryAxisOf(capture, map).id != queryAxisOf(capture, front).id ||
            keyAxisOf(capture, map).id != keyAxisOf(capture, front).id)
            throw Error(ErrorKind::InvalidRequest,
                        "statistics compare heads that look from the same tokens at the same tokens; \"{}\" and "
                        "\"{}\" do not",
                        printable(capture.site(index).key()), printable(capture.site(request.sites.front()).key()));
    }
    const TokenAxis& queries = queryAxisOf(capture, {request.sites.front(), HeadChoice::mean(), request.first});
    for (const std::int64_t query : request.queries.positions)
        if (query < 0 || query >= queries.length)
            throw Error(ErrorKind::InvalidRequest, "there is no query {} on \"{}\"; they are numbered 0 to {}", query,
                        printable(queries.id), queries.length - 1);
}

MapChoice mapOf(const MapStatisticsRequest& request, std::size_t site, int head)
{
    return {site, HeadChoice{head}, request.first};
}

void checkStop(const std::stop_token& stop)
{
    if (stop.stop_requested())
        throw Error(ErrorKind::Cancelled, "the statistics were stopped");
}

/// The rows of one site for the queries: use(head, query, row).
class SiteReader
{
public:
    SiteReader(const Capture& capture, const MapStatisticsRequest& request, std::size_t site,
               std::span<const std::int64_t> queries, const std::stop_token& stop)
        : m_capture(capture), m_request(request), m_site(site), m_queries(queries), m_stop(stop),
          m_heads(capture.site(site).heldHeadCount()), m_keys(capture.keyAxis(site).length)
    {}

    bool readsHeadsTogether() const { return !m_request.first && m_heads * m_keys <= kRowsAtOnce; }

    /// Of every held head, by its place among them; precondition: readsHeadsTogether().
    template <typename Use>
    void readAll(Use use) const
    {
        SiteRows rows(m_capture, m_site);
        std::vector<float> values(static_cast<std::size_t>(m_heads * m_keys));
        for (const std::int64_t query : m_queries) {
            checkStop(m_stop);
            rows.readAllHeads(query, values);
            for (std::int64_t head = 0; head < m_heads; ++head)
                use(static_cast<std::size_t>(head), query, rowAt(values, head));
        }
    }

    template <typename Use>
    void readHead(int head, Use use) const
    {
        const MapChoice map = mapOf(m_request, m_site, head);
        const std::int64_t queryCount = queryAxisOf(m_capture, map).length;
        std::vector<float> values;
        const bool whole = map.first && queryCount <= kWholeMap / m_keys; // a composed row costs as much as its map
        if (whole)
            values = readMap(m_capture, map);
        else
            values.resize(static_cast<std::size_t>(m_keys));
        for (const std::int64_t query : m_queries) {
            checkStop(m_stop);
            if (!whole)
                readRow(m_capture, map, query, values);
            use(query, rowAt(values, whole ? query : 0));
        }
    }

private:
    std::span<const float> rowAt(const std::vector<float>& values, std::int64_t row) const
    {
        return std::span(values).subspan(static_cast<std::size_t>(row * m_keys), static_cast<std::size_t>(m_keys));
    }

    const Capture& m_capture;
    const MapStatisticsRequest& m_request;
    std::size_t m_site;
    std::span<const std::int64_t> m_queries;
    const std::stop_token& m_stop;
    std::int64_t m_heads;
    std::int64_t m_keys;
};

std::vector<HeadSummary> summariesOfSite(const Capture& capture, const MapStatisticsRequest& request, std::size_t site,
                                         std::span<const std::int64_t> queries, const std::stop_token& stop)
{
    const TokenAxis& queryAxis = queryAxisOf(capture, mapOf(request, site, 0));
    const TokenAxis& keyAxis = capture.keyAxis(site);
    const SiteReader reader(capture, request, site, queries, stop);
    const std::vector<int> numbers = capture.site(site).headNumbers();
    std::vector<HeadSummary> summaries;
    const auto summarize = [&](const MapAccumulator& head) {
        summaries.push_back({{site, HeadChoice{numbers[summaries.size()]}}, head.values(), head.sinkKey()});
    };
    MapAccumulator sums(queryAxis, keyAxis, request.dormantAbove);
    if (reader.readsHeadsTogether()) {
        std::vector<MapAccumulator> heads;
        for (std::size_t head = 0; head < numbers.size(); ++head)
            heads.push_back(sums.forAnotherHead());
        reader.readAll(
            [&](std::size_t head, std::int64_t query, std::span<const float> row) { heads[head].add(query, row); });
        std::ranges::for_each(heads, summarize);
        return summaries;
    }
    for (const int head : numbers) {
        sums.clear();
        reader.readHead(head, [&](std::int64_t query, std::span<const float> row) { sums.add(query, row); });
        summarize(sums);
    }
    return summaries;
}

} // namespace

std::string MapStatisticsResult::coverage() const
{
    const std::size_t chosen = queries.positions.size();
    const bool isPart = queries.notStored > 0;
    const std::string missing = isPart ? fmt::format(" ({} are not stored)", queries.notStored) : "";
    const char* stored = isPart ? "stored " : "";
    if (isSampled())
        return fmt::format("sampled {} of {} {}queries{}", queriesRead, chosen, stored, missing);
    return chosen == 1 ? fmt::format("1 {}query{}", stored, missing)
                       : fmt::format("all {} {}queries{}", chosen, stored, missing);
}

std::size_t MapStatisticsResult::column(const std::string& id) const
{
    const auto found = std::ranges::find(columns, id, &MapStatistic::id);
    if (found != columns.end())
        return static_cast<std::size_t>(found - columns.begin());
    std::vector<std::string> known;
    for (const MapStatistic& statistic : columns)
        known.push_back(statistic.id);
    throw Error(ErrorKind::InvalidRequest, "there is no column \"{}\"{}", printable(id), namesThereAre(id, known));
}

std::int64_t defaultMostQueries(const Capture& capture, const MapStatisticsRequest& request)
{
    double weights = 0; // of all heads for one query
    for (const std::size_t site : request.sites)
        weights += static_cast<double>(capture.site(site).heads) * static_cast<double>(capture.keyAxis(site).length);
    return std::max(kFewestQueries,
                    static_cast<std::int64_t>(static_cast<double>(kWeightBudget) / std::max(1.0, weights)));
}

std::vector<std::int64_t> sampledPositions(std::span<const std::int64_t> positions, std::int64_t most)
{
    const auto count = static_cast<std::int64_t>(positions.size());
    if (count <= most)
        return {positions.begin(), positions.end()};
    std::vector<std::int64_t> sampled;
    for (std::int64_t i = 0; i < most; ++i)
        sampled.push_back(positions[static_cast<std::size_t>((2 * i + 1) * count / (2 * most))]);
    return sampled;
}

MapStatisticsResult emptyStatistics(const Capture& capture, const MapStatisticsRequest& request)
{
    checkSites(capture, request);
    const MapChoice map = mapOf(request, request.sites.front(), 0);
    MapStatisticsResult result;
    result.columns = mapStatisticsOf(queryAxisOf(capture, map), keyAxisOf(capture, map), request.dormantAbove);
    result.queries = request.queries;
    const std::int64_t most = request.mostQueries > 0 ? request.mostQueries : defaultMostQueries(capture, request);
    result.queriesRead = std::min(most, static_cast<std::int64_t>(request.queries.positions.size()));
    for (const std::size_t site : request.sites)
        result.headsExpected += static_cast<std::size_t>(capture.site(site).heldHeadCount());
    return result;
}

MapStatisticsResult computeMapStatistics(const Capture& capture, const MapStatisticsRequest& request,
                                         const std::stop_token& stop,
                                         const std::function<void(std::span<const HeadSummary>)>& onHeads)
{
    checkSites(capture, request);
    MapAccumulator::checkKeys(capture.keyAxis(request.sites.front()));
    MapStatisticsResult result = emptyStatistics(capture, request);
    const std::vector<std::int64_t> queries = sampledPositions(request.queries.positions, result.queriesRead);
    for (const std::size_t site : request.sites) {
        const std::vector<HeadSummary> heads = summariesOfSite(capture, request, site, queries, stop);
        result.heads.insert(result.heads.end(), heads.begin(), heads.end());
        if (onHeads)
            onHeads(heads);
    }
    return result;
}

} // namespace heedmap
