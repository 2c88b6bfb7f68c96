#include "core/analysis/axis_parts.h"

#include "core/base/utf8.h"

#include <algorithm>
#include <set>

namespace heedmap {

namespace {

AxisPart& partCalled(std::vector<AxisPart>& parts, const std::string& id)
{
    const auto found = std::ranges::find(parts, id, &AxisPart::id);
    return found != parts.end() ? *found : parts.emplace_back(AxisPart{id, id, {}});
}

std::string segmentName(const AxisSegment& segment)
{
    if (segment.kind == SegmentKind::Special) {
        const bool alike = !segment.tokens.empty() && std::ranges::all_of(segment.tokens, [&](const AxisToken& token) {
            return token.text == segment.tokens.front().text;
        });
        return alike && !segment.tokens.front().text.empty() ? printable(segment.tokens.front().text, 40) : "special";
    }
    for (const std::string& name : {segment.output, segment.input})
        if (!name.empty())
            return printable(name, 40);
    switch (segment.kind) {
    case SegmentKind::PatchGrid:
        return "picture";
    case SegmentKind::Frames:
        return "frames";
    case SegmentKind::Text:
        return "text";
    case SegmentKind::Table:
        return "table";
    case SegmentKind::Latent:
        return "latent";
    default:
        return "unknown";
    }
}

std::size_t modalityOf(const AxisSegment& segment, std::size_t index, std::size_t special)
{
    if (segment.kind == SegmentKind::Special || (index < segment.tokens.size() && segment.tokens[index].special))
        return special;
    switch (segment.kind) {
    case SegmentKind::PatchGrid:
        return 0;
    case SegmentKind::Text:
        return 1;
    case SegmentKind::Frames:
        return 2;
    default:
        return 3;
    }
}

/// The rows of an axis that predicted a token of an output.
AxisPart predictingRows(const Capture& capture, const TokenAxis& axis)
{
    std::set<std::int64_t> rows;
    for (const CaptureOutput& output : capture.manifest().outputs)
        if (output.axis == axis.id)
            for (const GeneratedToken& token : output.tokens)
                if (token.predictingRow >= 0 && token.predictingRow < axis.length)
                    rows.insert(token.predictingRow);
    return {"generated", "rows that predicted generated tokens", {rows.begin(), rows.end()}};
}

} // namespace

std::vector<AxisPart> modalitiesOf(const TokenAxis& axis)
{
    std::vector<AxisPart> parts{{"picture", "picture", {}},
                                {"text", "words", {}},
                                {"frames", "sound", {}},
                                {"other", "other", {}},
                                {"special", "special tokens", {}}};
    for (const AxisSegment& segment : axis.segments)
        for (std::int64_t position = segment.begin; position < segment.end(); ++position)
            parts[modalityOf(segment, static_cast<std::size_t>(position - segment.begin), parts.size() - 1)]
                .positions.push_back(position);
    std::erase_if(parts, [](const AxisPart& part) { return part.positions.empty(); });
    return parts;
}

std::vector<AxisPart> segmentsOf(const TokenAxis& axis)
{
    std::vector<AxisPart> parts;
    for (const AxisSegment& segment : axis.segments) {
        if (segment.length == 0)
            continue;
        std::string name = segmentName(segment);
        const bool known = std::ranges::find(parts, name, &AxisPart::id) != parts.end();
        if (!known && parts.size() + 1 >= kMostSegmentParts)
            name = "more";
        AxisPart& part = partCalled(parts, name);
        for (std::int64_t position = segment.begin; position < segment.end(); ++position)
            part.positions.push_back(position);
    }
    return parts;
}

std::vector<AxisPart> querySetsOf(const Capture& capture, const std::string& axisId)
{
    const TokenAxis& axis = capture.manifest().axis(axisId);
    AxisPart ordinary{"ordinary", "all but special tokens", {}};
    AxisPart all{"all", "all queries", {}};
    const std::vector<AxisPart> modalities = modalitiesOf(axis);
    for (const AxisPart& part : modalities) {
        all.positions.insert(all.positions.end(), part.positions.begin(), part.positions.end());
        if (part.id != "special")
            ordinary.positions.insert(ordinary.positions.end(), part.positions.begin(), part.positions.end());
    }
    std::ranges::sort(all.positions);
    std::ranges::sort(ordinary.positions);
    std::vector<AxisPart> sets{ordinary, all};
    for (const AxisPart& part : modalities)
        if (part.id == "text" || part.id == "picture")
            sets.push_back(part);
    sets.push_back(predictingRows(capture, axis));
    const std::vector<AxisPart> segments = segmentsOf(axis);
    if (segments.size() > 1)
        for (const AxisPart& part : segments)
            if (std::ranges::find(sets, part.id, &AxisPart::id) == sets.end())
                sets.push_back(part);
    for (AxisPart& part : sets)
        part.notStored = static_cast<std::int64_t>(std::erase_if(
            part.positions, [&axis](std::int64_t position) { return !axis.storedQueries.contains(position); }));
    std::erase_if(sets, [](const AxisPart& part) { return part.positions.empty(); });
    return sets;
}

} // namespace heedmap
