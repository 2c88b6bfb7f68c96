#include "core/models/config_section.h"

#include "core/base/error.h"

#include <cmath>

namespace heedmap {

ConfigSection ConfigSection::ofCheckpoint(const Checkpoint& checkpoint)
{
    return {checkpoint.config(), (checkpoint.folder() / "config.json").string()};
}

ConfigSection ConfigSection::part(const char* key) const
{
    static const Json empty = Json::object();
    const auto found = json.find(key);
    return {found == json.end() || found->is_null() ? empty : jsonObject(json, key, where),
            std::string(key) + " of " + where};
}

std::int64_t ConfigSection::size(const char* key, std::int64_t high, std::int64_t fallback) const
{
    return jsonInteger(json, key, where, 1, high, fallback);
}

double ConfigSection::epsilon(double fallback) const
{
    const double value = jsonNumber(json, "layer_norm_eps", where, fallback);
    if (!std::isfinite(value) || value < 0)
        throw Error(ErrorKind::InvalidFile, "\"layer_norm_eps\" in {} is {}, but must be a small positive number",
                    where, value);
    return value;
}

Activation ConfigSection::activation() const
{
    return activationFromName(jsonString(json, "hidden_act", where, "gelu"), "\"hidden_act\" in " + where);
}

void ConfigSection::requireWholeHeads(std::int64_t hiddenSize, std::int64_t heads) const
{
    if (hiddenSize % heads != 0)
        throw Error(
            ErrorKind::InvalidFile,
            "\"hidden_size\" {} in {} is not a multiple of \"num_attention_heads\" {}: heads of equal width are "
            "needed",
            hiddenSize, where, heads);
}

std::int32_t ConfigSection::token(const char* key, std::int64_t vocabularySize, std::int64_t fallback) const
{
    const std::int64_t id = jsonInteger(json, key, where, 0, kMaxVocabulary, fallback);
    if (id >= vocabularySize)
        throw Error(ErrorKind::InvalidFile, "\"{}\" is {} in {}, outside the vocabulary of {} tokens", key, id, where,
                    vocabularySize);
    return static_cast<std::int32_t>(id);
}

void ConfigSection::require(const char* key, const Json& only) const
{
    const auto found = json.find(key);
    if (found != json.end() && !found->is_null() && *found != only)
        throw Error(ErrorKind::Unsupported, "\"{}\" is {} in {}; only {} is supported", key, found->dump(), where,
                    only.dump());
}

} // namespace heedmap
