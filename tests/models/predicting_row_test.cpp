#include "tests/models/checkpoint_editor.h"
#include "tests/models/model_fixtures.h"

#include <gtest/gtest.h>

#include <cmath>

namespace heedmap::test {
namespace {

// A captioning decoder whose every number can be computed by hand. A state is e[token] + p[position], ones in two of 24
// places, and every layer norm gives exactly that back. The one self-attention head looks at the position before its
// own: the score is kSharpness there and 0 elsewhere. The head of the model scores the successor of the input token 1
// and every other token 0. Successors: 0 → 1 → 2 → 3 → 4, the end.
constexpr int kVocabulary = 6;
constexpr int kPositions = 16;
constexpr int kFeatures = 24;
constexpr double kSharpness = 3.0;
const std::string kLayer = "text_decoder.bert.encoder.layer.0.";

using Matrix = std::vector<float>;

Matrix zeros()
{
    return Matrix(kFeatures * kFeatures, 0.0f);
}

int positionFeature(int position)
{
    return kVocabulary + position;
}

/// A layer norm that maps a vector with two ones and 22 zeros onto itself.
void setNorm(CheckpointEditor& editor, const std::string& name)
{
    const double mean = 2.0 / kFeatures;
    const double deviation = std::sqrt(mean * (1 - mean));
    editor.fill(name + ".weight", static_cast<float>(deviation));
    editor.fill(name + ".bias", static_cast<float>(mean));
}

void setLinear(CheckpointEditor& editor, const std::string& name, const Matrix& weight)
{
    editor.fill(name + ".weight", weight);
    editor.fill(name + ".bias", 0.0f);
}

void setEmbeddings(CheckpointEditor& editor)
{
    Matrix words(kVocabulary * kFeatures, 0.0f);
    for (int token = 0; token < kVocabulary; ++token)
        words[token * kFeatures + token] = 1;
    Matrix positions(kPositions * kFeatures, 0.0f);
    for (int position = 0; position < kPositions; ++position)
        positions[position * kFeatures + positionFeature(position)] = 1;
    const std::string scope = "text_decoder.bert.embeddings.";
    editor.fill(scope + "word_embeddings.weight", words, {kVocabulary, kFeatures});
    editor.fill(scope + "position_embeddings.weight", positions, {kPositions, kFeatures});
    setNorm(editor, scope + "LayerNorm");
}

void setAttention(CheckpointEditor& editor, const std::string& name, const Matrix& query, const Matrix& key)
{
    setLinear(editor, name + ".self.query", query);
    setLinear(editor, name + ".self.key", key);
    setLinear(editor, name + ".self.value", zeros());
    setLinear(editor, name + ".output.dense", zeros());
    setNorm(editor, name + ".output.LayerNorm");
}

void setLayer(CheckpointEditor& editor)
{
    Matrix query = zeros();
    Matrix key = zeros();
    for (int position = 0; position < kPositions; ++position) {
        // One head of 24 features: the score is divided by √24.
        query[positionFeature(position) * kFeatures + positionFeature(position)] =
            static_cast<float>(kSharpness * std::sqrt(double{kFeatures}));
        if (position + 1 < kPositions)
            key[positionFeature(position + 1) * kFeatures + positionFeature(position)] = 1;
    }
    setAttention(editor, kLayer + "attention", query, key);
    setAttention(editor, kLayer + "crossattention", zeros(), zeros());
    editor.fill(kLayer + "intermediate.dense.weight", 0.0f);
    editor.fill(kLayer + "intermediate.dense.bias", 0.0f);
    editor.fill(kLayer + "output.dense.weight", 0.0f);
    editor.fill(kLayer + "output.dense.bias", 0.0f);
    setNorm(editor, kLayer + "output.LayerNorm");
}

void setHead(CheckpointEditor& editor)
{
    Matrix successor = zeros();
    for (int token = 0; token < 4; ++token)
        successor[(token + 1) * kFeatures + token] = 1;
    for (int feature = kVocabulary; feature < kFeatures; ++feature)
        successor[feature * kFeatures + feature] = 1;
    setLinear(editor, "text_decoder.cls.predictions.transform.dense", successor);
    setNorm(editor, "text_decoder.cls.predictions.transform.LayerNorm");
    editor.fill("text_decoder.cls.predictions.bias", Matrix(kVocabulary, 0.0f), {kVocabulary});
}

void setConfig(CheckpointEditor& editor)
{
    editor.text().update({{"vocab_size", kVocabulary},
                          {"max_position_embeddings", kPositions},
                          {"num_attention_heads", 1},
                          {"hidden_act", "relu"},
                          {"bos_token_id", 0},
                          {"sep_token_id", 4},
                          {"pad_token_id", 5}});
    for (const char* field : {"max_length", "min_length", "repetition_penalty", "no_repeat_ngram_size"})
        editor.text().erase(field);
}

RunResult runHandMadeDecoder()
{
    const ModelFixture& fixture = modelFixture("caption_settings");
    CheckpointEditor editor(fixture.modelFolder);
    setConfig(editor);
    setEmbeddings(editor);
    setLayer(editor);
    setHead(editor);
    RunRequest request = fixture.request();
    request.text.reset();
    request.visible.clear();
    return editor.load()->run(request, {}, {});
}

const RecordedSite& selfSite(const RunResult& result)
{
    for (const RecordedSite& site : result.passes.back().sites)
        if (site.kind == AttentionKind::Self)
            return site;
    throw Error(ErrorKind::NotFound, "no self-attention was recorded");
}

double weightByHand(std::int64_t query, std::int64_t key)
{
    const double sum = query == 0 ? 1 : std::exp(kSharpness) + static_cast<double>(query);
    return key > query ? 0 : query > 0 && key == query - 1 ? std::exp(kSharpness) / sum : 1 / sum;
}

TEST(PredictingRow, GeneratesTheSuccessors)
{
    const RunResult result = runHandMadeDecoder();
    EXPECT_EQ(result.axes.back().tokenIds, (std::vector<std::int32_t>{0, 1, 2, 3}));
    ASSERT_EQ(result.generated.at(0).tokens.size(), 4u);
    EXPECT_EQ(result.generated.at(0).tokens.back().id, 4);
    EXPECT_TRUE(result.generated.at(0).ended);
}

TEST(PredictingRow, AttentionIsTheOneComputedByHand)
{
    const RunResult result = runHandMadeDecoder();
    const RecordedSite& site = selfSite(result);
    ASSERT_EQ(site.weights.shape, (Shape{1, 4, 4}));
    for (std::int64_t query = 0; query < 4; ++query)
        for (std::int64_t key = 0; key < 4; ++key)
            EXPECT_NEAR(site.weights.values[query * 4 + key], weightByHand(query, key), 1e-5) << query << " " << key;
}

/// Token n was predicted by the row whose input is token n − 1; that row looks at token n − 2. A program that showed
/// row n for token n would have it look at token n − 1.
TEST(PredictingRow, IsTheRowOfTheTokenBefore)
{
    const RunResult result = runHandMadeDecoder();
    const FloatValues& weights = selfSite(result).weights.values;
    for (std::int64_t n = 1; n <= 4; ++n) {
        const GeneratedTokenResult& token = result.generated.at(0).tokens[n - 1];
        EXPECT_EQ(token.id, n);
        EXPECT_EQ(token.predictingRow, n - 1);
        EXPECT_EQ(token.inputRow, n < 4 ? std::optional(n) : std::nullopt);
        // The predicting row gives the token e to one against five others.
        EXPECT_NEAR(token.logProbability, 1 - std::log(std::exp(1.0) + 5), 1e-5);
        const auto row = weights.begin() + token.predictingRow * 4;
        EXPECT_EQ(std::max_element(row, row + 4) - row, std::max<std::int64_t>(n - 2, 0));
    }
}

} // namespace
} // namespace heedmap::test
