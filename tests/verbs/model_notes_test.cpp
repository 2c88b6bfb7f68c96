#include "core/base/files.h"
#include "tests/core/base/temp_folder.h"
#include "tests/verbs/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// What a checkpoint's files ask for without effect is said once, on standard error, and never among the results.

namespace heedmap::test {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string kRecording = fixture("whisper/recordings/short.wav");

class ModelNotesOfVerbs : public testing::Test
{
protected:
    ModelNotesOfVerbs() { std::filesystem::copy(fixture("whisper/models/multilingual"), m_model); }

    void add(const std::string& field, const Json& value)
    {
        const std::filesystem::path path = m_model / "generation_config.json";
        Json generation = parseJson(readTextFile(path, 1 << 20), path.string());
        generation[field] = value;
        writeFileAtomically(path, asBytes(generation.dump()));
    }
    CommandResult run(const std::string& verb, const std::vector<std::string>& more) const
    {
        std::vector<std::string> words = {verb, "--model", m_model.string(), "--audio", kRecording};
        words.insert(words.end(), more.begin(), more.end());
        return heedmapCommand(words);
    }
    static std::size_t notesIn(const std::string& text)
    {
        std::size_t count = 0;
        for (std::size_t at = text.find("note: "); at != std::string::npos; at = text.find("note: ", at + 1))
            ++count;
        return count;
    }

    TempFolder m_folder;
    std::filesystem::path m_model = m_folder.path() / "model";
};

TEST_F(ModelNotesOfVerbs, AreALineEachOnStandardError)
{
    add("logprob_threshold", -1.0);
    add("compression_ratio_threshold", 1.35);
    const CommandResult result = run("transcribe", {"--format", "json"});
    ASSERT_EQ(result.status, 0) << result.errors;
    EXPECT_TRUE(result.json().is_array()) << "standard output is the result alone";
    EXPECT_THAT(result.errors, AllOf(StartsWith("note: \"logprob_threshold\" is -1.0 in "),
                                     HasSubstr("\nnote: \"compression_ratio_threshold\" is 1.35 in "),
                                     HasSubstr("without effect"), EndsWith("fall back to\n")));
    EXPECT_EQ(notesIn(result.errors), 2u);
}

/// Heads to mute are found in a run of its own, before.
TEST_F(ModelNotesOfVerbs, AreSaidOnceHoweverOftenTheModelRuns)
{
    add("logprob_threshold", -1.0);
    const std::vector<std::string> mute = {"--mute", "model.decoder.layers.0.encoder_attn:0", "--json"};
    const CommandResult whatif = run("whatif", mute);
    ASSERT_EQ(whatif.status, 0) << whatif.errors;
    EXPECT_EQ(notesIn(whatif.errors), 1u) << whatif.errors;
    EXPECT_TRUE(whatif.json().is_object());
    std::vector<std::string> words = mute;
    words.insert(words.end(), {"--out", m_folder.file("run.heed")});
    const CommandResult capture = run("capture", words);
    ASSERT_EQ(capture.status, 0) << capture.errors;
    EXPECT_EQ(notesIn(capture.errors), 1u) << capture.errors;
    EXPECT_TRUE(capture.json().is_object());
}

TEST_F(ModelNotesOfVerbs, AreNotThereForAModelWithoutAny)
{
    const CommandResult result = run("transcribe", {});
    ASSERT_EQ(result.status, 0) << result.errors;
    EXPECT_THAT(result.errors, Not(HasSubstr("note")));
}

} // namespace
} // namespace heedmap::test
