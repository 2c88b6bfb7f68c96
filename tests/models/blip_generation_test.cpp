#include "core/base/files.h"
#include "core/models/architectures.h"
#include "tests/models/checkpoint_editor.h"
#include "tests/models/model_fixtures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heedmap::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const std::string kQuestionAnswering = "qa_wide";

std::vector<std::int32_t> generatedBy(const Model& model, const RunRequest& request)
{
    const RunResult result = model.run(request, {}, {});
    std::vector<std::int32_t> ids = result.axes.back().tokenIds;
    ids.push_back(result.generated.at(0).tokens.back().id);
    return ids;
}

TEST(BlipGeneration, HasEndedWhenTheEndTokenCame)
{
    for (const ModelFixture& fixture : modelFixtures()) {
        if (fixture.modelFolder.parent_path().parent_path() != blipFixtureFolder() || fixture.generated.empty())
            continue;
        const RunResult result = loadModel(Checkpoint::open(fixture.modelFolder))->run(fixture.request(), {}, {});
        EXPECT_EQ(result.generated.at(0).ended, fixture.generated.back() == 3) << fixture.name; // [SEP]
    }
}

TEST(BlipGeneration, SettingsLeadWhereTheyLeadTheReference)
{
    const Json facts = parseJson(readTextFile(blipFixtureFolder() / "fixtures.json", 1 << 20), "fixtures.json");
    for (const Json& example : facts.at("generation_cases")) {
        const ModelFixture& fixture = modelFixture(example.at("run"));
        CheckpointEditor editor(fixture.modelFolder);
        editor.text().update(example.at("settings"));
        RunRequest request = fixture.request();
        request.maxNewTokens.reset();
        EXPECT_EQ(generatedBy(*editor.load(), request), example.at("generated").get<std::vector<std::int32_t>>())
            << example.at("settings");
    }
}

TEST(BlipGeneration, ARequestsTokenLimitWinsOverTheCheckpoints)
{
    CheckpointEditor editor(modelFixture(kQuestionAnswering).modelFolder);
    editor.text()["max_new_tokens"] = 5;
    RunRequest request = modelFixture(kQuestionAnswering).request();
    request.maxNewTokens = 2;
    EXPECT_EQ(generatedBy(*editor.load(), request).size(), 3u);
}

TEST(BlipGeneration, NoSequenceOutgrowsTheDecodersPositions)
{
    CheckpointEditor editor(modelFixture(kQuestionAnswering).modelFolder);
    editor.text()["min_length"] = 1000;
    RunRequest request = modelFixture(kQuestionAnswering).request();
    request.maxNewTokens = 1000;
    EXPECT_EQ(generatedBy(*editor.load(), request).size(), 32u);
}

TEST(BlipGeneration, ASearchWeDoNotDoIsRefusedWithFieldAndValue)
{
    const std::map<std::string, Json> refused = {
        {"do_sample", true},      {"num_beams", 3},           {"num_return_sequences", 2},
        {"suppress_tokens", {4}}, {"forced_eos_token_id", 3}, {"penalty_alpha", 0.6},
        {"bad_words_ids", {{4}}}, {"guidance_scale", 2},      {"remove_invalid_values", true}};
    for (const auto& [field, value] : refused)
        for (const char* place : {"text_config", "config.json", "generation_config.json"}) {
            CheckpointEditor editor(modelFixture(kQuestionAnswering).modelFolder);
            Json& json = place == std::string("text_config")   ? editor.text()
                         : place == std::string("config.json") ? editor.config
                                                               : editor.generationConfig;
            json[field] = value;
            ErrorKind kind{};
            EXPECT_THAT(loadFailure(editor, &kind), AllOf(HasSubstr(field), HasSubstr(value.dump()), HasSubstr(place)));
            EXPECT_EQ(kind, ErrorKind::Unsupported) << field;
        }
}

TEST(BlipGeneration, SettingsWithoutEffectAreNoted)
{
    CheckpointEditor editor(modelFixture(kQuestionAnswering).modelFolder);
    EXPECT_TRUE(editor.load()->facts().notes.empty());
    editor.text()["temperature"] = 0.5;
    editor.generationConfig["max_length"] = 7;
    const std::vector<std::string> notes = editor.load()->facts().notes;
    ASSERT_EQ(notes.size(), 2u);
    EXPECT_THAT(notes[0], AllOf(HasSubstr("temperature"), HasSubstr("0.5"), HasSubstr("greedy")));
    EXPECT_THAT(notes[1], AllOf(HasSubstr("max_length"), HasSubstr("7"), HasSubstr("generation_config.json")));
}

TEST(BlipGeneration, LogProbabilitiesAndAlternativesComeFromThePredictingRow)
{
    const ModelFixture& fixture = modelFixture("caption_prompt");
    const std::unique_ptr<Model> model = CheckpointEditor(fixture.modelFolder).load();
    const RunResult result = model->run(fixture.request(), {}, {});
    const FloatTensor& steps = fixture.expected.at("decode/logits");
    const std::int64_t vocabulary = steps.shape[1];
    for (std::size_t i = 0; i < result.generated.at(0).tokens.size(); ++i) {
        const GeneratedTokenResult& token = result.generated.at(0).tokens[i];
        double sum = 0;
        for (std::int64_t id = 0; id < vocabulary; ++id)
            sum += std::exp(double{steps.values[i * vocabulary + id]});
        EXPECT_NEAR(token.logProbability, steps.values[i * vocabulary + token.id] - std::log(sum), 1e-5);
        ASSERT_EQ(token.alternatives.size(), 5u);
        EXPECT_EQ(token.alternatives[0].id, token.id) << "greedy search takes the most probable token";
        for (std::size_t k = 1; k < 5; ++k)
            EXPECT_GE(token.alternatives[k - 1].logProbability, token.alternatives[k].logProbability);
        EXPECT_EQ(token.predictingRow, static_cast<std::int64_t>(i) + fixture.promptLength - 1);
        const bool isLast = i + 1 == result.generated.at(0).tokens.size();
        EXPECT_EQ(token.inputRow, isLast ? std::nullopt : std::optional(token.predictingRow + 1));
    }
}

} // namespace
} // namespace heedmap::test
