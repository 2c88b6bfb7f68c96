#include "core/models/architectures.h"
#include "tests/models/checkpoint_editor.h"
#include "tests/models/model_fixtures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

namespace heedmap::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const std::string kQuery = "text_encoder.encoder.layer.0.attention.self.query.weight";
const std::string kWords = "text_decoder.bert.embeddings.word_embeddings.weight";
const std::string kBias = "text_decoder.cls.predictions.bias";

std::filesystem::path qaFolder()
{
    return modelFixture("qa_wide").modelFolder;
}

std::vector<std::int32_t> generatedIds(const Model& model)
{
    const RunResult result = model.run(modelFixture("qa_wide").request(), {}, {});
    std::vector<std::int32_t> ids = result.axes.back().tokenIds;
    ids.push_back(result.generated.at(0).tokens.back().id);
    return ids;
}

// ------------------------------------------------------------------------------------------------------------ weights

TEST(BlipWeights, EveryMissingTensorIsNamedWithItsNearestNames)
{
    CheckpointEditor editor(qaFolder());
    editor.rename(kQuery, "text_encoder.encoder.layer.0.attention.self.qurey.weight");
    editor.tensors.erase("vision_model.post_layernorm.bias");
    editor.tensors.erase("text_decoder.bert.embeddings.LayerNorm.weight");
    ErrorKind kind{};
    EXPECT_THAT(loadFailure(editor, &kind),
                AllOf(HasSubstr("3 tensors are missing"), HasSubstr(kQuery + "; did you mean"),
                      HasSubstr("self.qurey.weight"), HasSubstr("vision_model.post_layernorm.bias"),
                      HasSubstr("text_decoder.bert.embeddings.LayerNorm.weight")));
    EXPECT_EQ(kind, ErrorKind::NotFound);
}

TEST(BlipWeights, EveryWrongShapeIsNamedWithBothShapes)
{
    CheckpointEditor editor(qaFolder());
    editor.fill(kQuery, std::vector<float>(24 * 12, 0.0f), {12, 24});
    editor.fill("vision_model.embeddings.position_embedding", std::vector<float>(16 * 24, 0.0f), {1, 16, 24});
    ErrorKind kind{};
    EXPECT_THAT(loadFailure(editor, &kind),
                AllOf(HasSubstr("2 tensors"), HasSubstr(kQuery + " is [12, 24], expected [24, 24]"),
                      HasSubstr("position_embedding is [1, 16, 24], expected [1, 17, 24]")));
    EXPECT_EQ(kind, ErrorKind::InvalidFile);
}

TEST(BlipWeights, MissingAndWrongAreToldTogether)
{
    CheckpointEditor editor(qaFolder());
    editor.tensors.erase(kBias);
    editor.fill(kQuery, std::vector<float>(24 * 12, 0.0f), {12, 24});
    EXPECT_THAT(loadFailure(editor), AllOf(HasSubstr(kBias), HasSubstr(kQuery)));
}

TEST(BlipWeights, AWhollyDifferentCheckpointGetsAShortAnswer)
{
    CheckpointEditor editor(qaFolder());
    editor.tensors = {{"weight", editor.tensors.at(kBias)}};
    EXPECT_THAT(loadFailure(editor), AllOf(HasSubstr("… and "), HasSubstr(" more")));
}

TEST(BlipWeights, UnusedTensorsAreCounted)
{
    CheckpointEditor editor(qaFolder());
    EXPECT_TRUE(editor.load()->facts().unusedTensors.empty());
    editor.tensors["text_encoder.embeddings.position_ids"] = {DType::I64, {1, 2}, std::vector<std::byte>(16)};
    editor.tensors["itm_head.bias"] = {DType::F32, {2}, std::vector<std::byte>(8)};
    EXPECT_EQ(editor.load()->facts().unusedTensors,
              (std::vector<std::string>{"itm_head.bias", "text_encoder.embeddings.position_ids"}));
}

/// Safetensors allows data at any address; a float may not be read just anywhere.
TEST(BlipWeights, MisalignedTensorsAreCopied)
{
    for (const std::size_t padding : {0u, 1u, 2u, 3u}) {
        CheckpointEditor editor(qaFolder());
        editor.headerPadding = padding;
        EXPECT_EQ(generatedIds(*editor.load()), modelFixture("qa_wide").generated);
    }
}

TEST(BlipWeights, TiedScoresFollowTheWordEmbeddings)
{
    const std::string alias = "text_decoder.cls.predictions.decoder.weight";
    CheckpointEditor editor(qaFolder());
    editor.tensors[alias] = editor.tensors.at(kWords);
    editor.fill(alias, 7.0f); // the reference ties after loading, so these values are never used
    const std::unique_ptr<Model> tied = editor.load();
    EXPECT_EQ(generatedIds(*tied), modelFixture("qa_wide").generated);
    EXPECT_TRUE(tied->facts().unusedTensors.empty());

    editor.text()["tie_word_embeddings"] = false;
    EXPECT_NE(generatedIds(*editor.load()), modelFixture("qa_wide").generated);
    editor.tensors[alias] = editor.tensors.at(kWords);
    EXPECT_EQ(generatedIds(*editor.load()), modelFixture("qa_wide").generated);
    editor.tensors.erase(alias);
    EXPECT_THAT(loadFailure(editor), HasSubstr(alias));
}

TEST(BlipWeights, TheScoresBiasGoesByEitherName)
{
    CheckpointEditor editor(qaFolder());
    editor.rename(kBias, "text_decoder.cls.predictions.decoder.bias");
    EXPECT_EQ(generatedIds(*editor.load()), modelFixture("qa_wide").generated);
}

TEST(BlipWeights, ValuesThatAreNotFiniteEndARunWithAMessage)
{
    const float values[] = {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), 3e38f};
    for (const char* run : {"qa_wide", "caption_settings", "retrieval"})
        for (const float value : values) {
            const ModelFixture& fixture = modelFixture(run);
            CheckpointEditor editor(fixture.modelFolder);
            editor.fill("vision_model.post_layernorm.weight", value);
            const std::unique_ptr<Model> model = editor.load();
            try {
                model->run(fixture.request(), {}, {});
                ADD_FAILURE() << run << " went on with weights of " << value;
            } catch (const Error& failure) {
                EXPECT_EQ(failure.kind(), ErrorKind::InvalidFile);
                EXPECT_THAT(failure.what(), HasSubstr("finite"));
            }
        }
}

TEST(BlipWeights, AFileCutShortUnderALoadedModelIsToldAsThat)
{
    CheckpointEditor editor(qaFolder());
    const std::unique_ptr<Model> model = editor.load();
    std::filesystem::resize_file(editor.weightsFile(), 4096);
    try {
        generatedIds(*model);
        FAIL() << "the run went on with half a file";
    } catch (const Error& failure) {
        EXPECT_EQ(failure.kind(), ErrorKind::InvalidFile);
        EXPECT_THAT(failure.what(), HasSubstr("model.safetensors"));
    }
}

// ------------------------------------------------------------------------------------------------------ configuration

struct BadSetting
{
    const char* section; ///< "" for the top of config.json
    const char* field;
    Json value;
    ErrorKind kind;
    const char* told; ///< besides the field's name
};

TEST(BlipConfiguration, ImpossibleAndUnsupportedValuesAreRefusedByName)
{
    constexpr ErrorKind kInvalid = ErrorKind::InvalidFile;
    constexpr ErrorKind kUnsupported = ErrorKind::Unsupported;
    const std::int64_t huge = std::int64_t{1} << 40;
    const std::vector<BadSetting> settings = {
        {"text_config", "num_attention_heads", 5, kInvalid, "24"},
        {"vision_config", "num_attention_heads", 7, kInvalid, "24"},
        {"text_config", "num_attention_heads", 0, kInvalid, "0"},
        {"text_config", "num_hidden_layers", 0, kInvalid, "0"},
        {"vision_config", "num_hidden_layers", 0, kInvalid, "0"},
        {"text_config", "num_hidden_layers", 1'000'000'000, kInvalid, "1000000000"},
        {"text_config", "hidden_size", huge, kInvalid, "1099511627776"},
        {"text_config", "hidden_size", -24, kInvalid, "-24"},
        {"text_config", "hidden_size", 24.5, kInvalid, "integer"},
        {"text_config", "hidden_size", "24", kInvalid, "integer"},
        {"text_config", "vocab_size", huge, kInvalid, "1099511627776"},
        {"text_config", "max_position_embeddings", 0, kInvalid, "0"},
        {"text_config", "bos_token_id", 53, kInvalid, "53"},
        {"text_config", "sep_token_id", -1, kInvalid, "-1"},
        {"text_config", "layer_norm_eps", -1.0, kInvalid, "-1"},
        {"text_config", "repetition_penalty", 0.0, kInvalid, "positive"},
        {"text_config", "max_length", 0, kInvalid, "0"},
        {"text_config", "tie_word_embeddings", "yes", kInvalid, "true or false"},
        {"vision_config", "image_size", huge, kInvalid, "1099511627776"},
        {"vision_config", "patch_size", 0, kInvalid, "0"},
        {"vision_config", "patch_size", 64, kInvalid, "image_size"},
        {"", "text_config", Json::array({1}), kInvalid, "object"},
        {"text_config", "hidden_act", "golu", kUnsupported, "quick_gelu"},
        {"text_config", "hidden_act", 3, kInvalid, "string"},
        {"text_config", "position_embedding_type", "relative_key", kUnsupported, "relative_key"},
        {"text_config", "is_decoder", false, kUnsupported, "false"},
        {"text_config", "is_encoder_decoder", true, kUnsupported, "true"},
        {"text_config", "pad_token_id", 51, kUnsupported, "bos_token_id"},
        {"text_config", "pruned_heads", {{"0", {1}}}, kUnsupported, "{\"0\":[1]}"},
        {"vision_config", "num_channels", 1, kUnsupported, "1"},
        {"", "quantization_config", {{"bits", 8}}, kUnsupported, "bits"},
    };
    for (const BadSetting& setting : settings) {
        CheckpointEditor editor(qaFolder());
        Json& section = *setting.section ? editor.config[setting.section] : editor.config;
        section[setting.field] = setting.value;
        ErrorKind kind{};
        const std::string message = loadFailure(editor, &kind);
        EXPECT_THAT(message, AllOf(HasSubstr(setting.field), HasSubstr(setting.told), HasSubstr("config.json")));
        EXPECT_EQ(kind, setting.kind) << message;
    }
}

/// Sizes inside the limits that the tensors do not have are the tensors' fault, found before anything is allocated.
TEST(BlipConfiguration, SizesTheTensorsDoNotHaveAreWrongShapes)
{
    const std::vector<BadSetting> settings = {
        {"text_config", "intermediate_size", 1'000'000, ErrorKind::InvalidFile, "1000000"},
        {"text_config", "vocab_size", 60'000'000, ErrorKind::InvalidFile, "60000000"},
        {"vision_config", "image_size", 32'000, ErrorKind::InvalidFile, "16000001"},
        {"text_config", "num_hidden_layers", 900, ErrorKind::NotFound, "encoder.layer.2."},
    };
    for (const BadSetting& setting : settings) {
        CheckpointEditor editor(qaFolder());
        editor.config[setting.section][setting.field] = setting.value;
        ErrorKind kind{};
        EXPECT_THAT(loadFailure(editor, &kind), HasSubstr(setting.told));
        EXPECT_EQ(kind, setting.kind);
    }
}

TEST(BlipConfiguration, QuestionAnsweringNeedsStatesOfOneWidth)
{
    CheckpointEditor editor(qaFolder());
    editor.vision()["hidden_size"] = 48;
    EXPECT_THAT(loadFailure(editor), AllOf(HasSubstr("48"), HasSubstr("24"), HasSubstr("question answering")));
}

TEST(BlipConfiguration, NullMeansTheDefaultAndUnknownFieldsMeanNothing)
{
    CheckpointEditor editor(qaFolder());
    editor.text().update({{"max_length", nullptr},
                          {"bad_words_ids", nullptr},
                          {"label_smoothing", 0.1},
                          {"add_cross_attention", false},
                          {"prefix", nullptr}});
    EXPECT_EQ(generatedIds(*editor.load()), modelFixture("qa_wide").generated);
}

/// What published BLIP folders of 2022 carry in text_config and at the top.
TEST(BlipConfiguration, LegacyFieldsAtTheirDefaultsAreAccepted)
{
    const Json legacy = parseJson(R"({
        "add_cross_attention": false, "bad_words_ids": null, "begin_suppress_tokens": null, "chunk_size_feed_forward": 0,
        "cross_attention_hidden_size": null, "decoder_start_token_id": null, "diversity_penalty": 0.0, "do_sample": false,
        "early_stopping": false, "encoder_no_repeat_ngram_size": 0, "exponential_decay_length_penalty": null,
        "finetuning_task": null, "forced_bos_token_id": null, "forced_eos_token_id": null, "is_encoder_decoder": false,
        "length_penalty": 1.0, "max_length": 20, "min_length": 0, "no_repeat_ngram_size": 0, "num_beam_groups": 1,
        "num_beams": 1, "num_return_sequences": 1, "output_attentions": false, "output_hidden_states": false,
        "output_scores": false, "prefix": null, "pruned_heads": {}, "remove_invalid_values": false,
        "repetition_penalty": 1.0, "return_dict": true, "return_dict_in_generate": false, "suppress_tokens": null,
        "temperature": 1.0, "tf_legacy_loss": false, "tie_encoder_decoder": false, "tokenizer_class": null, "top_k": 50,
        "top_p": 1.0, "torchscript": false, "typical_p": 1.0, "use_bfloat16": false
    })",
                                  "legacy");
    CheckpointEditor editor(qaFolder());
    editor.text().update(legacy);
    editor.text()["is_decoder"] = true;
    editor.vision().update(legacy);
    editor.vision()["num_channels"] = 3;
    editor.config.update(legacy);
    editor.config["tie_word_embeddings"] = false; // the decoder's own configuration decides, as in the reference
    const std::unique_ptr<Model> model = editor.load();
    EXPECT_EQ(generatedIds(*model), modelFixture("qa_wide").generated);
    EXPECT_TRUE(model->facts().notes.empty());
}

TEST(BlipConfiguration, AnotherClassIsRefusedWithTheOnesWeHave)
{
    CheckpointEditor editor(qaFolder());
    editor.config["architectures"] = {"BlipModel"};
    ErrorKind kind{};
    EXPECT_THAT(loadFailure(editor, &kind),
                AllOf(HasSubstr("BlipModel"), HasSubstr("BlipForQuestionAnswering"),
                      HasSubstr("BlipForImageTextRetrieval"), HasSubstr("BlipForConditionalGeneration")));
    EXPECT_EQ(kind, ErrorKind::Unsupported);
}

TEST(Architectures, AnotherModelTypeIsRefusedWithTheList)
{
    CheckpointEditor editor(qaFolder());
    editor.config["model_type"] = "blop";
    ErrorKind kind{};
    EXPECT_THAT(loadFailure(editor, &kind), AllOf(HasSubstr("blop"), HasSubstr("blip")));
    EXPECT_EQ(kind, ErrorKind::Unsupported);
}

// ------------------------------------------------------------------------------------------------------------ requests

TEST(BlipRequests, ThatCannotBeRunAreRefused)
{
    struct BadRequest
    {
        const char* told;
        std::function<void(RunRequest&)> spoil;
    };
    const std::vector<BadRequest> requests = {
        {"needs a text", [](RunRequest& r) { r.text.reset(); }},
        {"0 tokens", [](RunRequest& r) { r.text->ids.clear(); }},
        {"33 tokens",
         [](RunRequest& r) {
             r.text->ids.assign(33, 5);
             r.visible.clear();
         }},
        {"id 53", [](RunRequest& r) { r.text->ids[1] = 53; }},
        {"id -1", [](RunRequest& r) { r.text->ids[1] = -1; }},
        {"padding mask has 2", [](RunRequest& r) { r.visible.resize(2); }},
        {"hides every token", [](RunRequest& r) { r.visible.assign(r.visible.size(), false); }},
        {"do not fill", [](RunRequest& r) { r.pixels->values.pop_back(); }},
        {"do not fill", [](RunRequest& r) { r.pixels = PixelValues(); }},
        {"needs a picture", [](RunRequest& r) { r.pixels.reset(); }},
        {"40 × 40",
         [](RunRequest& r) {
             r.pixels = PixelValues{40, 40, std::vector<float>(3 * 1600), {}};
         }},
        {"4 × 4",
         [](RunRequest& r) {
             r.pixels = PixelValues{4, 4, std::vector<float>(48), {}};
         }},
        {"At least one", [](RunRequest& r) { r.maxNewTokens = 0; }},
    };
    const std::unique_ptr<Model> model = CheckpointEditor(qaFolder()).load();
    for (const BadRequest& bad : requests) {
        RunRequest request = modelFixture("qa_wide").request();
        bad.spoil(request);
        try {
            model->run(request, {}, {});
            ADD_FAILURE() << "accepted: " << bad.told;
        } catch (const Error& failure) {
            EXPECT_EQ(failure.kind(), ErrorKind::InvalidRequest) << failure.what();
            EXPECT_THAT(failure.what(), HasSubstr(bad.told));
        }
    }
}

TEST(BlipRequests, APromptThatLeavesNoRoomIsRefused)
{
    const ModelFixture& fixture = modelFixture("caption_settings"); // max_length 14
    const std::unique_ptr<Model> model = CheckpointEditor(fixture.modelFolder).load();
    RunRequest request = fixture.request();
    request.text->ids.assign(15, 5);
    request.visible.clear();
    EXPECT_THROW(model->run(request, {}, {}), Error);
    request.text->ids.assign(14, 5);
    EXPECT_EQ(model->run(request, {}, {}).generated.at(0).tokens.size(), 1u);
}

TEST(BlipRequests, APaddedPromptIsRefused)
{
    const ModelFixture& fixture = modelFixture("caption_prompt");
    RunRequest request = fixture.request();
    request.visible.back() = false;
    EXPECT_THROW(CheckpointEditor(fixture.modelFolder).load()->run(request, {}, {}), Error);
}

} // namespace
} // namespace heedmap::test
