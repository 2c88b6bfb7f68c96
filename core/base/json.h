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

/// The same checks without keeping the document: an untrusted text of any structure costs no more memory than a
/// subclass chooses to keep. Duplicate keys are the subclass's business. Handlers may throw.
class JsonEvents : private nlohmann::json_sax<Json>
{
public:
    explicit JsonEvents(std::string where, int maxDepth = 64) : m_where(std::move(where)), m_maxDepth(maxDepth) {}
    ~JsonEvents() override = default;
    /// Calls the handlers below in the order of the text. Errors: InvalidFile, and whatever a handler throws.
    void parse(std::string_view text);

protected:
    virtual void onStart(bool isObject) = 0; ///< `depth()` counts it already
    virtual void onEnd() = 0;                ///< `depth()` counts it no more
    virtual void onKey(std::string& key) = 0;
    virtual void onValue(Json&& value) = 0; ///< a string, number, boolean or null

    int depth() const { return m_depth; } ///< objects and lists that are open
    const std::string& where() const { return m_where; }

private:
    bool null() override;
    bool boolean(bool value) override;
    bool number_integer(std::int64_t value) override;
    bool number_unsigned(std::uint64_t value) override;
    bool number_float(double value, const std::string& text) override;
    bool string(std::string& value) override;
    bool binary(Json::binary_t& value) override;
    bool start_object(std::size_t) override;
    bool end_object() override;
    bool start_array(std::size_t) override;
    bool end_array() override;
    bool key(std::string& value) override;
    bool parse_error(std::size_t position, const std::string& token, const nlohmann::json::exception& failure) override;
    bool start(bool isObject);
    bool end();

    std::string m_where;
    int m_maxDepth;
    int m_depth = 0;
};

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
