#include "core/capture/manifest_json.h"

#include <algorithm>

namespace heedmap {

using namespace manifest_json;

namespace {

Json jsonFromModel(const ModelInfo& model)
{
    Json json = {{"type", model.type}, {"architecture", model.architecture}, {"name", model.name}};
    if (!model.headerSha256.empty())
        json["header_sha256"] = model.headerSha256;
    return json;
}

Json jsonFromPass(const Pass& pass)
{
    Json json = {{"id", pass.id}, {"component", pass.component}};
    if (!pass.title.empty())
        json["title"] = pass.title;
    return json;
}

Json jsonFromComposition(const Composition& composition)
{
    return {{"id", composition.id},
            {"title", composition.title},
            {"steps", Json::array({composition.firstGroup, composition.secondGroup})}};
}

template <typename Item, typename Convert>
Json jsonFromList(const std::vector<Item>& items, Convert convert)
{
    Json list = Json::array();
    for (const Item& item : items)
        list.push_back(convert(item));
    return list;
}

} // namespace

std::vector<std::string> manifest_json::requiredFeatures(const Manifest& manifest)
{
    std::vector<std::string> features;
    if (!std::ranges::all_of(manifest.sites, [](const AttentionSite& site) { return site.storedHeads.areAll(); }))
        features.emplace_back(kStoredHeads);
    if (!std::ranges::all_of(manifest.axes, [](const auto& axis) { return axis.second.storedQueries.areAll(); }))
        features.emplace_back(kStoredQueries);
    return features;
}

Json jsonFromOutputs(const std::vector<CaptureOutput>& outputs)
{
    return jsonFromList(outputs, jsonFromOutput);
}

Json jsonFromManifest(const Manifest& manifest)
{
    Json json = {{"version", 1},
                 {"model", jsonFromModel(manifest.model)},
                 {"inputs", jsonFromList(manifest.inputs, jsonFromInput)},
                 {"axes", Json::object()},
                 {"passes", jsonFromList(manifest.passes, jsonFromPass)},
                 {"groups", jsonFromList(manifest.groups,
                                         [](const SiteGroup& group) {
                                             return Json{{"id", group.id}, {"title", group.title}};
                                         })},
                 {"sites", jsonFromList(manifest.sites, jsonFromSite)},
                 {"outputs", jsonFromOutputs(manifest.outputs)},
                 {"provenance",
                  {{"program", manifest.provenance.program},
                   {"created", manifest.provenance.created},
                   {"compute_dtype", manifest.provenance.computeDType}}}};
    if (const std::vector<std::string> features = requiredFeatures(manifest); !features.empty())
        json["requires"] = features;
    for (const auto& [id, axis] : manifest.axes)
        json["axes"][id] = jsonFromAxis(axis);
    if (!manifest.leftOut.empty())
        json["left_out"] = jsonFromList(manifest.leftOut, [](const LeftOutSite& site) {
            return Json{{"pass", site.pass}, {"name", site.name}, {"group", site.group}};
        });
    if (!manifest.compositions.empty())
        json["compositions"] = jsonFromList(manifest.compositions, jsonFromComposition);
    if (!manifest.interventions.empty())
        json["interventions"] = jsonFromInterventions(manifest.interventions);
    if (manifest.gradientTarget)
        json["gradient_target"] = jsonFromGradientTarget(*manifest.gradientTarget);
    if (manifest.alignment)
        json["alignment"] = jsonFromAlignment(*manifest.alignment);
    return json;
}

} // namespace heedmap
