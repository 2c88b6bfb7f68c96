#include "app/verbs/info_verb.h"

#include "core/base/error.h"
#include "core/base/json.h"
#include "core/capture/capture.h"
#include "core/checkpoint/checkpoint.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>

namespace heedmap {

namespace {

struct InfoArguments
{
    std::string path;
    bool json = false;
};

Json modelInfo(const Checkpoint& checkpoint)
{
    std::map<std::string, std::int64_t> tensorsByType;
    for (const std::string& name : checkpoint.weights().names())
        ++tensorsByType[std::string(dtypeName(checkpoint.weights().tensor(name).dtype))];
    Json files = Json::array();
    for (const std::filesystem::path& file : checkpoint.weights().files())
        files.push_back(file.filename().string());
    return {{"kind", "model"},
            {"name", checkpoint.name()},
            {"type", checkpoint.modelType()},
            {"architecture", checkpoint.architecture()},
            {"parameter_count", checkpoint.weights().parameterCount()},
            {"byte_count", checkpoint.weights().byteCount()},
            {"tensors_by_dtype", tensorsByType},
            {"files", files},
            {"header_sha256", checkpoint.headerHash()}};
}

Json siteInfo(const Capture& capture, std::size_t index)
{
    const AttentionSite& site = capture.site(index);
    Json info{{"pass", site.pass},
              {"name", site.name},
              {"group", site.group},
              {"layer", site.layer},
              {"heads", site.heads},
              {"stored_heads", site.headNumbers()},
              {"stored_queries", capture.queryAxis(index).storedQueries.count(capture.queryAxis(index).length)},
              {"queries", capture.queryAxis(index).length},
              {"keys", capture.keyAxis(index).length},
              {"query_axis", site.queryAxis},
              {"key_axis", site.keyAxis},
              {"storage", site.storesWeights() ? "weights" : "queries_keys"},
              {"dtype", dtypeName(capture.tensor(site.storesWeights() ? site.weights : site.queries).dtype)}};
    if (site.maxRowError)
        info["max_row_error"] = *site.maxRowError;
    info["values"] = !site.values.empty();
    info["output_gradients"] = !site.outputGradients.empty();
    return info;
}

Json interventionLabels(const Manifest& manifest)
{
    Json labels = Json::array();
    for (const Intervention& intervention : manifest.interventions)
        labels.push_back(interventionLabel(intervention, manifest));
    return labels;
}

Json gradientInfo(const Manifest& manifest)
{
    if (!manifest.gradientTarget)
        return nullptr;
    Json info = jsonFromGradientTarget(*manifest.gradientTarget);
    info["label"] = gradientTargetLabel(*manifest.gradientTarget);
    return info;
}

Json captureInfo(const Capture& capture)
{
    Json info = jsonFromManifest(capture.manifest());
    Json sites = Json::array();
    for (std::size_t index = 0; index < capture.manifest().sites.size(); ++index)
        sites.push_back(siteInfo(capture, index));
    return {{"kind", "capture"},
            {"byte_count", capture.byteCount()},
            {"model", info["model"]},
            {"inputs", info["inputs"]},
            {"outputs", info["outputs"]},
            {"groups", info["groups"]},
            {"compositions", info.value("compositions", Json::array())},
            {"sites", sites},
            {"left_out", info.value("left_out", Json::array())},
            {"axes", info["axes"]},
            {"interventions", info.value("interventions", Json::array())},
            {"intervention_labels", interventionLabels(capture.manifest())},
            {"gradient_target", gradientInfo(capture.manifest())},
            {"provenance", info["provenance"]}};
}

void printModel(const Json& info)
{
    fmt::print("{} ({})\n", info["name"].get<std::string>(), info["architecture"].get<std::string>());
    fmt::print("  parameters  {}\n  bytes       {}\n", info["parameter_count"].get<std::int64_t>(),
               info["byte_count"].get<std::int64_t>());
    for (const auto& [dtype, count] : info["tensors_by_dtype"].items())
        fmt::print("  {:<10}  {} tensors\n", dtype, count.get<std::int64_t>());
}

void printOutput(const Json& output)
{
    if (output.contains("text")) {
        fmt::print("  {}: {}\n", output["id"].get<std::string>(), output["text"].get<std::string>());
        return;
    }
    for (const Json& score : output["values"])
        fmt::print("  {}: {:.4f} ({})\n", score["name"].get<std::string>(), score["value"].get<double>(),
                   score["unit"].get<std::string>());
}

void printGradientTarget(const Json& target)
{
    fmt::print("  gradients: of the {}", target["label"].get<std::string>());
    if (target.contains("value"))
        fmt::print(", {:.6f}", target["value"].get<double>());
    fmt::print("\n");
}

/// "4", or "2/4" where a part is stored.
std::string partText(std::int64_t stored, std::int64_t of)
{
    return stored == of ? std::to_string(of) : fmt::format("{}/{}", stored, of);
}

/// What a capture was told to leave out, where it says so itself.
void printParts(const Json& info)
{
    if (const Json& modules = info["left_out"]; !modules.empty())
        fmt::print("  left out: {} of {} modules\n", modules.size(), modules.size() + info["sites"].size());
    for (const auto& [axis, json] : info["axes"].items())
        if (json.contains("stored_queries")) {
            const StoredIndices stored(json["stored_queries"].get<std::vector<StoredIndices::Range>>());
            const auto length = json["length"].get<std::int64_t>();
            fmt::print("  rows of {}: {} of {} are stored: {}\n", axis, stored.count(length), length, stored.text());
        }
    std::map<std::string, int> sitesWith;
    for (const Json& site : info["sites"])
        if (const Json& heads = site["stored_heads"]; std::ssize(heads) < site["heads"].get<std::ptrdiff_t>())
            ++sitesWith[fmt::format("{} of {}", fmt::join(heads.get<std::vector<int>>(), ", "),
                                    site["heads"].get<int>())];
    for (const auto& [heads, count] : sitesWith)
        fmt::print("  heads of {} sites: only {} are stored\n", count, heads);
}

void printCapture(const Json& info)
{
    fmt::print("capture of {} ({}), {} bytes\n", info["model"]["name"].get<std::string>(),
               info["model"]["architecture"].get<std::string>(), info["byte_count"].get<std::size_t>());
    for (const Json& input : info["inputs"])
        fmt::print("  {}: {}\n", input["id"].get<std::string>(),
                   input.value("text", input.value("name", std::string())));
    for (const Json& output : info["outputs"])
        printOutput(output);
    for (const Json& label : info["intervention_labels"])
        fmt::print("  changed: {}\n", label.get<std::string>());
    if (!info["gradient_target"].is_null())
        printGradientTarget(info["gradient_target"]);
    const auto hasValues = [](const Json& site) { return site["values"].get<bool>(); };
    if (std::ranges::any_of(info["sites"], hasValues))
        fmt::print("  values: of {} sites\n", std::ranges::count_if(info["sites"], hasValues));
    printParts(info);
    fmt::print("\n{:<62} {:>5} {:>7} {:>7}  {:<12} {:<5} {}\n", "site", "heads", "queries", "keys", "storage", "type",
               "max row error");
    for (const Json& site : info["sites"])
        fmt::print("{:<62} {:>5} {:>7} {:>7}  {:<12} {:<5} {}\n",
                   site["pass"].get<std::string>() + "/" + site["name"].get<std::string>(),
                   partText(std::ssize(site["stored_heads"]), site["heads"].get<int>()),
                   partText(site["stored_queries"].get<std::int64_t>(), site["queries"].get<std::int64_t>()),
                   site["keys"].get<std::int64_t>(), site["storage"].get<std::string>(),
                   site["dtype"].get<std::string>(),
                   site.contains("max_row_error") ? fmt::format("{:.1e}", site["max_row_error"].get<double>())
                                                  : "not measured");
}

int showInfo(const InfoArguments& arguments)
{
    std::error_code unreadable;
    if (!std::filesystem::exists(arguments.path, unreadable))
        throw Error(ErrorKind::NotFound, "{} does not exist; give a model folder or a .heed file", arguments.path);
    const bool isModel = std::filesystem::is_directory(arguments.path, unreadable);
    const Json info =
        isModel ? modelInfo(*Checkpoint::open(arguments.path)) : captureInfo(*Capture::open(arguments.path));
    if (arguments.json)
        fmt::print("{}\n", info.dump(2));
    else if (isModel)
        printModel(info);
    else
        printCapture(info);
    return kDone;
}

} // namespace

Verb infoVerb()
{
    return {"info", "Say what a model folder or a capture holds", VerbApplication::Core, [](CLI::App& verb) {
                const auto arguments = std::make_shared<InfoArguments>();
                verb.add_option("path", arguments->path, "Model folder or capture file")->required();
                verb.add_flag("--json", arguments->json, "Print JSON");
                return [arguments] { return showInfo(*arguments); };
            }};
}

} // namespace heedmap
