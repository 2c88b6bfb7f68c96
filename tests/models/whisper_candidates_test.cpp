#include "core/base/files.h"
#include "core/models/architectures.h"
#include "core/tokenizer/tokenizer.h"
#include "tests/core/base/expect_error.h"
#include "tests/models/checkpoint_editor.h"
#include "tests/models/model_fixtures.h"

#include <gtest/gtest.h>

#include <cmath>

namespace heedmap::test {
namespace {

using Ids = std::vector<std::int32_t>;

/// Of make_candidates.py.
Json fixtureList(const char* name)
{
    return parseJson(readTextFile(whisperFixtureFolder() / "candidates.json", 1 << 22), "candidates.json").at(name);
}

std::filesystem::path modelFolder(const Json& example)
{
    return whisperFixtureFolder() / "models" / example.at("model").get<std::string>();
}

RunRequest requestOf(const Json& example)
{
    RunRequest request;
    readSpeechOptions(example.value("options", Json::object()), request);
    request.sound = soundOf(whisperFixtureFolder() / "recordings" / example.at("recording").get<std::string>(),
                            modelFolder(example));
    request.capture.sites = false;
    return request;
}

Ids idsOf(const RunnerUp& text)
{
    Ids ids;
    for (const TokenChoice& token : text.tokens)
        ids.push_back(token.id);
    return ids;
}

TEST(WhisperCandidates, TheBestTextsOfASearchAreTheReferences)
{
    for (const Json& example : fixtureList("searches")) {
        const Json& texts = example.at("texts");
        RunRequest request = requestOf(example);
        request.nBest = static_cast<std::int64_t>(texts.size());
        const RunResult result = CheckpointEditor(modelFolder(example)).load()->run(request, {}, {});
        ASSERT_FALSE(result.generated.empty());
        EXPECT_EQ(sequenceOf(result), texts[0].at("sequence").get<Ids>());
        const std::vector<RunnerUp>& others = result.generated[0].runnersUp;
        ASSERT_EQ(others.size() + 1, texts.size());
        const std::int64_t prompt = result.axes.at(1).promptLength;
        for (std::size_t i = 0; i < others.size(); ++i) {
            const Ids sequence = texts[i + 1].at("sequence");
            EXPECT_EQ(idsOf(others[i]), Ids(sequence.begin() + prompt, sequence.end()));
            EXPECT_NEAR(others[i].score, texts[i + 1].at("score").get<double>(), 1e-5);
        }
    }
}

TEST(WhisperCandidates, OnlyTheBestIsToldUnlessMoreAreWanted)
{
    RunRequest request = modelFixture("speech_beams").request();
    const auto model = CheckpointEditor(modelFixture("speech_beams").modelFolder).load();
    EXPECT_TRUE(model->run(request, {}, {}).generated[0].runnersUp.empty());
    request.nBest = 4; // of three beams
    expectError(ErrorKind::InvalidRequest, {"4 best", "it has 3"}, [&] { model->plan(request); });
    expectError(ErrorKind::InvalidRequest, {"4 best", "it has 3"}, [&] { model->run(request, {}, {}); });
}

TEST(WhisperCandidates, GivenTextsHaveTheReferencesProbabilities)
{
    for (const Json& example : fixtureList("rankings")) {
        RunRequest request = requestOf(example);
        request.speech.language = example.at("language");
        request.speech.task = "transcribe";
        request.candidates.emplace();
        for (const Json& candidate : example.at("candidates")) {
            const Ids ids = candidate.at("ids"); // with the end token
            request.candidates->texts.emplace_back(ids.begin(), ids.end() - 1);
        }
        const RunResult result = CheckpointEditor(modelFolder(example)).load()->run(request, {}, {});
        ASSERT_EQ(result.generated.size(), example.at("candidates").size());
        for (std::size_t i = 0; i < result.generated.size(); ++i) {
            const GeneratedText& text = result.generated[i];
            const Json& expected = example.at("candidates")[i];
            EXPECT_EQ(text.axisId, "candidate." + std::to_string(i + 1));
            Ids sequence = example.at("prompt");
            for (const Json& id : expected.at("ids"))
                sequence.push_back(id);
            EXPECT_EQ(sequenceOf(result, i), sequence);
            for (std::size_t token = 0; token < text.tokens.size(); ++token)
                EXPECT_NEAR(text.tokens[token].logProbability, expected.at("log_probabilities").at(token).get<double>(),
                            1e-5)
                    << expected.at("text") << ", token " << token;
        }
    }
}

/// The search's own texts come after those that were given, and none twice.
TEST(WhisperCandidates, ThoseOfASearchAreJudgedToo)
{
    const Json example = fixtureList("searches").at(0);
    const Json& texts = example.at("texts");
    RunRequest request = requestOf(example);
    const auto model = CheckpointEditor(modelFolder(example)).load();
    const Ids second = texts[1].at("sequence");
    request.candidates = {{{1, 2, 3}, {second.begin() + 3, second.end() - 1}}, 3};
    const RunResult result = model->run(request, {}, {});
    ASSERT_EQ(result.generated.size(), 4u) << "two were given, three found, one of them given";
    EXPECT_FALSE(result.generated[0].score);
    EXPECT_NEAR(result.generated[1].score.value(), texts[1].at("score").get<double>(), 1e-5);
    EXPECT_EQ(sequenceOf(result, 2), texts[0].at("sequence").get<Ids>());
    EXPECT_EQ(sequenceOf(result, 3), texts[2].at("sequence").get<Ids>());
    EXPECT_EQ(model->plan(request).size(), 2u + 5 * 4) << "at most five texts of two layers with two modules each";
}

TEST(WhisperCandidates, TheEncoderRunsOnceForAllOfThem)
{
    RunRequest request = requestOf(fixtureList("searches").at(0));
    request.candidates = {{{1, 2}, {3}, {4, 5, 6}}, 2};
    int encoded = 0;
    CheckpointEditor(modelFolder(fixtureList("searches").at(0)))
        .load()
        ->run(request, {}, [&](const std::string& stage, int done, int) { encoded += stage == "sound" && done == 1; });
    EXPECT_EQ(encoded, 1);
}

TEST(WhisperCandidates, WhatCannotBeComparedIsRefused)
{
    RunRequest request = modelFixture("speech_detected").request();
    const auto model = CheckpointEditor(modelFixture("speech_detected").modelFolder).load();
    const auto refused = [&](const std::vector<std::string>& words) {
        expectError(ErrorKind::InvalidRequest, words, [&] { model->run(request, {}, {}); });
    };
    request.candidates.emplace();
    refused({"0 candidates"});
    request.candidates->texts = {{1}, {}};
    refused({"Candidate 2 is empty"});
    request.candidates->texts = {{1, 100000}};
    refused({"Candidate 1", "100000"});
    request.candidates->texts = {Ids(30, 7)};
    refused({"Candidate 1 has 30 tokens", "prompt of 3", "room for 29"});
    expectError(ErrorKind::InvalidRequest, {"Candidate 1 has 30 tokens"}, [&] { model->plan(request); });
    request.candidates->texts = {{1}};
    request.candidates->fromSearch = 2;
    refused({"2 best", "it has 1"});
    request.candidates->fromSearch = 64;
    refused({"65 candidates", "64"});
    request.candidates->fromSearch = 0;
    request.gradients.emplace();
    refused({"Gradients"});
    request.gradients.reset();
    request.sound =
        soundOf(whisperFixtureFolder() / "recordings" / "long.wav", modelFixture("speech_detected").modelFolder);
    refused({"one window", "2.6", "Cut out"});
    RunRequest picture = modelFixture("qa_wide").request();
    picture.candidates = {{{1}}, 0};
    const auto blip = CheckpointEditor(modelFixture("qa_wide").modelFolder).load();
    expectError(ErrorKind::InvalidRequest, {"compares no candidates"}, [&] { blip->run(picture, {}, {}); });
}

/// A checkpoint may force more tokens than it has positions for.
TEST(WhisperCandidates, APromptWithoutRoomAfterItIsRefusedBeforeAnythingIsHeard)
{
    CheckpointEditor editor(modelFixture("speech_english").modelFolder);
    Json& forced = editor.generationConfig["forced_decoder_ids"] = Json::array();
    for (int i = 1; i < 40; ++i)
        forced.push_back({i, 7});
    const auto model = editor.load();
    RunRequest request = modelFixture("speech_english").request();
    const auto refused = [&](const std::vector<std::string>& words) {
        expectError(ErrorKind::InvalidRequest, words, [&] { model->plan(request); });
        const ProgressCallback unheard = [](const std::string& stage, int, int) { FAIL() << stage; };
        expectError(ErrorKind::InvalidRequest, words, [&] { model->run(request, {}, unheard); });
    };
    refused({"prompt has 41 tokens", "32 in all"});
    request.candidates = {{{1, 2}}, 0};
    refused({"Candidate 1 has 2 tokens", "prompt of 41", "room for 0"});
    request.candidates = {{}, 1};
    refused({"prompt has 41 tokens"});
}

} // namespace
} // namespace heedmap::test
