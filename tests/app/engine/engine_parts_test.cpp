#include "app/engine/capture_builder.h"
#include "app/engine/kept_captures.h"
#include "app/engine/row_error.h"
#include "app/engine/run_progress.h"
#include "app/engine/token_spans.h"
#include "core/base/files.h"
#include "tests/app/engine/engine_harness.h"
#include "tests/core/base/temp_folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace heedmap {
namespace {

TEST(SiteSize, takesTheSmallerOfWeightsAndQueriesWithKeys)
{
    const SiteSize cross{12, 12, 10, 577, 64}; // BLIP-base, a question of ten tokens
    EXPECT_EQ(cross.weightBytes(), 276'960);
    EXPECT_EQ(cross.queryKeyBytes(), 1'803'264);
    EXPECT_EQ(cross.byteCount(), 276'960);
    const SiteSize joint{32, 8, 4096, 4096, 128};
    EXPECT_EQ(joint.weightBytes(), std::int64_t{4} * 32 * 4096 * 4096);
    EXPECT_EQ(joint.byteCount(), std::int64_t{4} * 128 * 40 * 4096);
    EXPECT_FALSE(joint.storesWeights());
}

/// One head, two queries, two keys, causal; weights as softmax gives them.
RecordedSite causalSite()
{
    RecordedSite site;
    site.headDim = 1;
    site.scale = 0.5;
    site.mask.causalOffset = 0;
    site.queries = {{1, 2, 1}, {2, 4}};
    site.keys = {{1, 2, 1}, {1, 3}};
    const float second = 1 / (1 + std::exp(4.0f)); // scores 0.5·4·1 = 2 and 0.5·4·3 = 6
    site.weights = {{1, 2, 2}, {1, 0, second, 1 - second}};
    return site;
}

TEST(RowError, isZeroUpToRoundingForTheModelsOwnWeights)
{
    EXPECT_LT(maxRowError(causalSite()), 1e-7);
}

TEST(RowError, isTheLargestDifference)
{
    RecordedSite site = causalSite();
    site.weights.values = {1, 0.25f, site.weights.values[2],
                           site.weights.values[3]}; // the model looked where the mask forbids it
    EXPECT_NEAR(maxRowError(site), 0.25, 1e-7);
    site = causalSite();
    site.mask.causalOffset.reset();
    site.mask.keyRanges = {{1, 2}};
    EXPECT_NEAR(maxRowError(site), 1, 1e-7) << "only key 1 is visible, the weights say key 0";
}

TEST(RowError, valuesThatAreNotFiniteAreAnError)
{
    RecordedSite site = causalSite();
    site.queries.values = {2, std::nanf("")};
    EXPECT_THROW(maxRowError(site), Error);
}

TEST(RowError, groupedHeadsShareTheirKeys)
{
    RecordedSite site = causalSite();
    site.heads = 2;
    site.queries = {{2, 2, 1}, {2, 4, 2, 4}};
    const FloatValues& head = site.weights.values;
    site.weights = {{2, 2, 2}, {head[0], head[1], head[2], head[3], head[0], head[1], head[2], head[3]}};
    EXPECT_LT(maxRowError(site), 1e-7);
}

/// Random queries and keys, and weights from their definition in double precision.
RecordedSite largeSite(std::int64_t heads, std::int64_t queries, std::int64_t keys)
{
    constexpr std::int64_t width = 8;
    std::mt19937 random(7);
    std::normal_distribution<float> normal;
    const auto filled = [&](std::int64_t count) {
        std::vector<float> values(static_cast<std::size_t>(count));
        std::ranges::generate(values, [&] { return normal(random); });
        return values;
    };
    RecordedSite site;
    site.heads = site.keyValueHeads = static_cast<int>(heads);
    site.headDim = width;
    site.scale = 0.5;
    site.mask.causalOffset = keys - queries;
    const std::vector<float> q = filled(heads * queries * width);
    const std::vector<float> k = filled(heads * keys * width);
    std::vector<float> weights;
    for (std::int64_t row = 0; row < heads * queries; ++row) {
        std::vector<double> shares;
        double sum = 0;
        for (std::int64_t key = 0; key < keys; ++key) {
            double score = 0;
            for (std::int64_t i = 0; i < width; ++i)
                score += static_cast<double>(q[row * width + i]) * k[(row / queries * keys + key) * width + i];
            shares.push_back(key <= row % queries + keys - queries ? std::exp(score / 2) : 0);
            sum += shares.back();
        }
        for (const double share : shares)
            weights.push_back(static_cast<float>(share / sum));
    }
    site.queries = {{heads, queries, width}, q};
    site.keys = {{heads, keys, width}, k};
    site.weights = {{heads, queries, keys}, weights};
    return site;
}

TEST(RowError, isFoundWhereverItIsInALargeMap)
{
    const RecordedSite site = largeSite(3, 150, 700); // more than one thread's part
    EXPECT_LT(maxRowError(site), 1e-6);
    const std::vector<float> weights(site.weights.values.begin(), site.weights.values.end());
    for (const std::size_t place : {std::size_t{0}, std::size_t{150 * 700 + 5}, weights.size() - 1}) {
        RecordedSite wrong = site;
        std::vector<float> changed = weights;
        changed[place] += 0.5F;
        wrong.weights = {site.weights.shape, changed};
        EXPECT_NEAR(maxRowError(wrong), 0.5, 1e-6) << place;
        changed[place] = std::nanf("");
        wrong.weights = {site.weights.shape, changed};
        EXPECT_THROW(maxRowError(wrong), Error) << place;
    }
}

TEST(LargestDifference, isTheSameWithEveryInstructionSet)
{
    std::vector<float> a(77, 1);
    std::vector<float> b(77, 1);
    b[70] = 1.5F;
    b[3] = 0.75F;
    for (const InstructionSet set : {InstructionSet::Portable, InstructionSet::Avx2, InstructionSet::Avx512}) {
        if (set > instructionSet())
            continue;
        b[69] = 1;
        EXPECT_EQ(largestDifference(a, b, set), 0.5F);
        EXPECT_EQ(largestDifference(b, a, set), 0.5F);
        b[69] = std::nanf("");
        EXPECT_TRUE(std::isnan(largestDifference(a, b, set)));
    }
    EXPECT_EQ(largestDifference({}, {}), 0);
}

TEST(TokenSpans, liePieceByPieceInTheDecodedText)
{
    const auto tokenizer = Tokenizer::open(blipFixture("models/qa"));
    const Encoding encoding = tokenizer->encode("what color? red");
    const std::string text = tokenizer->decode(encoding.ids);
    ASSERT_EQ(text, "what color? red") << "no blank before the question mark";
    const auto spans = spansInDecodedText(*tokenizer, encoding.ids, text);
    ASSERT_EQ(spans.size(), 6u);
    EXPECT_FALSE(spans[0]); // [CLS]
    EXPECT_EQ(spans[1], (TextSpan{0, 4}));
    EXPECT_EQ(spans[2], (TextSpan{5, 10}));
    EXPECT_EQ(spans[3], (TextSpan{10, 11}));
    EXPECT_EQ(spans[4], (TextSpan{12, 15}));
    EXPECT_FALSE(spans[5]); // [SEP]
}

TEST(TokenText, isWhatBytesStandForUnlessTheyArePartOfACharacter)
{
    const auto tokenizer = Tokenizer::open(HEEDMAP_SOURCE_DIR "/tests/fixtures/whisper/models/english");
    const auto textOf = [&](const char* spelled) {
        return tokenText(*tokenizer, tokenizer->idFromToken(spelled).value());
    };
    EXPECT_EQ(textOf("\u0120the"), " the");
    EXPECT_EQ(textOf("a"), "a");
    EXPECT_EQ(textOf("\u00c3"), "\u00c3") << "the first half of a letter stays as it is spelled";
    EXPECT_EQ(textOf("<|startoftranscript|>"), "<|startoftranscript|>");
}

TEST(TokenSpans, aTokenThatIsNoPieceOfTheTextHasNone)
{
    const auto tokenizer = Tokenizer::open(blipFixture("models/qa"));
    const Encoding encoding = tokenizer->encode("red cube");
    const auto spans = spansInDecodedText(*tokenizer, encoding.ids, "rot cube");
    EXPECT_FALSE(spans[1]);
    EXPECT_FALSE(spansInDecodedText(*tokenizer, encoding.ids, "")[1]);
    EXPECT_EQ(tokenText(*tokenizer, 1'000'000), "[1000000]");
}

PlannedSite plannedSite(const char* pass, int layer, std::int64_t queries)
{
    PlannedSite planned;
    planned.passId = pass;
    planned.layer = layer;
    planned.queries = queries;
    return planned;
}

TEST(RunProgress, countsEveryStageOnce)
{
    RunProgress progress({plannedSite("vision", 0, 17), plannedSite("vision", 1, 17), plannedSite("answer", 0, 20)},
                         true);
    EXPECT_EQ(progress.advance("vision", 1, 2).total, 2 + 1 + 20);
    EXPECT_EQ(progress.advance("vision", 2, 2).done, 2);
    const RunProgress::Step token = progress.advance("decode", 3, 20);
    EXPECT_EQ(token.text, "token 3 of at most 20");
    EXPECT_EQ(token.done, 5);
    const RunProgress::Step last = progress.advance("answer", 1, 1);
    EXPECT_EQ(last.text, "answer layer 1 of 1");
    EXPECT_EQ(last.done, last.total);
}

TEST(RunProgress, countsTheWayBackModuleByModule)
{
    PlannedSite watched = plannedSite("answer", 0, 20);
    watched.outputGradients = true;
    RunProgress progress({watched, watched}, false);
    EXPECT_EQ(progress.advance("answer", 1, 1).total, 1 + 2);
    const RunProgress::Step last = progress.advance("gradients", 2, 2);
    EXPECT_EQ(last.text, "gradients of module 2 of 2");
    EXPECT_EQ(last.done, last.total);
}

TEST(RunProgress, growsByEveryFurtherTextThatIsDecoded)
{
    RunProgress progress({plannedSite("first", 0, 20)}, true);
    EXPECT_EQ(progress.advance("decode", 5, 20).total, 1 + 20);
    EXPECT_EQ(progress.advance("first", 1, 1).done, 20 + 1);
    const RunProgress::Step second = progress.advance("decode", 10, 10);
    EXPECT_EQ(second.total, 1 + 20 + 10);
    EXPECT_EQ(second.done, 20 + 1 + 10);
}

TEST(KeptCaptures, keepsTheNewestEvenWhenTheirFilesAreGone)
{
    TempFolder folder;
    KeptCaptures captures;
    for (int i = 1; i <= 9; ++i) {
        const auto path = folder.path() / "capture";
        writeFileAtomically(path, asBytes(std::to_string(i)));
        EXPECT_EQ(captures.add(path), "c" + std::to_string(i));
        std::filesystem::remove(path);
    }
    EXPECT_THROW(captures.read("c1", 0, 1), Error);
    EXPECT_EQ(captures.read("c2", 0, 10), std::vector{std::byte('2')});
    EXPECT_EQ(captures.byteCount("c9"), 1u);
    EXPECT_THROW(captures.add(folder.path() / "nothing"), Error);
}

} // namespace
} // namespace heedmap
