#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/capture/manifest_json.h"

#include <algorithm>

namespace heedmap::manifest_json {

namespace {

TokenAlternative alternativeFromJson(const Json& json, const std::string& where)
{
    return {jsonInteger(json, "id", where, INT64_MIN, INT64_MAX), jsonString(json, "text", where),
            finiteNumber(json, "log_probability", where)};
}

GeneratedToken tokenFromJson(const Json& json, std::size_t textLength, const std::string& where)
{
    GeneratedToken token;
    token.id = jsonInteger(json, "id", where, INT64_MIN, INT64_MAX);
    token.text = jsonString(json, "text", where);
    token.span = spanFromJson(json, textLength, where);
    token.logProbability = finiteNumber(json, "log_probability", where);
    token.predictingRow = jsonInteger(json, "predicting_row", where, 0, kMaxAxisLength);
    if (json.contains("input_row") && !json["input_row"].is_null())
        token.inputRow = jsonInteger(json, "input_row", where, 0, kMaxAxisLength);
    for (const Json& entry : optionalArray(json, "alternatives", where))
        token.alternatives.push_back(alternativeFromJson(entry, where));
    return token;
}

/// In order and apart, so that no token is said twice. Times are what the model wrote, whatever it wrote.
std::vector<OutputSegment> segmentsFromJson(const Json& json, std::size_t tokenCount, const std::string& where)
{
    std::vector<OutputSegment> segments;
    const auto most = static_cast<std::int64_t>(tokenCount);
    for (const Json& entry : optionalArray(json, "segments", where)) {
        const std::string part = fmt::format("segment {} of {}", segments.size(), where);
        const std::int64_t begin = segments.empty() ? 0 : static_cast<std::int64_t>(segments.back().end);
        OutputSegment segment;
        segment.begin = static_cast<std::size_t>(jsonInteger(entry, "first_token", part, begin, most));
        segment.end =
            segment.begin + static_cast<std::size_t>(jsonInteger(entry, "token_count", part, 0,
                                                                 most - static_cast<std::int64_t>(segment.begin)));
        segment.startSeconds = finiteNumber(entry, "start_seconds", part);
        segment.endSeconds = finiteNumber(entry, "end_seconds", part);
        segments.push_back(segment);
    }
    return segments;
}

void readGeneratedText(const Json& json, const Manifest& manifest, CaptureOutput& output, const std::string& where)
{
    output.text = jsonString(json, "text", where);
    output.pass = idFromJson(json, "pass", where);
    if (std::ranges::find(manifest.passes, output.pass, &Pass::id) == manifest.passes.end())
        throw Error(ErrorKind::InvalidFile, "{} belongs to the pass \"{}\", which does not exist", where,
                    printable(output.pass));
    output.axis = idFromJson(json, "axis", where);
    const std::size_t textLength = codePointCount(output.text);
    for (const Json& entry : jsonArray(json, "tokens", where))
        output.tokens.push_back(tokenFromJson(entry, textLength, where));
    output.segments = segmentsFromJson(json, output.tokens.size(), where);
    output.score = optionalFiniteNumber(json, "score", where);
    output.rank = static_cast<int>(jsonInteger(json, "rank", where, 0, INT32_MAX, 0));
    output.replayMaxLogitDifference = optionalFiniteNumber(json, "replay_max_logit_difference", where);
}

Json jsonFromToken(const GeneratedToken& token)
{
    Json json = {{"id", token.id},
                 {"text", token.text},
                 {"log_probability", token.logProbability},
                 {"predicting_row", token.predictingRow}};
    if (token.span)
        json["span"] = {token.span->begin, token.span->end};
    if (token.inputRow)
        json["input_row"] = *token.inputRow;
    for (const TokenAlternative& other : token.alternatives)
        json["alternatives"].push_back(
            {{"id", other.id}, {"text", other.text}, {"log_probability", other.logProbability}});
    return json;
}

void writeGeneratedText(const CaptureOutput& output, Json& json)
{
    json["text"] = output.text;
    json["pass"] = output.pass;
    json["axis"] = output.axis;
    json["tokens"] = Json::array();
    for (const GeneratedToken& token : output.tokens)
        json["tokens"].push_back(jsonFromToken(token));
    for (const OutputSegment& segment : output.segments)
        json["segments"].push_back({{"first_token", segment.begin},
                                    {"token_count", segment.end - segment.begin},
                                    {"start_seconds", segment.startSeconds},
                                    {"end_seconds", segment.endSeconds}});
    json["rank"] = output.rank;
    if (output.score)
        json["score"] = *output.score;
    if (output.replayMaxLogitDifference)
        json["replay_max_logit_difference"] = *output.replayMaxLogitDifference;
}

} // namespace

CaptureOutput outputFromJson(const Json& json, const Manifest& manifest, const std::string& where)
{
    CaptureOutput output;
    output.id = idFromJson(json, "id", where);
    const std::string kind = jsonString(json, "kind", where);
    if (kind == "generated_text") {
        readGeneratedText(json, manifest, output, where);
    } else if (kind == "scores") {
        output.isText = false;
        for (const Json& score : jsonArray(json, "values", where))
            output.scores.push_back({jsonString(score, "name", where), finiteNumber(score, "value", where),
                                     jsonString(score, "unit", where, "")});
    } else {
        throwUnknownKind(kind, where);
    }
    return output;
}

void checkOutputRows(const CaptureOutput& output, const Manifest& manifest, const std::string& where)
{
    if (!output.isText)
        return;
    const auto axis = manifest.axes.find(output.axis);
    if (axis == manifest.axes.end())
        throw Error(ErrorKind::InvalidFile, "{} refers to the axis \"{}\", which does not exist", where,
                    printable(output.axis));
    for (const GeneratedToken& token : output.tokens)
        if (token.predictingRow >= axis->second.length || token.inputRow.value_or(0) >= axis->second.length)
            throw Error(ErrorKind::InvalidFile, "the token \"{}\" of {} lies in a row beyond the axis \"{}\"",
                        printable(token.text), where, printable(output.axis));
}

Json jsonFromOutput(const CaptureOutput& output)
{
    Json json = {{"id", output.id}, {"kind", output.isText ? "generated_text" : "scores"}};
    if (output.isText) {
        writeGeneratedText(output, json);
        return json;
    }
    json["values"] = Json::array();
    for (const Score& score : output.scores)
        json["values"].push_back({{"name", score.name}, {"value", score.value}, {"unit", score.unit}});
    return json;
}

} // namespace heedmap::manifest_json
