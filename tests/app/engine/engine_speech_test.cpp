#include "core/analysis/spoken_words.h"
#include "core/base/files.h"
#include "core/base/utf8.h"
#include "core/capture/attention.h"
#include "core/checkpoint/safetensors.h"
#include "tests/app/engine/engine_harness.h"
#include "tests/core/base/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heedmap {
namespace {

/// tests/fixtures/whisper
std::string whisperFixture(const std::string& path)
{
    return blipFixture("../whisper/" + path);
}

Json fixtureRun(const char* list, const std::function<bool(const Json&)>& wanted)
{
    const Json fixtures = Json::parse(fileText(whisperFixture("fixtures.json")));
    for (const Json& run : fixtures.at(list))
        if (wanted(run))
            return run;
    throw std::runtime_error("no such fixture");
}

class EngineSpeech : public testing::Test
{
protected:
    EngineHarness m_engine;
    TempFolder m_folder;

    Json params(const Json& run)
    {
        const Json info =
            m_engine.call("model/open", {{"path", whisperFixture("models/" + run["model"].get<std::string>())}});
        EXPECT_EQ(info["task"], "transcription") << info;
        const std::string recording = run["recording"];
        Json options = Json::object();
        for (const auto& [from, to] : {std::pair("max_new_tokens", "max_new_tokens"), std::pair("num_beams", "beams"),
                                       std::pair("language", "language"), std::pair("task", "task"),
                                       std::pair("return_timestamps", "timestamps")})
            if (run["options"].contains(from))
                options[to] = run["options"][from];
        return {
            {"model", info["model"]},
            {"inputs",
             {{"recording",
               {{"content", m_engine.put(fileText(whisperFixture("recordings/" + recording)))}, {"name", recording}}}}},
            {"options", options}};
    }

    std::shared_ptr<const Capture> capture(const Json& run)
    {
        Json request = params(run);
        request["capture"] = {{"path", (m_folder.path() / "run.heed").string()}};
        m_result = m_engine.call("run/start", request);
        EXPECT_FALSE(m_result.contains("error")) << m_result;
        return Capture::open(m_folder.path() / "run.heed");
    }

    Json m_result;
};

TEST_F(EngineSpeech, aCaptureHoldsWhatTheReferenceAttendedTo)
{
    const Json run = fixtureRun("runs", [](const Json& run) { return run["name"] == "speech_detected"; });
    const auto capture = this->capture(run);
    const auto expected = SafetensorsFile::open(whisperFixture("expected/speech_detected.safetensors"));
    ASSERT_EQ(capture->manifest().sites.size(), 6u);
    for (std::size_t i = 0; i < 6; ++i) {
        const AttentionSite& site = capture->site(i);
        const std::vector<float> weights = expected.tensors.at(site.key()).toFloats(); // [heads, queries, keys]
        const std::size_t size = weights.size() / static_cast<std::size_t>(site.heads);
        for (int head = 0; head < site.heads; ++head) {
            const std::vector<float> map = readMap(*capture, {i, {head}, {}});
            for (std::size_t k = 0; k < size; ++k)
                ASSERT_NEAR(map[k], weights[static_cast<std::size_t>(head) * size + k], 2e-5) << site.key();
        }
    }
}

TEST_F(EngineSpeech, positionsKnowTheirSecondsAndTokensTheirPlaces)
{
    const Json run = fixtureRun("runs", [](const Json& run) { return run["name"] == "speech_detected"; });
    const auto capture = this->capture(run);
    const Manifest& manifest = capture->manifest();
    const CaptureInput* recording = manifest.input("recording");
    ASSERT_NE(recording, nullptr);
    EXPECT_EQ(recording->kind, InputKind::Audio);
    EXPECT_EQ(recording->mediaType, "audio/wav");
    EXPECT_NEAR(recording->seconds, 0.74, 1e-9);
    const TokenAxis& sound = manifest.axis("sound");
    ASSERT_EQ(sound.segments.size(), 1u);
    EXPECT_EQ(sound.segments[0].kind, SegmentKind::Frames);
    EXPECT_EQ(sound.segments[0].input, "recording");
    EXPECT_NEAR(sound.segments[0].secondsPerPosition, 0.02, 1e-12);
    EXPECT_EQ(sound.length, 50);
    const CaptureOutput& output = manifest.outputs.at(0);
    EXPECT_EQ(output.text, run["answer"].get<std::string>());
    const TokenAxis& text = manifest.axis("transcript");
    EXPECT_EQ(text.tokenAt(0)->text, "<|startoftranscript|>");
    EXPECT_TRUE(text.isSpecial(0));
    for (const GeneratedToken& token : output.tokens)
        if (token.span) {
            EXPECT_LE(token.span->end, codePointCount(output.text));
        }
}

/// The reference's own times of the same sequences, within one position, in every window.
void expectTimes(const Capture& capture, const Json& run)
{
    for (std::size_t window = 0; window < run["windows"].size(); ++window) {
        const CaptureOutput& output = capture.manifest().outputs.at(window);
        const std::vector<TokenSeconds> seconds =
            tokenSeconds(capture, output, *capture.manifest().alignment, TimingRows::Input);
        const Json& facts = run["windows"][window];
        const auto prompt = facts["prompt_tokens"].get<std::size_t>();
        ASSERT_EQ(seconds.size() + prompt, facts["token_times"].size());
        for (std::size_t token = 0; token < seconds.size(); ++token)
            EXPECT_NEAR(seconds[token].start,
                        0.01 * facts["start_frame"].get<double>() + facts["token_times"][prompt + token].get<double>(),
                        0.0001)
                << run["model"] << ", window " << window << ", token " << token;
    }
}

TEST_F(EngineSpeech, aCaptureTellsWhenTokensWereSpoken)
{
    for (const char* name : {"speech_detected", "speech_beams_times"}) {
        const Json run = fixtureRun("runs", [&](const Json& run) { return run["name"] == name; });
        expectTimes(*capture(run), run);
    }
    for (const char* model : {"multilingual", "many_bins"}) {
        const Json run = fixtureRun("generation_cases", [&](const Json& run) {
            return run["recording"] == "long.wav" && run["model"] == model && run["options"].size() == 1;
        });
        expectTimes(*capture(run), run);
    }
}

TEST_F(EngineSpeech, aCaptureNamesTheHeadsThatTellTime)
{
    const Json run = fixtureRun("runs", [](const Json& run) { return run["name"] == "speech_detected"; });
    const auto capture = this->capture(run);
    const Alignment expected{{{"model.decoder.layers.0.encoder_attn", 1},
                              {"model.decoder.layers.1.encoder_attn", 0},
                              {"model.decoder.layers.1.encoder_attn", 3}},
                             5}; // the checkpoint's
    EXPECT_EQ(capture->manifest().alignment, expected);
}

TEST_F(EngineSpeech, wordsComeWithTheirTimes)
{
    Json request = params(fixtureRun("runs", [](const Json& run) { return run["name"] == "speech_beams_times"; }));
    request["options"]["words"] = true;
    const Json answer = m_engine.call("run/start", request);
    ASSERT_TRUE(answer.contains("words")) << answer;
    EXPECT_FALSE(answer["words"].empty());
    for (const Json& word : answer["words"]) {
        EXPECT_FALSE(word["text"].get<std::string>().empty());
        EXPECT_LE(word["start_seconds"], word["end_seconds"]);
        EXPECT_GT(word["probability"], 0);
        EXPECT_LE(word["probability"], 1);
        EXPECT_LE(word["attention_share"], 1);
    }
    EXPECT_EQ(answer["word_heads"]["from"], "checkpoint");
    request["options"]["word_rows"] = "inputs";
    EXPECT_THAT(m_engine.call("run/start", request)["error"]["message"].get<std::string>(),
                testing::HasSubstr("did you mean input"));
    request["options"].erase("word_rows");
    request["options"]["sites"] = {"sound/*"};
    EXPECT_THAT(m_engine.call("run/start", request)["error"]["message"].get<std::string>(),
                testing::HasSubstr("transcript/*"));
}

TEST_F(EngineSpeech, aLongRecordingIsHeardWindowByWindow)
{
    const Json run = fixtureRun("generation_cases", [](const Json& run) {
        return run["recording"] == "long.wav" && run["model"] == "many_bins";
    });
    const Json plan = m_engine.call("run/plan", params(run));
    const auto capture = this->capture(run);
    const Manifest& manifest = capture->manifest();
    EXPECT_GT(plan["byte_count"].get<std::int64_t>(), 0);
    const Json& windows = run["windows"];
    ASSERT_EQ(manifest.outputs.size(), windows.size());
    for (std::size_t window = 0; window < windows.size(); ++window) {
        const std::string suffix = window == 0 ? "" : "." + std::to_string(window + 1);
        EXPECT_EQ(manifest.outputs[window].id, "transcript" + suffix);
        EXPECT_EQ(manifest.outputs[window].text, windows[window]["text"].get<std::string>());
        EXPECT_NEAR(manifest.axis("sound" + suffix).segments[0].startSeconds,
                    0.01 * windows[window]["start_frame"].get<double>(), 1e-9);
    }
    ASSERT_EQ(m_result["segments"].size(), run["segments"].size());
    for (std::size_t i = 0; i < run["segments"].size(); ++i) {
        EXPECT_NEAR(m_result["segments"][i]["start_seconds"], run["segments"][i]["start"], 1e-6);
        EXPECT_NEAR(m_result["segments"][i]["end_seconds"], run["segments"][i]["end"], 1e-6);
        EXPECT_EQ(m_result["segments"][i]["token_count"], run["segments"][i]["tokens"].size());
    }
    std::size_t segments = 0; // in the capture too, for whoever has nothing else
    for (const CaptureOutput& output : manifest.outputs)
        for (const OutputSegment& segment : output.segments) {
            const Json& answered = m_result["segments"].at(segments++);
            EXPECT_EQ(output.id, answered["output"]);
            EXPECT_EQ(segment.begin, answered["first_token"]);
            EXPECT_EQ(segment.end - segment.begin, answered["token_count"]);
            EXPECT_EQ(segment.startSeconds, answered["start_seconds"]);
            EXPECT_EQ(segment.endSeconds, answered["end_seconds"]);
        }
    EXPECT_EQ(segments, m_result["segments"].size());
}

/// The second run does not encode the recording again, where it stores nothing of the encoder.
TEST_F(EngineSpeech, theSameRecordingAgainMakesTheSameCapture)
{
    const Json run = fixtureRun("runs", [](const Json& run) { return run["name"] == "speech_detected"; });
    Json request = params(run);
    request["options"]["sites"] = {"transcript/*"};
    std::vector<std::shared_ptr<const Capture>> captures;
    for (const char* name : {"first.heed", "second.heed"}) {
        request["capture"] = {{"path", m_folder.file(name)}};
        ASSERT_FALSE(m_engine.call("run/start", request).contains("error"));
        captures.push_back(Capture::open(m_folder.file(name)));
    }
    const Manifest& first = captures[0]->manifest();
    const Manifest& second = captures[1]->manifest();
    ASSERT_EQ(first.leftOut.size(), 2u);
    ASSERT_EQ(second.leftOut.size(), 2u);
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(second.leftOut[i].pass, first.leftOut[i].pass);
        EXPECT_EQ(second.leftOut[i].name, first.leftOut[i].name);
        EXPECT_EQ(second.leftOut[i].group, first.leftOut[i].group);
    }
    EXPECT_EQ(second.passes.size(), first.passes.size());
    ASSERT_EQ(second.sites.size(), first.sites.size());
    for (std::size_t i = 0; i < first.sites.size(); ++i)
        EXPECT_EQ(readMap(*captures[1], {i, {0}, {}}), readMap(*captures[0], {i, {0}, {}}));
    request["options"].erase("sites");
    request["capture"] = {{"path", m_folder.file("whole.heed")}};
    m_engine.call("run/start", request);
    EXPECT_EQ(Capture::open(m_folder.file("whole.heed"))->manifest().sites.size(), 6u) << "the encoder's among them";
}

TEST_F(EngineSpeech, whatCannotBeHeardIsSaidBeforeAnythingIsComputed)
{
    const Json run = fixtureRun("runs", [](const Json& run) { return run["name"] == "speech_detected"; });
    Json request = params(run);
    request["inputs"]["recording"] = {{"content", m_engine.put("no sound at all")}, {"name", "talk.txt"}};
    EXPECT_THAT(m_engine.call("run/start", request)["error"]["message"].get<std::string>(),
                testing::HasSubstr("talk.txt"));
    request["inputs"] = Json::object();
    EXPECT_THAT(m_engine.call("run/start", request)["error"]["message"].get<std::string>(),
                testing::HasSubstr("a recording"));
    request = params(run);
    request["options"]["language"] = "klingon";
    EXPECT_THAT(m_engine.call("run/plan", request)["error"]["message"].get<std::string>(),
                testing::HasSubstr("klingon"));
}

TEST_F(EngineSpeech, aModelThatSeesIsNotAskedForALanguage)
{
    Json request = m_engine.prepareQuestion("what is it?");
    request["options"] = {{"language", "en"}};
    EXPECT_THAT(m_engine.call("run/start", request)["error"]["message"].get<std::string>(),
                testing::HasSubstr("hears nothing"));
}

} // namespace
} // namespace heedmap
