#pragma once

#include "app/engine/run_order.h"
#include "core/capture/capture_writer.h"
#include "core/capture/manifest.h"

#include <filesystem>
#include <string>

namespace heedmap {

/// Original files up to this size are kept inside the capture.
constexpr std::size_t kMaxEmbeddedBytes = std::size_t{64} << 20;

/// Room for the header of a capture; the file begins with it.
constexpr std::size_t kCaptureHeaderBytes = 256 * 1024;

/// What a site takes in a capture: the smaller of its weights and its queries and keys, in single precision.
struct SiteSize
{
    std::int64_t heads = 1;
    std::int64_t keyValueHeads = 1;
    std::int64_t queries = 0;
    std::int64_t keys = 0;
    std::int64_t headDim = 0;

    std::int64_t weightBytes() const { return 4 * heads * queries * keys; }
    std::int64_t queryKeyBytes() const { return 4 * headDim * (heads * queries + keyValueHeads * keys); }
    bool storesWeights() const { return weightBytes() <= queryKeyBytes(); }
    std::int64_t byteCount() const { return storesWeights() ? weightBytes() : queryKeyBytes(); }
};

/// Bytes of a capture beside its sites: header and embedded picture.
std::int64_t captureByteCountWithoutSites(const RunOrder& order);

/// Writes the capture of one run while it runs: sites as they come, the manifest at the end. Until `finish` has
/// returned no capture is left behind. Errors: as CaptureWriter.
class CaptureBuilder
{
public:
    CaptureBuilder(const std::filesystem::path& path, const RunOrder& order);

    void addSite(const std::string& passId, const RecordedSite& site);
    /// The manifest that was written.
    Manifest finish(const RunResult& result);

private:
    void addPicture();
    void addText();
    void addTensor(const std::string& name, const FloatTensor& tensor);
    std::string groupOf(const std::string& passId, const RecordedSite& site);
    void addCompositions();

    const RunOrder& m_order;
    CaptureWriter m_writer;
    Manifest m_manifest;
};

} // namespace heedmap
