#include "core/base/json.h"

#include "core/base/error.h"
#include "core/base/utf8.h"

#include <utility>
#include <vector>

namespace heedmap {

namespace {

/// Builds the document itself because nlohmann/json accepts duplicate keys, and its own way to watch a document being
/// built takes time in the square of the number of objects.
class DocumentBuilder : public JsonEvents
{
public:
    using JsonEvents::JsonEvents;

    Json take() { return std::move(m_document); }

private:
    void onStart(bool isObject) override { m_open.push_back(add(isObject ? Json::object() : Json::array())); }
    void onEnd() override { m_open.pop_back(); }
    void onValue(Json&& value) override { add(std::move(value)); }

    void onKey(std::string& key) override
    {
        const auto [place, isNew] = m_open.back()->emplace(key, nullptr);
        if (!isNew)
            throw Error(ErrorKind::InvalidFile, "{} has the key \"{}\" twice", where(), printable(key));
        m_member = &*place;
    }

    Json* add(Json&& value)
    {
        Json* place = &m_document;
        if (!m_open.empty() && m_open.back()->is_array())
            place = &m_open.back()->emplace_back();
        else if (!m_open.empty())
            place = m_member;
        *place = std::move(value);
        return place;
    }

    Json m_document;
    std::vector<Json*> m_open; ///< outermost first; each stays where it is until it ends
    Json* m_member = nullptr;  ///< of the innermost object, for the value to come
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
    DocumentBuilder builder(where, maxDepth);
    builder.parse(text);
    return builder.take();
}

void JsonEvents::parse(std::string_view text)
{
    if (text.find('\0') != text.npos) // where the parser would stop as if the text ended
        throw Error(ErrorKind::InvalidFile, "{} is not valid JSON: it holds a NUL character", m_where);
    m_depth = 0;
    Json::sax_parse(text.begin(), text.end(), static_cast<nlohmann::json_sax<Json>*>(this));
}

bool JsonEvents::start(bool isObject)
{
    if (m_depth >= m_maxDepth)
        throw Error(ErrorKind::InvalidFile, "{} nests deeper than {} levels", m_where, m_maxDepth);
    ++m_depth;
    onStart(isObject);
    return true;
}

bool JsonEvents::end()
{
    --m_depth;
    onEnd();
    return true;
}

bool JsonEvents::null()
{
    onValue(nullptr);
    return true;
}

bool JsonEvents::boolean(bool value)
{
    onValue(value);
    return true;
}

bool JsonEvents::number_integer(std::int64_t value)
{
    onValue(value);
    return true;
}

bool JsonEvents::number_unsigned(std::uint64_t value)
{
    onValue(value);
    return true;
}

bool JsonEvents::number_float(double value, const std::string&)
{
    onValue(value);
    return true;
}

bool JsonEvents::string(std::string& value)
{
    onValue(std::move(value));
    return true;
}

bool JsonEvents::binary(Json::binary_t&)
{
    return false; // exists in binary formats only
}

bool JsonEvents::start_object(std::size_t)
{
    return start(true);
}

bool JsonEvents::end_object()
{
    return end();
}

bool JsonEvents::start_array(std::size_t)
{
    return start(false);
}

bool JsonEvents::end_array()
{
    return end();
}

bool JsonEvents::key(std::string& value)
{
    onKey(value);
    return true;
}

bool JsonEvents::parse_error(std::size_t, const std::string&, const nlohmann::json::exception& failure)
{
    throw Error(ErrorKind::InvalidFile, "{} is not valid JSON: {}", m_where, printable(failure.what(), 240));
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
