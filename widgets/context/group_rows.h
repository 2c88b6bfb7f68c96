#pragma once

#include "core/capture/attention.h"
#include "core/render/value_scale.h"
#include "widgets/context/map_navigation.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace heedmap {

/// All heads of a group for one query: what the head grid shows, and what shared limits are taken from.
struct RowsRequest
{
    std::string group;
    std::optional<MapChoice::Factor> first; ///< of composed maps
    std::int64_t query = 0;
    bool withoutSpecial = false; ///< shownRow() is renormalised
    bool operator==(const RowsRequest&) const = default;
};

struct ShownSiteRows
{
    std::size_t site = 0;
    int heads = 0;             ///< of the model
    StoredIndices storedHeads; ///< those that have rows
    std::int64_t keys = 0;
    std::vector<float> rows;             ///< [stored heads, keys]
    std::vector<float> mean;             ///< [keys]
    std::vector<float> renormalizedRows; ///< the same without special tokens; empty unless asked for
    std::vector<float> renormalizedMean;
    WeightSamplePart sample; ///< what its heads contribute to the sample of the whole group

    std::vector<int> headNumbers() const;                   ///< of those that have rows
    std::span<const float> row(HeadChoice head) const;      ///< as recorded; empty for a head that has none
    std::span<const float> shownRow(HeadChoice head) const; ///< renormalised where the request says so
};

struct GroupRows
{
    RowsRequest request;
    std::vector<std::shared_ptr<const ShownSiteRows>> sites; ///< by layer, none of them null
    bool complete = true; ///< false: some sites are still being read, and not in the list
    /// Of the weights shared limits are taken from; null where nobody has worked it out yet.
    std::shared_ptr<const WeightSample> sample;

    const ShownSiteRows* siteRows(std::size_t site) const;
    std::size_t byteCount() const; ///< in memory
    /// The reduction of the rows of a set, as readRow gives it; empty when a member is not here.
    std::vector<float> reducedRow(const HeadSet& set) const;
};

/// What whoever waits for rows may want of their reading.
struct GroupReading
{
    std::stop_token stop;
    /// Called on one of the reading threads, never by two at once: the sites read so far, without a sample.
    std::function<void(const GroupRows& soFar)> siteRead;
};

/// Reads them, sites on several threads; thread-safe. Errors: as readRow; Cancelled.
GroupRows readGroupRows(const Capture& capture, const GroupChoice& group, const RowsRequest& request,
                        const GroupReading& reading = {});
/// What shared limits are taken from: the shown weights of all heads that are there.
WeightSample sampleOfGroup(const GroupRows& rows, const TokenAxis& keys);
/// Multiplications this takes, to decide whether it may be done between two frames.
double costOfGroupRows(const Capture& capture, const GroupChoice& group);
/// The same for readRow of a set.
double costOfSetRow(const Capture& capture, const MapChoice& map);
/// The same for readColumn.
double costOfColumn(const Capture& capture, const MapChoice& map);

/// Weight on keys that are no patch; 0 when no key is a patch (then nothing is left out of a picture).
double massOffPatches(const TokenAxis& keys, std::span<const float> row);
/// The runs of `row` a colour bar should cover: patch keys, or where none is a patch every key, or every key that is
/// not special.
void appendWeightRuns(const TokenAxis& keys, std::span<const float> row, bool withoutSpecial,
                      std::vector<std::span<const float>>& out);
/// How many weights these runs have together.
std::size_t scaledWeightCount(const TokenAxis& keys, bool withoutSpecial);
/// The finite weights of these runs, special tokens included.
void appendScaledWeights(const TokenAxis& keys, std::span<const float> row, std::vector<float>& out);

} // namespace heedmap
