#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/capture/manifest_json.h"

#include <cmath>

namespace heedmap::manifest_json {

void throwUnknownKind(const std::string& kind, const std::string& where)
{
    throw Error(ErrorKind::Unsupported, "{} has the kind \"{}\", which this version does not know", where,
                printable(kind));
}

std::string idFromJson(const Json& object, const char* key, const std::string& where)
{
    std::string id = jsonString(object, key, where);
    if (id.empty())
        throw Error(ErrorKind::InvalidFile, "\"{}\" in {} is empty", key, where);
    return id;
}

double finiteNumber(const Json& object, const char* key, const std::string& where)
{
    const double number = jsonNumber(object, key, where);
    if (!std::isfinite(number))
        throw Error(ErrorKind::InvalidFile, "\"{}\" in {} is not a finite number", key, where);
    return number;
}

std::optional<double> optionalFiniteNumber(const Json& object, const char* key, const std::string& where)
{
    const auto found = object.find(key);
    if (found == object.end() || found->is_null())
        return std::nullopt;
    return finiteNumber(object, key, where);
}

std::optional<TextSpan> spanFromJson(const Json& object, std::size_t textLength, const std::string& where)
{
    const auto found = object.find("span");
    if (found == object.end() || found->is_null())
        return std::nullopt;
    const auto isPosition = [](const Json& value) {
        return value.is_number_unsigned() || (value.is_number_integer() && value.get<std::int64_t>() >= 0);
    };
    if (!found->is_array() || found->size() != 2 || !isPosition((*found)[0]) || !isPosition((*found)[1]))
        throw Error(ErrorKind::InvalidFile, "a \"span\" in {} is not a pair of non-negative integers", where);
    const auto begin = (*found)[0].get<std::uint64_t>();
    const auto end = (*found)[1].get<std::uint64_t>();
    if (begin > end || end > textLength)
        throw Error(ErrorKind::InvalidFile, "the span [{}, {}] in {} does not lie in its text of {} characters", begin,
                    end, where, textLength);
    return TextSpan{begin, end};
}

const Json& optionalArray(const Json& object, const char* key, const std::string& where)
{
    static const Json empty = Json::array();
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? empty : jsonArray(object, key, where);
}

AxisReferences axisReferences(const Manifest& manifest)
{
    AxisReferences references;
    for (const CaptureInput& input : manifest.inputs) {
        references.inputs[input.id] = input.kind;
        if (input.kind == InputKind::Text)
            references.inputTextLengths[input.id] = codePointCount(input.text);
    }
    for (const CaptureOutput& output : manifest.outputs)
        if (output.isText)
            references.outputTextLengths[output.id] = codePointCount(output.text);
    return references;
}

CaptureInput inputFromJson(const Json& json, const std::string& where)
{
    constexpr std::int64_t kMaxSide = 1 << 24;
    CaptureInput input;
    input.id = idFromJson(json, "id", where);
    input.kind = kindFromJson(json, kInputKinds, where);
    if (input.kind == InputKind::Text) {
        input.text = jsonString(json, "text", where);
        return input;
    }
    input.mediaType = jsonString(json, "media_type", where);
    input.name = jsonString(json, "name", where);
    input.sha256 = jsonString(json, "sha256", where);
    input.byteCount = jsonInteger(json, "byte_count", where, 0, std::int64_t{1} << 60);
    input.tensor = jsonString(json, "tensor", where, "");
    if (input.kind == InputKind::Image) {
        input.width = static_cast<int>(jsonInteger(json, "width", where, 1, kMaxSide));
        input.height = static_cast<int>(jsonInteger(json, "height", where, 1, kMaxSide));
        input.orientation = static_cast<int>(jsonInteger(json, "orientation", where, 1, 8));
    } else {
        input.seconds = finiteNumber(json, "seconds", where);
        if (input.seconds < 0)
            throw Error(ErrorKind::InvalidFile, "\"seconds\" in {} is negative", where);
    }
    return input;
}

Json jsonFromInput(const CaptureInput& input)
{
    Json json = {{"id", input.id}, {"kind", kindName(input.kind, kInputKinds)}};
    if (input.kind == InputKind::Text) {
        json["text"] = input.text;
        return json;
    }
    json["media_type"] = input.mediaType;
    json["name"] = input.name;
    json["sha256"] = input.sha256;
    json["byte_count"] = input.byteCount;
    if (!input.tensor.empty())
        json["tensor"] = input.tensor;
    if (input.kind == InputKind::Image) {
        json["width"] = input.width;
        json["height"] = input.height;
        json["orientation"] = input.orientation;
    } else {
        json["seconds"] = input.seconds;
    }
    return json;
}

} // namespace heedmap::manifest_json
