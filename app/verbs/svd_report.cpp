#include "app/verbs/svd_report.h"

#include "app/verbs/map_arguments.h"
#include "widgets/context/map_navigation.h"
#include "widgets/context/mode_sides.h"

#include <algorithm>

namespace heedmap {

namespace {

/// The first `asked` values, none twice and none that was not computed.
std::span<const double> askedValues(const SvdReport& report)
{
    const Eigen::VectorXd& values = report.parts.result->front().modes.values;
    return {values.data(), static_cast<std::size_t>(std::min<std::int64_t>(report.asked, values.size()))};
}

Json entriesJson(const Capture& capture, const TokenAxis& axis, const std::vector<ModeEntry>& entries,
                 std::size_t count)
{
    Json list = Json::array();
    for (const ModeEntry& entry : entries) {
        if (list.size() == count)
            break;
        Json item{{"position", entry.position}, {"token", axis.label(entry.position)}, {"value", entry.value}};
        if (entry.head) {
            item["head"] = headArgument(capture, *entry.head);
            item["site"] = capture.site(entry.head->site).key();
        }
        if (const auto place = patchRowColumn(axis, entry.position)) {
            item["row"] = place->first;
            item["column"] = place->second;
        }
        list.push_back(std::move(item));
    }
    return list;
}

Json modeJson(const Capture& capture, const SvdReport& report, const ModeSubspace& subspace)
{
    const MapModes& modes = report.parts.result->front();
    const MapChoice& map = modes.map.parts.front();
    Json numbers = Json::array();
    Json values = Json::array();
    for (std::int64_t mode = subspace.first; mode < subspace.first + subspace.dimension; ++mode) {
        numbers.push_back(mode + 1);
        values.push_back(modes.modes.values[mode]);
    }
    return {{"modes", numbers},
            {"dimension", subspace.dimension},
            {"continues", subspace.continues},
            {"signed", subspace.isSingle()},
            {"singular_values", values},
            {"energy", modes.modes.energy(subspace)},
            {"queries", entriesJson(capture, queryAxisOf(capture, map), querySideOf(capture, modes, subspace).strongest,
                                    report.strongest)},
            {"keys", entriesJson(capture, keyAxisOf(capture, map), keySideOf(capture, modes, subspace).strongest,
                                 report.strongest)}};
}

Json scopeJson(const Capture& capture, const SvdReport& report)
{
    const StackedMap& map = report.parts.result->front().map;
    Json heads = Json::array();
    for (const MapChoice& part : map.parts)
        heads.push_back(
            {{"site", capture.site(part.site).key()}, {"head", headArgument(capture, {part.site, part.head})}});
    Json scope{{"group", report.parts.group},     {"heads", heads},
               {"stacked", map.parts.size() > 1}, {"rows", map.rows()},
               {"columns", map.columns()},        {"queries", map.queries},
               {"key_positions", map.keys},       {"without_special", report.parts.withoutSpecial},
               {"empty_rows", map.emptyRows}};
    if (map.parts.size() > 1)
        scope["stacking"] = "row = part * queries + query: the parts' maps below one another, [parts * queries, keys]";
    if (map.parts.front().set)
        scope["reduction"] = map.parts.front().set->label();
    if (const auto error = capture.site(map.parts.front().site).maxRowError)
        scope["max_row_error"] = *error;
    return scope;
}

Json likenessesJson(const Capture& capture, const SvdReport& report)
{
    Json list = Json::array();
    for (const HeadLikeness& likeness : report.likenesses) {
        const ModeMatch& match = likeness.match;
        Json modes = Json::array();
        for (std::int64_t i = 0; i < match.subspace.dimension; ++i)
            modes.push_back(match.subspace.first + i + 1);
        Json item{{"head", headArgument(capture, likeness.head)},
                  {"site", capture.site(likeness.head.site).key()},
                  {"modes", modes},
                  {"similarity", match.similarity},
                  {"keys", match.onKeys},
                  {"reversed", match.isReversed}};
        item["queries"] = match.onQueries ? Json(*match.onQueries) : Json();
        list.push_back(std::move(item));
    }
    return {{"modes_of", *report.like + 1},
            {"similarity", "product of the cosines of keys and queries, of keys alone where heads are stacked; cosine: "
                           "root mean square of the cosines of the principal angles (Bjorck and Golub 1973)"},
            {"heads", list}};
}

std::string strongestText(const TokenAxis& axis, const Capture& capture, const std::vector<ModeEntry>& entries,
                          std::size_t count)
{
    std::string text;
    for (std::size_t i = 0; i < std::min(count, entries.size()); ++i) {
        const ModeEntry& entry = entries[i];
        text += fmt::format("{}{}{} {:+.2f}", i ? ", " : "", axis.label(entry.position),
                            entry.head ? " " + headArgument(capture, *entry.head) : "", entry.value);
    }
    return text;
}

} // namespace

Json svdJson(const Capture& capture, const SvdReport& report)
{
    const SvdModes& modes = report.parts.result->front().modes;
    const NumberRange rank = modes.effectiveRank();
    Json json{{"map", scopeJson(capture, report)},
              {"centring", centringInfo(modes.centring).id},
              {"singular_values", askedValues(report)},
              {"spectrum", std::span<const double>(modes.values.data(), static_cast<std::size_t>(modes.values.size()))},
              {"spectrum_complete", modes.complete},
              {"total_energy", modes.totalEnergy},
              {"rank", modes.rank},
              {"error_bound", modes.errorBound},
              {"non_finite", modes.nonFinite},
              {"effective_rank", rank.low == rank.high ? Json(rank.low) : Json()},
              {"effective_rank_bounds", {rank.low, rank.high}},
              {"rules",
               {{"sign", kModeSignRule},
                {"subspaces", kModeSubspaceRule},
                {"effective_rank", kEffectiveRankFormula},
                {"reconstruction", "relative Frobenius error of the first k modes (Eckart and Young 1936)"}}}};
    json["energies"] = Json::array();
    for (std::size_t mode = 0; mode < askedValues(report).size(); ++mode)
        json["energies"].push_back(modes.energy(static_cast<std::int64_t>(mode)));
    json["modes"] = Json::array();
    for (const ModeSubspace& subspace : modes.subspaces)
        json["modes"].push_back(modeJson(capture, report, subspace));
    json["subspaces"] = Json::array();
    for (const Json& mode : json["modes"])
        json["subspaces"].push_back(mode["modes"]);
    json["reconstruction"] = Json::array();
    for (std::int64_t kept = 0; kept <= modes.modeCount(); ++kept)
        json["reconstruction"].push_back({{"kept", kept}, {"relative_error", modes.keptError(kept)}});
    if (report.like)
        json["similar"] = likenessesJson(capture, report);
    return json;
}

std::string svdText(const Capture& capture, const SvdReport& report)
{
    const MapModes& modes = report.parts.result->front();
    const MapChoice& map = modes.map.parts.front();
    std::string text;
    for (const QString& line : modesCaption(capture, report.parts))
        text += line.toStdString() + '\n';
    for (const ModeSubspace& subspace : modes.modes.subspaces) {
        text += fmt::format("\n{}: {}; kept so far, error {:.1f} %\n", modeName(subspace).toStdString(),
                            modeFacts(modes.modes, subspace).toStdString(),
                            100 * modes.modes.keptError(subspace.first + subspace.dimension));
        text += "  queries  " + strongestText(queryAxisOf(capture, map), capture,
                                              querySideOf(capture, modes, subspace).strongest, report.strongest);
        text += "\n  keys     " +
                strongestText(keyAxisOf(capture, map), capture, keySideOf(capture, modes, subspace).strongest,
                              report.strongest) +
                '\n';
    }
    if (modes.modes.subspaces.empty())
        text += "\nno modes: nothing is left of this map\n";
    if (report.like)
        text += fmt::format("\nlike {}:\n", modeName(modes.modes.subspaces[*report.like]).toStdString());
    for (const HeadLikeness& likeness : report.likenesses)
        text +=
            fmt::format("  {:<8} {:.3f}  {}{}\n", headArgument(capture, likeness.head), likeness.match.similarity,
                        modeName(likeness.match.subspace).toStdString(), likeness.match.isReversed ? ", reversed" : "");
    return text + fmt::format("\nsigns: {}\nsubspaces: {}\n", kModeSignRule, kModeSubspaceRule);
}

} // namespace heedmap
