#pragma once

#include "core/analysis/result_cache.h"
#include "core/capture/attention.h"
#include "core/render/weight_sample.h"
#include "widgets/context/map_navigation.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

namespace heedmap {

/// All heads of a group, whole maps: what the limits of maps are taken from that are shown whole.
struct GroupWeightsRequest
{
    std::string group;
    std::optional<MapChoice::Factor> first; ///< of composed maps
    bool withoutSpecial = false;            ///< rows are renormalised
    std::int64_t mostQueries = 0;           ///< of each head; 0: as many as make 2^27 weights in all, at least 32
    bool operator==(const GroupWeightsRequest&) const = default;
};

struct GroupWeights
{
    std::shared_ptr<const WeightSample> sample; ///< of the weights a colour bar covers (appendWeightRuns)
    std::int64_t queries = 0;                   ///< of each map, that are stored
    std::int64_t queriesRead = 0;               ///< fewer: evenly spaced ones
    std::int64_t heads = 0;                     ///< that are stored

    bool isSampled() const { return queriesRead < queries; }
};

/// Of too many queries sampledPositions() are read. `onSite` (may be empty) is told how many sites were read.
/// Thread-safe. Errors: Cancelled, InvalidRequest (no such group), as readRow.
GroupWeights readGroupWeights(const Capture& capture, const GroupWeightsRequest& request,
                              const std::stop_token& stop = {}, const std::function<void(std::size_t)>& onSite = {});
/// The same to the bit from where it was kept, or computed.
GroupWeights rememberedGroupWeights(const ResultCache& cache, const Capture& capture,
                                    const GroupWeightsRequest& request, const std::stop_token& stop = {},
                                    const std::function<void(std::size_t)>& onSite = {});
/// Multiplications this takes, to decide whether it may be done between two frames.
double costOfGroupWeights(const Capture& capture, const GroupWeightsRequest& request);

} // namespace heedmap
