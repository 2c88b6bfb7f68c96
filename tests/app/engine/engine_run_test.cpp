#include "core/base/files.h"
#include "core/base/utf8.h"
#include "core/capture/attention.h"
#include "core/checkpoint/safetensors.h"
#include "tests/app/engine/engine_harness.h"
#include "tests/core/base/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace heedmap {
namespace {

/// One run of tests/fixtures/blip/fixtures.json, whose expected values come from `transformers`.
Json fixtureRun(const std::string& name)
{
    const Json fixtures = Json::parse(fileText(blipFixture("fixtures.json")));
    for (const Json& run : fixtures["runs"])
        if (run["name"] == name)
            return run;
    throw std::runtime_error("no fixture " + name);
}

class EngineRun : public testing::Test
{
protected:
    EngineHarness m_engine;
    TempFolder m_folder;

    std::string open(const std::string& model)
    {
        const Json info = m_engine.call("model/open", {{"path", blipFixture("models/" + model)}});
        EXPECT_FALSE(info.contains("error")) << info;
        m_textInput.clear();
        for (const Json& input : info["inputs"])
            if (input["kind"] == "text")
                m_textInput = input["id"];
        return info["model"];
    }

    Json params(const Json& run)
    {
        Json inputs;
        inputs["picture"] = {
            {"content", m_engine.put(fileText(blipFixture("pictures/" + run["image"].get<std::string>())))},
            {"name", run["image"]}};
        const std::string model = open(run["model"]);
        if (run["text"].is_string())
            inputs[m_textInput] = {{"text", run["text"]}};
        return {{"model", model}, {"inputs", inputs}, {"options", run["options"]}};
    }

    std::shared_ptr<const Capture> capture(const Json& run)
    {
        Json request = params(run);
        request["capture"] = {{"path", (m_folder.path() / "run.heed").string()}};
        m_result = m_engine.call("run/start", request);
        EXPECT_FALSE(m_result.contains("error")) << m_result;
        return Capture::open(m_folder.path() / "run.heed");
    }

    std::string m_textInput;
    Json m_result;
};

class EngineParity : public EngineRun, public testing::WithParamInterface<const char*>
{};

TEST_P(EngineParity, weightsReadFromTheCaptureAreThoseOfTheReference)
{
    const auto capture = this->capture(fixtureRun(GetParam()));
    const auto expected = SafetensorsFile::open(blipFixture("expected/" + std::string(GetParam()) + ".safetensors"));
    std::set<std::string> missing; // sites of the reference
    for (const auto& [name, tensor] : expected.tensors)
        if (name.ends_with("attention.self") || name.ends_with("self_attn"))
            missing.insert(name);
    for (std::size_t i = 0; i < capture->manifest().sites.size(); ++i) {
        const AttentionSite& site = capture->site(i);
        ASSERT_EQ(missing.erase(site.key()), 1u) << site.key();
        const std::vector<float> weights = expected.tensors.at(site.key()).toFloats(); // [heads, queries, keys]
        const std::size_t size = weights.size() / static_cast<std::size_t>(site.heads);
        for (int head = 0; head < site.heads; ++head) {
            const std::vector<float> map = readMap(*capture, {i, {head}, {}});
            ASSERT_EQ(map.size(), size);
            for (std::size_t k = 0; k < size; ++k)
                ASSERT_NEAR(map[k], weights[static_cast<std::size_t>(head) * size + k], 1e-5)
                    << site.key() << " head " << head << " at " << k;
        }
        ASSERT_TRUE(site.maxRowError);
        EXPECT_LT(*site.maxRowError, 1e-6);
    }
    EXPECT_TRUE(missing.empty()) << "not in the capture: " << *missing.begin();
}

TEST_P(EngineParity, outputsAreThoseOfTheReference)
{
    const Json run = fixtureRun(GetParam());
    if (!run.contains("generated"))
        return;
    const auto capture = this->capture(run);
    ASSERT_EQ(capture->manifest().outputs.size(), 1u);
    const CaptureOutput& output = capture->manifest().outputs[0];
    EXPECT_EQ(output.text, run["answer"].get<std::string>());
    EXPECT_EQ(m_result["outputs"], jsonFromOutputs(capture->manifest().outputs));

    const TokenAxis& axis = capture->manifest().axis(output.axis);
    const std::size_t given = run["prompt_tokens"];
    std::vector<std::int64_t> ids;
    for (std::int64_t i = 0; i < axis.length; ++i)
        ids.push_back(axis.tokenAt(i)->id.value());
    ids.push_back(output.tokens.back().id);
    EXPECT_EQ(Json(ids), run["generated"]);
    ASSERT_EQ(output.tokens.size() + given, ids.size());
    for (std::size_t i = 0; i < output.tokens.size(); ++i) {
        const GeneratedToken& token = output.tokens[i];
        EXPECT_EQ(token.id, ids[given + i]);
        EXPECT_EQ(token.predictingRow, static_cast<std::int64_t>(given + i) - 1) << "the row before it predicts it";
        EXPECT_EQ(token.inputRow.value_or(-1),
                  i + 1 == output.tokens.size() ? -1 : static_cast<std::int64_t>(given + i));
        if (token.span) {
            const std::string piece = token.text.starts_with("##") ? token.text.substr(2) : token.text;
            EXPECT_EQ(slice(output.text, token.span->begin, token.span->end), piece);
        }
        ASSERT_FALSE(token.alternatives.empty());
        EXPECT_GE(token.alternatives[0].logProbability, token.logProbability - 1e-12);
    }
    EXPECT_LT(output.replayMaxLogitDifference.value(), 1e-4);
}

TEST_P(EngineParity, theBytesAreKnownBefore)
{
    const Json request = params(fixtureRun(GetParam()));
    const Json plan = m_engine.call("run/plan", request);
    ASSERT_TRUE(plan.contains("byte_count")) << plan;
    Json start = request;
    start["capture"] = {{"path", (m_folder.path() / "run.heed").string()}};
    const Json result = m_engine.call("run/start", start);
    const auto capture = Capture::open(m_folder.path() / "run.heed");
    EXPECT_EQ(result["capture"]["byte_count"], std::filesystem::file_size(m_folder.path() / "run.heed"));
    EXPECT_LE(result["capture"]["byte_count"], plan["byte_count"]);
    ASSERT_EQ(plan["sites"].size(), capture->manifest().sites.size());
    for (std::size_t i = 0; i < plan["sites"].size(); ++i)
        EXPECT_EQ(plan["sites"][i]["name"], capture->site(i).name);
}

TEST_F(EngineRun, theBytesAreExactWhenTheLengthIs)
{
    Json request = params(fixtureRun("qa_wide"));
    request["options"] = {{"max_new_tokens", 1}};
    const Json result = m_engine.call("run/start", request);
    EXPECT_EQ(result["capture"]["byte_count"], m_engine.call("run/plan", request)["byte_count"]);
}

INSTANTIATE_TEST_SUITE_P(Fixtures, EngineParity,
                         testing::Values("qa_wide", "qa_tall", "qa_three_heads", "caption", "caption_prompt",
                                         "caption_settings", "retrieval"),
                         [](const auto& info) { return std::string(info.param); });

TEST_F(EngineRun, aCaptureSaysWhatItsPositionsMean)
{
    const auto capture = this->capture(fixtureRun("qa_wide"));
    const Manifest& manifest = capture->manifest();

    const TokenAxis& picture = manifest.axis("picture");
    EXPECT_EQ(picture.segments.at(0).kind, SegmentKind::Special);
    EXPECT_EQ(picture.segments.at(0).length, 1);
    const AxisSegment& patches = picture.segments.at(1);
    EXPECT_EQ(patches.kind, SegmentKind::PatchGrid);
    EXPECT_EQ(patches.input, "picture");
    const CaptureInput& input = *manifest.input("picture");
    const RectF last = patches.grid.pictureRectFromPatch(patches.grid.patchCount() - 1);
    EXPECT_NEAR(last.x + last.width, input.width, 1e-6);
    EXPECT_NEAR(last.y + last.height, input.height, 1e-6);

    const std::string question = manifest.input("question")->text;
    EXPECT_EQ(question, "what color is the big ball?");
    std::vector<std::string> pieces;
    for (const AxisToken& token : manifest.axis("question").segments.at(0).tokens)
        pieces.push_back(token.span ? std::string(slice(question, token.span->begin, token.span->end)) : token.text);
    EXPECT_THAT(pieces, testing::ElementsAre("[CLS]", "what", "color", "is", "the", "big", "ball", "?", "[SEP]"));
    EXPECT_TRUE(manifest.axis("question").isSpecial(0));
    EXPECT_FALSE(manifest.axis("question").isSpecial(1));
    EXPECT_TRUE(manifest.axis("answer").isSpecial(0)) << "the start token";
}

TEST_F(EngineRun, anAnswerReachesThePictureOnlyThroughTheQuestion)
{
    const auto capture = this->capture(fixtureRun("qa_wide"));
    const Manifest& manifest = capture->manifest();
    for (const AttentionSite& site : manifest.sites)
        EXPECT_FALSE(site.queryAxis == "answer" && site.keyAxis == "picture") << site.key();
    std::vector<std::string> titles;
    for (const SiteGroup& group : manifest.groups)
        titles.push_back(group.title);
    EXPECT_THAT(titles, testing::ElementsAre("picture → picture", "question → question", "question → picture",
                                             "answer → answer", "answer → question"));
    ASSERT_EQ(manifest.compositions.size(), 1u);
    EXPECT_EQ(manifest.compositions[0].title, "answer → question → picture");
    EXPECT_EQ(manifest.compositions[0].firstGroup, "answer_question");
    EXPECT_EQ(manifest.compositions[0].secondGroup, "question_picture");
}

TEST_F(EngineRun, captionsAndTextsReachThePictureDirectly)
{
    const auto caption = this->capture(fixtureRun("caption_prompt"));
    EXPECT_TRUE(caption->manifest().compositions.empty());
    const TokenAxis& axis = caption->manifest().axis("caption");
    ASSERT_EQ(axis.segments.size(), 2u);
    EXPECT_EQ(axis.segments[0].input, "prompt");
    EXPECT_EQ(axis.segments[0].length, 4);
    EXPECT_EQ(axis.segments[1].output, "caption");

    const auto retrieval = this->capture(fixtureRun("retrieval"));
    EXPECT_TRUE(retrieval->manifest().compositions.empty());
    const auto expected = SafetensorsFile::open(blipFixture("expected/retrieval.safetensors"));
    const std::vector<Score>& scores = retrieval->manifest().outputs.at(0).scores;
    EXPECT_NEAR(scores.at(0).value, expected.tensors.at("scores/itm_probabilities").toFloats()[1], 1e-5);
    EXPECT_NEAR(scores.at(2).value, expected.tensors.at("scores/itc").toFloats()[0], 1e-5);
}

TEST_F(EngineRun, theOriginalPictureIsInTheCapture)
{
    const auto capture = this->capture(fixtureRun("qa_wide"));
    const CaptureInput& input = *capture->manifest().input("picture");
    const std::vector<std::byte> bytes = capture->inputBytes(input);
    const std::string original = fileText(blipFixture("pictures/wide.png"));
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()), original);
    EXPECT_EQ(input.name, "wide.png");
    EXPECT_EQ(input.mediaType, "image/png");
}

TEST_F(EngineRun, progressRunsToTheEnd)
{
    capture(fixtureRun("qa_wide"));
    ASSERT_FALSE(m_engine.progress.empty());
    for (const Json& message : m_engine.progress) {
        EXPECT_EQ(message["method"], "$/progress");
        EXPECT_LE(message["params"]["done"], message["params"]["total"]);
    }
    EXPECT_EQ(m_engine.progress[0]["params"]["stage"], "vision layer 1 of 2");
}

TEST_F(EngineRun, aCaptureWithoutAPathIsFetchedInPieces)
{
    const Json request = params(fixtureRun("qa_wide"));
    const Json result = m_engine.call("run/start", request);
    ASSERT_TRUE(result.contains("capture")) << result;
    EXPECT_FALSE(result["capture"].contains("path"));
    const std::string id = result["capture"]["id"];
    const std::size_t size = result["capture"]["byte_count"];
    std::string file;
    while (file.size() < size) {
        const Json piece = m_engine.call("capture/get", {{"id", id}, {"offset", file.size()}, {"length", 100'000}});
        ASSERT_EQ(m_engine.blobs.size(), 1u) << piece;
        EXPECT_EQ(m_engine.blobs[0].blobId, id);
        EXPECT_EQ(m_engine.blobs[0].blobOffset, file.size());
        EXPECT_EQ(piece["length"], m_engine.blobs[0].body.size());
        file += m_engine.blobs[0].body;
        m_engine.blobs.clear();
    }
    EXPECT_EQ(file.size(), size);
    const std::filesystem::path path = m_folder.path() / "fetched.heed";
    writeFileAtomically(path, asBytes(file));
    EXPECT_NO_THROW(Capture::open(path));

    EXPECT_EQ(m_engine.call("capture/get", {{"id", id}, {"offset", size}, {"length", 10}})["length"], 0);
    const auto kindOf = [&](const Json& get) { return m_engine.call("capture/get", get)["error"]["data"]["kind"]; };
    EXPECT_EQ(kindOf({{"id", id}, {"offset", size + 1}, {"length", 1}}), "invalid_request");
    EXPECT_EQ(kindOf({{"id", "c99"}, {"offset", 0}, {"length", 1}}), "not_found");
    EXPECT_EQ(kindOf({{"id", id}, {"offset", 0}, {"length", 8'388'609}}), "invalid_request");
}

TEST_F(EngineRun, aCancelledRunLeavesNothingBehind)
{
    Json request = params(fixtureRun("qa_wide"));
    request["capture"] = {{"path", (m_folder.path() / "run.heed").string()}};
    const int first = m_engine.send("run/start", request);
    const int second = m_engine.send("run/start", request);
    m_engine.cancel(second); // most likely still waiting for the first
    m_engine.cancel(first);  // most likely running
    int answers = 0;
    bool finished = false;
    while (answers < 2) {
        const Json reply = m_engine.readReply();
        ASSERT_TRUE(reply.contains("id"));
        ++answers;
        if (reply.contains("error"))
            EXPECT_EQ(reply["error"]["code"], -32800);
        else
            finished = true;
    }
    EXPECT_FALSE(std::filesystem::exists(m_folder.path() / "run.heed.partial"));
    EXPECT_EQ(std::filesystem::exists(m_folder.path() / "run.heed"), finished);
    EXPECT_TRUE(m_engine.call("run/start", request).contains("capture")) << "the next run works";
}

} // namespace
} // namespace heedmap
