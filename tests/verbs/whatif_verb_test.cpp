#include "core/base/files.h"
#include "core/checkpoint/safetensors.h"
#include "tests/core/base/temp_folder.h"
#include "tests/verbs/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace heedmap::test {
namespace {

using testing::HasSubstr;

/// A verb on the seeded tiny question-answering model and wide.png (60 × 34 pixels, 4 × 4 patches of 15 × 8.5).
CommandResult onWide(const std::string& verb, std::vector<std::string> words)
{
    words.insert(words.begin(), {verb, "--model", fixture("blip/models/qa"), "--image",
                                 fixture("blip/pictures/wide.png"), "--text", "what color is the big ball?"});
    return heedmapCommand(words);
}

Json positionsHidden(const std::string& hide)
{
    const CommandResult result = onWide("whatif", {"--hide", hide, "--json"});
    EXPECT_EQ(result.status, 0) << result.errors;
    return result.status == 0 ? result.json()["interventions"][0]["positions"] : Json();
}

/// log softmax of the reference's logits of the first decoding step.
double referenceLogProbability(const std::string& file, int id)
{
    const SafetensorsFile opened = SafetensorsFile::open(fixture("blip/" + file + ".safetensors"));
    const TensorView& view = opened.tensors.at("decode/logits"); // [steps, vocabulary]
    const std::vector<float> logits = view.toFloats();
    double sum = 0;
    for (std::int64_t i = 0; i < view.shape[1]; ++i)
        sum += std::exp(double{logits[static_cast<std::size_t>(i)]});
    return logits[static_cast<std::size_t>(id)] - std::log(sum);
}

TEST(WhatifVerb, ComparesWithTheReferencesChangedModel)
{
    const CommandResult result =
        onWide("whatif", {"--mute", "text_encoder.encoder.layer.0.crossattention.self:1", "--json"}); // mute_text_cross
    ASSERT_EQ(result.status, 0) << result.errors;
    const Json json = result.json();
    const int first = json["before"][0]["tokens"][0]["id"];
    EXPECT_EQ(json["first_token"]["id"], first);
    EXPECT_NEAR(json["first_token"]["before"]["log_probability"].get<double>(),
                referenceLogProbability("expected/qa_wide", first), 1e-5);
    EXPECT_NEAR(json["first_token"]["after"]["log_probability"].get<double>(),
                referenceLogProbability("interventions/mute_text_cross", first), 1e-5);
    EXPECT_EQ(json["labels"], Json::array({"mute L0 · H1 of question → picture"}));
    const Json cases = parseJson(readTextFile(fixture("blip/interventions.json"), 1 << 20), "interventions.json");
    const auto example =
        std::ranges::find_if(cases["cases"], [](const Json& one) { return one["name"] == "mute_text_cross"; });
    ASSERT_NE(example, cases["cases"].end());
    for (std::size_t i = 0; i < json["after"][0]["tokens"].size(); ++i)
        EXPECT_EQ(json["after"][0]["tokens"][i]["id"], (*example)["generated"][i + 1]);
}

TEST(WhatifVerb, ShortNamesAndSeveralOptionsAddUp)
{
    const CommandResult result = onWide("whatif", {"--mute", "question_picture.L0:H1", "--hide", "question:ball,1",
                                                   "--mute", "vision_self.L1:0,2-3", "--json"});
    ASSERT_EQ(result.status, 0) << result.errors;
    const std::string vision = "vision_model.encoder.layers.1.self_attn";
    const Json expected = {
        {{"kind", "mute_head"}, {"site", "text_encoder.encoder.layer.0.crossattention.self"}, {"head", 1}},
        {{"kind", "mute_head"}, {"site", vision}, {"head", 0}},
        {{"kind", "mute_head"}, {"site", vision}, {"head", 2}},
        {{"kind", "mute_head"}, {"site", vision}, {"head", 3}},
        {{"kind", "hide_keys"}, {"axis", "question"}, {"positions", {1, 6}}}};
    EXPECT_EQ(result.json()["interventions"], expected);
}

TEST(WhatifVerb, PatchesAreChosenByPositionGridOrPixels)
{
    EXPECT_EQ(positionsHidden("picture:3,5-6"), Json({3, 5, 6}));
    EXPECT_EQ(positionsHidden("picture:r1-2,c3"), Json({8, 12}));
    EXPECT_EQ(positionsHidden("picture:c0"), Json({1, 5, 9, 13}));
    // Centres lie at x = 7.5, 22.5, 37.5, 52.5 and y = 4.25, 12.75, 21.25, 29.75.
    EXPECT_EQ(positionsHidden("picture:x20-40,y0-12.75"), Json({2, 3, 6, 7}));
    EXPECT_EQ(positionsHidden("picture:y29-34,x8-23"), Json::array({14}));
    EXPECT_EQ(positionsHidden("picture:0,r0,c0"), Json({0, 1}));
}

TEST(WhatifVerb, SaysBeforeAndAfterForPeople)
{
    const CommandResult result = onWide("whatif", {"--hide", "picture:r1,c1-2"});
    ASSERT_EQ(result.status, 0) << result.errors;
    EXPECT_THAT(result.output, HasSubstr("hide 2 patches"));
    EXPECT_THAT(result.output, HasSubstr("before  many yellow red red yellow"));
    EXPECT_THAT(result.output, HasSubstr("\"many\" as the first token: "));
    EXPECT_THAT(result.output, HasSubstr(" % before, "));
}

TEST(WhatifVerb, ComparesScoresOfARetrievalModel)
{
    const CommandResult result = heedmapCommand(
        {"whatif", "--model", fixture("blip/models/retrieval"), "--image", fixture("blip/pictures/wide.png"), "--text",
         "a big red cube and a blue ball", "--mute", "text_self.L0:1", "--mute", "text_picture.L1:0", "--json"});
    ASSERT_EQ(result.status, 0) << result.errors;
    const SafetensorsFile expected = SafetensorsFile::open(fixture("blip/interventions/mute_retrieval.safetensors"));
    EXPECT_NEAR(result.json()["after"][0]["values"][0]["value"].get<double>(),
                expected.tensors.at("scores/itm_probabilities").toFloats()[1], 1e-4);
    EXPECT_NE(result.json()["before"], result.json()["after"]);
    EXPECT_TRUE(result.json()["first_token"].is_null());
}

TEST(WhatifVerb, WrongUseIsAnsweredWithWhatExists)
{
    const std::pair<std::vector<std::string>, const char*> cases[] = {
        {{}, "say what to change"},
        {{"--mute", "question_picture.L0"}, "SITE:HEADS"},
        {{"--mute", "question_pictur.L0:1"}, "did you mean question_picture.L0"},
        {{"--mute", "question_picture.L0:4"}, "heads 0 to 3"},
        {{"--mute", "question_picture.L0:-1"}, "heads 0 to 3"},
        {{"--mute", "question_picture.L0:1.5"}, "heads 0 to 3"},
        {{"--hide", "pictur:1"}, "did you mean picture?"},
        {{"--hide", "picture:"}, "AXIS:POSITIONS"},
        {{"--hide", "picture:17"}, "positions 0 to 16"},
        {{"--hide", "picture:7-3"}, "neither a position"},
        {{"--hide", "picture:r1,r2"}, "one side of one rectangle"},
        {{"--hide", "picture:q1"}, "neither a position"},
        {{"--hide", "picture:r9"}, "no patch"},
        {{"--hide", "question:bal"}, "did you mean ball?"},
        {{"--hide", "picture:0-16"}, "leaves nothing to look at"},
        {{"--hide", "answer:0"}, "generated"},
    };
    for (const auto& [words, message] : cases) {
        const CommandResult result = onWide("whatif", words);
        EXPECT_EQ(result.status, 2) << message;
        EXPECT_THAT(result.errors, HasSubstr(message));
        EXPECT_EQ(result.output, "");
    }
    EXPECT_EQ(heedmapCommand({"whatif", "--image", "/nowhere.png", "--text", "a", "--mute", "a:1"}).status, 1);
}

TEST(WhatIfVerb, SecondsOfSoundStandForThePositionsWhoseCentresLieInThem)
{
    const auto hiding = [](const std::string& hide) {
        return heedmapCommand({"whatif", "--model", fixture("whisper/models/multilingual"), "--audio",
                               fixture("whisper/recordings/short.wav"), "--json", "--hide", hide});
    };
    const CommandResult result = hiding("sound:s0.1-0.2,40"); // positions of 0.02 s
    ASSERT_EQ(result.status, 0) << result.errors;
    EXPECT_EQ(result.json()["interventions"][0]["positions"], Json({5, 6, 7, 8, 9, 40}));
    for (const auto& [hide, message] : {std::pair("sound:x3", "neither a position"),
                                        {"sound:s5-6", "no position"},
                                        {"sound:s0.2-0.1", "neither a position"}}) {
        const CommandResult wrong = hiding(hide);
        EXPECT_EQ(wrong.status, 2) << hide;
        EXPECT_THAT(wrong.errors, HasSubstr(message));
    }
}

TEST(CaptureVerb, WritesWhatItChangedAndInfoSaysIt)
{
    const TempFolder folder;
    const std::string out = folder.file("muted.heed");
    const CommandResult result =
        onWide("capture", {"--mute", "question_picture.L1:2", "--hide", "picture:r0,c0-1", "--out", out});
    ASSERT_EQ(result.status, 0) << result.errors;
    const CommandResult info = heedmapCommand({"info", out});
    EXPECT_THAT(info.output, HasSubstr("changed: mute L1 · H2 of question → picture"));
    EXPECT_THAT(info.output, HasSubstr("changed: hide 2 patches"));
    const Json json = heedmapCommand({"info", out, "--json"}).json();
    EXPECT_EQ(json["interventions"].size(), 2u);
    EXPECT_EQ(json["interventions"][1]["positions"], Json({1, 2}));
    EXPECT_EQ(json["intervention_labels"].size(), 2u);
}

} // namespace
} // namespace heedmap::test
