#pragma once

#include "app/engine/run_order.h"
#include "core/capture/capture_writer.h"
#include "core/capture/manifest.h"

#include <filesystem>
#include <string>
#include <vector>

namespace heedmap {

/// Original files up to this size are kept inside the capture.
constexpr std::size_t kMaxEmbeddedBytes = std::size_t{64} << 20;

/// What a site takes in a capture: the smaller of its weights and its queries and keys, and what is stored beside them,
/// which is always in single precision.
struct SiteSize
{
    std::int64_t heads = 1;
    std::int64_t keyValueHeads = 1;
    std::int64_t queries = 0;
    std::int64_t keys = 0;
    std::int64_t headDim = 0;
    bool values = false; ///< and their norms
    bool outputGradients = false;
    std::int64_t itemBytes = 4; ///< of weights, queries and keys

    std::int64_t weightBytes() const { return itemBytes * heads * queries * keys; }
    std::int64_t queryKeyBytes() const { return itemBytes * headDim * (heads * queries + keyValueHeads * keys); }
    bool storesWeights() const { return weightBytes() <= queryKeyBytes(); }
    std::int64_t extraBytes() const
    {
        return 4 * ((values ? keys * (keyValueHeads * headDim + heads) : 0) +
                    (outputGradients ? heads * queries * headDim : 0));
    }
    std::int64_t byteCount() const { return (storesWeights() ? weightBytes() : queryKeyBytes()) + extraBytes(); }
};

/// "question → picture"; a pass the model has a note about says it.
std::string groupTitle(const PlannedSite& site, const ModelFacts& facts);
/// Of what is to be stored of it.
SiteSize sizeOf(const PlannedSite& site, const StorageChoice& storage);

/// Room for the header of a capture of these sites: ample for what is written about sites, tokens and interventions.
std::size_t captureHeaderBytes(const RunOrder& order, const std::vector<PlannedSite>& sites);
/// The whole capture of a run that records these sites, of which those are kept that the order wants.
std::int64_t captureByteCount(const RunOrder& order, const std::vector<PlannedSite>& sites);
/// Errors: TooLarge when the capture may grow beyond the order's budget; the message says what less could be asked for.
void checkBudget(const RunOrder& order, const std::vector<PlannedSite>& sites);

/// Writes the capture of one run while it runs: sites as they come, the manifest at the end. Until `finish` has
/// returned no capture is left behind. Errors: as CaptureWriter.
class CaptureBuilder
{
public:
    /// `plan`: the sites that will be added, as the model announces them.
    CaptureBuilder(const std::filesystem::path& path, const RunOrder& order, const std::vector<PlannedSite>& plan);

    /// Left out when the order does not want it.
    void addSite(const std::string& passId, const RecordedSite& site);
    /// Whether addSite would keep it.
    bool keeps(const PlannedSite& site) const { return m_order.storage.keeps(SiteNames::of(site)); }
    /// A site that was not recorded, because nobody keeps it.
    void leaveOut(const PlannedSite& site);
    /// Of a site that was given before.
    void addGradient(const std::string& passId, const std::string& site, const FloatTensor& gradient);
    /// The manifest that was written.
    Manifest finish(const RunResult& result);

private:
    void addInputs();
    template <typename Given>
    CaptureInput fileInput(InputKind kind, const Given& given);
    std::string embed(const std::string& id, const std::vector<std::byte>& file);
    void addTensor(const std::string& name, const FloatTensor& tensor, DType dtype = DType::F32);
    /// Of the heads and rows of `result` that are to be stored; `site` has no others.
    void addTensors(const RecordedSite& site, const StoredIndices& rows, AttentionSite& result);
    void addWeights(const RecordedSite& site, const std::string& prefix, AttentionSite& result);
    void addQueriesAndKeys(const RecordedSite& site, const StoredIndices& rows, const std::string& prefix,
                           AttentionSite& result);
    void addGroup(const std::string& id, const std::string& passId, const RecordedSite& site);
    void addCompositions();

    const RunOrder& m_order;
    CaptureWriter m_writer;
    Manifest m_manifest;
};

} // namespace heedmap
