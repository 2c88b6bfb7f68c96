#include "app/engine/methods.h"
#include "core/capture/manifest_json.h"

namespace heedmap {

namespace {

Json describe(const LoadedModel& loaded)
{
    const ModelFacts& facts = loaded.model->facts();
    Json inputs = Json::array();
    for (const ModelInput& input : facts.inputs)
        inputs.push_back({{"id", input.id},
                          {"kind", manifest_json::kindName(input.kind, manifest_json::kInputKinds)},
                          {"required", input.required},
                          {"title", input.title}});
    Json json = {{"model", loaded.id},
                 {"type", facts.modelType},
                 {"architecture", facts.architecture},
                 {"name", loaded.checkpoint->name()},
                 {"task", facts.task},
                 {"parameter_count", facts.parameterCount},
                 {"inputs", inputs},
                 {"header_sha256", loaded.checkpoint->headerHash()},
                 {"unused_tensors", facts.unusedTensors.size()},
                 {"notes", facts.notes}};
    if (facts.searchesBeams)
        json["most_beams"] = kMostBeams;
    if (facts.judgesTexts)
        json["most_candidates"] = kMostCandidates;
    if (!facts.languages.empty())
        json["languages"] = facts.languages;
    return json;
}

} // namespace

Json openModel(EngineState& state, const Json& params)
{
    const std::string where = "the params of model/open";
    const std::string path = readParams([&] {
        refuseUnknownMembers(params, {"path"}, where);
        return jsonString(params, "path", where);
    });
    return describe(state.models.open(path));
}

Json closeModel(EngineState& state, const Json& params)
{
    const std::string where = "the params of model/close";
    state.models.close(readParams([&] {
        refuseUnknownMembers(params, {"model"}, where);
        return jsonString(params, "model", where);
    }));
    return Json::object();
}

} // namespace heedmap
