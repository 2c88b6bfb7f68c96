#pragma once

#include "core/analysis/axis_parts.h"
#include "core/capture/attention.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace heedmap {

/// A number that says something about a whole head: about the rows of attention weights of many queries. Weights that
/// are not finite count as 0, and a row without weight is left out of every mean. Nothing is divided by a map's
/// maximum: a mass is a mass. Where a head says nothing (an extent without weight on the picture) the value is NaN.
///
/// With w_qk the weight of query q on key k, ⟨·⟩ the mean over the chosen queries, p_q = w_q / Σ_k w_qk, P the patches
/// of the first picture, m_q = Σ_{k∈P} w_qk and r_q = w_q / m_q on P:
///   picture_mass, text_mass, frames_mass, other_mass, special_mass    ⟨Σ_{k∈part} w_qk⟩, parts as modalitiesOf
///   mass:NAME            ⟨Σ_{k∈segment NAME} w_qk⟩, parts as segmentsOf; where there are several
///   entropy              H = ⟨−Σ_k p_qk ln p_qk⟩; entropy_bits is H / ln 2
///   effective_keys       e^H
///   picture_entropy      Σ_q m_q (−Σ_{k∈P} r_qk ln r_qk) / Σ_q m_q: of single patches, rows weighted by their mass
///   spatial_entropy      Σ_q m_q H_q / Σ_q m_q, H_q of connected components of patches (PatchComponents), over the
///   rows
///                        with a patch above the mean of the patches
///   extent               Σ_q m_q √(Σ_{k∈P} r_qk ‖x_k − x̄_q‖²) / Σ_q m_q, in patches
///   sink                 max_k ⟨w_qk⟩; HeadSummary::sinkKey is that key
///   dormant              the share of queries q with w_q,sink > a threshold
///   confidence           ⟨max_k w_qk⟩; confidence_ordinary over keys that are no special tokens
///   distance             ⟨Σ_k p_qk |q − k|⟩ where queries and keys are one axis that is more than patches
///   patch_distance       Σ_q m_q Σ_{k∈P} r_qk ‖x_q − x_k‖ / Σ_q m_q over the queries that are patches, in patches
struct MapStatistic
{
    std::string id; ///< stable: names the column in files
    std::string title;
    std::string formula;
    std::string source;     ///< who says so
    std::string unit;       ///< "probability", "nats", "bits", "keys", "patches", "positions", "share of queries"
    std::string parameters; ///< empty where there are none
};

/// The statistics that say something about maps between these axes, in the order they are shown.
std::vector<MapStatistic> mapStatisticsOf(const TokenAxis& queries, const TokenAxis& keys, double dormantAbove);

/// What one head's rows add up to. Not thread-safe. Errors: TooLarge for more than 2^22 keys.
class MapAccumulator
{
public:
    MapAccumulator(const TokenAxis& queries, const TokenAxis& keys, double dormantAbove);
    /// An empty one of the same axes, which shares with this what is known of the keys.
    MapAccumulator forAnotherHead() const;
    /// What the constructor refuses, before anything as long as the axis is made. Errors: TooLarge.
    static void checkKeys(const TokenAxis& keys);
    ~MapAccumulator();
    MapAccumulator(MapAccumulator&&) noexcept;

    /// Precondition: `query` is on the query axis, `row` has one weight for every key.
    void add(std::int64_t query, std::span<const float> row);
    /// One value for each of mapStatisticsOf; NaN everywhere when no row had weight.
    std::vector<double> values() const;
    std::optional<std::int64_t> sinkKey() const; ///< absent when no row had weight
    void clear();

private:
    struct Keys;
    struct Sums;
    explicit MapAccumulator(std::unique_ptr<Sums> sums);

    std::unique_ptr<Sums> m_sums;
};

struct HeadSummary
{
    SiteHead head;
    std::vector<double> values; ///< as MapStatisticsResult::columns
    std::optional<std::int64_t> sinkKey;
};

constexpr double kDormantAbove = 0.8;

/// All held heads of some sites that share their axes, over some queries.
struct MapStatisticsRequest
{
    std::vector<std::size_t> sites;
    std::optional<SiteHead> first; ///< of composed maps
    AxisPart queries;
    std::int64_t mostQueries = 0; ///< more are sampled; 0: as many as defaultMostQueries says
    double dormantAbove = kDormantAbove;
};

struct MapStatisticsResult
{
    std::vector<MapStatistic> columns;
    std::vector<HeadSummary> heads; ///< in the order of the sites
    AxisPart queries;
    std::int64_t queriesRead = 0;
    std::size_t headsExpected = 0;

    bool isSampled() const { return queriesRead < static_cast<std::int64_t>(queries.positions.size()); }
    bool isComplete() const { return heads.size() == headsExpected; }
    /// "all 12 queries", "sampled 256 of 4096 queries" or "all 2 stored queries (6 are not stored)".
    std::string coverage() const;
    /// Errors: InvalidRequest with the nearest names.
    std::size_t column(const std::string& id) const;
};

/// So many that 2^27 weights are read in all, at least 32.
std::int64_t defaultMostQueries(const Capture& capture, const MapStatisticsRequest& request);
/// The same positions whenever it is asked: position i of `most` is the one at ⌊(2i + 1) n / (2 most)⌋ of n.
std::vector<std::int64_t> sampledPositions(std::span<const std::int64_t> positions, std::int64_t most);
/// Columns, and nothing read yet.
MapStatisticsResult emptyStatistics(const Capture& capture, const MapStatisticsRequest& request);

/// Reads site after site. `onHeads` (may be empty) is told the heads of a site once they are known, on this thread.
/// Thread-safe. Errors: Cancelled when `stop` asks for it (looked at for every query), InvalidRequest for no site or
/// queries, or sites whose axes differ; as readRow and MapAccumulator.
MapStatisticsResult computeMapStatistics(const Capture& capture, const MapStatisticsRequest& request,
                                         const std::stop_token& stop = {},
                                         const std::function<void(std::span<const HeadSummary>)>& onHeads = {});

} // namespace heedmap
