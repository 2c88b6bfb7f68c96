#pragma once

#include "core/base/tensor_view.h"
#include "core/capture/manifest.h"

#include <filesystem>
#include <memory>
#include <string>

namespace heedmap {

/// An opened .heed file: the manifest read and checked, tensors mapped. Immutable, thread-safe.
class Capture
{
public:
    /// Errors: as SafetensorsFile::open and manifestFromJson, and InvalidFile when a site's tensors are missing or have
    /// the wrong shape or type.
    static std::shared_ptr<const Capture> open(const std::filesystem::path& path);

    const std::filesystem::path& path() const { return m_path; }
    const Manifest& manifest() const { return m_manifest; }
    const AttentionSite& site(std::size_t index) const { return m_manifest.sites[index]; }
    const TokenAxis& queryAxis(std::size_t site) const;
    const TokenAxis& keyAxis(std::size_t site) const;
    const MappedFile& file() const { return *m_file; } ///< the whole file, for saving it elsewhere
    std::size_t byteCount() const { return m_file->size(); }
    const TensorView& tensor(const std::string& name) const;
    /// The original bytes of an embedded input; empty when they were not embedded. Errors: InvalidFile (file cut
    /// short).
    std::vector<std::byte> inputBytes(const CaptureInput& input) const;

    /// The site called NAME or PASS/NAME. Errors: NotFound with the nearest names, InvalidRequest when several passes
    /// have a site of that name (the message lists them).
    std::size_t siteIndex(const std::string& name) const;

private:
    Capture() = default;

    std::filesystem::path m_path;
    std::shared_ptr<const MappedFile> m_file;
    std::map<std::string, TensorView> m_tensors;
    Manifest m_manifest;
};

} // namespace heedmap
