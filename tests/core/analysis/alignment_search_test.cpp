#include "core/analysis/alignment_search.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/json.h"
#include "core/capture/capture_writer.h"
#include "tests/core/base/expect_error.h"
#include "tests/core/base/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Against spoken.json: token times by `transformers`, the rest in NumPy (make_alignment.py).

namespace heedmap::test {
namespace {

const std::filesystem::path kFolder = HEEDMAP_SOURCE_DIR "/tests/fixtures/analysis";

std::shared_ptr<const Capture> spoken()
{
    return Capture::open(kFolder / "spoken.heed");
}

Json expected(TimingRows rows)
{
    return parseJson(readTextFile(kFolder / "spoken.json", 1 << 20), "spoken.json")
        .at(rows == TimingRows::Input ? "input" : "predicting");
}

std::vector<ReferenceWord> reference()
{
    return referenceWordsFromCsv(readTextFile(kFolder / "spoken.csv", 1 << 20), "spoken.csv");
}

AlignmentProposal searched(const AlignmentSource& source, const AlignmentSearch& search)
{
    AnalysisProgress progress({}, {});
    return searchAlignmentHeads({&source, 1}, search, progress);
}

Alignment::Head headFrom(const Json& pair)
{
    return {"model.decoder.layers." + pair[0].dump() + ".encoder_attn", pair[1].get<int>()};
}

void expectQuality(const AlignmentQuality& quality, const Json& expected)
{
    EXPECT_NEAR(quality.score.monotonicity, expected["monotonicity"], 1e-9);
    EXPECT_NEAR(quality.score.coverage, expected["coverage"], 1e-9);
    EXPECT_NEAR(quality.score.contrast, expected["contrast"], 1e-5);
    EXPECT_NEAR(quality.score.score(), expected["score"], 1e-9);
    ASSERT_EQ(quality.fit.has_value(), expected.contains("median_error"));
    if (!quality.fit)
        return;
    EXPECT_EQ(quality.fit->words, expected["words"]);
    EXPECT_NEAR(quality.fit->medianErrorSeconds, expected["median_error"], 1e-9);
    EXPECT_NEAR(quality.fit->meanErrorSeconds, expected["mean_error"], 1e-9);
    EXPECT_NEAR(quality.fit->massInside, expected["mass_inside"], 1e-6);
}

TEST(SoundRowsOf, AHeadThatLooksAtFewerPositionsIsNotReadPastItsRows)
{
    const auto capture = spoken();
    const CaptureOutput& output = capture->manifest().outputs.at(0);
    const std::size_t site = soundSites(capture->manifest(), output).front();
    SoundRows rows = soundRows(*capture, output, capture->site(site).keyAxis, TimingRows::Predicting);
    rows.positions = capture->keyAxis(site).length + 1;
    expectError(ErrorKind::InvalidRequest, {"fewer than"}, [&] { readSoundRows(*capture, {site, {0}}, rows); });
}

class AlignmentSearchOf : public testing::TestWithParam<std::tuple<TimingRows, bool>>
{};

TEST_P(AlignmentSearchOf, RanksAndProposesAsWrittenOut)
{
    const auto [rows, byReference] = GetParam();
    const Json truth = expected(rows).at(byReference ? "by_reference" : "by_itself");
    const AlignmentProposal found =
        searched({spoken(), byReference ? reference() : std::vector<ReferenceWord>()}, {rows, 5});
    ASSERT_EQ(found.ranking.size(), 8u);
    for (std::size_t i = 0; i < 8; ++i) {
        SCOPED_TRACE(i);
        EXPECT_EQ(found.ranking[i].head, headFrom(truth["ranking"][i]["head"]));
        expectQuality(found.ranking[i].quality, truth["ranking"][i]);
    }
    ASSERT_EQ(found.alignment.heads.size(), truth["proposed"].size());
    for (std::size_t i = 0; i < truth["proposed"].size(); ++i)
        EXPECT_EQ(found.alignment.heads[i], headFrom(truth["proposed"][i]));
    expectQuality(found.quality, truth["quality"]);
    EXPECT_EQ(found.windows, 2u);
    EXPECT_EQ(found.windowsRead, 2u);
}

INSTANTIATE_TEST_SUITE_P(All, AlignmentSearchOf,
                         testing::Combine(testing::Values(TimingRows::Input, TimingRows::Predicting), testing::Bool()));

TEST(AlignmentSearch, HeadsThatWerePaintedForwardComeFirst)
{
    const AlignmentProposal found = searched({spoken(), {}}, {TimingRows::Input, 5});
    for (std::size_t i = 0; i < 8; ++i) {
        const Alignment::Head& head = found.ranking[i].head;
        const bool goesForward = (found.ranking[i].layer == 0 && head.head == 2) ||
                                 (found.ranking[i].layer == 1 && head.head != 1); // make_alignment.py: painted
        EXPECT_EQ(goesForward, i < 4) << i;
    }
    EXPECT_FALSE(found.ranking.front().quality.isBetterThan(found.quality))
        << "a set is never worse than its best head";
    EXPECT_EQ(found.ranking.back().quality.score.score(), 0) << "backwards";
}

TEST(AlignmentSearch, AGivenSetIsJudgedAlike)
{
    const AlignmentSource source{spoken(), reference()};
    for (const TimingRows rows : {TimingRows::Input, TimingRows::Predicting})
        expectQuality(alignmentQuality({&source, 1}, *source.capture->manifest().alignment, rows),
                      expected(rows).at("model"));
}

TEST(AlignmentSearch, SeveralRecordingsAreJudgedTogether)
{
    const AlignmentSource one{spoken(), reference()};
    const std::vector<AlignmentSource> twice = {one, one};
    AnalysisProgress progress({}, {});
    const AlignmentProposal found = searchAlignmentHeads(twice, {TimingRows::Input, 5}, progress);
    const AlignmentProposal alone = searched(one, {TimingRows::Input, 5});
    EXPECT_EQ(found.alignment, alone.alignment);
    EXPECT_EQ(found.windows, 4u);
    EXPECT_EQ(found.quality.fit->words, 2 * alone.quality.fit->words);
    EXPECT_NEAR(found.quality.fit->meanErrorSeconds, alone.quality.fit->meanErrorSeconds, 1e-12);
}

TEST(AlignmentSearch, TheSetIsNoLargerThanAskedFor)
{
    EXPECT_EQ(searched({spoken(), {}}, {TimingRows::Input, 5, 1}).alignment.heads.size(), 1u);
}

TEST(AlignmentSearch, CanBeStopped)
{
    std::stop_source stop;
    AnalysisProgress progress(stop.get_token(), [&](double share) {
        if (share > 0.1)
            stop.request_stop();
    });
    const AlignmentSource source{spoken(), {}};
    expectError(ErrorKind::Cancelled, {}, [&] { searchAlignmentHeads({&source, 1}, {}, progress); });
}

TEST(AlignmentSearch, SaysWhatIsMissing)
{
    const auto picture = Capture::open(kFolder / "captioning.heed");
    expectError(ErrorKind::InvalidRequest, {"captioning.heed", "heard in a recording"}, [&] {
        searched({picture, {}}, {});
    });
    expectError(ErrorKind::InvalidRequest, {"captioning.heed", "no text that was heard"},
                [&] { transcriptWords(*picture, {}); });
    expectError(ErrorKind::InvalidRequest, {"none of the 1 words", "spoken.heed"}, [&] {
        searched({spoken(), {{"elephant", 0, 1}}}, {});
    });
    EXPECT_FALSE(alignmentSearchObstacle(spoken()->manifest()));
    Manifest withoutSecond = spoken()->manifest();
    std::erase_if(withoutSecond.sites, [](const AttentionSite& site) { return site.pass == "transcript.2"; });
    EXPECT_THAT(alignmentSearchObstacle(withoutSecond), testing::Optional(testing::HasSubstr("\"transcript.2/*\"")));
}

TEST(SpokenWords, OfAllWindowsAreTheReferences)
{
    const auto capture = spoken();
    for (const TimingRows rows : {TimingRows::Input, TimingRows::Predicting}) {
        const Json truth = expected(rows).at("words");
        const std::vector<TranscriptWord> words = transcriptWords(*capture, *capture->manifest().alignment, rows);
        ASSERT_EQ(words.size(), truth.size());
        for (std::size_t i = 0; i < words.size(); ++i) {
            SCOPED_TRACE(i);
            EXPECT_EQ(words[i].output, truth[i]["output"]);
            EXPECT_EQ(words[i].text, truth[i]["text"]);
            EXPECT_NEAR(words[i].spoken.startSeconds, truth[i]["start_seconds"], 1e-9);
            EXPECT_NEAR(words[i].spoken.endSeconds, truth[i]["end_seconds"], 1e-9);
            EXPECT_NEAR(words[i].spoken.probability, truth[i]["probability"], 1e-9);
            ASSERT_TRUE(words[i].spoken.attentionShare);
            EXPECT_NEAR(*words[i].spoken.attentionShare, truth[i]["attention_share"], 1e-6);
        }
    }
}

TEST(SpokenWords, WithoutSegmentsEveryTokenCounts)
{
    CaptureOutput output = spoken()->manifest().outputs.at(0);
    const std::vector<TokenSeconds> seconds(output.tokens.size());
    EXPECT_EQ(spokenWords(output, seconds).size(), 9u);
    output.segments.clear();
    const std::vector<SpokenWord> words = spokenWords(output, seconds);
    ASSERT_EQ(words.size(), 10u) << "the one that was cut off too";
    EXPECT_THAT(words[3].tokens, testing::ElementsAre(3u, 4u)) << "ba + ll";
    output.segments = {{0, 0, 0, 0}};
    EXPECT_TRUE(spokenWords(output, seconds).empty()) << "nothing was said";
}

TEST(SpokenWords, CandidatesThatLostHaveNoTimes)
{
    Manifest manifest = spoken()->manifest();
    EXPECT_THAT(transcriptsOf(manifest), testing::ElementsAre(0u, 1u));
    manifest.outputs[1].rank = 1;
    EXPECT_THAT(transcriptsOf(manifest), testing::ElementsAre(0u));
}

TEST(SpokenWords, HeadsThatLookAtDifferentSoundTellNoTimeTogether)
{
    const auto whole = spoken();
    Manifest manifest = whole->manifest();
    TokenAxis shorter = manifest.axis("sound");
    shorter.length = shorter.segments[0].length = 1;
    manifest.axes["shorter"] = shorter;
    manifest.sites[1].keyAxis = "shorter";
    const TempFolder folder;
    CaptureWriter writer(folder.file("x.heed"));
    for (const AttentionSite& site : manifest.sites) {
        const Shape shape = {4, whole->tensor(site.weights).shape[1], manifest.axis(site.keyAxis).length};
        const std::vector<float> values(static_cast<std::size_t>(shape[0] * shape[1] * shape[2]), 0.5f);
        writer.addTensor(site.weights, DType::F32, shape, std::as_bytes(std::span(values)));
    }
    writer.finish(manifest);
    const auto capture = Capture::open(folder.file("x.heed"));
    expectError(ErrorKind::InvalidRequest, {"different axes"},
                [&] { transcriptWords(*capture, *capture->manifest().alignment); });
}

TEST(AlignmentScore, DegenerateMapsHaveNone)
{
    EXPECT_EQ(alignmentScore({}, 3, {}, {}).score(), 0);
    const std::vector<float> flat(6, 0);
    const AlignmentScore score = alignmentScore(flat, 3, warpingPath(flat, 2, 3), std::vector<std::int64_t>{0, 1});
    EXPECT_EQ(score.monotonicity, 0);
    EXPECT_EQ(score.coverage, 0.5);
    EXPECT_EQ(score.contrast, 0);
}

} // namespace
} // namespace heedmap::test
