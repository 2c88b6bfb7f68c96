#include "core/protocol/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <new>

namespace heedmap {
namespace {

using testing::HasSubstr;

int codeOfBody(std::string_view body)
{
    try {
        messageFromJson(parseMessageBody(body));
    } catch (const ProtocolError& failure) {
        return failure.code();
    }
    return 0;
}

Message parsed(std::string_view body)
{
    return messageFromJson(parseMessageBody(body));
}

TEST(Message, readsTheFourKinds)
{
    const auto request = std::get<Request>(
        parsed(R"({"jsonrpc":"2.0","id":2,"method":"model/open","params":{"path":"/models/scenes"}})"));
    EXPECT_EQ(request.id, 2);
    EXPECT_EQ(request.method, "model/open");
    EXPECT_EQ(request.params["path"], "/models/scenes");
    const auto withoutParams = std::get<Request>(parsed(R"({"jsonrpc":"2.0","id":"x","method":"shutdown"})"));
    EXPECT_EQ(withoutParams.id, "x");
    EXPECT_EQ(withoutParams.params, Json::object());
    EXPECT_EQ(
        std::get<Notification>(parsed(R"({"jsonrpc":"2.0","method":"$/cancel","params":{"id":21}})")).params["id"], 21);
    EXPECT_EQ(std::get<Reply>(parsed(R"({"jsonrpc":"2.0","id":3,"result":{"id":"ab"}})")).result["id"], "ab");
    const auto error = std::get<ErrorReply>(
        parsed(R"({"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"no","data":{"kind":"not_found"}}})"));
    EXPECT_EQ(error.code, -32000);
    EXPECT_EQ(error.kind, ErrorKind::NotFound);
    EXPECT_TRUE(error.id.is_null());
}

TEST(Message, writesWhatItReads)
{
    for (const char* text : {
             R"({"id":2,"jsonrpc":"2.0","method":"a","params":{"x":[1,2.5,"é"]}})",
             R"({"jsonrpc":"2.0","method":"$/log","params":{}})",
             R"({"id":"seven","jsonrpc":"2.0","result":null})",
             R"({"error":{"code":-32800,"data":{"kind":"cancelled"},"message":"stop"},"id":1,"jsonrpc":"2.0"})",
         })
        EXPECT_EQ(textFromMessage(parsed(text)), text);
}

TEST(Message, writesValidUtf8EvenForStrayBytes)
{
    const std::string text = textFromMessage(errorReply(1, Error(ErrorKind::Io, "bad \xff byte")));
    EXPECT_NO_THROW(parseMessageBody(text));
}

TEST(Message, refusesWhatIsNotJson)
{
    for (const char* body : {"", "{", "{}{}", "nonsense", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "{\"a\":1e999}",
                             "\"\xff\"", "\"\xed\xa0\x80\"", "\xef\xbb\xbf"})
        EXPECT_EQ(codeOfBody(body), rpc::kParseError) << body;
}

TEST(Message, refusesDeepNestingAndAcceptsTheLimit)
{
    const auto nested = [](int levels) {
        return R"({"jsonrpc":"2.0","method":"m","params":{"a":)" + std::string(levels, '[') + std::string(levels, ']') +
               "}}";
    };
    EXPECT_EQ(codeOfBody(nested(62)), 0);
    EXPECT_EQ(codeOfBody(nested(63)), rpc::kParseError);
    EXPECT_EQ(codeOfBody(nested(1'000'000)), rpc::kParseError);
}

TEST(Message, refusesWhatIsNotARequest)
{
    for (const char* body :
         {"[]", "1", "null", "{}", R"([{"jsonrpc":"2.0","method":"a"}])", R"({"jsonrpc":"1.0","id":1,"method":"a"})",
          R"({"jsonrpc":"2.0","id":1})", R"({"jsonrpc":"2.0","id":1,"method":7})",
          R"({"jsonrpc":"2.0","id":1.5,"method":"a"})", R"({"jsonrpc":"2.0","id":{},"method":"a"})",
          R"({"jsonrpc":"2.0","id":null,"method":"a"})", R"({"jsonrpc":"2.0","result":1})",
          R"({"jsonrpc":"2.0","id":1,"error":7})", R"({"jsonrpc":"2.0","id":1,"error":{"code":"x"}})"})
        EXPECT_EQ(codeOfBody(body), rpc::kInvalidRequest) << body;
    EXPECT_EQ(codeOfBody(R"({"jsonrpc":"2.0","id":")" + std::string(257, 'i') + R"(","method":"a"})"),
              rpc::kInvalidRequest);
    EXPECT_EQ(codeOfBody(R"({"jsonrpc":"2.0","id":1,"method":"a","params":[1]})"), rpc::kInvalidParams);
}

TEST(Message, findsTheIdOfWhatItCouldNotUnderstand)
{
    EXPECT_EQ(messageIdOf(Json::parse(R"({"id":5,"method":7})")), 5);
    EXPECT_TRUE(messageIdOf(Json::parse(R"({"id":[5]})")).is_null());
    EXPECT_TRUE(messageIdOf(Json::parse("[5]")).is_null());
}

TEST(ErrorMapping, everyKindSurvivesTheWay)
{
    for (const ErrorKind kind :
         {ErrorKind::InvalidFile, ErrorKind::NotFound, ErrorKind::Unsupported, ErrorKind::TooLarge,
          ErrorKind::InvalidRequest, ErrorKind::Io, ErrorKind::Cancelled, ErrorKind::Internal}) {
        const std::string text = textFromMessage(errorReply(4, Error(kind, "why")));
        const Error back = errorFromReply(std::get<ErrorReply>(parsed(text)));
        EXPECT_EQ(back.kind(), kind);
        EXPECT_STREQ(back.what(), "why");
    }
}

TEST(ErrorMapping, usesTheCodesOfTheSpecification)
{
    EXPECT_EQ(errorCode(Error(ErrorKind::Cancelled, "")), -32800);
    EXPECT_EQ(errorCode(Error(ErrorKind::Internal, "")), -32603);
    EXPECT_EQ(errorCode(Error(ErrorKind::InvalidFile, "")), -32000);
    EXPECT_EQ(errorCode(Error(ErrorKind::InvalidRequest, "")), -32000);
    EXPECT_EQ(errorCode(ProtocolError(rpc::kMethodNotFound, "no")), -32601);
    EXPECT_EQ(errorCode(std::runtime_error("surprise")), -32603);
    const ErrorReply memory = errorReply(1, std::bad_alloc());
    EXPECT_EQ(memory.code, -32000);
    EXPECT_EQ(memory.kind, ErrorKind::TooLarge);
    EXPECT_THAT(memory.message, HasSubstr("memory"));
}

TEST(Params, complaintsAboutMembersBecomeInvalidParams)
{
    const Json params = {{"path", 7}};
    try {
        readParams([&] { return jsonString(params, "path", "the params"); });
        FAIL();
    } catch (const ProtocolError& failure) {
        EXPECT_EQ(failure.code(), rpc::kInvalidParams);
        EXPECT_THAT(failure.what(), HasSubstr("\"path\" in the params is not a string"));
    }
    EXPECT_EQ(readParams([] { return 3; }), 3);
}

TEST(Params, unknownMembersAreNamedWithTheNearest)
{
    try {
        refuseUnknownMembers({{"max_new_token", 3}}, {"max_new_tokens", "language"}, "options");
        FAIL();
    } catch (const ProtocolError& failure) {
        EXPECT_THAT(failure.what(), HasSubstr("did you mean max_new_tokens?"));
    }
    EXPECT_THROW(refuseUnknownMembers("text", {"language"}, "options"), ProtocolError);
    EXPECT_NO_THROW(refuseUnknownMembers({{"language", "en"}}, {"max_new_tokens", "language"}, "options"));
}

} // namespace
} // namespace heedmap
