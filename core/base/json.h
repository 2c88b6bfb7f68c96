#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace heedmap {

using Json = nlohmann::json;

/// Parses JSON from an untrusted source. `where` names the source in messages ("config.json", "the header of X").
/// Errors: InvalidFile for anything but one well-formed UTF-8 document of at most `maxDepth` nested levels without
/// duplicate keys.
Json parseJson(std::string_view text, const std::string& where, int maxDepth = 64);

/// Checked access to a member of an untrusted object. `where` names the object. Errors: InvalidFile when the member is
/// missing (the versions without a default), has another type, or is out of range.
const Json& jsonMember(const Json& object, const char* key, const std::string& where);
std::string jsonString(const Json& object, const char* key, const std::string& where);
std::string jsonString(const Json& object, const char* key, const std::string& where, const std::string& fallback);
std::int64_t jsonInteger(const Json& object, const char* key, const std::string& where, std::int64_t low,
                         std::int64_t high);
std::int64_t jsonInteger(const Json& object, const char* key, const std::string& where, std::int64_t low,
                         std::int64_t high, std::int64_t fallback);
double jsonNumber(const Json& object, const char* key, const std::string& where);
double jsonNumber(const Json& object, const char* key, const std::string& where, double fallback);
bool jsonBool(const Json& object, const char* key, const std::string& where, bool fallback);
const Json& jsonArray(const Json& object, const char* key, const std::string& where);
const Json& jsonObject(const Json& object, const char* key, const std::string& where);

} // namespace heedmap
