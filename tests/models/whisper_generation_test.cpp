#include "core/base/files.h"
#include "core/models/architectures.h"
#include "tests/core/base/expect_error.h"
#include "tests/models/checkpoint_editor.h"
#include "tests/models/model_fixtures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace heedmap::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

using Ids = std::vector<std::int32_t>;

Json fixtureList(const char* name)
{
    return parseJson(readTextFile(whisperFixtureFolder() / "fixtures.json", 1 << 22), "fixtures.json").at(name);
}

std::filesystem::path modelFolder(const std::string& model)
{
    return whisperFixtureFolder() / "models" / model;
}

/// Settings that a request has no field for stand in the checkpoint.
Json ofCheckpoint(Json options)
{
    for (const char* asked : {"max_new_tokens", "num_beams", "return_timestamps", "language", "task"})
        options.erase(asked);
    return options;
}

RunRequest requestOf(const Json& example)
{
    RunRequest request;
    readSpeechOptions(example.at("options"), request);
    request.sound = soundOf(whisperFixtureFolder() / "recordings" / example.at("recording").get<std::string>(),
                            modelFolder(example.at("model")));
    request.capture.sites = false;
    return request;
}

void expectWindows(const RunResult& result, const Json& example)
{
    const Json& windows = example.at("windows");
    ASSERT_EQ(result.generated.size(), windows.size()) << example.at("options");
    for (std::size_t window = 0; window < windows.size(); ++window) {
        EXPECT_EQ(sequenceOf(result, window), windows[window].at("sequence").get<Ids>())
            << example.at("model") << example.at("options") << ", window " << window;
        const RunAxis& sound = result.axes.at(2 * window);
        EXPECT_EQ(sound.kind, RunAxis::Kind::Sound);
        EXPECT_NEAR(sound.startSeconds, 0.01 * windows[window].at("start_frame").get<double>(), 1e-9);
        EXPECT_NEAR(sound.secondsPerPosition, 0.02, 1e-12);
        if (windows[window].contains("score")) {
            const double score = windows[window].at("score").get<double>();
            EXPECT_NEAR(result.generated[window].score.value(), score, 1e-4 + 1e-6 * std::abs(score));
        }
    }
}

void expectSegments(const RunResult& result, const Json& segments)
{
    ASSERT_EQ(result.segments.size(), segments.size());
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const SpeechSegment& segment = result.segments[i];
        EXPECT_NEAR(segment.startSeconds, segments[i].at("start").get<double>(), 1e-6);
        EXPECT_NEAR(segment.endSeconds, segments[i].at("end").get<double>(), 1e-6);
        Ids tokens;
        for (std::size_t token = segment.begin; token < segment.end; ++token)
            tokens.push_back(result.generated.at(segment.text).tokens.at(token).id);
        EXPECT_EQ(tokens, segments[i].at("tokens").get<Ids>());
    }
}

TEST(WhisperGeneration, WindowsAndSegmentsAreTheReferences)
{
    for (const char* list : {"generation_cases", "runs"})
        for (const Json& example : fixtureList(list)) {
            CheckpointEditor editor(modelFolder(example.at("model")));
            editor.generationConfig.update(ofCheckpoint(example.at("options")));
            const RunResult result = editor.load()->run(requestOf(example), {}, {});
            expectWindows(result, example);
            if (example.at("options").value("return_timestamps", false))
                expectSegments(result, example.at("segments"));
        }
}

TEST(WhisperGeneration, BeamsOfTheCheckpointAreThoseOfARequest)
{
    const ModelFixture& fixture = modelFixture("speech_beams");
    CheckpointEditor editor(fixture.modelFolder);
    editor.generationConfig["num_beams"] = 3;
    RunRequest request = fixture.request();
    request.beams.reset();
    EXPECT_EQ(sequenceOf(editor.load()->run(request, {}, {})), fixture.generated);
}

/// Nothing but config.json, as old conversions have it: tokens forced, none detected.
TEST(WhisperGeneration, WithoutAGenerationConfigTheConfigSpeaks)
{
    const ModelFixture& fixture = modelFixture("speech_english");
    CheckpointEditor editor(fixture.modelFolder);
    for (const char* key : {"max_length", "suppress_tokens", "begin_suppress_tokens", "forced_decoder_ids"})
        editor.config[key] = editor.generationConfig[key];
    editor.generationConfig = nullptr;
    EXPECT_EQ(sequenceOf(editor.load()->run(fixture.request(), {}, {})), fixture.generated);
}

TEST(WhisperGeneration, LanguagesAndAlignmentHeadsAreFacts)
{
    const ModelFacts facts = CheckpointEditor(modelFolder("multilingual")).load()->facts();
    EXPECT_EQ(facts.task, "transcription");
    EXPECT_EQ(facts.languages, (std::vector<std::string>{"de", "en", "fr"}));
    ASSERT_TRUE(facts.alignment);
    ASSERT_EQ(facts.alignment->heads.size(), 3u);
    EXPECT_EQ(facts.alignment->heads[2], (Alignment::Head{"model.decoder.layers.1.encoder_attn", 3}));
    EXPECT_EQ(facts.alignment->medianWidth, 5);
}

TEST(WhisperGeneration, WhatACheckpointCannotDoIsRefused)
{
    const std::unique_ptr<Model> german = CheckpointEditor(modelFolder("multilingual")).load();
    const std::unique_ptr<Model> english = CheckpointEditor(modelFolder("english")).load();
    RunRequest request = modelFixture("speech_detected").request();
    request.speech.language = "klingon";
    expectError(ErrorKind::InvalidRequest, {"klingon"}, [&] { german->run(request, {}, {}); });
    request.speech.language = "en";
    expectError(ErrorKind::InvalidRequest, {"one language"}, [&] { english->run(request, {}, {}); });
    request.speech = {"", "sing", {}};
    expectError(ErrorKind::InvalidRequest, {"sing"}, [&] { german->plan(request); });
    request.speech = {};
    request.beams = 100;
    expectError(ErrorKind::InvalidRequest, {"100", "64"}, [&] { german->run(request, {}, {}); });
    request.beams.reset();
    request.sound.reset();
    expectError(ErrorKind::InvalidRequest, {"recording"}, [&] { german->run(request, {}, {}); });
    request.sound = soundOf(modelFixture("speech_detected").recording, modelFolder("many_bins"));
    expectError(ErrorKind::InvalidRequest, {"128 bins", "80"}, [&] { german->run(request, {}, {}); });
    request.sound->values.pop_back();
    expectError(ErrorKind::InvalidRequest, {"do not fill"}, [&] { german->run(request, {}, {}); });
}

TEST(WhisperGeneration, LongRecordingsNeedTimes)
{
    CheckpointEditor editor(modelFolder("multilingual"));
    RunRequest request;
    request.sound = soundOf(whisperFixtureFolder() / "recordings" / "long.wav", modelFolder("multilingual"));
    request.speech.timestamps = false;
    expectError(ErrorKind::InvalidRequest, {"longer than one window"}, [&] { editor.load()->run(request, {}, {}); });
    request.speech.timestamps.reset();
    editor.generationConfig.erase("no_timestamps_token_id");
    expectError(ErrorKind::InvalidRequest, {"no_timestamps_token_id"}, [&] { editor.load()->run(request, {}, {}); });
}

TEST(WhisperGeneration, MalformedSettingsAreRefusedByName)
{
    const std::map<std::string, Json> malformed = {{"lang_to_id", {{"<|en|>", 100000}}},
                                                   {"suppress_tokens", {"a"}},
                                                   {"forced_decoder_ids", {{7, 3}}},
                                                   {"alignment_heads", {{5, 0}}},
                                                   {"eos_token_id", {1, 2}},
                                                   {"num_beams", 0},
                                                   {"early_stopping", "soon"}};
    for (const auto& [field, value] : malformed) {
        CheckpointEditor editor(modelFolder("multilingual"));
        editor.generationConfig[field] = value;
        EXPECT_THAT(loadFailure(editor), AllOf(HasSubstr(field), HasSubstr("generation_config.json"))) << field;
    }
}

/// What generate() of the reference reads of the file, and would do otherwise.
TEST(WhisperGeneration, RulesBetweenWindowsThatAreNotFollowedAreRefused)
{
    const std::map<std::string, Json> rules = {{"no_speech_threshold", 0.6}, {"condition_on_prev_tokens", true}};
    for (const auto& [field, value] : rules) {
        CheckpointEditor editor(modelFolder("multilingual"));
        editor.generationConfig[field] = value;
        ErrorKind kind{};
        EXPECT_THAT(loadFailure(editor, &kind), AllOf(HasSubstr("\"" + field + "\" is " + value.dump()),
                                                      HasSubstr("generation_config.json"), HasSubstr("or remove it")));
        EXPECT_EQ(kind, ErrorKind::Unsupported);
    }
    CheckpointEditor editor(modelFolder("multilingual"));
    editor.generationConfig["no_speech_threshold"] = nullptr;
    editor.generationConfig["condition_on_prev_tokens"] = false;
    EXPECT_TRUE(editor.load()->facts().notes.empty());
}

TEST(WhisperGeneration, ThresholdsOfTheTemperatureAreNoted)
{
    CheckpointEditor editor(modelFolder("multilingual"));
    editor.generationConfig["logprob_threshold"] = -1.0;
    editor.generationConfig["compression_ratio_threshold"] = 1.35;
    const std::vector<std::string> notes = editor.load()->facts().notes;
    ASSERT_EQ(notes.size(), 2u);
    EXPECT_THAT(notes[0], AllOf(HasSubstr("\"logprob_threshold\" is -1.0"), HasSubstr("without effect")));
    EXPECT_THAT(notes[1], AllOf(HasSubstr("\"compression_ratio_threshold\" is 1.35"), HasSubstr("temperature")));
}

} // namespace
} // namespace heedmap::test
