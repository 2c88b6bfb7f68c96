#pragma once

#include "core/base/tensor_view.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace heedmap {

struct SafetensorsFile;

/// Every tensor of a checkpoint by name, wherever its shard is. Values share the mapped files.
class WeightsIndex
{
public:
    /// model.safetensors, or else the shards named by model.safetensors.index.json (plain file names inside `folder`
    /// only; each tensor must be in the shard the index says, and in no other).
    /// Errors: NotFound (no weights, a missing shard), InvalidFile, TooLarge, Unsupported (only pytorch_model.bin: the
    /// message carries the command that converts it).
    static WeightsIndex open(const std::filesystem::path& folder);

    bool contains(const std::string& name) const { return m_tensors.contains(name); }
    /// Errors: NotFound, with the nearest names the checkpoint does have.
    const TensorView& tensor(const std::string& name) const;
    std::vector<std::string> names() const; ///< sorted
    std::int64_t parameterCount() const;
    std::size_t byteCount() const;                                              ///< of all tensors
    const std::vector<std::filesystem::path>& files() const { return m_files; } ///< sorted by name
    /// SafetensorsFile::headerSha256 of each of `files`.
    const std::vector<std::string>& headerHashes() const { return m_headerHashes; }

private:
    void addFile(SafetensorsFile&& file);
    void addShards(const std::filesystem::path& indexPath);

    std::map<std::string, TensorView> m_tensors;
    std::vector<std::filesystem::path> m_files;
    std::vector<std::string> m_headerHashes;
};

} // namespace heedmap
