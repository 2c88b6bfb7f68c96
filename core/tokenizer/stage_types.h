#pragma once

#include "core/base/error.h"
#include "core/base/json.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace heedmap {

/// One line of a stage's list: the "type" tokenizer.json calls it by, and how it is made from its JSON object.
/// `where` names that object in messages.
template <typename Stage>
struct StageType
{
    std::string_view name;
    std::shared_ptr<const Stage> (*make)(const Json& json, const std::string& where);
};

/// Errors: InvalidFile, Unsupported for a type that is not in the list.
template <typename Stage>
std::shared_ptr<const Stage> makeStage(const Json& json, const std::string& where,
                                       std::span<const StageType<Stage>> types)
{
    const std::string wanted = jsonString(json, "type", where);
    std::string known;
    for (const StageType<Stage>& type : types) {
        if (type.name == wanted)
            return type.make(json, where);
        known += (known.empty() ? "" : ", ") + std::string(type.name);
    }
    throw Error(ErrorKind::Unsupported, "{} has the type \"{}\", which is not supported; supported types: {}", where,
                wanted, known);
}

/// A member of tokenizer.json that may be absent or null, in which case the stage is left out.
template <typename Make>
auto makeOptionalStage(const Json& json, const char* key, const std::string& where, Make&& make)
    -> decltype(make(json, where))
{
    const auto found = json.find(key);
    if (found == json.end() || found->is_null())
        return nullptr;
    return make(*found, "\"" + std::string(key) + "\" in " + where);
}

} // namespace heedmap
