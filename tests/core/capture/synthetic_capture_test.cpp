#include "core/base/files.h"
#include "core/capture/attention.h"
#include "core/capture/synthetic_capture.h"
#include "core/capture/synthetic_heads.h"
#include "core/media/image.h"
#include "tests/core/base/expect_error.h"
#include "tests/core/capture/capture_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace heedmap::test {
namespace {

using testing::HasSubstr;

SyntheticSize smallSize()
{
    SyntheticSize size;
    size.layers = 5;
    size.heads = 5;
    size.keyValueHeads = 5;
    size.tokens = 120;
    size.gridRows = 6;
    size.gridColumns = 12;
    size.headDim = 64;
    return size;
}

class SyntheticCapture : public testing::Test
{
protected:
    std::shared_ptr<const Capture> make(const SyntheticSize& size, const std::string& name = "made.heed")
    {
        writeSyntheticCapture(m_folder.file(name), size);
        return Capture::open(m_folder.file(name));
    }

    std::vector<std::byte> bytesOfFile(const std::string& name) { return readFile(m_folder.file(name), 1 << 24); }

    TempFolder m_folder;
};

double entropyOf(const std::vector<float>& row)
{
    double entropy = 0;
    for (const float weight : row)
        entropy -= weight > 0 ? weight * std::log(weight) : 0;
    return entropy;
}

TEST_F(SyntheticCapture, IsOneCausalSequenceWithItsPictureInside)
{
    const auto capture = make(smallSize());
    const Manifest& manifest = capture->manifest();
    ASSERT_EQ(manifest.sites.size(), 5u);
    const TokenAxis& axis = capture->keyAxis(0);
    EXPECT_EQ(axis.length, 120);
    std::vector<SegmentKind> kinds;
    for (const AxisSegment& segment : axis.segments)
        kinds.push_back(segment.kind);
    EXPECT_THAT(kinds, testing::ElementsAre(SegmentKind::Special, SegmentKind::Text, SegmentKind::PatchGrid,
                                            SegmentKind::Text, SegmentKind::Text));
    const CaptureInput& picture = *manifest.input("picture");
    const DecodedImage decoded = decodeImage(capture->inputBytes(picture), picture.name);
    EXPECT_EQ(decoded.upright.width, 12 * 14);
    EXPECT_EQ(decoded.upright.height, 6 * 14);
    for (std::int64_t query = 0; query < 120; query += 17) {
        const std::vector<float> row = readRow(*capture, {2, {1}, {}}, query);
        EXPECT_NEAR(std::accumulate(row.begin(), row.end(), 0.0), 1, 1e-5);
        EXPECT_TRUE(std::all_of(row.begin() + query + 1, row.end(), [](float weight) { return weight == 0; }));
    }
}

TEST_F(SyntheticCapture, SpansOfItsWordsSliceItsTexts)
{
    const auto capture = make(smallSize());
    const Manifest& manifest = capture->manifest();
    for (const AxisSegment& segment : capture->keyAxis(0).segments)
        for (const AxisToken& token : segment.tokens) {
            if (!token.span)
                continue;
            const std::string& text =
                segment.output.empty() ? manifest.input(segment.input)->text : manifest.output(segment.output)->text;
            EXPECT_EQ(text.substr(token.span->begin, token.span->end - token.span->begin), token.text);
        }
    const CaptureOutput& reply = *manifest.output("reply");
    for (const GeneratedToken& token : reply.tokens)
        if (token.inputRow) {
            EXPECT_EQ(token.predictingRow + 1, *token.inputRow);
            EXPECT_EQ(capture->keyAxis(0).tokenAt(*token.inputRow)->text, token.text);
        }
}

TEST_F(SyntheticCapture, ItsHeadsLookAsTheirKindSays)
{
    const auto capture = make(smallSize());
    const TokenAxis& axis = capture->keyAxis(0);
    const AxisSegment& patches = *axis.patchSegment();
    const std::int64_t query = axis.length - 1;
    const auto rowOf = [&](SyntheticHead kind) { // head h of layer 0 is of kind h
        return readRow(*capture, {0, {static_cast<int>(kind)}, {}}, query);
    };
    const auto massOf = [](const std::vector<float>& row, std::int64_t begin, std::int64_t end) {
        return std::accumulate(row.begin() + begin, row.begin() + end, 0.0);
    };
    EXPECT_GT(massOf(rowOf(SyntheticHead::Local), query - 8, query + 1), 0.8);
    const std::vector<float> sink = rowOf(SyntheticHead::Sink);
    EXPECT_GT(sink[0] + sink[static_cast<std::size_t>(patches.begin)], 0.8);
    EXPECT_GT(entropyOf(rowOf(SyntheticHead::Broad)), 0.9 * std::log(120));
    const std::vector<float> pointer = rowOf(SyntheticHead::Pointer);
    EXPECT_GT(*std::ranges::max_element(pointer), 0.5);
}

TEST_F(SyntheticCapture, AWordThatNamesAThingLooksAtItsPlace)
{
    const auto capture = make(smallSize());
    const TokenAxis& axis = capture->keyAxis(0);
    const AxisSegment& patches = *axis.patchSegment();
    const SyntheticScene scene = makeSyntheticScene(120, 6, 12, 1);
    int named = 0;
    for (std::int64_t query = patches.end(); query < axis.length; ++query) {
        if (!scene.places[static_cast<std::size_t>(query)])
            continue;
        ++named;
        const PointF place = *scene.places[static_cast<std::size_t>(query)];
        const std::vector<float> row = readRow(*capture, {0, {static_cast<int>(SyntheticHead::Place)}, {}}, query);
        double near = 0;
        for (std::int64_t patch = 0; patch < patches.length; ++patch)
            if (std::hypot(patch % 12 + 0.5 - place.x, patch / 12 + 0.5 - place.y) < 2.5)
                near += row[static_cast<std::size_t>(patches.begin + patch)];
        EXPECT_GT(near, 0.7) << axis.label(query);
    }
    EXPECT_GT(named, 3);
}

TEST_F(SyntheticCapture, TheSameSeedGivesTheSameBytes)
{
    make(smallSize(), "first.heed");
    make(smallSize(), "second.heed");
    SyntheticSize other = smallSize();
    other.seed = 2;
    make(other, "other.heed");
    EXPECT_EQ(bytesOfFile("first.heed"), bytesOfFile("second.heed"));
    EXPECT_NE(bytesOfFile("first.heed"), bytesOfFile("other.heed"));
}

TEST_F(SyntheticCapture, ItsTensorsHaveTheBytesThatWereAnnounced)
{
    for (const DType dtype : {DType::F32, DType::F16, DType::BF16}) {
        SyntheticSize size = smallSize();
        size.heads = 4;
        size.keyValueHeads = 2;
        size.dtype = dtype;
        const auto capture = make(size);
        std::size_t bytes = 0;
        for (const AttentionSite& site : capture->manifest().sites)
            for (const std::string& name : {site.queries, site.keys}) {
                EXPECT_EQ(capture->tensor(name).dtype, dtype);
                bytes += capture->tensor(name).bytes.size();
            }
        EXPECT_EQ(static_cast<std::int64_t>(bytes), syntheticTensorBytes(size));
    }
}

TEST_F(SyntheticCapture, StoppingLeavesNothingBehind)
{
    const auto stop = [](int done, int) {
        if (done == 2)
            throw Error(ErrorKind::Cancelled, "stopped");
    };
    expectError(ErrorKind::Cancelled, {"stopped"},
                [&] { writeSyntheticCapture(m_folder.file("made.heed"), smallSize(), stop); });
    EXPECT_TRUE(m_folder.isEmpty());
}

TEST_F(SyntheticCapture, SizesThatCannotBeAreRefusedByName)
{
    const auto refused = [&](auto change, const std::string& message) {
        SyntheticSize size = smallSize();
        change(size);
        expectError(ErrorKind::InvalidRequest, {message},
                    [&] { writeSyntheticCapture(m_folder.file("made.heed"), size); });
    };
    refused([](SyntheticSize& size) { size.layers = 0; }, "the number of layers");
    refused([](SyntheticSize& size) { size.keyValueHeads = 3; }, "must be a multiple");
    refused([](SyntheticSize& size) { size.keyValueHeads = 10; }, "the number of key-value heads must be 1 to 5");
    refused([](SyntheticSize& size) { size.tokens = 75; }, "ask for at least 76");
    refused([](SyntheticSize& size) { size.headDim = 8; }, "the dimension of a head");
    refused([](SyntheticSize& size) { size.gridColumns = -1; }, "columns of the grid");
    refused([](SyntheticSize& size) { size.dtype = DType::F64; }, "F32, F16 or BF16");
    EXPECT_TRUE(m_folder.isEmpty());
}

TEST_F(SyntheticCapture, ACaptureLargerThanTheDiskIsRefusedBeforeItIsBegun)
{
    SyntheticSize size = smallSize();
    size.layers = 1024;
    size.heads = 4096;
    size.keyValueHeads = 4096;
    size.tokens = 1 << 20;
    size.headDim = 1024;
    expectError(ErrorKind::Io, {"are free in"}, [&] { writeSyntheticCapture(m_folder.file("made.heed"), size); });
    EXPECT_TRUE(m_folder.isEmpty());
}

} // namespace
} // namespace heedmap::test
