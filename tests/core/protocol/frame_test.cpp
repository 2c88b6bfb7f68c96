#include "core/protocol/frame.h"
#include "core/protocol/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heedmap {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;

std::optional<Frame> onlyFrame(std::string_view bytes)
{
    FrameReader reader;
    reader.feed(bytes);
    return reader.next();
}

std::string messageOf(std::string_view bytes, ErrorKind kind)
{
    try {
        onlyFrame(bytes);
    } catch (const Error& failure) {
        EXPECT_EQ(failure.kind(), kind) << failure.what();
        return failure.what();
    }
    ADD_FAILURE() << "accepted: " << bytes;
    return {};
}

TEST(FrameEncoding, writesTheBytesOfTheSpecification)
{
    EXPECT_EQ(encodeJsonFrame("{\"a\":1}"), "Content-Length: 7\r\n\r\n{\"a\":1}");
    EXPECT_EQ(encodeBlobHeader("ab12", 8388608, 5),
              "Content-Length: 5\r\nContent-Type: application/octet-stream\r\nBlob-Id: ab12\r\nBlob-Offset: "
              "8388608\r\n\r\n");
}

TEST(FrameReader, readsTwoFramesSplitAtEveryByte)
{
    const std::string stream = "Content-Length: 2\r\n\r\n{}"
                               "content-TYPE: application/octet-stream\r\nX-Unknown: ignored\r\nBlob-Id: c1\r\n"
                               "CONTENT-LENGTH:  3 \r\nBlob-Offset: 17\r\n\r\n\0\r\n"s;
    for (std::size_t split = 0; split <= stream.size(); ++split) {
        FrameReader reader;
        std::vector<Frame> frames;
        for (const auto& part : {stream.substr(0, split), stream.substr(split)}) {
            reader.feed(part);
            while (auto frame = reader.next())
                frames.push_back(std::move(*frame));
        }
        ASSERT_EQ(frames.size(), 2u) << "split at " << split;
        EXPECT_EQ(frames[0].kind, FrameKind::Json);
        EXPECT_EQ(frames[0].body, "{}");
        EXPECT_EQ(frames[1].kind, FrameKind::Blob);
        EXPECT_EQ(frames[1].body, "\0\r\n"s);
        EXPECT_EQ(frames[1].blobId, "c1");
        EXPECT_EQ(frames[1].blobOffset, 17u);
        EXPECT_TRUE(reader.atFrameBoundary());
    }
}

TEST(FrameReader, readsManyFramesFedOneByteAtATime)
{
    FrameReader reader;
    int frames = 0;
    for (int i = 0; i < 50; ++i)
        for (const char byte : "Content-Length: 4\r\n\r\nnull"s) {
            reader.feed({&byte, 1});
            while (const auto frame = reader.next()) {
                EXPECT_EQ(frame->body, "null");
                ++frames;
            }
        }
    EXPECT_EQ(frames, 50);
}

TEST(FrameReader, knowsWhetherTheStreamStopsInsideAFrame)
{
    for (const char* cut : {"C", "Content-Length: 2\r\n", "Content-Length: 2\r\n\r\n", "Content-Length: 2\r\n\r\n{"}) {
        FrameReader reader;
        EXPECT_TRUE(reader.atFrameBoundary());
        reader.feed(cut);
        EXPECT_FALSE(reader.next());
        EXPECT_FALSE(reader.atFrameBoundary()) << cut;
    }
}

TEST(FrameReader, acceptsAnEmptyBodyAndParametersOfTheContentType)
{
    EXPECT_EQ(onlyFrame("Content-Length: 0\r\n\r\n")->body, "");
    const auto frame = onlyFrame("Content-Type: application/json; charset=utf-8\r\nContent-Length: 1\r\n\r\n1");
    EXPECT_EQ(frame->kind, FrameKind::Json);
}

TEST(FrameReader, refusesMalformedHeaders)
{
    const std::vector<std::string> streams{
        "garbage\r\n\r\n",
        "Content-Length: 2\n\n{}",
        "Content-Length 2\r\n\r\n{}",
        ": 2\r\n\r\n{}",
        "Content-Length: \r\n\r\n",
        "Content-Length: -2\r\n\r\n{}",
        "Content-Length: +2\r\n\r\n{}",
        "Content-Length: 0x2\r\n\r\n{}",
        "Content-Length: 2 2\r\n\r\n{}",
        "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "\r\n{}",
        "Content-Type: application/json\r\n\r\n{}",
        "Content-Length: 2\r\nContent-Type: text/html\r\n\r\n{}",
        "Content-Length: 1\r\nContent-Type: application/octet-stream\r\n\r\nx",
        "Content-Length: 1\r\nContent-Type: application/octet-stream\r\nBlob-Id: a\r\n\r\nx",
        "Content-Length: 1\r\nContent-Type: application/octet-stream\r\nBlob-Id: a/../b\r\nBlob-Offset: 0\r\n\r\nx",
        "Content-Length: 1\r\nContent-Type: application/octet-stream\r\nBlob-Id: a\r\nBlob-Offset: -1\r\n\r\nx",
        "Cont\0nt-Length: 2\r\n\r\n{}"s,
    };
    for (const std::string& stream : streams)
        EXPECT_THAT(messageOf(stream, ErrorKind::InvalidRequest), HasSubstr("malformed")) << stream;
}

TEST(FrameReader, noticesGarbageAtItsFirstLine)
{
    EXPECT_THAT(messageOf("Segmentation fault\n", ErrorKind::InvalidRequest), HasSubstr("Segmentation fault"));
}

TEST(FrameReader, refusesWhatIsTooLargeBeforeItArrives)
{
    EXPECT_FALSE(onlyFrame("Content-Length: 16777216\r\n\r\n"));
    EXPECT_THAT(messageOf("Content-Length: 16777217\r\n", ErrorKind::TooLarge), HasSubstr("16777216"));
    EXPECT_THAT(messageOf("Content-Length: 99999999999999999999999\r\n", ErrorKind::TooLarge), HasSubstr("16777216"));
    messageOf(std::string(4096, 'a'), ErrorKind::TooLarge);
    std::string manyLines;
    while (manyLines.size() < 4096)
        manyLines += "X-Padding: 0123456789\r\n";
    messageOf(manyLines, ErrorKind::TooLarge);
}

TEST(FrameReader, acceptsAHeaderOfExactlyTheLimit)
{
    std::string header = "Content-Length: 1\r\nX: ";
    header += std::string(4096 - header.size() - 4, 'x') + "\r\n\r\n";
    ASSERT_EQ(header.size(), 4096u);
    EXPECT_EQ(onlyFrame(header + "1")->body, "1");
    header.insert(header.size() - 4, "y");
    messageOf(header, ErrorKind::TooLarge);
}

TEST(FrameReader, staysBrokenAfterAFatalError)
{
    FrameReader reader;
    reader.feed("nonsense\r\n\r\n");
    EXPECT_THROW(reader.next(), ProtocolError);
    reader.feed("Content-Length: 2\r\n\r\n{}");
    EXPECT_THROW(reader.next(), ProtocolError);
    EXPECT_FALSE(reader.atFrameBoundary());
}

} // namespace
} // namespace heedmap
