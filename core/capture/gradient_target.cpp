#include "core/capture/gradient_target.h"

#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/capture/manifest_json.h"

#include <algorithm>

namespace heedmap {

using namespace manifest_json;

namespace {

GradientQuantity quantityFromJson(const Json& json, const std::string& where)
{
    const std::string name = jsonString(json, "quantity", where);
    if (name == "logit")
        return GradientQuantity::Logit;
    if (name == "value")
        return GradientQuantity::Value;
    throw Error(ErrorKind::Unsupported, "{} has the quantity \"{}\"; \"logit\" and \"value\" are known", where,
                printable(name));
}

void readToken(const Json& json, const CaptureOutput& output, GradientTarget& target, const std::string& where)
{
    target.step = jsonInteger(json, "step", where, 0, INT64_MAX);
    if (*target.step >= static_cast<std::int64_t>(output.tokens.size()))
        throw Error(ErrorKind::InvalidFile, "{} is token {} of \"{}\", which has {}", where, *target.step,
                    printable(output.id), output.tokens.size());
    const Json& token = jsonObject(json, "token", where);
    target.tokenId = jsonInteger(token, "id", where, INT64_MIN, INT64_MAX);
    target.tokenText = jsonString(token, "text", where);
    if (target.quantity != GradientQuantity::Logit)
        throw Error(ErrorKind::InvalidFile, "{} is a token, and not its logit", where);
}

void readScore(const Json& json, const CaptureOutput& output, GradientTarget& target, const std::string& where)
{
    target.score = idFromJson(json, "score", where);
    if (std::ranges::find(output.scores, target.score, &Score::name) == output.scores.end())
        throw Error(ErrorKind::InvalidFile, "{} is the score \"{}\", which \"{}\" does not have", where,
                    printable(target.score), printable(output.id));
}

} // namespace

GradientTarget gradientTargetFromJson(const Json& json, const Manifest& manifest, const std::string& where)
{
    GradientTarget target;
    target.output = idFromJson(json, "output", where);
    const CaptureOutput* output = manifest.output(target.output);
    if (!output)
        throw Error(ErrorKind::InvalidFile, "{} belongs to the output \"{}\", which does not exist", where,
                    printable(target.output));
    target.quantity = quantityFromJson(json, where);
    if (output->isText)
        readToken(json, *output, target, where);
    else
        readScore(json, *output, target, where);
    target.value = optionalFiniteNumber(json, "value", where);
    return target;
}

Json jsonFromGradientTarget(const GradientTarget& target)
{
    Json json = {{"output", target.output},
                 {"quantity", target.quantity == GradientQuantity::Logit ? "logit" : "value"}};
    if (target.step) {
        json["step"] = *target.step;
        json["token"] = {{"id", target.tokenId}, {"text", target.tokenText}};
    } else {
        json["score"] = target.score;
    }
    if (target.value)
        json["value"] = *target.value;
    return json;
}

std::string gradientTargetLabel(const GradientTarget& target)
{
    const char* quantity = target.quantity == GradientQuantity::Logit ? "logit of " : "";
    if (!target.step)
        return quantity + printable(target.score);
    return fmt::format("{}“{}” (token {} of {})", quantity, printable(target.tokenText), *target.step,
                       printable(target.output));
}

} // namespace heedmap
