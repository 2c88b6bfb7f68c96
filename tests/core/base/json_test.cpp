#include "core/base/json.h"
#include "tests/core/base/expect_error.h"

#include <cstdint>
#include <functional>

namespace heedmap {
namespace {

void expectRefused(const std::string& text, std::vector<std::string> parts)
{
    parts.push_back("thing.json");
    expectError(ErrorKind::InvalidFile, parts, [&] { parseJson(text, "thing.json"); });
}

std::string repeated(const std::string& text, int count)
{
    std::string result;
    for (int i = 0; i < count; ++i)
        result += text;
    return result;
}

TEST(ParseJson, ReadsWellFormedText)
{
    const Json json = parseJson(R"( {"a": [1, -2, 3.5, true, null], "b": {"a": "é"}} )", "thing.json");
    EXPECT_EQ(json["a"].size(), 5u);
    EXPECT_EQ(json["b"]["a"], "é");
}

TEST(ParseJson, RefusesWhatIsNotOneDocument)
{
    for (const std::string text : {"", " ", "{", "{\"a\":1,}", "[1 2]", "{} {}", "nul", "{'a':1}", "[1]x", "// c\n1",
                                   "[NaN]", "[Infinity]", "[01]", "[1e999]", "\"\t\"", "\"\\u12\"", "\"\\ud800\""})
        expectRefused(text, {"not valid JSON"});
}

TEST(ParseJson, RefusesBadUtf8)
{
    for (const std::string text : {"\"\xff\"", "\"\xc3\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\""})
        expectRefused(text, {"not valid JSON"});
}

TEST(ParseJson, RefusesANulCharacterAndWhatHidesBehindIt)
{
    expectRefused(std::string("{}\0garbage", 10), {"NUL"});
    expectRefused(std::string("{}\0", 3), {"NUL"});
}

TEST(ParseJson, RefusesDeepNesting)
{
    EXPECT_NO_THROW(parseJson(repeated("[", 64) + repeated("]", 64), "thing.json"));
    expectRefused(repeated("[", 65) + repeated("]", 65), {"nests deeper than 64 levels"});
    expectRefused(repeated("[", 1'000'000), {"nests deeper"});
    expectRefused(repeated("{\"a\":", 200'000), {"nests deeper"});
    EXPECT_NO_THROW(parseJson("[[1]]", "thing.json", 2));
    expectError(ErrorKind::InvalidFile, {"deeper than 1 levels"}, [] { parseJson("[[1]]", "thing.json", 1); });
}

TEST(ParseJson, RefusesDuplicateKeys)
{
    expectRefused(R"({"a":1,"a":2})", {"\"a\" twice"});
    expectRefused(R"({"b":[{"a":1,"a":1}]})", {"\"a\" twice"});
    expectRefused(R"({"a":{"a":1},"b":1,"a":2})", {"\"a\" twice"});
    expectRefused(R"({"a":1,"\u0061":2})", {"\"a\" twice"}); // the same key in another spelling
    EXPECT_NO_THROW(parseJson(R"({"a":{"a":1},"b":{"a":1},"c":[{"a":1},{"a":1}]})", "thing.json"));
}

TEST(ParseJson, ManySmallObjectsTakeTimeInProportion)
{
    std::string text = "{\"x\":{}";
    for (int i = 0; i < 200'000; ++i) // in the square of their number this would take minutes
        text += ",\"" + std::to_string(i) + "\":{}";
    EXPECT_EQ(parseJson(text + "}", "thing.json").size(), 200'001u);
}

TEST(ParseJson, NestedDocumentsComeOutAsTheyAre)
{
    const std::string text =
        R"([{"a":[],"b":{},"c":[[1,"x"],{"d":null}]},[[[]]],-1,18446744073709551615,0.1,false,"\u00e9",{"":{"":[1]}}])";
    EXPECT_EQ(parseJson(text, "thing.json"), Json::parse(text));
    EXPECT_EQ(parseJson("7", "thing.json"), Json(7));
}

TEST(ParseJson, MessagesStayShortAndReadable)
{
    for (const std::string& text :
         {"[\"" + std::string(1'000'000, 'x'),
          "{\"" + std::string(1'000'000, 'x') + "\":1" + ",\"" + std::string(1'000'000, 'x') + "\":1}",
          "[\"" + std::string(1000, '\xff')}) {
        try {
            parseJson(text, "thing.json");
            ADD_FAILURE();
        } catch (const Error& error) {
            const std::string message = error.what();
            EXPECT_LT(message.size(), 500u);
            EXPECT_NO_THROW(Json(message).dump()); // valid UTF-8
        }
    }
}

const Json kObject = Json::parse(
    R"({"text":"é","whole":7,"low":-9223372036854775808,"high":18446744073709551615,"real":1.5,"yes":true,"none":null,
        "list":[1],"object":{"a":1}})");

void expectWrong(std::vector<std::string> parts, const std::function<void()>& action)
{
    parts.push_back("thing.json");
    expectError(ErrorKind::InvalidFile, parts, action);
}

TEST(JsonMembers, AreReadWhenTheyHaveTheRightType)
{
    const std::string where = "thing.json";
    EXPECT_EQ(jsonString(kObject, "text", where), "é");
    EXPECT_EQ(jsonInteger(kObject, "whole", where, 0, 10), 7);
    EXPECT_EQ(jsonInteger(kObject, "low", where, INT64_MIN, 0), INT64_MIN);
    EXPECT_EQ(jsonNumber(kObject, "real", where), 1.5);
    EXPECT_EQ(jsonNumber(kObject, "whole", where), 7.0);
    EXPECT_EQ(jsonBool(kObject, "yes", where, false), true);
    EXPECT_EQ(jsonArray(kObject, "list", where).size(), 1u);
    EXPECT_EQ(jsonObject(kObject, "object", where).size(), 1u);
    EXPECT_TRUE(jsonMember(kObject, "none", where).is_null());
}

TEST(JsonMembers, HaveDefaultsWhenMissingOrNull)
{
    for (const char* key : {"absent", "none"}) {
        EXPECT_EQ(jsonString(kObject, key, "thing.json", "x"), "x");
        EXPECT_EQ(jsonInteger(kObject, key, "thing.json", 0, 10, 3), 3);
        EXPECT_EQ(jsonNumber(kObject, key, "thing.json", 2.5), 2.5);
        EXPECT_EQ(jsonBool(kObject, key, "thing.json", true), true);
    }
}

TEST(JsonMembers, AreErrorsWhenMissingOrOfAnotherType)
{
    const std::string where = "thing.json";
    expectWrong({"\"absent\" is missing"}, [&] { jsonMember(kObject, "absent", where); });
    expectWrong({"\"absent\" is missing"}, [&] { jsonInteger(kObject, "absent", where, 0, 1); });
    expectWrong({"\"whole\"", "not a string"}, [&] { jsonString(kObject, "whole", where); });
    expectWrong({"\"whole\"", "not a string"}, [&] { jsonString(kObject, "whole", where, "x"); });
    expectWrong({"\"real\"", "not an integer"}, [&] { jsonInteger(kObject, "real", where, 0, 10); });
    expectWrong({"\"yes\"", "not an integer"}, [&] { jsonInteger(kObject, "yes", where, 0, 10, 3); });
    expectWrong({"\"text\"", "not a number"}, [&] { jsonNumber(kObject, "text", where); });
    expectWrong({"\"text\"", "not a number"}, [&] { jsonNumber(kObject, "text", where, 1.0); });
    expectWrong({"\"whole\"", "not true or false"}, [&] { jsonBool(kObject, "whole", where, true); });
    expectWrong({"\"object\"", "not a list"}, [&] { jsonArray(kObject, "object", where); });
    expectWrong({"\"list\"", "not an object"}, [&] { jsonObject(kObject, "list", where); });
    expectWrong({"not a JSON object"}, [&] { jsonMember(Json::array(), "a", where); });
}

TEST(JsonMembers, IntegersKeepTheirRange)
{
    const std::string where = "thing.json";
    EXPECT_EQ(jsonInteger(kObject, "whole", where, 7, 7), 7);
    expectWrong({"\"whole\"", "is 7", "between 8 and 10"}, [&] { jsonInteger(kObject, "whole", where, 8, 10); });
    expectWrong({"\"whole\"", "between 0 and 6"}, [&] { jsonInteger(kObject, "whole", where, 0, 6); });
    expectWrong({"18446744073709551615", "between"}, [&] { jsonInteger(kObject, "high", where, -1, INT64_MAX); });
    expectWrong({"-9223372036854775808", "between"}, [&] { jsonInteger(kObject, "low", where, 0, INT64_MAX); });
}

} // namespace
} // namespace heedmap
