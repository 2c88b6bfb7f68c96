#include "widgets/context/group_weights.h"

#include "core/analysis/map_statistics.h"
#include "core/base/error.h"
#include "core/capture/site_rows.h"
#include "core/capture/without_special.h"
#include "core/render/weight_sampler.h"
#include "widgets/context/group_rows.h"

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

constexpr int kVersion = 1;                               // of what is read here and of what is packed
constexpr std::int64_t kWholeMap = std::int64_t{1} << 24; // weights of a composed map that is multiplied out at once

GroupChoice groupOf(const Capture& capture, const GroupWeightsRequest& request)
{
    std::optional<GroupChoice> group = groupChoice(capture, request.group);
    if (!group || group->sites.empty() || group->isComposed() != request.first.has_value())
        throw Error(ErrorKind::InvalidRequest, "there is no group of maps \"{}\"", request.group);
    return *std::move(group);
}

MapChoice mapOf(const GroupWeightsRequest& request, std::size_t site, int head)
{
    return {site, HeadChoice{head}, request.first};
}

MapChoice meanOf(const GroupWeightsRequest& request, std::size_t site)
{
    return {site, HeadChoice::mean(), request.first};
}

/// Evenly spaced among those that are stored, all of them where that is not too much.
std::vector<std::int64_t> queriesToRead(const Capture& capture, const GroupChoice& group,
                                        const GroupWeightsRequest& request)
{
    MapStatisticsRequest statistics;
    statistics.sites = group.sites;
    statistics.first = request.first;
    const TokenAxis& axis = queryAxisOf(capture, meanOf(request, group.sites.front()));
    return sampledPositions(axis.storedQueries.numbers(axis.length),
                            request.mostQueries > 0 ? request.mostQueries : defaultMostQueries(capture, statistics));
}

/// Reads the rows of one group and adds them to a sample.
class GroupReader
{
public:
    GroupReader(const Capture& capture, const GroupWeightsRequest& request, std::span<const std::int64_t> queries,
                const std::stop_token& stop, WeightSampler& sampler)
        : m_capture(capture), m_request(request), m_queries(queries), m_stop(stop), m_sampler(sampler)
    {}

    void readSite(std::size_t site)
    {
        const TokenAxis& keys = m_capture.keyAxis(site);
        m_ordinary = m_request.withoutSpecial ? std::make_unique<OrdinaryKeys>(keys) : nullptr;
        if (m_request.first)
            readComposed(site, keys);
        else
            readHeads(site, keys);
    }

private:
    void checkStop() const
    {
        if (m_stop.stop_requested())
            throw Error(ErrorKind::Cancelled, "reading the weights of all heads was stopped");
    }

    void readHeads(std::size_t site, const TokenAxis& keys)
    {
        SiteRows rows(m_capture, site);
        std::vector<float> values(static_cast<std::size_t>(rows.heads() * keys.length));
        for (const std::int64_t query : m_queries) {
            checkStop();
            rows.readAllHeads(query, values);
            addRows(values, keys);
        }
    }

    void readComposed(std::size_t site, const TokenAxis& keys)
    {
        for (const int head : m_capture.site(site).headNumbers()) {
            checkStop();
            const MapChoice map = mapOf(m_request, site, head);
            const std::int64_t count = queryAxisOf(m_capture, map).length;
            if (count <= kWholeMap / keys.length && static_cast<std::int64_t>(m_queries.size()) == count) {
                std::vector<float> values = readMap(m_capture, map); // a composed row costs as much as its map
                addRows(values, keys);
                continue;
            }
            for (const std::int64_t query : m_queries) {
                checkStop();
                std::vector<float> row = readRow(m_capture, map, query);
                addRows(row, keys);
            }
        }
    }

    /// `rows`: [any, keys]
    void addRows(std::span<float> rows, const TokenAxis& keys)
    {
        if (m_ordinary)
            m_ordinary->renormalizeRows(rows);
        const auto length = static_cast<std::size_t>(keys.length);
        for (std::size_t begin = 0; begin + length <= rows.size(); begin += length) {
            m_runs.clear();
            appendWeightRuns(keys, rows.subspan(begin, length), m_request.withoutSpecial, m_runs);
            for (const std::span<const float> run : m_runs)
                m_sampler.add(run);
        }
    }

    const Capture& m_capture;
    const GroupWeightsRequest& m_request;
    std::span<const std::int64_t> m_queries;
    const std::stop_token& m_stop;
    WeightSampler& m_sampler;
    std::unique_ptr<OrdinaryKeys> m_ordinary; ///< null: rows stay as they are
    std::vector<std::span<const float>> m_runs;
};

std::string keyOf(const GroupWeightsRequest& request)
{
    const SiteHead first = request.first.value_or(SiteHead{0, HeadChoice{-2}});
    return fmt::format("weights of all heads {} {} {} {} {}\n{}", kVersion, first.site, first.head.head,
                       request.withoutSpecial, request.mostQueries, request.group);
}

std::vector<std::byte> packed(const GroupWeights& weights)
{
    BytePacker packer;
    packer.addNumbers(weights.sample->sorted);
    for (const std::int64_t number :
         {weights.sample->count, weights.sample->notFinite, weights.queries, weights.queriesRead, weights.heads})
        packer.add(number);
    return packer.bytes();
}

GroupWeights unpacked(ByteUnpacker& bytes)
{
    WeightSample sample;
    sample.sorted = bytes.floats();
    GroupWeights weights;
    for (std::int64_t* number :
         {&sample.count, &sample.notFinite, &weights.queries, &weights.queriesRead, &weights.heads}) {
        *number = bytes.integer();
        if (*number < 0)
            throw Error(ErrorKind::InvalidFile, "a number of weights is negative");
    }
    const bool isSorted = std::ranges::all_of(sample.sorted, [](float weight) { return std::isfinite(weight); }) &&
                          std::ranges::is_sorted(sample.sorted);
    if (!isSorted || sample.count < std::ssize(sample.sorted) || weights.queriesRead > weights.queries)
        throw Error(ErrorKind::InvalidFile, "these are no weights in order");
    weights.sample = std::make_shared<const WeightSample>(std::move(sample));
    return weights;
}

} // namespace

GroupWeights readGroupWeights(const Capture& capture, const GroupWeightsRequest& request, const std::stop_token& stop,
                              const std::function<void(std::size_t)>& onSite)
{
    const GroupChoice group = groupOf(capture, request);
    const std::vector<std::int64_t> queries = queriesToRead(capture, group, request);
    GroupWeights weights;
    const TokenAxis& axis = queryAxisOf(capture, meanOf(request, group.sites.front()));
    weights.queries = axis.storedQueries.count(axis.length);
    weights.queriesRead = static_cast<std::int64_t>(queries.size());
    std::int64_t expected = 0;
    for (const std::size_t site : group.sites) {
        const int heads = capture.site(site).heldHeadCount();
        weights.heads += heads;
        expected += heads * capture.keyAxis(site).length * weights.queriesRead;
    }
    WeightSampler sampler(expected);
    GroupReader reader(capture, request, queries, stop, sampler);
    std::size_t done = 0;
    for (const std::size_t site : group.sites) {
        reader.readSite(site);
        if (onSite)
            onSite(++done);
    }
    weights.sample = std::make_shared<const WeightSample>(sampler.finish());
    return weights;
}

GroupWeights rememberedGroupWeights(const ResultCache& cache, const Capture& capture,
                                    const GroupWeightsRequest& request, const std::stop_token& stop,
                                    const std::function<void(std::size_t)>& onSite)
{
    return rememberedResult(
        cache, keyOf(request), [&] { return readGroupWeights(capture, request, stop, onSite); }, packed, unpacked);
}

double costOfGroupWeights(const Capture& capture, const GroupWeightsRequest& request)
{
    const GroupChoice group = groupOf(capture, request);
    return costOfGroupRows(capture, group) * static_cast<double>(queriesToRead(capture, group, request).size());
}

} // namespace heedmap
