#include "app/engine/loaded_models.h"

#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/models/architectures.h"

#include <algorithm>
#include <set>
#include <sys/stat.h>
#include <system_error>

namespace heedmap {

namespace {

/// Changes whenever a file a model is made of is written, replaced, added or removed: names, sizes and times of change.
std::string fingerprintOf(const std::filesystem::path& folder)
{
    std::set<std::string> lines;
    std::error_code failure;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failure)) {
        const std::string extension = entry.path().extension();
        struct stat status = {};
        if ((extension != ".json" && extension != ".txt" && extension != ".safetensors") ||
            ::stat(entry.path().c_str(), &status) != 0)
            continue;
        lines.insert(fmt::format("{} {} {} {}.{} {}.{}\n", entry.path().filename().string(), status.st_ino,
                                 status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec,
                                 status.st_ctim.tv_nsec));
    }
    std::string text;
    for (const std::string& line : lines)
        text += line;
    return text;
}

const Json& preprocessorConfigOf(const Checkpoint& checkpoint, const char* what)
{
    if (checkpoint.preprocessorConfig().is_null())
        throw Error(ErrorKind::NotFound, "{} has no preprocessor_config.json; it says how {} are prepared",
                    checkpoint.folder().string(), what);
    return checkpoint.preprocessorConfig();
}

std::unique_ptr<const LoadedModel> load(const std::filesystem::path& folder, std::string id)
{
    auto loaded = std::make_unique<LoadedModel>();
    loaded->id = std::move(id);
    loaded->folder = folder;
    loaded->fingerprint = fingerprintOf(folder); // before reading: a change meanwhile is noticed next time
    loaded->checkpoint = Checkpoint::open(folder);
    loaded->model = loadModel(loaded->checkpoint);
    const ModelFacts& facts = loaded->model->facts();
    if (facts.needsTokenizer())
        loaded->tokenizer = Tokenizer::open(folder);
    if (facts.input(InputKind::Image))
        loaded->preprocessor =
            ImagePreprocessor::fromConfig(preprocessorConfigOf(*loaded->checkpoint, "pictures"), facts.imageProcessor);
    if (facts.input(InputKind::Audio))
        loaded->soundFront = LogMelExtractor::fromConfig(preprocessorConfigOf(*loaded->checkpoint, "recordings"));
    return loaded;
}

} // namespace

const LoadedModel& LoadedModels::open(const std::filesystem::path& folder)
{
    std::error_code failure;
    std::filesystem::path canonical = std::filesystem::canonical(folder, failure);
    if (failure)
        canonical = folder; // opening it says why
    const auto known = std::ranges::find_if(m_models, [&](const auto& model) { return model->folder == canonical; });
    if (known != m_models.end() && (*known)->fingerprint == fingerprintOf(canonical)) {
        std::rotate(known, known + 1, m_models.end());
        return *m_models.back();
    }
    if (known != m_models.end())
        m_models.erase(known);
    else if (m_models.size() == kMost) // before the new one is read, so that at most kMost are ever in memory
        m_models.erase(m_models.begin());
    m_models.push_back(load(canonical, fmt::format("m{}", m_opened + 1)));
    ++m_opened;
    return *m_models.back();
}

std::vector<std::unique_ptr<const LoadedModel>>::const_iterator LoadedModels::find(const std::string& id) const
{
    const auto found = std::ranges::find_if(m_models, [&](const auto& model) { return model->id == id; });
    if (found == m_models.end())
        throw Error(ErrorKind::NotFound, "the engine has no model \"{}\"; open it with model/open first",
                    printable(id));
    return found;
}

const LoadedModel& LoadedModels::get(const std::string& id) const
{
    return **find(id);
}

void LoadedModels::close(const std::string& id)
{
    m_models.erase(find(id));
}

} // namespace heedmap
