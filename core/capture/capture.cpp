#include "core/capture/capture.h"

#include "core/base/error.h"
#include "core/base/nearest_names.h"
#include "core/base/utf8.h"
#include "core/capture/capture_tensors.h"
#include "core/checkpoint/safetensors.h"

#include <vector>

namespace heedmap {

namespace {

std::string manifestText(const SafetensorsFile& file, const std::filesystem::path& path)
{
    const auto format = file.metadata.find("format");
    const auto manifest = file.metadata.find("heed");
    const bool isCapture = format != file.metadata.end() && format->second == "heed" && manifest != file.metadata.end();
    if (!isCapture)
        throw Error(ErrorKind::InvalidFile,
                    "{} is a safetensors file, but not a capture: its metadata has no \"heed\" manifest",
                    path.string());
    return manifest->second;
}

} // namespace

std::shared_ptr<const Capture> Capture::open(const std::filesystem::path& path)
{
    SafetensorsFile file = SafetensorsFile::open(path);
    const std::string where = "the manifest of " + path.string();
    const std::shared_ptr<Capture> capture(new Capture());
    capture->m_manifest = manifestFromJson(parseJson(manifestText(file, path), where), where);
    std::map<std::string, TensorInfo> infos;
    for (const auto& [name, tensor] : file.tensors)
        infos[name] = {tensor.dtype, tensor.shape};
    checkTensors(capture->m_manifest, infos, path.string());
    capture->m_path = path;
    capture->m_file = std::move(file.file);
    capture->m_tensors = std::move(file.tensors);
    return capture;
}

const TokenAxis& Capture::queryAxis(std::size_t site) const
{
    return m_manifest.axis(m_manifest.sites[site].queryAxis);
}

const TokenAxis& Capture::keyAxis(std::size_t site) const
{
    return m_manifest.axis(m_manifest.sites[site].keyAxis);
}

const TensorView& Capture::tensor(const std::string& name) const
{
    const auto found = m_tensors.find(name);
    if (found == m_tensors.end())
        throw Error(ErrorKind::NotFound, "{} has no tensor \"{}\"", m_path.string(), printable(name));
    return found->second;
}

std::vector<std::byte> Capture::inputBytes(const CaptureInput& input) const
{
    return input.tensor.empty() ? std::vector<std::byte>() : tensor(input.tensor).copyBytes();
}

std::size_t Capture::siteIndex(const std::string& name) const
{
    std::vector<std::size_t> found;
    std::vector<std::string> known;
    for (std::size_t i = 0; i < m_manifest.sites.size(); ++i) {
        const AttentionSite& candidate = m_manifest.sites[i];
        if (candidate.key() == name)
            return i;
        if (candidate.name == name)
            found.push_back(i);
        known.push_back(candidate.name);
        known.push_back(candidate.key());
    }
    if (found.empty())
        throw Error(ErrorKind::NotFound, "{} has no attention site \"{}\"{}", m_path.string(), printable(name),
                    didYouMean(name, known));
    if (found.size() == 1)
        return found.front();
    std::string choices;
    for (std::size_t index : found)
        choices += fmt::format("{}\"{}\"", choices.empty() ? "" : ", ", m_manifest.sites[index].key());
    throw Error(ErrorKind::InvalidRequest, "several passes have a site \"{}\"; name one of {}", printable(name),
                choices);
}

} // namespace heedmap
