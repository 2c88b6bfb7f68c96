#include "core/checkpoint/checkpoint.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/utf8.h"

namespace heedmap {

namespace {

constexpr std::size_t kMaxConfigBytes = std::size_t{16} << 20;

/// Absolute and without a trailing slash, so that the last part is the folder's name.
std::filesystem::path checkedFolder(const std::filesystem::path& folder)
{
    std::error_code failure;
    const std::filesystem::file_status status = std::filesystem::status(folder, failure);
    if (status.type() == std::filesystem::file_type::not_found)
        throw Error(ErrorKind::NotFound, "there is no folder {}", folder.string());
    if (failure)
        throw Error(ErrorKind::Io, "cannot open {}: {}", folder.string(), failure.message());
    if (!std::filesystem::is_directory(status))
        throw Error(ErrorKind::InvalidRequest, "{} is not a folder; give the folder that holds config.json",
                    folder.string());
    std::filesystem::path path = std::filesystem::absolute(folder, failure).lexically_normal();
    return path.has_filename() || path == path.root_path() ? path : path.parent_path();
}

Json parseConfig(const std::string& text, const std::filesystem::path& path)
{
    Json config = parseJson(text, path.string());
    if (!config.is_object())
        throw Error(ErrorKind::InvalidFile, "{} is not a JSON object", path.string());
    return config;
}

Json readOptionalConfig(const std::filesystem::path& path)
{
    std::error_code ignored;
    if (std::filesystem::status(path, ignored).type() == std::filesystem::file_type::not_found)
        return nullptr;
    return parseConfig(readTextFile(path, kMaxConfigBytes), path);
}

std::string readRequiredConfig(const std::filesystem::path& path)
{
    try {
        return readTextFile(path, kMaxConfigBytes);
    } catch (const Error& failure) {
        if (failure.kind() != ErrorKind::NotFound)
            throw;
        throw Error(ErrorKind::NotFound, "{} is missing; a model folder as Hugging Face publishes it has one",
                    path.string());
    }
}

std::string theArchitecture(const Json& config, const std::string& where)
{
    constexpr const char* kExample = "it must name the model's class, as in [\"BlipForQuestionAnswering\"]";
    if (!config.contains("architectures"))
        throw Error(ErrorKind::InvalidFile, "\"architectures\" is missing in {}; {}", where, kExample);
    const Json& names = config["architectures"];
    if (!names.is_array() || names.size() != 1 || !names[0].is_string())
        throw Error(ErrorKind::InvalidFile, "\"architectures\" in {} is not a list of one name: {}; {}", where,
                    printable(names.dump()), kExample);
    return names[0].get<std::string>();
}

std::string hashOfHashes(const std::string& configText, const std::vector<std::string>& headerHashes)
{
    std::string lines = sha256Hex(asBytes(configText)) + '\n';
    for (const std::string& hash : headerHashes)
        lines += hash + '\n';
    return sha256Hex(asBytes(lines));
}

} // namespace

std::shared_ptr<const Checkpoint> Checkpoint::open(const std::filesystem::path& folder)
{
    const std::shared_ptr<Checkpoint> checkpoint(new Checkpoint);
    checkpoint->m_folder = checkedFolder(folder);
    const std::filesystem::path configPath = checkpoint->m_folder / "config.json";
    const std::string configText = readRequiredConfig(configPath);
    checkpoint->m_config = parseConfig(configText, configPath);
    checkpoint->m_modelType = jsonString(checkpoint->m_config, "model_type", configPath.string());
    checkpoint->m_architecture = theArchitecture(checkpoint->m_config, configPath.string());
    checkpoint->m_preprocessorConfig = readOptionalConfig(checkpoint->m_folder / "preprocessor_config.json");
    checkpoint->m_generationConfig = readOptionalConfig(checkpoint->m_folder / "generation_config.json");
    checkpoint->m_weights = WeightsIndex::open(checkpoint->m_folder);
    checkpoint->m_headerHash = hashOfHashes(configText, checkpoint->m_weights.headerHashes());
    return checkpoint;
}

std::string Checkpoint::name() const
{
    return m_folder.filename().string();
}

} // namespace heedmap
