#pragma once

#include "core/base/json.h"
#include "core/base/tensor_view.h"
#include "core/checkpoint/weights_index.h"

#include <filesystem>
#include <memory>
#include <string>

namespace heedmap {

/// One Hugging Face model folder: configuration, weights (mapped, not read). Immutable, thread-safe.
class Checkpoint
{
public:
    /// Reads config.json, preprocessor_config.json and generation_config.json (the last two may be missing) and opens
    /// model.safetensors or the shards of model.safetensors.index.json. No code of the folder is ever run.
    /// Errors: NotFound (no folder, no config.json, no weights, a missing shard), InvalidFile (also when config.json
    /// does not name exactly one architecture), InvalidRequest (not a folder), TooLarge (JSON over 16 MiB, an index
    /// over 100 MiB), Io, Unsupported (only pytorch_model.bin: the message carries the command that converts it).
    static std::shared_ptr<const Checkpoint> open(const std::filesystem::path& folder);

    /// Absolute, without trailing slash.
    const std::filesystem::path& folder() const { return m_folder; }
    std::string name() const;                                    ///< the folder's name
    const std::string& modelType() const { return m_modelType; } ///< config.json `model_type`
    /// The one entry of config.json `architectures`, e.g. "BlipForQuestionAnswering".
    const std::string& architecture() const { return m_architecture; }
    const Json& config() const { return m_config; }
    const Json& preprocessorConfig() const { return m_preprocessorConfig; } ///< JSON null when the file is missing
    const Json& generationConfig() const { return m_generationConfig; }     ///< JSON null when the file is missing
    const WeightsIndex& weights() const { return m_weights; }
    /// Changes when shapes, names or settings change: SHA-256 of these lines, each a lower-case hexadecimal SHA-256 and
    /// a newline: of config.json, then of the header's JSON text of every weights file in the order of their names.
    const std::string& headerHash() const { return m_headerHash; }

private:
    Checkpoint() = default;

    std::filesystem::path m_folder;
    std::string m_modelType;
    std::string m_architecture;
    Json m_config;
    Json m_preprocessorConfig;
    Json m_generationConfig;
    WeightsIndex m_weights;
    std::string m_headerHash;
};

} // namespace heedmap
