#include "core/protocol/input_intake.h"
#include "tests/core/protocol/server_harness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace heedmap {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;

const std::string kAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/// Echoes its params.
Method echo(Lane lane = Lane::Reading)
{
    return {"test/echo", lane, [](const Json& params, const auto&) { return params; }};
}

/// Computes until it is cancelled; tells when it has begun.
Method untilCancelled(std::promise<void>& begun)
{
    return {"run/forever", Lane::Computing, [&begun](const Json&, const auto& request) -> std::optional<Json> {
                begun.set_value();
                while (!request->stopToken().stop_requested())
                    std::this_thread::yield();
                request->throwIfCancelled();
                return Json();
            }};
}

std::string requestText(int id, const std::string& method, const Json& params = Json::object())
{
    return textFromMessage(Request{id, method, params});
}

std::string blobFrame(const std::string& id, std::uint64_t offset, std::string_view bytes)
{
    return encodeBlobHeader(id, offset, bytes.size()) + std::string(bytes);
}

TEST(Server, answersLiteralBytes)
{
    ServerHarness harness({echo()});
    harness.write("Content-Length: 71\r\n\r\n"
                  R"({"jsonrpc":"2.0","id":1,"method":"test/echo","params":{"text":"grün"}})");
    EXPECT_EQ(harness.readFrame().value_or(Frame()).body, R"({"id":1,"jsonrpc":"2.0","result":{"text":"grün"}})");
}

TEST(Server, answersAStreamFedByteByByte)
{
    ServerHarness harness({echo()});
    for (const char byte : encodeJsonFrame(requestText(7, "test/echo", {{"n", 3}})))
        harness.write({&byte, 1});
    EXPECT_EQ(harness.readReply()["result"]["n"], 3);
}

TEST(Server, goesOnAfterMessagesItCannotUnderstand)
{
    ServerHarness harness({echo()});
    const auto codeFor = [&](std::string_view body) {
        harness.writeJson(body);
        return harness.readReply()["error"]["code"].get<int>();
    };
    EXPECT_EQ(codeFor("nonsense"), -32700);
    EXPECT_EQ(codeFor("\"\xff\xfe\""), -32700);
    EXPECT_EQ(codeFor(std::string(1'000'000, '[')), -32700);
    EXPECT_EQ(codeFor(std::string(kMaxFrameBodyBytes, '[')), -32700);
    EXPECT_EQ(codeFor("[]"), -32600);
    EXPECT_EQ(codeFor(R"({"jsonrpc":"2.0","id":1,"method":"test/echo","params":[1]})"), -32602);
    harness.writeJson(requestText(2, "test/echo", {{"still", "here"}}));
    EXPECT_EQ(harness.readReply()["result"]["still"], "here");
}

TEST(Server, answersWithTheIdWhereItIsLegible)
{
    ServerHarness harness({echo()});
    harness.writeJson(R"({"jsonrpc":"2.0","id":"q","method":12})");
    EXPECT_EQ(harness.readReply()["id"], "q");
    harness.writeJson(R"({"jsonrpc":"2.0","id":[1],"method":"test/echo"})");
    EXPECT_TRUE(harness.readReply()["id"].is_null());
}

TEST(Server, namesTheNearestMethod)
{
    ServerHarness harness({echo()});
    harness.writeJson(requestText(1, "test/ecko"));
    const Json reply = harness.readReply();
    EXPECT_EQ(reply["error"]["code"], -32601);
    EXPECT_THAT(reply["error"]["message"].get<std::string>(), HasSubstr("did you mean test/echo?"));
    harness.writeJson(requestText(2, std::string(1'000'000, 'm')));
    EXPECT_LT(harness.readReply()["error"]["message"].get<std::string>().size(), 1000u);
}

TEST(Server, ignoresRepliesAndUnknownNotifications)
{
    ServerHarness harness({echo()});
    harness.writeJson(R"({"jsonrpc":"2.0","id":1,"result":{}})");
    harness.writeJson(R"({"jsonrpc":"2.0","method":"$/unknown"})");
    harness.writeJson(R"({"jsonrpc":"2.0","method":"$/cancel","params":{"id":{"a":[]}}})");
    harness.writeJson(requestText(2, "test/echo"));
    EXPECT_EQ(harness.readReply()["id"], 2);
}

TEST(Server, stopsReadingAfterABrokenHeader)
{
    for (const char* bytes : {"rubbish\r\n\r\n", "Content-Length: 99999999999\r\n\r\n"}) {
        ServerHarness harness({echo()});
        harness.write(bytes);
        const Json reply = harness.readReply();
        EXPECT_TRUE(reply["id"].is_null());
        EXPECT_TRUE(reply["error"].contains("code")) << reply;
        EXPECT_EQ(harness.exitStatus(), 1);
    }
}

TEST(Server, turnsExceptionsIntoErrorReplies)
{
    ServerHarness harness({
        {"fail/file", Lane::Computing,
         [](const Json&, const auto&) -> std::optional<Json> { throw Error(ErrorKind::InvalidFile, "torn"); }},
        {"fail/memory", Lane::Computing,
         [](const Json&, const auto&) -> std::optional<Json> { throw std::bad_alloc(); }},
        {"fail/odd", Lane::Reading, [](const Json&, const auto&) -> std::optional<Json> { throw 7; }},
    });
    const auto errorOf = [&](const std::string& method) {
        harness.writeJson(requestText(1, method));
        return harness.readReply()["error"];
    };
    EXPECT_EQ(errorOf("fail/file"), Json::parse(R"({"code":-32000,"message":"torn","data":{"kind":"invalid_file"}})"));
    EXPECT_EQ(errorOf("fail/memory")["data"]["kind"], "too_large");
    EXPECT_EQ(errorOf("fail/odd")["code"], -32603);
}

TEST(Server, computesOneAfterTheOtherAndReadsMeanwhile)
{
    std::promise<void> begun;
    ServerHarness harness({untilCancelled(begun), echo()});
    harness.writeJson(requestText(1, "run/forever"));
    begun.get_future().wait();
    harness.writeJson(requestText(2, "test/echo"));
    EXPECT_EQ(harness.readReply()["id"], 2) << "the reading thread answers while the other one computes";
    harness.writeJson(R"({"jsonrpc":"2.0","method":"$/cancel","params":{"id":1}})");
    const Json reply = harness.readReply();
    EXPECT_EQ(reply["id"], 1);
    EXPECT_EQ(reply["error"]["code"], -32800);
    EXPECT_EQ(reply["error"]["data"]["kind"], "cancelled");
}

TEST(Server, answersACancelledQueuedRequestAtOnceAndNeverStartsIt)
{
    std::promise<void> begun;
    std::atomic<int> started = 0;
    Method counted{"run/counted", Lane::Computing, [&](const Json&, const auto&) {
                       ++started;
                       return Json::object();
                   }};
    ServerHarness harness({untilCancelled(begun), counted});
    harness.writeJson(requestText(1, "run/forever"));
    begun.get_future().wait();
    harness.writeJson(requestText(2, "run/counted"));
    harness.writeJson(R"({"jsonrpc":"2.0","method":"$/cancel","params":{"id":2}})");
    Json reply = harness.readReply();
    EXPECT_EQ(reply["id"], 2);
    EXPECT_EQ(reply["error"]["code"], -32800);
    harness.writeJson(R"({"jsonrpc":"2.0","method":"$/cancel","params":{"id":1}})");
    EXPECT_EQ(harness.readReply()["id"], 1);
    harness.writeJson(requestText(2, "run/counted")); // the id is free again
    EXPECT_EQ(harness.readReply()["result"], Json::object());
    EXPECT_EQ(started, 1);
}

TEST(Server, refusesAnIdThatIsInUse)
{
    std::promise<void> begun;
    ServerHarness harness({untilCancelled(begun), echo()});
    harness.writeJson(requestText(1, "run/forever"));
    begun.get_future().wait();
    harness.writeJson(requestText(1, "test/echo"));
    EXPECT_EQ(harness.readReply()["error"]["code"], -32600);
}

TEST(Server, limitsOpenRequests)
{
    std::promise<void> begun;
    ServerHarness harness({untilCancelled(begun), echo(Lane::Computing)});
    harness.writeJson(requestText(0, "run/forever"));
    begun.get_future().wait();
    for (int id = 1; id <= 256; ++id)
        harness.writeJson(requestText(id, "test/echo"));
    EXPECT_EQ(harness.readReply()["error"]["data"]["kind"], "too_large");
}

TEST(Server, endsWhenItsInputEndsAndCancelsWhatIsOpen)
{
    std::promise<void> begun;
    ServerHarness harness({untilCancelled(begun), echo(Lane::Computing)});
    harness.writeJson(requestText(1, "run/forever"));
    harness.writeJson(requestText(2, "test/echo"));
    begun.get_future().wait();
    harness.closeInput();
    EXPECT_EQ(harness.exitStatus(), 0);
    int cancelled = 0;
    while (const auto frame = harness.readFrame())
        cancelled += Json::parse(frame->body)["error"]["code"] == -32800;
    EXPECT_EQ(cancelled, 2);
}

TEST(Server, endsInTheMiddleOfAFrame)
{
    ServerHarness harness({echo()});
    harness.write("Content-Length: 100\r\n\r\n{\"half");
    harness.closeInput();
    EXPECT_EQ(harness.exitStatus(), 0);
    EXPECT_FALSE(harness.readFrame());
}

TEST(Server, shutsDownOnRequest)
{
    std::promise<void> begun;
    ServerHarness harness({untilCancelled(begun)});
    harness.writeJson(requestText(1, "run/forever"));
    begun.get_future().wait();
    harness.writeJson(requestText(2, "shutdown"));
    EXPECT_EQ(harness.readReply()["error"]["code"], -32800);
    EXPECT_EQ(harness.readReply()["result"], Json::object());
    EXPECT_EQ(harness.exitStatus(), 0);
}

TEST(Server, survivesAClientThatStoppedReading)
{
    ServerHarness harness({echo()});
    harness.closeOutput();
    harness.writeJson(requestText(1, "test/echo"));
    EXPECT_EQ(harness.exitStatus(), 0);
}

TEST(Server, sendsAtMostThirtyProgressMessagesASecond)
{
    constexpr int kSteps = 100'000;
    Method busy{"run/busy", Lane::Computing, [](const Json&, const auto& request) {
                    const auto begin = std::chrono::steady_clock::now();
                    for (int i = 0; i < kSteps; ++i)
                        request->progress("step", i, kSteps);
                    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
                    return Json{{"seconds", seconds.count()}};
                }};
    ServerHarness harness({busy});
    harness.writeJson(requestText(5, "run/busy"));
    int count = 0;
    Json message = harness.readJson();
    for (; message.contains("method"); message = harness.readJson()) {
        EXPECT_EQ(message["method"], "$/progress");
        EXPECT_EQ(message["params"]["id"], 5);
        EXPECT_EQ(message["params"]["total"], kSteps);
        ++count;
    }
    EXPECT_GE(count, 1);
    EXPECT_LE(count, 1 + 30 * message["result"]["seconds"].get<double>());
}

TEST(Server, answersAResultAboveTheFrameLimitWithAnError)
{
    ServerHarness harness({{"test/huge", Lane::Reading,
                            [](const Json&, const auto&) { return Json(std::string(kMaxFrameBodyBytes, 'x')); }}});
    harness.writeJson(requestText(1, "test/huge"));
    const Json reply = harness.readReply();
    EXPECT_EQ(reply["id"], 1);
    EXPECT_EQ(reply["error"]["data"]["kind"], "too_large");
}

class InputPut : public testing::Test
{
protected:
    InputStore m_store;
    InputIntake m_intake{m_store};
    ServerHarness m_harness{
        {{"input/put", Lane::Reading,
          [this](const Json& params, const auto& request) { return m_intake.put(params, request); }},
         echo()},
        [this](const Frame& blob) { m_intake.take(blob); }};

    void put(int id, const Json& byteCount = 3)
    {
        m_harness.writeJson(requestText(id, "input/put", {{"id", kAbc}, {"byte_count", byteCount}}));
    }
};

TEST_F(InputPut, answersWhenAllBytesAreHere)
{
    put(1);
    m_harness.write(blobFrame(kAbc, 0, "ab"));
    m_harness.writeJson(requestText(2, "test/echo"));
    EXPECT_EQ(m_harness.readReply()["id"], 2) << "the put is still open";
    m_harness.write(blobFrame(kAbc, 2, "c"));
    EXPECT_EQ(m_harness.readReply(), Json::parse(R"({"jsonrpc":"2.0","id":1,"result":{"id":")" + kAbc + "\"}}"));
    put(3);
    EXPECT_EQ(m_harness.readReply()["result"]["known"], true);
    m_harness.write(blobFrame(kAbc, 0, "abc")); // may still follow, is ignored
    m_harness.writeJson(requestText(4, "test/echo"));
    EXPECT_EQ(m_harness.readReply()["id"], 4);
}

TEST_F(InputPut, answersTwoPutsOfOneInput)
{
    put(1);
    put(2);
    m_harness.write(blobFrame(kAbc, 0, "abc"));
    EXPECT_EQ(m_harness.readReply()["id"], 1);
    EXPECT_EQ(m_harness.readReply()["id"], 2);
}

TEST_F(InputPut, answersDamageWithAnError)
{
    put(1);
    m_harness.write(blobFrame(kAbc, 0, "abx"));
    const Json reply = m_harness.readReply();
    EXPECT_EQ(reply["id"], 1);
    EXPECT_EQ(reply["error"]["data"]["kind"], "invalid_request");
    put(2);
    m_harness.write(blobFrame(kAbc, 0, "abc"));
    EXPECT_EQ(m_harness.readReply()["result"]["id"], kAbc);
}

TEST_F(InputPut, refusesWrongParams)
{
    put(1, "three");
    EXPECT_EQ(m_harness.readReply()["error"]["code"], -32602);
    put(2, -3);
    EXPECT_EQ(m_harness.readReply()["error"]["code"], -32602);
    put(3, std::uint64_t{1} << 63);
    EXPECT_EQ(m_harness.readReply()["error"]["code"], -32602);
    put(4, std::int64_t{1} << 40);
    EXPECT_EQ(m_harness.readReply()["error"]["data"]["kind"], "too_large");
}

TEST_F(InputPut, canBeCancelled)
{
    put(1);
    m_harness.writeJson(R"({"jsonrpc":"2.0","method":"$/cancel","params":{"id":1}})");
    EXPECT_EQ(m_harness.readReply()["error"]["code"], -32800);
    m_harness.write(blobFrame(kAbc, 0, "abc"));
    put(2);
    m_harness.write(blobFrame(kAbc, 0, "abc"));
    EXPECT_EQ(m_harness.readReply()["id"], 2);
}

TEST_F(InputPut, endsWithAPutStillOpen)
{
    put(1);
    m_harness.closeInput();
    EXPECT_EQ(m_harness.exitStatus(), 0);
    EXPECT_EQ(m_harness.readReply()["error"]["code"], -32800);
}

} // namespace
} // namespace heedmap
