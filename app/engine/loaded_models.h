#pragma once

#include "core/models/model.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace heedmap {

/// One model folder with everything a run needs. Immutable.
struct LoadedModel
{
    std::string id; ///< "m1"
    std::filesystem::path folder;
    std::string fingerprint; ///< of the folder's files when they were read
    std::shared_ptr<const Checkpoint> checkpoint;
    std::unique_ptr<const Model> model;
    std::shared_ptr<const Tokenizer> tokenizer;    ///< null when the model neither takes nor gives text
    std::optional<ImagePreprocessor> preprocessor; ///< none when it takes no picture
    std::optional<LogMelExtractor> soundFront;     ///< none when it takes no recording
};

/// The models an engine has in memory: those opened last. Not thread-safe.
class LoadedModels
{
public:
    static constexpr std::size_t kMost = 2;

    /// The model of a folder; read again only when its files have changed since, or others were opened. Errors: as
    /// Checkpoint::open, Tokenizer::open, ImagePreprocessor::fromConfig and loadModel.
    const LoadedModel& open(const std::filesystem::path& folder);
    /// Errors: NotFound.
    const LoadedModel& get(const std::string& id) const;
    void close(const std::string& id);

private:
    std::vector<std::unique_ptr<const LoadedModel>>::const_iterator find(const std::string& id) const;

    std::vector<std::unique_ptr<const LoadedModel>> m_models; ///< opened last is last
    int m_opened = 0;
};

} // namespace heedmap
