#include "core/base/error.h"
#include "core/capture/attention.h"
#include "core/checkpoint/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

// The worked examples of FORMAT.md as files that Python wrote, with probabilities that NumPy computed in float64
// (tests/fixtures/capture/make_captures.py).

using namespace heedmap;

namespace {

const std::filesystem::path kFolder = HEEDMAP_SOURCE_DIR "/tests/fixtures/capture";

std::vector<double> doublesOf(const TensorView& tensor)
{
    const std::vector<std::byte> bytes = tensor.copyBytes();
    std::vector<double> values(bytes.size() / sizeof(double));
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
}

class ExampleCapture : public testing::TestWithParam<const char*>
{
protected:
    std::shared_ptr<const Capture> m_capture = Capture::open(kFolder / (GetParam() + std::string(".heed")));
    SafetensorsFile m_expected = SafetensorsFile::open(kFolder / (GetParam() + std::string(".expected.safetensors")));
};

TEST_P(ExampleCapture, GivesTheProbabilitiesThatNumPyComputed)
{
    for (std::size_t site = 0; site < m_capture->manifest().sites.size(); ++site) {
        const std::string key = m_capture->site(site).key();
        const std::vector<double> expected = doublesOf(m_expected.tensors.at(key)); // [heads, queries, keys]
        const double score = doublesOf(m_expected.tensors.at("max_score:" + key)).front();
        const double tolerance = 4 * std::numeric_limits<float>::epsilon() * std::max(score, 1.0);
        const std::size_t size = expected.size() / m_capture->site(site).heads;
        for (int head = 0; head < m_capture->site(site).heads; ++head) {
            const std::vector<float> map = readMap(*m_capture, {site, {head}, {}});
            ASSERT_EQ(map.size(), size);
            double difference = 0;
            for (std::size_t i = 0; i < size; ++i) {
                difference = std::max(difference, std::abs(map[i] - expected[head * size + i]));
                EXPECT_EQ(map[i] == 0, expected[head * size + i] == 0) << "masked and visible keys differ";
            }
            EXPECT_LE(difference, tolerance) << key << ", head " << head;
        }
    }
}

TEST_P(ExampleCapture, SurvivesBeingWrittenAgain)
{
    const Json json = jsonFromManifest(m_capture->manifest());
    EXPECT_EQ(jsonFromManifest(manifestFromJson(json, "the copy")), json);
}

INSTANTIATE_TEST_SUITE_P(Files, ExampleCapture, testing::Values("blip", "whisper", "joint", "weights_only"),
                         [](const auto& info) { return std::string(info.param); });

/// Every member that `json` has, `read` has with the same value; what a reader adds are defaults.
void expectContains(const Json& read, const Json& json, const std::string& where)
{
    if (json.is_object()) {
        for (const auto& [key, value] : json.items()) {
            ASSERT_TRUE(read.contains(key)) << where << "/" << key;
            expectContains(read[key], value, where + "/" + key);
        }
    } else if (json.is_array()) {
        ASSERT_EQ(read.size(), json.size()) << where;
        for (std::size_t i = 0; i < json.size(); ++i)
            expectContains(read[i], json[i], where + "/" + std::to_string(i));
    } else {
        EXPECT_EQ(read, json) << where;
    }
}

TEST_P(ExampleCapture, LosesNothingOfItsManifest)
{
    const SafetensorsFile file = SafetensorsFile::open(kFolder / (GetParam() + std::string(".heed")));
    Json json = parseJson(file.metadata.at("heed"), "the manifest");
    if (json.contains("compositions") && json["compositions"].empty())
        json.erase("compositions");
    expectContains(jsonFromManifest(m_capture->manifest()), json, GetParam());
}

std::shared_ptr<const Capture> openExample(const char* name)
{
    return Capture::open(kFolder / name);
}

TEST(BlipCapture, ComposesTheAnswerWithThePicture)
{
    const auto capture = openExample("blip.heed");
    const Manifest& manifest = capture->manifest();
    ASSERT_EQ(manifest.compositions.size(), 1);
    const Composition& composition = manifest.compositions.front();
    const std::size_t first = manifest.sitesOfGroup(composition.firstGroup).front();
    const std::vector<std::size_t> second = manifest.sitesOfGroup(composition.secondGroup);
    ASSERT_EQ(second.size(), 2);
    const MapChoice map{second[1], HeadChoice::mean(), MapChoice::Factor{first, {2}}};
    EXPECT_EQ(queryAxisOf(*capture, map).id, "answer");
    EXPECT_EQ(keyAxisOf(*capture, map).id, "picture");
    const std::vector<float> row = readRow(*capture, map, 1);
    EXPECT_EQ(row.size(), 37);
    EXPECT_NEAR(std::accumulate(row.begin(), row.end(), 0.0), 1, 1e-3); // layer 1 is stored in half precision
}

TEST(BlipCapture, KnowsItsPictureAndItsAnswer)
{
    const auto capture = openExample("blip.heed");
    const CaptureInput* picture = capture->manifest().input("picture");
    ASSERT_TRUE(picture);
    EXPECT_EQ(picture->width, 640);
    const std::vector<std::byte> bytes = capture->inputBytes(*picture);
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()), "bytes");
    EXPECT_TRUE(capture->inputBytes(*capture->manifest().input("question")).empty());

    const TokenAxis& axis = capture->manifest().axis("picture");
    EXPECT_TRUE(axis.isSpecial(0));
    const AxisSegment* patches = axis.patchSegment();
    ASSERT_TRUE(patches);
    EXPECT_EQ(patches->begin, 1);
    EXPECT_EQ(axis.label(1 + 6 * 2 + 5), "row 2, column 5");
    EXPECT_DOUBLE_EQ(patches->grid.pictureFromGrid.map({6, 6}).x, 640);

    const CaptureOutput* answer = capture->manifest().output("answer");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->tokens[0].predictingRow, 0);
    EXPECT_EQ(answer->tokens[0].inputRow, 1);
    EXPECT_EQ(answer->tokens[1].inputRow, std::nullopt);
    EXPECT_EQ(answer->tokens[0].alternatives[0].text, "orange");
    EXPECT_EQ(capture->manifest().output("match")->scores[0].value, 0.75);
}

TEST(WhisperCapture, NamesSitesByPass)
{
    const auto capture = openExample("whisper.heed");
    const std::string name = "model.decoder.layers.0.encoder_attn";
    const std::size_t second = capture->siteIndex("window0.second/" + name);
    EXPECT_EQ(capture->site(second).pass, "window0.second");
    EXPECT_EQ(capture->queryAxis(second).label(5), " sheep");
    EXPECT_EQ(capture->keyAxis(capture->siteIndex("window1.best/" + name)).label(10), "28.60 s");
    try {
        capture->siteIndex(name);
        ADD_FAILURE() << "three passes have this site";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::InvalidRequest);
        EXPECT_THAT(error.what(), testing::HasSubstr("window1.best/" + name));
    }
    try {
        capture->siteIndex("window0.second/model.decoder.layers.0.encoder_atn");
        ADD_FAILURE() << "no such site";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::NotFound);
        EXPECT_THAT(error.what(),
                    testing::HasSubstr("did you mean window0.second/model.decoder.layers.0.encoder_attn"));
    }
}

TEST(JointCapture, KeepsLineBreaksBetweenRowsOfPatches)
{
    const auto capture = openExample("joint.heed");
    const TokenAxis& axis = capture->manifest().axis("sequence");
    std::string kinds;
    for (std::int64_t position = 0; position < axis.length; ++position)
        kinds += axis.segmentAt(position).kind == SegmentKind::PatchGrid ? 'p' : axis.isSpecial(position) ? 's' : 't';
    EXPECT_EQ(kinds, "sttppppsppppstt");
    const AxisSegment& secondRow = axis.segmentAt(9);
    EXPECT_DOUBLE_EQ(secondRow.grid.pictureFromGrid.map({1, 0}).y, 7.5);
    EXPECT_EQ(capture->manifest().axis("video").label(12 + 4 + 3), "frame 1, row 1, column 3");
    EXPECT_EQ(capture->manifest().axis("cells").label(3), "row 1, column 1");
    EXPECT_EQ(capture->manifest().axis("cells").label(12), "latent 2");
}

TEST(WeightsOnlyCapture, IsWhatTheScriptWrote)
{
    const auto capture = openExample("weights_only.heed");
    EXPECT_EQ(capture->queryAxis(0).tokenAt(2)->span, (TextSpan{6, 10}));
    EXPECT_EQ(capture->keyAxis(0).label(48), "position 48");
    EXPECT_EQ(readAllHeads(*capture, capture->siteIndex("decoder.0.cross"), 1).size(), 8 * 49);
}

} // namespace
