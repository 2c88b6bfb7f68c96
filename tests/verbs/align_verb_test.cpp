#include "core/base/files.h"
#include "tests/core/base/temp_folder.h"
#include "tests/verbs/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

// The fixture and what is expected of it: tests/fixtures/analysis/make_alignment.py.

namespace heedmap::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

CommandResult aligned(std::vector<std::string> words)
{
    words.insert(words.begin(), {"align", fixture("analysis/spoken.heed")});
    return heedmapCommand(words);
}

Json truth()
{
    return parseJson(readTextFile(fixture("analysis/spoken.json"), 1 << 20), "spoken.json");
}

void expectWords(const Json& words, const Json& expected)
{
    ASSERT_EQ(words.size(), expected.size());
    for (std::size_t i = 0; i < words.size(); ++i) {
        EXPECT_EQ(words[i]["text"], expected[i]["text"]);
        EXPECT_EQ(words[i]["output"], expected[i]["output"]);
        for (const char* number : {"start_seconds", "end_seconds", "probability", "attention_share"})
            EXPECT_NEAR(words[i][number], expected[i][number], 1e-6) << number << " of word " << i;
    }
}

std::vector<std::string> linesOf(const std::string& text)
{
    std::istringstream stream(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

TEST(AlignVerb, TimesWordsByTheCheckpointsHeads)
{
    for (const char* rows : {"input", "predicting"}) {
        const CommandResult result = aligned({"--rows", rows, "--format", "json"});
        ASSERT_EQ(result.status, 0) << result.errors;
        const Json report = result.json();
        EXPECT_EQ(report["heads"], Json({"L1.H3", "L0.H2"}));
        EXPECT_EQ(report["heads_from"], "model");
        EXPECT_EQ(report["median_width"], 5);
        EXPECT_EQ(report["rows"], rows);
        expectWords(report["words"], truth()[rows]["words"]);
    }
}

TEST(AlignVerb, SearchesWhenAskedTo)
{
    const Json report = aligned({"--heads", "auto", "--rows", "input", "--format", "json"}).json();
    const Json expected = truth()["input"]["by_itself"];
    EXPECT_EQ(report["heads_from"], "auto");
    ASSERT_EQ(report["ranking"].size(), 8u);
    for (std::size_t i = 0; i < 8; ++i) {
        const Json& head = expected["ranking"][i]["head"];
        EXPECT_EQ(report["ranking"][i]["head"], "L" + head[0].dump() + ".H" + head[1].dump());
        EXPECT_NEAR(report["ranking"][i]["score"], expected["ranking"][i]["score"], 1e-9);
    }
    const Json timed = aligned({"--heads", "auto", "--rows", "input", "--format", "json", "--reference",
                                fixture("analysis/spoken.csv")})
                           .json();
    EXPECT_EQ(timed["heads"], Json({"L0.H2"}));
    EXPECT_NEAR(timed["quality"]["reference"]["mean_error_seconds"],
                truth()["input"]["by_reference"]["quality"]["mean_error"], 1e-9);
    EXPECT_EQ(timed["quality"]["reference"]["words"], 15);
}

TEST(AlignVerb, HeadsCanBeSavedAndGivenAgain)
{
    const TempFolder folder;
    const std::string file = folder.file("heads.json");
    const CommandResult given = aligned({"--heads", "L0.H2,L1.H3", "--save-heads", file, "--format", "json"});
    ASSERT_EQ(given.status, 0) << given.errors;
    EXPECT_EQ(given.json()["heads_from"], "given");
    const Json saved = parseJson(readTextFile(file, 1 << 20), file);
    EXPECT_EQ(saved, Json::parse(R"({"alignment_heads": [[0, 2], [1, 3]], "median_filter_width": 5})"))
        << "as a checkpoint has them";
    const Json again = aligned({"--heads", file, "--format", "json"}).json();
    EXPECT_EQ(again["words"], given.json()["words"]);
    EXPECT_EQ(again["heads"], Json({"L0.H2", "L1.H3"}));
}

TEST(AlignVerb, SeveralRecordingsAreSearchedTogether)
{
    const std::string other = fixture("analysis/spoken.heed").string() + "=" + fixture("analysis/spoken.csv").string();
    const CommandResult result = aligned(
        {"--heads", "auto", "--reference", fixture("analysis/spoken.csv"), "--also", other, "--format", "json"});
    ASSERT_EQ(result.status, 0) << result.errors;
    EXPECT_EQ(result.json()["windows"], 4);
    EXPECT_EQ(result.json()["quality"]["reference"]["words"], 30);
    EXPECT_EQ(result.json()["words"].size(), 15u) << "of the first one";
    const CommandResult half = aligned({"--heads", "auto", "--also", other});
    EXPECT_EQ(half.status, 2);
    EXPECT_THAT(half.errors, HasSubstr("true times"));
}

TEST(AlignVerb, PeopleReadColumnsAndWhichHeadsTheyAre)
{
    const CommandResult result = aligned({"--rows", "input"});
    ASSERT_EQ(result.status, 0) << result.errors;
    EXPECT_THAT(result.errors, HasSubstr("the checkpoint's alignment heads L1.H3, L0.H2"));
    const std::vector<std::string> lines = linesOf(result.output);
    ASSERT_EQ(lines.size(), 16u);
    EXPECT_THAT(lines[0], HasSubstr("p(word)"));
    EXPECT_EQ(lines[4], "    0.46     0.72    0.565   0.433  ball");
    const CommandResult found = aligned({"--heads", "auto"});
    EXPECT_THAT(found.errors, HasSubstr("found by search"));
    EXPECT_THAT(found.errors, HasSubstr("of 8 heads"));
}

TEST(AlignVerb, CsvCarriesTheConfidence)
{
    const std::vector<std::string> lines = linesOf(aligned({"--rows", "input", "--format", "csv"}).output);
    ASSERT_EQ(lines.size(), 16u);
    EXPECT_EQ(lines[0], "start,end,text,probability,attention_share");
    EXPECT_EQ(lines[4], "0.46,0.72,\"ball\",0.5653,0.4332");
    EXPECT_THAT(lines[9], HasSubstr(R"(,"""tiny"".",)"));
    const TempFolder folder;
    writeFileAtomically(folder.file("own.csv"), asBytes(aligned({"--rows", "input", "--format", "csv"}).output));
    const Json report = aligned({"--rows", "input", "--format", "json", "--reference", folder.file("own.csv")}).json();
    EXPECT_NEAR(report["quality"]["reference"]["mean_error_seconds"], 0, 1e-9) << "its own times are right to it";
}

/// The numbers and texts of a TextGrid of one tier.
struct Grid
{
    double end = 0;
    std::vector<double> begins;
    std::vector<double> ends;
    std::vector<std::string> texts;
};

Grid gridFrom(const std::string& text)
{
    Grid grid;
    std::vector<std::string> lines = linesOf(text);
    const auto valueOf = [](const std::string& line) { return line.substr(line.find("= ") + 2); };
    bool inside = false;
    for (const std::string& line : lines) {
        inside = inside || line.find("intervals [") != std::string::npos;
        if (!inside && line.starts_with("xmax"))
            grid.end = std::stod(valueOf(line));
        else if (inside && line.find("xmin") != std::string::npos)
            grid.begins.push_back(std::stod(valueOf(line)));
        else if (inside && line.find("xmax") != std::string::npos)
            grid.ends.push_back(std::stod(valueOf(line)));
        else if (inside && line.find("text") != std::string::npos)
            grid.texts.push_back(valueOf(line));
    }
    return grid;
}

TEST(AlignVerb, ATextGridCoversTheRecording)
{
    for (const char* rows : {"input", "predicting"}) {
        const CommandResult result = aligned({"--rows", rows, "--format", "textgrid"});
        EXPECT_THAT(result.output, StartsWith("File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n"));
        EXPECT_THAT(result.output, HasSubstr("class = \"IntervalTier\""));
        const Grid grid = gridFrom(result.output);
        EXPECT_EQ(grid.end, 3.3);
        ASSERT_FALSE(grid.texts.empty());
        EXPECT_EQ(grid.begins.front(), 0);
        EXPECT_EQ(grid.ends.back(), 3.3);
        std::string all;
        for (std::size_t i = 0; i < grid.texts.size(); ++i) {
            EXPECT_LT(grid.begins[i], grid.ends[i]) << "Praat knows no interval without length";
            EXPECT_EQ(grid.begins[i], i == 0 ? 0 : grid.ends[i - 1]);
            all += grid.texts[i];
        }
        const Json expected = truth();
        for (const Json& word : expected[rows]["words"])
            if (const std::string text = word["text"]; text.find('"') == std::string::npos) {
                EXPECT_THAT(all, HasSubstr(text));
            }
        EXPECT_THAT(result.output, HasSubstr(R"(""tiny"".)"));
    }
}

TEST(AlignVerb, SubtitlesAreOfWords)
{
    EXPECT_THAT(aligned({"--rows", "input", "--format", "srt"}).output,
                HasSubstr("4\n00:00:00,460 --> 00:00:00,720\nball\n\n"));
    EXPECT_THAT(aligned({"--rows", "input", "--format", "vtt"}).output,
                HasSubstr("00:00:00.460 --> 00:00:00.720\nball\n\n"));
}

TEST(AlignVerb, WrongUseSaysWhatThereIs)
{
    const auto expectStatus = [](const std::vector<std::string>& words, int status, const char* hint) {
        const CommandResult result = aligned(words);
        EXPECT_EQ(result.status, status) << hint;
        EXPECT_THAT(result.errors, HasSubstr(hint));
    };
    expectStatus({"--heads", "L1.H4"}, 2, "heads are called L0.H0 to L1.H3");
    expectStatus({"--heads", "modell"}, 2, "did you mean model");
    expectStatus({"--heads", "L1.H3,L1.H3"}, 2, "twice");
    expectStatus({"--heads", "nowhere.json"}, 1, "nowhere.json");
    expectStatus({"--reference", "nowhere.csv"}, 1, "nowhere.csv");
    expectStatus({"--reference", fixture("analysis/spoken.json")}, 1, "spoken.json");
    expectStatus({"--format", "docx"}, 2, "docx");
    expectStatus({"--rows", "both"}, 2, "both");
    EXPECT_EQ(heedmapCommand({"align"}).status, 2);
    EXPECT_EQ(heedmapCommand({"align", "/nowhere.heed"}).status, 1);
    const CommandResult picture = heedmapCommand({"align", fixture("analysis/captioning.heed")});
    EXPECT_EQ(picture.status, 2);
    EXPECT_THAT(picture.errors, HasSubstr("recording"));
}

TEST(AlignVerb, AHeadFileIsNotTrusted)
{
    const TempFolder folder;
    const std::string file = folder.file("heads.json");
    const auto expectRefused = [&](const char* text, int status, const char* hint) {
        SCOPED_TRACE(text);
        writeFileAtomically(file, asBytes(text));
        const CommandResult result = aligned({"--heads", file});
        EXPECT_EQ(result.status, status);
        EXPECT_THAT(result.errors, HasSubstr(hint));
    };
    expectRefused("[[0, 1]]", 1, "alignment_heads");
    expectRefused("{}", 1, "alignment_heads");
    expectRefused(R"({"alignment_heads": []})", 1, "names none");
    expectRefused(R"({"alignment_heads": [[0]]})", 1, "[layer, head]");
    expectRefused(R"({"alignment_heads": [[0, 1.5]]})", 1, "[layer, head]");
    expectRefused(R"({"alignment_heads": [[7, 1]]})", 2, "L7.H1");
    expectRefused(R"({"alignment_heads": [[0, 1]], "median_filter_width": 4})", 1, "odd");
    expectRefused(R"({"alignment_heads": [[0, 1]], "median_filter_width": 1e9})", 1, "median_filter_width");
}

/// What a run answers of its words and what its capture says are the same.
TEST(AlignVerb, AgreesWithTheTranscriptionOfTheSameRun)
{
    const TempFolder folder;
    const std::string out = folder.file("talk.heed");
    const std::vector<std::string> input = {"--model", fixture("whisper/models/many_bins"), "--audio",
                                            fixture("whisper/recordings/long.wav")};
    std::vector<std::string> words = {"capture", "--out", out};
    words.insert(words.end(), input.begin(), input.end());
    ASSERT_EQ(heedmapCommand(words).status, 0);
    words = {"transcribe", "--words", "--format", "json"};
    words.insert(words.end(), input.begin(), input.end());
    const CommandResult transcribed = heedmapCommand(words);
    ASSERT_EQ(transcribed.status, 0) << transcribed.errors;
    const Json report = heedmapCommand({"align", out, "--format", "json"}).json();
    EXPECT_EQ(report["heads_from"], "model");
    ASSERT_GE(report["words"].size(), 3u) << "one a window at least";
    expectWords(report["words"], transcribed.json());
}

} // namespace
} // namespace heedmap::test
