#include "widgets/context/map_numbers.h"

#include "core/capture/intervention.h"
#include "widgets/context/map_labels.h"
#include "widgets/context/sound_windows.h"

#include <fmt/format.h>

#include <numeric>

namespace heedmap {

namespace {

std::string headText(HeadChoice head)
{
    return head.isMean() ? "mean" : std::to_string(head.head);
}

/// Site and head of the last step, or the members of a set.
std::pair<std::string, std::string> lastStep(const Capture& capture, const MapChoice& map)
{
    if (!map.set)
        return {capture.site(map.site).key(), headText(map.head)};
    std::string members;
    for (const SiteHead& member : map.set->members)
        members += (members.empty() ? "" : " ") + capture.site(member.site).key() + ":" + headText(member.head);
    return {members, map.set->label()};
}

/// The labels of a row: token, position, row kind, site, head.
std::vector<std::string> rowLabels(const Capture& capture, const NumberedRow& row, bool predictingRow)
{
    const TokenAxis& axis = queryAxisOf(capture, row.map);
    const QueryName name = queryName(capture, axis.id, row.query, predictingRow);
    auto [site, head] = lastStep(capture, row.map);
    if (row.map.first) {
        site = capture.site(row.map.first->site).key() + " x " + site;
        head = headText(row.map.first->head) + " x " + head;
    }
    return {axis.label(row.query), std::to_string(row.query), rowKindLabel(name.kind).toStdString(), site, head};
}

/// The labels of a key: its name, position, and where a patch lies.
std::vector<std::string> keyLabels(const TokenAxis& axis, std::int64_t key)
{
    std::vector<std::string> labels{axis.label(key), std::to_string(key)};
    if (hasSound(axis)) {
        const SoundPositions positions = SoundPositions::of(axis);
        const TimeSpan span = positions.spanOf(key);
        const bool isTimed = positions.contains(key);
        labels.push_back(isTimed ? fmt::format("{:.9g}", span.start) : std::string());
        labels.push_back(isTimed ? fmt::format("{:.9g}", span.end) : std::string());
    }
    if (!hasPatches(axis))
        return labels;
    const auto place = patchRowColumn(axis, key);
    const auto rect = patchRect(axis, key);
    if (!place || !rect) {
        labels.resize(labels.size() + 6);
        return labels;
    }
    for (const int number : {place->first, place->second})
        labels.push_back(std::to_string(number));
    for (const double edge : {rect->x, rect->y, rect->width, rect->height})
        labels.push_back(fmt::format("{:.9g}", edge));
    return labels;
}

} // namespace

NumberTable tableOfRows(const Capture& capture, const TokenAxis& keyAxis, const std::vector<std::int64_t>& keys,
                        const std::vector<NumberedRow>& rows, const ValueScale& unit, bool predictingRow)
{
    std::vector<std::int64_t> positions = keys;
    if (positions.empty()) {
        positions.resize(static_cast<std::size_t>(keyAxis.length));
        std::iota(positions.begin(), positions.end(), std::int64_t{0});
    }
    NumberTable table;
    const Manifest& manifest = capture.manifest();
    table.notes = {fmt::format("model: {} ({})", manifest.model.name, manifest.model.architecture),
                   fmt::format("capture: {}", capture.path().filename().string()),
                   fmt::format("weight: attention probability{}; 1/{} is uniform",
                               unit.withoutSpecial ? ", renormalised without special tokens" : "", unit.keyCount)};
    for (const Intervention& intervention : manifest.interventions)
        table.notes.push_back("changed inside the model: " + interventionLabel(intervention, manifest));
    if (!rows.empty() && rows.front().map.isComposed())
        table.notes.push_back("composed: the product of two attention maps, no map of the model itself");
    table.rows.names = {"token", "position", "row_kind", "site", "head"};
    table.columns.names = {"key", "key_position"};
    if (hasSound(keyAxis)) {
        table.columns.names.insert(table.columns.names.end(), {"start_seconds", "end_seconds"});
        table.notes.push_back("start_seconds, end_seconds: what a position hears, in seconds of the recording");
    }
    if (hasPatches(keyAxis)) {
        table.columns.names.insert(table.columns.names.end(), {"row", "column", "x", "y", "width", "height"});
        table.notes.push_back("x, y, width, height: the patch in pixels of the upright picture");
    }
    for (const std::int64_t key : positions)
        table.columns.labels.push_back(keyLabels(keyAxis, key));
    for (const NumberedRow& row : rows) {
        table.rows.labels.push_back(rowLabels(capture, row, predictingRow));
        table.values.insert(table.values.end(), row.weights.begin(), row.weights.end());
    }
    return table;
}

} // namespace heedmap
