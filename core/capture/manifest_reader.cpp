#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/capture/manifest_json.h"

#include <algorithm>
#include <set>

namespace heedmap {

using namespace manifest_json;

namespace {

void checkVersion(const Json& json, const std::string& where)
{
    const std::int64_t version = jsonInteger(json, "version", where, INT64_MIN, INT64_MAX);
    if (version != 1)
        throw Error(ErrorKind::Unsupported,
                    "{} is written in version {} of the format, and this program reads version 1; a newer Heedmap "
                    "may open it",
                    where, version);
    for (const Json& feature : optionalArray(json, "requires", where))
        if (feature != kStoredHeads && feature != kStoredQueries)
            throw Error(ErrorKind::Unsupported,
                        "{} requires {}, which this program does not know; a newer Heedmap may open it", where,
                        printable(feature.dump()));
}

/// A reader that does not know of parts would take the third row for the fourth: it must be told.
void checkRequired(const Json& json, const Manifest& manifest, const std::string& where)
{
    const std::vector<std::string> needed = requiredFeatures(manifest);
    const Json& features = optionalArray(json, "requires", where);
    for (const std::string& feature : needed)
        if (std::find(features.begin(), features.end(), feature) == features.end())
            throw Error(ErrorKind::InvalidFile, "{} uses \"{}\", but its \"requires\" does not say so", where, feature);
}

/// Refuses the second thing of one name.
class UniqueNames
{
public:
    void add(const std::string& name, const std::string& where)
    {
        if (!m_names.insert(name).second)
            throw Error(ErrorKind::InvalidFile, "{} has the name \"{}\", which something before it already has", where,
                        printable(name));
    }

private:
    std::set<std::string> m_names;
};

const Json& checkedShort(const Json& list, const char* key, const std::string& where)
{
    if (list.size() > kMaxListed)
        throw Error(ErrorKind::TooLarge, "{} has {} {}; at most {} are read", where, list.size(), key, kMaxListed);
    return list;
}

const Json& shortList(const Json& json, const char* key, const std::string& where)
{
    return checkedShort(jsonArray(json, key, where), key, where);
}

void readInputs(const Json& json, Manifest& manifest, const std::string& where)
{
    UniqueNames names;
    for (const Json& entry : shortList(json, "inputs", where)) {
        const std::string part = fmt::format("input {} of {}", manifest.inputs.size(), where);
        manifest.inputs.push_back(inputFromJson(entry, part));
        names.add(manifest.inputs.back().id, part);
    }
}

void readPasses(const Json& json, Manifest& manifest, const std::string& where)
{
    UniqueNames names;
    for (const Json& entry : shortList(json, "passes", where)) {
        const std::string part = fmt::format("pass {} of {}", manifest.passes.size(), where);
        manifest.passes.push_back({idFromJson(entry, "id", part), jsonString(entry, "component", part),
                                   jsonString(entry, "title", part, "")});
        names.add(manifest.passes.back().id, part);
    }
}

/// A view chooses among groups and compositions by one name, so they share their names.
void readGroups(const Json& json, Manifest& manifest, const std::string& where)
{
    UniqueNames names;
    for (const Json& entry : shortList(json, "groups", where)) {
        const std::string part = fmt::format("group {} of {}", manifest.groups.size(), where);
        manifest.groups.push_back({idFromJson(entry, "id", part), jsonString(entry, "title", part)});
        names.add(manifest.groups.back().id, part);
    }
    for (const Json& entry : checkedShort(optionalArray(json, "compositions", where), "compositions", where)) {
        const std::string part = fmt::format("composition {} of {}", manifest.compositions.size(), where);
        const Json& steps = jsonArray(entry, "steps", part);
        if (steps.size() != 2 || !steps[0].is_string() || !steps[1].is_string())
            throw Error(ErrorKind::InvalidFile, "\"steps\" in {} is not a pair of group ids", part);
        manifest.compositions.push_back({idFromJson(entry, "id", part), jsonString(entry, "title", part),
                                         steps[0].get<std::string>(), steps[1].get<std::string>()});
        names.add(manifest.compositions.back().id, part);
    }
}

void readOutputs(const Json& json, Manifest& manifest, const std::string& where)
{
    UniqueNames names;
    for (const Json& entry : shortList(json, "outputs", where)) {
        const std::string part = fmt::format("output {} of {}", manifest.outputs.size(), where);
        manifest.outputs.push_back(outputFromJson(entry, manifest, part));
        names.add(manifest.outputs.back().id, part);
    }
}

void readAxes(const Json& json, Manifest& manifest, const std::string& where)
{
    const AxisReferences references = axisReferences(manifest);
    for (const auto& [id, entry] : jsonObject(json, "axes", where).items()) {
        const std::string part = fmt::format("the axis \"{}\" of {}", printable(id), where);
        manifest.axes.emplace(id, axisFromJson(id, entry, references, part));
    }
    for (const CaptureOutput& output : manifest.outputs)
        checkOutputRows(output, manifest, fmt::format("the output \"{}\" of {}", printable(output.id), where));
}

void readSites(const Json& json, Manifest& manifest, const std::string& where)
{
    UniqueNames names;
    const Json& sites = jsonArray(json, "sites", where);
    if (static_cast<std::int64_t>(sites.size()) > kMaxSites)
        throw Error(ErrorKind::TooLarge, "{} has {} sites; at most {} are read", where, sites.size(), kMaxSites);
    for (const Json& entry : sites) {
        const std::string part = fmt::format("site {} of {}", manifest.sites.size(), where);
        manifest.sites.push_back(siteFromJson(entry, manifest, part));
        names.add(Json::array({manifest.sites.back().pass, manifest.sites.back().name}).dump(), part);
    }
}

void readLeftOut(const Json& json, Manifest& manifest, const std::string& where)
{
    UniqueNames names;
    for (const AttentionSite& site : manifest.sites)
        names.add(Json::array({site.pass, site.name}).dump(), where);
    const Json& list = optionalArray(json, "left_out", where);
    if (static_cast<std::int64_t>(list.size()) > kMaxSites)
        throw Error(ErrorKind::TooLarge, "{} leaves out {} modules; at most {} are read", where, list.size(),
                    kMaxSites);
    for (const Json& entry : list) {
        const std::string part = fmt::format("left-out module {} of {}", manifest.leftOut.size(), where);
        manifest.leftOut.push_back(
            {idFromJson(entry, "pass", part), jsonString(entry, "name", part), idFromJson(entry, "group", part)});
        names.add(Json::array({manifest.leftOut.back().pass, manifest.leftOut.back().name}).dump(), part);
    }
}

/// The one axis that all sites of a group have on a side; `which` is &AttentionSite::queryAxis or keyAxis.
std::string commonAxis(const Manifest& manifest, const std::string& group, std::string AttentionSite::*which,
                       const std::string& where)
{
    std::string axis;
    for (const AttentionSite& site : manifest.sites) {
        if (site.group != group)
            continue;
        if (!axis.empty() && axis != site.*which)
            throw Error(ErrorKind::InvalidFile, "{} needs one common axis, but the sites of \"{}\" have several", where,
                        printable(group));
        axis = site.*which;
    }
    if (axis.empty())
        throw Error(ErrorKind::InvalidFile, "{} names the group \"{}\", which has no sites", where, printable(group));
    return axis;
}

void checkCompositions(const Manifest& manifest, const std::string& where)
{
    for (const Composition& composition : manifest.compositions) {
        const std::string part = fmt::format("the composition \"{}\" of {}", printable(composition.id), where);
        const std::string first = commonAxis(manifest, composition.firstGroup, &AttentionSite::keyAxis, part);
        const std::string second = commonAxis(manifest, composition.secondGroup, &AttentionSite::queryAxis, part);
        if (first != second)
            throw Error(ErrorKind::InvalidFile,
                        "the groups of {} do not meet: the keys of the first are \"{}\", the queries of the second "
                        "\"{}\"",
                        part, printable(first), printable(second));
        if (!manifest.axis(first).storedQueries.areAll())
            throw Error(ErrorKind::InvalidFile, "{} needs every row of \"{}\", of which only a part is stored", part,
                        printable(first));
    }
}

/// A muted module need not be recorded; where it is, its head must exist.
void checkIntervention(const MuteHead& mute, const Manifest& manifest, const std::string& where)
{
    for (const AttentionSite& site : manifest.sites)
        if (site.name == mute.site && mute.head >= site.heads)
            throw Error(ErrorKind::InvalidFile, "{} mutes head {} of \"{}\", which has {}", where, mute.head,
                        printable(mute.site), site.heads);
}

void checkIntervention(const HideKeys& hide, const Manifest& manifest, const std::string& where)
{
    const auto axis = manifest.axes.find(hide.axis);
    if (axis == manifest.axes.end())
        throw Error(ErrorKind::InvalidFile, "{} hides keys of \"{}\", an axis that does not exist", where,
                    printable(hide.axis));
    if (hide.positions.back() >= axis->second.length)
        throw Error(ErrorKind::InvalidFile, "{} hides position {} of \"{}\", which has {}", where,
                    hide.positions.back(), printable(hide.axis), axis->second.length);
}

void readInterventions(const Json& json, Manifest& manifest, const std::string& where)
{
    manifest.interventions = interventionsFromJson(optionalArray(json, "interventions", where), where);
    std::size_t index = 0;
    for (const Intervention& intervention : manifest.interventions) {
        const std::string part = fmt::format("intervention {} of {}", index++, where);
        std::visit([&](const auto& one) { checkIntervention(one, manifest, part); }, intervention);
    }
}

/// Gradients of nothing in particular say nothing.
void readGradientTarget(const Json& json, Manifest& manifest, const std::string& where)
{
    if (json.contains("gradient_target") && !json["gradient_target"].is_null())
        manifest.gradientTarget = gradientTargetFromJson(jsonObject(json, "gradient_target", where), manifest,
                                                         "the gradient target of " + where);
    for (const AttentionSite& site : manifest.sites)
        if (!site.outputGradients.empty() && !manifest.gradientTarget)
            throw Error(ErrorKind::InvalidFile, "{} has gradients at \"{}\", but no \"gradient_target\"", where,
                        printable(site.key()));
}

void readAlignment(const Json& json, Manifest& manifest, const std::string& where)
{
    if (json.contains("alignment") && !json["alignment"].is_null())
        manifest.alignment =
            alignmentFromJson(jsonObject(json, "alignment", where), manifest, "the alignment of " + where);
}

} // namespace

Manifest manifestFromJson(const Json& json, const std::string& where)
{
    checkVersion(json, where);
    Manifest manifest;
    const Json& model = jsonObject(json, "model", where);
    const std::string modelWhere = "the model of " + where;
    manifest.model = {jsonString(model, "type", modelWhere), jsonString(model, "architecture", modelWhere),
                      jsonString(model, "name", modelWhere), jsonString(model, "header_sha256", modelWhere, "")};
    readInputs(json, manifest, where);
    readPasses(json, manifest, where);
    readGroups(json, manifest, where);
    readOutputs(json, manifest, where); // before the axes, whose spans count in their texts
    readAxes(json, manifest, where);
    readSites(json, manifest, where);
    readLeftOut(json, manifest, where);
    checkCompositions(manifest, where);
    readInterventions(json, manifest, where);
    readGradientTarget(json, manifest, where);
    readAlignment(json, manifest, where);
    checkRequired(json, manifest, where);
    const Json& provenance = jsonObject(json, "provenance", where);
    const std::string provenanceWhere = "the provenance of " + where;
    manifest.provenance = {jsonString(provenance, "program", provenanceWhere),
                           jsonString(provenance, "created", provenanceWhere),
                           jsonString(provenance, "compute_dtype", provenanceWhere)};
    return manifest;
}

} // namespace heedmap
