#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/capture/manifest_json.h"

#include <cmath>

namespace heedmap::manifest_json {

namespace {

/// The input a segment shows, checked to exist and to be of the right kind; empty when it names none.
std::string inputReference(const Json& json, const AxisReferences& references, InputKind kind, const std::string& where)
{
    const std::string id = jsonString(json, "input", where, "");
    if (id.empty())
        return id;
    const auto input = references.inputs.find(id);
    if (input == references.inputs.end())
        throw Error(ErrorKind::InvalidFile, "{} refers to the input \"{}\", which does not exist", where,
                    printable(id));
    if (input->second != kind)
        throw Error(ErrorKind::InvalidFile, "{} refers to the input \"{}\", which is not of the kind \"{}\"", where,
                    printable(id), kindName(kind, kInputKinds));
    return id;
}

Affine affineFromJson(const Json& json, const std::string& where)
{
    const Json& numbers = jsonArray(json, "picture_from_grid", where);
    double values[6] = {};
    bool usable = numbers.size() == 6;
    for (std::size_t i = 0; usable && i < 6; ++i) {
        usable = numbers[i].is_number() && std::isfinite(numbers[i].get<double>());
        values[i] = usable ? numbers[i].get<double>() : 0;
    }
    if (!usable)
        throw Error(ErrorKind::InvalidFile, "\"picture_from_grid\" in {} is not a list of six finite numbers", where);
    const Affine affine{values[0], values[1], values[2], values[3], values[4], values[5]};
    const double determinant = affine.a * affine.e - affine.b * affine.d;
    if (!std::isnormal(determinant))
        throw Error(ErrorKind::InvalidFile, "\"picture_from_grid\" in {} squeezes patches to nothing (determinant {})",
                    where, determinant);
    return affine;
}

/// Factors whose product must be the segment's length; each is at most kMaxAxisLength, so nothing overflows.
void checkFactors(std::int64_t length, std::int64_t rows, std::int64_t columns, std::int64_t frames,
                  const std::string& where)
{
    if (rows * columns > kMaxAxisLength || rows * columns * frames != length)
        throw Error(ErrorKind::InvalidFile, "{} has {} × {} × {} cells, but a length of {}", where, frames, rows,
                    columns, length);
}

void readPatchGrid(const Json& json, const AxisReferences& references, AxisSegment& segment, const std::string& where)
{
    segment.input = inputReference(json, references, InputKind::Image, where);
    segment.grid.rows = static_cast<int>(jsonInteger(json, "rows", where, 1, kMaxAxisLength));
    segment.grid.columns = static_cast<int>(jsonInteger(json, "columns", where, 1, kMaxAxisLength));
    segment.grid.frames = static_cast<int>(jsonInteger(json, "frames", where, 1, kMaxAxisLength, 1));
    checkFactors(segment.length, segment.grid.rows, segment.grid.columns, segment.grid.frames, where);
    segment.grid.pictureFromGrid = affineFromJson(json, where);
}

void readFrames(const Json& json, const AxisReferences& references, AxisSegment& segment, const std::string& where)
{
    segment.input = inputReference(json, references, InputKind::Audio, where);
    segment.startSeconds = finiteNumber(json, "start_seconds", where);
    segment.secondsPerPosition = finiteNumber(json, "seconds_per_position", where);
    if (segment.secondsPerPosition <= 0)
        throw Error(ErrorKind::InvalidFile, "\"seconds_per_position\" in {} is not positive", where);
}

const Json& tokenList(const Json& json, std::int64_t length, const std::string& where)
{
    const Json& tokens = jsonArray(json, "tokens", where);
    if (static_cast<std::int64_t>(tokens.size()) != length)
        throw Error(ErrorKind::InvalidFile, "{} has {} tokens, but a length of {}", where, tokens.size(), length);
    return tokens;
}

void readSpecial(const Json& json, AxisSegment& segment, const std::string& where)
{
    for (const Json& token : tokenList(json, segment.length, where)) {
        if (!token.is_string())
            throw Error(ErrorKind::InvalidFile, "a special token in {} is not a string", where);
        segment.tokens.push_back({token.get<std::string>(), std::nullopt, std::nullopt, true});
    }
}

/// Code points of the text that a segment's spans count in; a segment without a text has no room for spans.
std::size_t textLengthOf(const AxisSegment& segment, const AxisReferences& references, const std::string& where)
{
    if (!segment.input.empty() && !segment.output.empty())
        throw Error(ErrorKind::InvalidFile, "{} has both an input and an output; its spans can count in only one",
                    where);
    if (!segment.input.empty())
        return references.inputTextLengths.at(segment.input);
    if (segment.output.empty())
        return 0;
    const auto found = references.outputTextLengths.find(segment.output);
    if (found == references.outputTextLengths.end())
        throw Error(ErrorKind::InvalidFile, "{} refers to \"{}\", which is not the text of an output", where,
                    printable(segment.output));
    return found->second;
}

void readText(const Json& json, const AxisReferences& references, AxisSegment& segment, const std::string& where)
{
    segment.input = inputReference(json, references, InputKind::Text, where);
    segment.output = jsonString(json, "output", where, "");
    const std::size_t textLength = textLengthOf(segment, references, where);
    for (const Json& entry : tokenList(json, segment.length, where)) {
        AxisToken token;
        token.text = jsonString(entry, "text", where);
        if (entry.contains("id") && !entry["id"].is_null())
            token.id = jsonInteger(entry, "id", where, INT64_MIN, INT64_MAX);
        token.span = spanFromJson(entry, textLength, where);
        token.special = jsonBool(entry, "special", where, false);
        segment.tokens.push_back(std::move(token));
    }
}

AxisSegment segmentFromJson(const Json& json, const AxisReferences& references, const std::string& where)
{
    AxisSegment segment;
    segment.kind = kindFromJson(json, kSegmentKinds, where);
    segment.length = jsonInteger(json, "length", where, 0, kMaxAxisLength);
    switch (segment.kind) {
    case SegmentKind::Special:
        readSpecial(json, segment, where);
        break;
    case SegmentKind::PatchGrid:
        readPatchGrid(json, references, segment, where);
        break;
    case SegmentKind::Frames:
        readFrames(json, references, segment, where);
        break;
    case SegmentKind::Text:
        readText(json, references, segment, where);
        break;
    case SegmentKind::Table:
        segment.rows = jsonInteger(json, "rows", where, 1, kMaxAxisLength);
        segment.columns = jsonInteger(json, "columns", where, 1, kMaxAxisLength);
        checkFactors(segment.length, segment.rows, segment.columns, 1, where);
        break;
    case SegmentKind::Latent:
    case SegmentKind::Unknown:
        break;
    }
    return segment;
}

Json jsonFromToken(const AxisToken& token)
{
    Json json = {{"text", token.text}};
    if (token.id)
        json["id"] = *token.id;
    if (token.span)
        json["span"] = {token.span->begin, token.span->end};
    if (token.special)
        json["special"] = true;
    return json;
}

Json jsonFromTokens(const AxisSegment& segment)
{
    Json tokens = Json::array();
    for (const AxisToken& token : segment.tokens)
        tokens.push_back(segment.kind == SegmentKind::Special ? Json(token.text) : jsonFromToken(token));
    return tokens;
}

Json jsonFromSegment(const AxisSegment& segment)
{
    Json json = {{"kind", kindName(segment.kind, kSegmentKinds)}, {"length", segment.length}};
    if (!segment.input.empty())
        json["input"] = segment.input;
    if (!segment.output.empty())
        json["output"] = segment.output;
    if (segment.kind == SegmentKind::Text || segment.kind == SegmentKind::Special)
        json["tokens"] = jsonFromTokens(segment);
    if (segment.kind == SegmentKind::PatchGrid) {
        const Affine& map = segment.grid.pictureFromGrid;
        json["rows"] = segment.grid.rows;
        json["columns"] = segment.grid.columns;
        json["frames"] = segment.grid.frames;
        json["picture_from_grid"] = {map.a, map.b, map.c, map.d, map.e, map.f};
    }
    if (segment.kind == SegmentKind::Frames) {
        json["start_seconds"] = segment.startSeconds;
        json["seconds_per_position"] = segment.secondsPerPosition;
    }
    if (segment.kind == SegmentKind::Table) {
        json["rows"] = segment.rows;
        json["columns"] = segment.columns;
    }
    return json;
}

StoredIndices storedQueriesFromJson(const Json& json, std::int64_t length, const std::string& where)
{
    std::vector<StoredIndices::Range> ranges;
    std::int64_t last = 0;
    for (const Json& range : jsonArray(json, "stored_queries", where)) {
        const bool isPair =
            range.is_array() && range.size() == 2 && range[0].is_number_integer() && range[1].is_number_integer();
        const std::int64_t begin = isPair ? range[0].get<std::int64_t>() : -1;
        const std::int64_t end = isPair ? range[1].get<std::int64_t>() : -1;
        if (begin < last || end <= begin || end > length)
            throw Error(ErrorKind::InvalidFile,
                        "\"stored_queries\" of {} has {}; it is ranges [begin, end] that ascend without overlap inside "
                        "the {} positions",
                        where, printable(range.dump()), length);
        ranges.emplace_back(begin, end);
        last = end;
    }
    if (ranges.empty())
        throw Error(ErrorKind::InvalidFile, "\"stored_queries\" of {} is empty", where);
    StoredIndices stored(ranges);
    return stored.count(length) == length ? StoredIndices() : stored;
}

} // namespace

TokenAxis axisFromJson(const std::string& id, const Json& json, const AxisReferences& references,
                       const std::string& where)
{
    TokenAxis axis;
    axis.id = id;
    axis.length = jsonInteger(json, "length", where, 1, kMaxAxisLength);
    std::int64_t covered = 0;
    for (const Json& entry : jsonArray(json, "segments", where)) {
        const std::string part = fmt::format("segment {} of {}", axis.segments.size(), where);
        AxisSegment segment = segmentFromJson(entry, references, part);
        segment.begin = covered;
        covered += segment.length; // at most kMaxAxisLength more than an axis may have
        if (covered > axis.length)
            break;
        axis.segments.push_back(std::move(segment));
    }
    if (covered != axis.length)
        throw Error(ErrorKind::InvalidFile, "the segments of {} cover {} positions, but its length is {}", where,
                    covered > axis.length ? "more" : std::to_string(covered), axis.length);
    if (json.contains("stored_queries"))
        axis.storedQueries = storedQueriesFromJson(json, axis.length, where);
    return axis;
}

Json jsonFromAxis(const TokenAxis& axis)
{
    Json segments = Json::array();
    for (const AxisSegment& segment : axis.segments)
        segments.push_back(jsonFromSegment(segment));
    Json json = {{"length", axis.length}, {"segments", std::move(segments)}};
    if (!axis.storedQueries.areAll())
        json["stored_queries"] = axis.storedQueries.ranges();
    return json;
}

} // namespace heedmap::manifest_json
