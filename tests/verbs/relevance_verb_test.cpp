#include "core/base/files.h"
#include "core/checkpoint/safetensors.h"
#include "tests/core/base/temp_folder.h"
#include "tests/verbs/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heedmap::test {
namespace {

using testing::HasSubstr;

/// On a random capture whose results NumPy computed (tests/fixtures/analysis/make_analyses.py). y is the logit of
/// "red", the second token of the answer.
class RelevanceVerb : public testing::Test
{
protected:
    CommandResult relevance(std::vector<std::string> words, const std::string& out = "result.npy")
    {
        words.insert(words.begin(), {"relevance", fixture("analysis/question_answering.heed")});
        words.insert(words.end(), {"--out", m_folder.file(out)});
        return heedmapCommand(words);
    }

    void expectArray(const std::vector<std::string>& words, const std::string& name)
    {
        SCOPED_TRACE(name);
        const CommandResult result = relevance(words);
        ASSERT_EQ(result.status, 0) << result.errors;
        const NpyArray array = readNpy(m_folder.file("result.npy"));
        const SafetensorsFile file = SafetensorsFile::open(fixture("analysis/question_answering.expected.safetensors"));
        const TensorView& expected = file.tensors.at(name);
        EXPECT_EQ(array.shape, expected.shape);
        EXPECT_THAT(array.values, testing::Pointwise(testing::FloatNear(1e-4f), expected.toFloats()));
    }

    TempFolder m_folder;
};

TEST_F(RelevanceVerb, IsFromTheAnswerToThePictureUnlessSaidOtherwise)
{
    expectArray({}, "relevance/normalized/ai");
    expectArray({"--target", "red"}, "relevance/normalized/ai");
    expectArray({"--target", "answer:1"}, "relevance/normalized/ai");
    expectArray({"--group", "question_picture", "--set", "normalize=off"}, "relevance/plain/qi");
}

TEST_F(RelevanceVerb, EveryMethodWithItsParameters)
{
    expectArray({"--method", "rollout", "--group", "vision_self", "--set", "fusion=max", "--set", "residual=0.9"},
                "rollout/max/0.9");
    expectArray({"--method", "value_weighted", "--site", "question_picture.1", "--head", "2"}, "value_weighted/head2");
    expectArray({"--method", "value_weighted", "--site", "question_picture.1", "--head", "1,3", "--reduce", "max"},
                "value_weighted/max13");
    expectArray({"--method", "grad_cam", "--site", "question_picture.1"}, "grad_cam/layer");
    expectArray({"--method", "mean", "--group", "question_picture", "--set", "over=group"}, "mean/group");
}

TEST_F(RelevanceVerb, OneRowAsNumbersTableAndPicture)
{
    ASSERT_EQ(relevance({"--query", "dark"}).status, 0);
    EXPECT_EQ(readNpy(m_folder.file("result.npy")).shape, (std::vector<std::int64_t>{7}));
    const CommandResult csv = relevance({}, "result.csv");
    ASSERT_EQ(csv.status, 0) << csv.errors;
    EXPECT_THAT(csv.output, HasSubstr("y: logit of “red” (token 1 of answer)"));
    EXPECT_THAT(csv.output, HasSubstr("relevance, no probability"));
    EXPECT_EQ(relevance({}, "result.png").status, 0); // the row that predicted y
    EXPECT_EQ(relevance({"--group", "answer_question"}, "bars.svg").status, 0);
    const CommandResult noRow = relevance({"--group", "question_picture"}, "result.png");
    EXPECT_EQ(noRow.status, 2);
    EXPECT_THAT(noRow.errors, HasSubstr("--query"));
}

TEST_F(RelevanceVerb, ASeriesHasALineForEachLayer)
{
    const SafetensorsFile file = SafetensorsFile::open(fixture("analysis/question_answering.expected.safetensors"));
    const auto expectRow = [&](const std::vector<std::string>& words, const std::string& name, std::int64_t query) {
        const std::string path = m_folder.file("series.json");
        const CommandResult result = relevance(words, "series.json");
        ASSERT_EQ(result.status, 0) << result.errors;
        const Json json = parseJson(readTextFile(path, 100'000), path);
        const TensorView& tensor = file.tensors.at(name); // [layers, queries, parts], double precision
        const auto* values = reinterpret_cast<const double*>(tensor.bytes.data());
        ASSERT_EQ(json.at("values").size(), static_cast<std::size_t>(tensor.shape[0]));
        ASSERT_EQ(json.at("columns").size(), static_cast<std::size_t>(tensor.shape[2]));
        EXPECT_EQ(json.at("columns").back(), (Json{{"axis", "picture"}, {"part", "special"}}));
        for (std::int64_t layer = 0; layer < tensor.shape[0]; ++layer)
            for (std::int64_t part = 0; part < tensor.shape[2]; ++part) {
                const double expected = values[(layer * tensor.shape[1] + query) * tensor.shape[2] + part];
                EXPECT_NEAR(json.at("values").at(static_cast<std::size_t>(layer)).at(static_cast<std::size_t>(part)),
                            expected, 1e-9 * std::max(1.0, expected));
            }
    };
    expectRow({"--method", "relevance_layers", "--group", "question_picture", "--query", "?"},
              "relevance_layers/normalized/question", 3);
    expectRow({"--method", "relevance_layers", "--group", "answer_self", "--set", "normalize=off"},
              "relevance_layers/plain/answer", 1); // the row that predicted y
    expectRow({"--method", "rollout_layers", "--group", "vision_self", "--query", "2", "--set", "discard=0.5"},
              "rollout_layers/0.5", 2);
    const CommandResult csv = relevance({"--method", "rollout_layers", "--group", "vision_self"}, "rollout.csv");
    EXPECT_THAT(csv.output, HasSubstr("mean over all queries but special tokens"));
    EXPECT_EQ(relevance({"--method", "rollout_layers", "--group", "vision_self"}, "rollout.svg").status, 0);
}

TEST_F(RelevanceVerb, ListsMethodsFormulasAndSources)
{
    const CommandResult list = heedmapCommand({"relevance", "--list"});
    EXPECT_EQ(list.status, 0);
    for (const char* part : {"rollout", "Abnar & Zuidema 2020", "grad_cam", "Kobayashi et al. 2020", "R̄ = I + (R − I)",
                             "--set fusion=…", "mean, max, min; mean unless given", "heedmap capture --gradients"})
        EXPECT_THAT(list.output, HasSubstr(part));
}

/// The whole way, from a checkpoint and a picture: attention and gradients are those of PyTorch's autograd, the rules
/// those of tests/fixtures/analysis/make_blip_relevance.py.
TEST_F(RelevanceVerb, EqualsTheRulesOnAutogradOfTheReference)
{
    struct Case
    {
        std::string run;
        std::string model;
        std::string text;
        std::string target;
        std::map<std::string, std::string> groups; ///< by stream
        std::string site;
    };
    const Case cases[] = {
        {"qa_wide",
         "qa",
         "what color is the big ball?",
         "answer:0",
         {{"ii", "vision_self"}, {"qi", "question_picture"}, {"aq", "answer_question"}, {"ai", "answer_picture"}},
         "text_encoder.encoder.layer.1.crossattention.self"},
        {"caption",
         "caption_f16",
         "",
         "caption:2",
         {{"ii", "vision_self"}, {"ci", "caption_picture"}},
         "text_decoder.bert.encoder.layer.1.crossattention.self"},
        {"retrieval",
         "retrieval",
         "a big red cube and a blue ball",
         "match probability",
         {{"ii", "vision_self"}, {"ti", "text_picture"}},
         "text/text_encoder.encoder.layer.1.crossattention.self"},
    };
    const SafetensorsFile expected = SafetensorsFile::open(fixture("analysis/blip_relevance.safetensors"));
    const auto check = [&](std::vector<std::string> words, const std::string& name) {
        SCOPED_TRACE(name);
        const std::string out = m_folder.file("map.npy");
        words.insert(words.begin(), {"relevance", m_folder.file("run.heed"), "--out", out});
        const CommandResult result = heedmapCommand(words);
        ASSERT_EQ(result.status, 0) << result.errors;
        const NpyArray array = readNpy(out);
        EXPECT_EQ(array.shape, expected.tensors.at(name).shape);
        EXPECT_THAT(array.values, testing::Pointwise(testing::FloatNear(1e-5f), expected.tensors.at(name).toFloats()));
    };
    for (const Case& example : cases) {
        std::vector<std::string> words{"capture",
                                       "--model",
                                       fixture("blip/models/" + example.model),
                                       "--image",
                                       fixture("blip/pictures/wide.png"),
                                       "--gradients",
                                       example.target,
                                       "--out",
                                       m_folder.file("run.heed")};
        if (!example.text.empty())
            words.insert(words.end(), {"--text", example.text});
        const CommandResult captured = heedmapCommand(words);
        ASSERT_EQ(captured.status, 0) << captured.errors;
        for (const auto& [stream, group] : example.groups)
            check({"--group", group}, example.run + "/" + stream);
        check({"--method", "grad_cam", "--site", example.site}, example.run + "/grad_cam");
    }
}

TEST_F(RelevanceVerb, RunsAModelAndSaysWhatItSees)
{
    const CommandResult result = heedmapCommand(
        {"relevance", "--model", fixture("blip/models/qa"), "--image", fixture("blip/pictures/wide.png"), "--text",
         "what color is the big ball?", "--target", "answer:0", "--out", m_folder.file("map.npy")});
    ASSERT_EQ(result.status, 0) << result.errors;
    const SafetensorsFile expected = SafetensorsFile::open(fixture("analysis/blip_relevance.safetensors"));
    EXPECT_THAT(readNpy(m_folder.file("map.npy")).values,
                testing::Pointwise(testing::FloatNear(1e-5f), expected.tensors.at("qa_wide/ai").toFloats()));
}

TEST_F(RelevanceVerb, ATextAloneRunsTheModelToo)
{
    const CommandResult result = heedmapCommand({"relevance", "--model", fixture("blip/models/qa"), "--text",
                                                 "what color is the big ball?", "--out", m_folder.file("map.npy")});
    EXPECT_EQ(result.status, 2);
    EXPECT_THAT(result.errors, HasSubstr("The model qa needs a picture")); // which only the engine knows
}

TEST_F(RelevanceVerb, SaysWhatIsMissingAndTheCommandThatMakesIt)
{
    const CommandResult without = heedmapCommand(
        {"relevance", fixture("capture/blip.heed"), "--method", "grad_cam", "--out", m_folder.file("x.npy")});
    EXPECT_EQ(without.status, 1);
    EXPECT_THAT(without.errors, HasSubstr("heedmap capture --model scenes --image table.png --text 'what color is the "
                                          "ball?' --gradients answer:0 --out NEW.heed"));
    const CommandResult another = relevance({"--target", "blue"});
    EXPECT_EQ(another.status, 1);
    EXPECT_THAT(another.errors, HasSubstr("not of \"blue\""));
    EXPECT_THAT(another.errors, HasSubstr("--gradients answer:0=blue"));
}

TEST_F(RelevanceVerb, WhereItIsWrittenIsLookedAtFirst)
{
    const std::vector<std::string> words{"relevance",       "--model", "/no/model", "--image",
                                         "/no/picture.png", "--text",  "what?",     "--out"};
    const auto with = [&](const std::string& out) {
        std::vector<std::string> all = words;
        all.push_back(out);
        return heedmapCommand(all);
    };
    const CommandResult ending = with(m_folder.file("map.txt"));
    EXPECT_EQ(ending.status, 2);
    EXPECT_THAT(ending.errors, HasSubstr("give one of .png, .svg, .pdf, .csv, .npy, .json"));
    const CommandResult folder = with(m_folder.file("none/map.png"));
    EXPECT_EQ(folder.status, 1);
    EXPECT_THAT(folder.errors, HasSubstr("there is no folder"));
}

TEST_F(RelevanceVerb, WrongUseSaysWhatThereIs)
{
    const auto expectWrong = [this](const std::vector<std::string>& words, const char* hint) {
        const CommandResult result = relevance(words);
        EXPECT_EQ(result.status, 2) << hint;
        EXPECT_THAT(result.errors, HasSubstr(hint));
    };
    expectWrong({"--method", "rolout"}, "did you mean rollout");
    expectWrong({"--set", "normalise=off"}, "did you mean normalize");
    expectWrong({"--set", "normalize"}, "NAME=VALUE");
    expectWrong({"--method", "rollout", "--group", "question_picture"}, "Choose “picture → picture” (vision_self)");
    expectWrong({"--method", "rollout", "--group", "vision_self", "--target", "red"}, "--target");
    expectWrong({"--method", "grad_cam"}, "composed");
    expectWrong({"--group", "question_pictur"}, "did you mean question_picture");
    expectWrong({"--query", "reed"}, "red");
    expectWrong({"--colors", "virids"}, "did you mean viridis");
    expectWrong({"--model", fixture("blip/models/qa")}, "capture excludes --model");
    const CommandResult misspelt = heedmapCommand({"relevance", fixture("analysis/retrieval.heed"), "--target",
                                                   "match probabilty", "--out", m_folder.file("x.npy")});
    EXPECT_EQ(misspelt.status, 2);
    EXPECT_THAT(misspelt.errors, HasSubstr("did you mean match probability"));
    EXPECT_EQ(heedmapCommand({"relevance"}).status, 2);
    EXPECT_EQ(heedmapCommand({"relevance", "/nowhere.heed", "--out", m_folder.file("x.npy")}).status, 1);
}

} // namespace
} // namespace heedmap::test
