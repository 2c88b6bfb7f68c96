#include "core/base/files.h"
#include "tests/core/base/temp_folder.h"
#include "tests/verbs/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heedmap::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::vector<std::string> transcribing(const std::string& recording, const std::vector<std::string>& more)
{
    std::vector<std::string> words = {"transcribe", "--model", fixture("whisper/models/multilingual"), "--audio",
                                      fixture("whisper/recordings/" + recording)};
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

TEST(TranscribeVerb, SegmentsOfALongRecordingComeInOrder)
{
    const CommandResult result = heedmapCommand(transcribing("long.wav", {"--format", "json"}));
    ASSERT_EQ(result.status, 0) << result.errors;
    const Json segments = result.json();
    ASSERT_EQ(segments.size(), 3u); // tests/fixtures/whisper/fixtures.json: multilingual, long.wav, with times
    EXPECT_LT(segments[0]["start_seconds"], segments[1]["start_seconds"]);
    EXPECT_EQ(segments[2]["output"], "transcript.3");
}

TEST(TranscribeVerb, SubtitlesHaveTheirForm)
{
    const CommandResult srt = heedmapCommand(transcribing("long.wav", {"--format", "srt", "--beam", "2"}));
    ASSERT_EQ(srt.status, 0) << srt.errors;
    EXPECT_THAT(srt.output, StartsWith("1\n00:00:0"));
    EXPECT_THAT(srt.output, HasSubstr(" --> 00:00:0"));
    const CommandResult vtt = heedmapCommand(transcribing("short.wav", {"--format", "vtt", "--language", "german"}));
    ASSERT_EQ(vtt.status, 0) << vtt.errors;
    EXPECT_THAT(vtt.output, StartsWith("WEBVTT\n\n"));
}

TEST(TranscribeVerb, SegmentsAreATextGridToo)
{
    const CommandResult grid = heedmapCommand(transcribing("long.wav", {"--format", "textgrid"}));
    ASSERT_EQ(grid.status, 0) << grid.errors;
    EXPECT_THAT(grid.output, StartsWith("File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n"));
    EXPECT_THAT(grid.output, HasSubstr("name = \"segments\""));
    const CommandResult words = heedmapCommand(transcribing("long.wav", {"--words", "--format", "textgrid"}));
    EXPECT_THAT(words.output, HasSubstr("name = \"words\""));
}

TEST(TranscribeVerb, WordsComeWithTheirConfidence)
{
    const CommandResult csv = heedmapCommand(transcribing("long.wav", {"--words", "--format", "csv"}));
    ASSERT_EQ(csv.status, 0) << csv.errors;
    EXPECT_THAT(csv.output, StartsWith("start,end,text,probability,attention_share\n"));
    const CommandResult json =
        heedmapCommand(transcribing("long.wav", {"--words", "--rows", "input", "--format", "json"}));
    ASSERT_EQ(json.status, 0) << json.errors;
    ASSERT_FALSE(json.json().empty());
    for (const Json& word : json.json()) {
        EXPECT_GT(word["probability"], 0);
        EXPECT_LE(word["probability"], 1);
    }
    EXPECT_NE(json.output, heedmapCommand(transcribing("long.wav", {"--words", "--format", "json"})).output)
        << "other rows, other times";
}

/// Fine-tuned and distilled checkpoints often name no heads: some are searched.
TEST(TranscribeVerb, WordsAreTimedWithoutAlignmentHeads)
{
    const TempFolder folder;
    const std::filesystem::path model = folder.path() / "model";
    std::filesystem::copy(fixture("whisper/models/multilingual"), model);
    Json generation = parseJson(readTextFile(model / "generation_config.json", 1 << 20), "generation_config.json");
    generation.erase("alignment_heads");
    writeFileAtomically(model / "generation_config.json", asBytes(generation.dump()));
    const CommandResult result =
        heedmapCommand({"transcribe", "--model", model, "--audio", fixture("whisper/recordings/long.wav"), "--words",
                        "--format", "json"});
    ASSERT_EQ(result.status, 0) << result.errors;
    EXPECT_FALSE(result.json().empty());
}

TEST(TranscribeVerb, CuesOfWebVttAreEscapedAndLast)
{
    const std::vector<std::string> asked = {"transcribe",
                                            "--model",
                                            fixture("whisper/models/english"),
                                            "--audio",
                                            fixture("whisper/recordings/short.wav"),
                                            "--beam",
                                            "3",
                                            "--words",
                                            "--format"};
    const auto in = [&](const char* format) {
        std::vector<std::string> words = asked;
        words.emplace_back(format);
        return heedmapCommand(words).output;
    };
    ASSERT_THAT(in("text"), HasSubstr("R>@")) << "the seeded model writes this";
    EXPECT_THAT(in("vtt"), HasSubstr("R&gt;@"));
    EXPECT_THAT(in("srt"), HasSubstr("R>@"));
}

TEST(TranscribeVerb, ACaptureOfARecordingCanBeDescribed)
{
    const TempFolder folder;
    const std::string out = folder.file("talk.heed");
    std::vector<std::string> words = transcribing("short.wav", {"--out", out});
    words[0] = "capture";
    const CommandResult made = heedmapCommand(words);
    ASSERT_EQ(made.status, 0) << made.errors;
    const CommandResult info = heedmapCommand({"info", out});
    ASSERT_EQ(info.status, 0) << info.errors;
    EXPECT_THAT(info.output, HasSubstr("transcript"));
}

TEST(TranscribeVerb, WrongUseAndFailuresAreTold)
{
    EXPECT_EQ(heedmapCommand({"transcribe", "--audio", "a.wav"}).status, 2) << "no model";
    EXPECT_EQ(heedmapCommand(transcribing("short.wav", {"--format", "docx"})).status, 2);
    EXPECT_EQ(heedmapCommand(transcribing("short.wav", {"--beam", "0"})).status, 2);
    EXPECT_EQ(heedmapCommand(transcribing("short.wav", {"--words", "--rows", "output"})).status, 2);
    const CommandResult missing = heedmapCommand(transcribing("nothing.wav", {}));
    EXPECT_EQ(missing.status, 1);
    EXPECT_THAT(missing.errors, HasSubstr("nothing.wav"));
    const CommandResult language = heedmapCommand(transcribing("short.wav", {"--language", "klingon"}));
    EXPECT_NE(language.status, 0);
    EXPECT_THAT(language.errors, HasSubstr("klingon"));
}

} // namespace
} // namespace heedmap::test
