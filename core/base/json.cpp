#include "core/base/json.h"

#include "core/base/error.h"
#include "core/base/utf8.h"

#include <set>
#include <vector>

namespace heedmap {

namespace {

/// Follows the parser's events to refuse what nlohmann/json accepts: deep nesting and duplicate keys.
class ParseGuard
{
public:
    ParseGuard(const std::string& where, int maxDepth) : m_where(where), m_maxDepth(maxDepth) {}

    bool operator()(int depth, Json::parse_event_t event, Json& parsed)
    {
        using Event = Json::parse_event_t;
        if (event == Event::object_start || event == Event::array_start) {
            if (depth >= m_maxDepth)
                throw Error(ErrorKind::InvalidFile, "{} nests deeper than {} levels", m_where, m_maxDepth);
            if (event == Event::object_start)
                m_keys.emplace_back();
        } else if (event == Event::object_end) {
            m_keys.pop_back();
        } else if (event == Event::key && !m_keys.back().insert(parsed.get<std::string>()).second) {
            throw Error(ErrorKind::InvalidFile, "{} has the key \"{}\" twice", m_where,
                        printable(parsed.get<std::string>()));
        }
        return true;
    }

private:
    const std::string& m_where;
    int m_maxDepth;
    std::vector<std::set<std::string>> m_keys; ///< keys seen in each open object
};

[[noreturn]] void throwWrongType(const char* key, const std::string& where, const char* wanted)
{
    throw Error(ErrorKind::InvalidFile, "\"{}\" in {} is not {}", key, where, wanted);
}

std::int64_t integerOf(const Json& value, const char* key, const std::string& where, std::int64_t low,
                       std::int64_t high)
{
    if (!value.is_number_integer())
        throwWrongType(key, where, "an integer");
    const bool beyond =
        value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX);
    const std::int64_t number = beyond ? INT64_MAX : value.get<std::int64_t>();
    if (beyond || number < low || number > high)
        throw Error(ErrorKind::InvalidFile, "\"{}\" in {} is {}, but must lie between {} and {}", key, where,
                    value.dump(), low, high);
    return number;
}

/// The member, or null when it is missing or JSON null.
const Json* optionalMember(const Json& object, const char* key)
{
    const auto found = object.is_object() ? object.find(key) : object.end();
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

} // namespace

Json parseJson(std::string_view text, const std::string& where, int maxDepth)
{
    if (text.find('\0') != text.npos) // where the parser would stop as if the text ended
        throw Error(ErrorKind::InvalidFile, "{} is not valid JSON: it holds a NUL character", where);
    try {
        return Json::parse(text.begin(), text.end(), ParseGuard(where, maxDepth));
    } catch (const nlohmann::json::exception& failure) {
        throw Error(ErrorKind::InvalidFile, "{} is not valid JSON: {}", where, printable(failure.what(), 240));
    }
}

const Json& jsonMember(const Json& object, const char* key, const std::string& where)
{
    if (!object.is_object())
        throw Error(ErrorKind::InvalidFile, "{} is not a JSON object", where);
    const auto found = object.find(key);
    if (found == object.end())
        throw Error(ErrorKind::InvalidFile, "\"{}\" is missing in {}", key, where);
    return *found;
}

std::string jsonString(const Json& object, const char* key, const std::string& where)
{
    const Json& value = jsonMember(object, key, where);
    if (!value.is_string())
        throwWrongType(key, where, "a string");
    return value.get<std::string>();
}

std::string jsonString(const Json& object, const char* key, const std::string& where, const std::string& fallback)
{
    return optionalMember(object, key) ? jsonString(object, key, where) : fallback;
}

std::int64_t jsonInteger(const Json& object, const char* key, const std::string& where, std::int64_t low,
                         std::int64_t high)
{
    return integerOf(jsonMember(object, key, where), key, where, low, high);
}

std::int64_t jsonInteger(const Json& object, const char* key, const std::string& where, std::int64_t low,
                         std::int64_t high, std::int64_t fallback)
{
    const Json* value = optionalMember(object, key);
    return value ? integerOf(*value, key, where, low, high) : fallback;
}

double jsonNumber(const Json& object, const char* key, const std::string& where)
{
    const Json& value = jsonMember(object, key, where);
    if (!value.is_number())
        throwWrongType(key, where, "a number");
    return value.get<double>();
}

double jsonNumber(const Json& object, const char* key, const std::string& where, double fallback)
{
    return optionalMember(object, key) ? jsonNumber(object, key, where) : fallback;
}

bool jsonBool(const Json& object, const char* key, const std::string& where, bool fallback)
{
    const Json* value = optionalMember(object, key);
    if (value && !value->is_boolean())
        throwWrongType(key, where, "true or false");
    return value ? value->get<bool>() : fallback;
}

const Json& jsonArray(const Json& object, const char* key, const std::string& where)
{
    const Json& value = jsonMember(object, key, where);
    if (!value.is_array())
        throwWrongType(key, where, "a list");
    return value;
}

const Json& jsonObject(const Json& object, const char* key, const std::string& where)
{
    const Json& value = jsonMember(object, key, where);
    if (!value.is_object())
        throwWrongType(key, where, "an object");
    return value;
}

} // namespace heedmap
