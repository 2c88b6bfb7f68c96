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
    const CommandResult missing = heedmapCommand(transcribing("nothing.wav", {}));
    EXPECT_EQ(missing.status, 1);
    EXPECT_THAT(missing.errors, HasSubstr("nothing.wav"));
    const CommandResult language = heedmapCommand(transcribing("short.wav", {"--language", "klingon"}));
    EXPECT_NE(language.status, 0);
    EXPECT_THAT(language.errors, HasSubstr("klingon"));
}

} // namespace
} // namespace heedmap::test
