// The statistics as data, and the sums behind them.

#include "core/analysis/head_statistics.h"
#include "core/analysis/map_statistics.h"
#include "core/analysis/patch_components.h"
#include "core/base/error.h"
#include "core/base/utf8.h"

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace heedmap {

namespace {

using Array = Eigen::ArrayXd;

constexpr std::int64_t kMostKeys = std::int64_t{1} << 22;
const char* const kEntropySource = "Shannon 1948; of attention heads: Clark et al. 2019, arXiv 1906.04341";
const char* const kMassSource = "a sum of probabilities; by kind of token: Clark et al. 2019, arXiv 1906.04341";

MapStatistic massStatistic(const AxisPart& part)
{
    const std::string title = part.id == "text" ? "mass on words" : "mass on " + part.title;
    return {part.id + "_mass", title, "⟨Σ w⟩ over the keys of the part", kMassSource, "probability", ""};
}

MapStatistic segmentStatistic(const AxisPart& part)
{
    return {"mass:" + part.id,
            "mass on segment “" + part.title + "”",
            "⟨Σ w⟩ over the keys of the segment, special tokens included",
            kMassSource,
            "probability",
            ""};
}

bool sharesAxis(const TokenAxis& queries, const TokenAxis& keys)
{
    return queries.id == keys.id;
}

/// |q − k| says something where neighbours on the axis are neighbours in what it shows: not in a raster of patches.
bool hasOrder(const TokenAxis& axis)
{
    return std::ranges::any_of(axis.segments, [](const AxisSegment& segment) {
        return segment.kind != SegmentKind::PatchGrid && segment.kind != SegmentKind::Special;
    });
}

std::vector<AxisPart> severalSegments(const TokenAxis& keys)
{
    std::vector<AxisPart> segments = segmentsOf(keys);
    if (segments.size() < 2)
        segments.clear();
    return segments;
}

} // namespace

std::vector<MapStatistic> mapStatisticsOf(const TokenAxis& queries, const TokenAxis& keys, double dormantAbove)
{
    std::vector<MapStatistic> list;
    for (const AxisPart& part : modalitiesOf(keys))
        list.push_back(massStatistic(part));
    for (const AxisPart& part : severalSegments(keys))
        list.push_back(segmentStatistic(part));
    list.push_back({"entropy", "entropy", "H = ⟨−Σ p ln p⟩", kEntropySource, "nats", ""});
    list.push_back({"entropy_bits", "entropy in bits", "⟨−Σ p log₂ p⟩", kEntropySource, "bits", ""});
    list.push_back({"effective_keys", "effective support", "e^H, H the mean entropy of the rows",
                    "number of order 1: Hill 1973; perplexity: Jelinek et al. 1977", "keys", ""});
    const bool hasPatches = keys.patchSegment() != nullptr;
    if (hasPatches) {
        list.push_back({"picture_entropy", "entropy over patches",
                        "Σ m (−Σ r ln r) / Σ m over patches, m the row's mass on them",
                        "Shannon 1948; of places of equal size: Batty 1974, Spatial Entropy", "nats", ""});
        list.push_back({"spatial_entropy", "spatial entropy",
                        "Σ m (−Σ P ln P) / Σ m, P the share of a connected component in Σ (w − mean)⁺ over patches",
                        "Peruzzo et al. 2022, arXiv 2206.04636, of their scores before softmax; here of probabilities",
                        "nats", "8 neighbours"});
        list.push_back({"extent", "extent on the picture",
                        "Σ m √(Σ r ‖x − x̄‖²) / Σ m over patches, m the row's mass on them",
                        "standard distance: Bachi 1963, in patches", "patches", ""});
    }
    list.push_back({"sink", "strongest sink", "max over keys of ⟨w⟩",
                    "attention sinks: Xiao et al. 2023, arXiv 2309.17453; a key's mean weight as the measure, there of "
                    "the first token: Gu et al. 2024, arXiv 2410.10781",
                    "probability", ""});
    list.push_back(
        {"dormant", "dormant", fmt::format("share of queries whose weight on the strongest sink is > {}", dormantAbove),
         "heads that rest on a sink: Guo et al. 2024, arXiv 2410.13835; the share and the threshold are ours",
         "share of queries", fmt::format("threshold {}", dormantAbove)});
    list.push_back({"confidence", "confidence", "⟨max w⟩", "Voita et al. 2019, arXiv 1905.09418; here over every key",
                    "probability", ""});
    list.push_back(
        {"confidence_ordinary", "confidence without special tokens", "⟨max w⟩ over keys that are no special tokens",
         "Voita et al. 2019, arXiv 1905.09418, who leave out the end of the sentence alone", "probability", ""});
    if (sharesAxis(queries, keys) && hasOrder(keys))
        list.push_back({"distance", "mean distance", "⟨Σ p |q − k|⟩",
                        "Vig & Belinkov 2019, arXiv 1906.04284, there of keys before the query", "positions", ""});
    if (sharesAxis(queries, keys) && hasPatches)
        list.push_back({"patch_distance", "mean distance on the picture",
                        "Σ m Σ r ‖x_q − x_k‖ / Σ m over queries and keys that are patches",
                        "Dosovitskiy et al. 2021, arXiv 2010.11929, there in pixels", "patches", ""});
    return list;
}

/// What is known of the keys before a row is read; the accumulators of all heads share it.
struct MapAccumulator::Keys
{
    Keys(const TokenAxis& queries, const TokenAxis& keys, double threshold)
        : length(static_cast<Eigen::Index>(keys.length)), modalities(modalitiesOf(keys)),
          segments(severalSegments(keys)), dormantAbove(threshold),
          hasDistance(sharesAxis(queries, keys) && hasOrder(keys))
    {
        const KeyRoles roles(keys);
        components = PatchComponents(roles.patches);
        hasPatchDistance = sharesAxis(queries, keys) && !roles.patches.empty();
        ordinary = Array::Ones(length);
        for (const std::size_t key : roles.special)
            ordinary[static_cast<Eigen::Index>(key)] = 0;
        patch = x = y = Array::Zero(roles.patches.empty() ? 0 : length);
        for (const PatchPlace& place : roles.patches) {
            const auto key = static_cast<Eigen::Index>(place.key);
            patch[key] = 1;
            x[key] = place.inPatches.x;
            y[key] = place.inPatches.y;
        }
    }

    Eigen::Index length;
    std::vector<AxisPart> modalities;
    std::vector<AxisPart> segments;
    double dormantAbove;
    bool hasDistance;
    bool hasPatchDistance = false;
    Array ordinary; ///< 1 for keys that are no special tokens
    Array patch;    ///< 1 for patches; empty where there are none
    Array x;        ///< of patches, in patches
    Array y;
    PatchComponents components;
};

struct MapAccumulator::Sums
{
    /// Σ m f / Σ m.
    struct Weighted
    {
        double sum = 0;
        double weight = 0;
        double mean() const { return weight > 0 ? sum / weight : std::numeric_limits<double>::quiet_NaN(); }
    };

    explicit Sums(std::shared_ptr<const Keys> known)
        : keys(std::move(known)), columns(Array::Zero(keys->length)), above(columns)
    {}

    void addPicture(std::int64_t query);

    std::shared_ptr<const Keys> keys;
    Array row;  ///< weights, 0 where they are not finite
    Array logs; ///< w ln w

    Array columns; ///< Σ_q w_qk
    Array above;   ///< how many w_qk > dormantAbove
    double entropy = 0;
    double highest = 0;
    double highestOrdinary = 0;
    double distance = 0;
    Weighted pictureEntropy;
    Weighted spatialEntropy;
    Weighted extent;
    Weighted patchDistance;
    std::int64_t rows = 0;
};

void MapAccumulator::Sums::addPicture(std::int64_t query)
{
    const Array& patch = keys->patch;
    const Array& x = keys->x;
    const Array& y = keys->y;
    if (patch.size() == 0)
        return;
    const double mass = (row * patch).sum();
    if (!(mass > 0))
        return;
    // With m = Σ w: −Σ (w/m) ln (w/m) = ln m − (Σ w ln w) / m.
    pictureEntropy.sum += std::max(0.0, mass * std::log(mass) - (logs * patch).sum());
    pictureEntropy.weight += mass;
    if (const std::optional<double> entropy = keys->components.entropyOf(row)) {
        spatialEntropy.sum += mass * *entropy;
        spatialEntropy.weight += mass;
    }
    const double middleX = (row * x).sum() / mass;
    const double middleY = (row * y).sum() / mass;
    const double variance = (row * patch * ((x - middleX).square() + (y - middleY).square())).sum() / mass;
    extent.sum += mass * std::sqrt(variance);
    extent.weight += mass;
    if (!keys->hasPatchDistance || patch[static_cast<Eigen::Index>(query)] == 0)
        return;
    const auto own = static_cast<Eigen::Index>(query);
    patchDistance.sum += (row * patch * ((x - x[own]).square() + (y - y[own]).square()).sqrt()).sum();
    patchDistance.weight += mass;
}

MapAccumulator::MapAccumulator(const TokenAxis& queries, const TokenAxis& keys, double dormantAbove)
{
    checkKeys(keys);
    m_sums = std::make_unique<Sums>(std::make_shared<const Keys>(queries, keys, dormantAbove));
}

MapAccumulator::MapAccumulator(std::unique_ptr<Sums> sums) : m_sums(std::move(sums)) {}
MapAccumulator::~MapAccumulator() = default;
MapAccumulator::MapAccumulator(MapAccumulator&&) noexcept = default;

void MapAccumulator::checkKeys(const TokenAxis& keys)
{
    if (keys.length > kMostKeys)
        throw Error(ErrorKind::TooLarge, "statistics are made of at most {} keys; \"{}\" has {}", kMostKeys,
                    printable(keys.id), keys.length);
}

MapAccumulator MapAccumulator::forAnotherHead() const
{
    return MapAccumulator(std::make_unique<Sums>(m_sums->keys));
}

void MapAccumulator::clear()
{
    *m_sums = Sums(m_sums->keys);
}

void MapAccumulator::add(std::int64_t query, std::span<const float> row)
{
    Sums& sums = *m_sums;
    const auto length = static_cast<Eigen::Index>(row.size());
    const auto weights = Eigen::Map<const Eigen::ArrayXf>(row.data(), length).cast<double>();
    sums.row = (weights.abs() <= std::numeric_limits<float>::max()).select(weights, 0.0);
    const double total = sums.row.sum();
    if (!(total > 0))
        return;
    ++sums.rows;
    sums.columns += sums.row;
    sums.above += (sums.row > sums.keys->dormantAbove).cast<double>();
    sums.logs = (sums.row > 0).select(sums.row * sums.row.max(std::numeric_limits<double>::min()).log(), 0.0);
    sums.entropy += std::max(0.0, std::log(total) - sums.logs.sum() / total);
    sums.highest += sums.row.maxCoeff();
    sums.highestOrdinary += (sums.row * sums.keys->ordinary).maxCoeff();
    if (sums.keys->hasDistance) {
        const auto last = static_cast<double>(length - 1);
        const auto from = Eigen::ArrayXd::LinSpaced(length, 0, last) - static_cast<double>(query);
        sums.distance += (sums.row * from.abs()).sum() / total;
    }
    sums.addPicture(query);
}

std::optional<std::int64_t> MapAccumulator::sinkKey() const
{
    if (m_sums->rows == 0)
        return std::nullopt;
    Eigen::Index key = 0;
    m_sums->columns.maxCoeff(&key);
    return key;
}

std::vector<double> MapAccumulator::values() const
{
    const Sums& sums = *m_sums;
    // 0/0 gives the NaN that stands for "says nothing".
    const auto count = static_cast<double>(sums.rows);
    std::vector<double> values;
    for (const std::vector<AxisPart>* parts : {&sums.keys->modalities, &sums.keys->segments})
        for (const AxisPart& part : *parts) {
            double mass = 0;
            for (const std::int64_t key : part.positions)
                mass += sums.columns[static_cast<Eigen::Index>(key)];
            values.push_back(mass / count);
        }
    const double entropy = sums.entropy / count;
    values.insert(values.end(), {entropy, entropy / std::numbers::ln2, std::exp(entropy)});
    if (sums.keys->patch.size() > 0)
        values.insert(values.end(), {sums.pictureEntropy.mean(), sums.spatialEntropy.mean(), sums.extent.mean()});
    const auto sink = static_cast<Eigen::Index>(sinkKey().value_or(0));
    values.insert(values.end(), {sums.columns[sink] / count, sums.above[sink] / count, sums.highest / count,
                                 sums.highestOrdinary / count});
    if (sums.keys->hasDistance)
        values.push_back(sums.distance / count);
    if (sums.keys->hasPatchDistance)
        values.push_back(sums.patchDistance.mean());
    return values;
}

} // namespace heedmap
