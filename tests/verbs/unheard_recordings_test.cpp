#include "core/base/files.h"
#include "tests/core/base/temp_folder.h"
#include "tests/verbs/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace heedmap::test {
namespace {

using testing::HasSubstr;

void append(std::string& bytes, std::uint32_t number, int count)
{
    for (int i = 0; i < count; ++i)
        bytes += static_cast<char>(number >> (8 * i) & 0xff);
}

/// A WAV file of one channel: eight bits a sample, 128 is silence.
std::string wav(const std::string& samples, std::uint32_t rate = 16'000)
{
    const auto size = static_cast<std::uint32_t>(samples.size());
    std::string bytes = "RIFF";
    append(bytes, 36 + size, 4);
    bytes += "WAVEfmt ";
    append(bytes, 16, 4);
    append(bytes, 1, 2); // PCM
    append(bytes, 1, 2);
    append(bytes, rate, 4);
    append(bytes, rate, 4);
    append(bytes, 1, 2);
    append(bytes, 8, 2);
    bytes += "data";
    append(bytes, size, 4);
    return bytes + samples;
}

std::string tone(int samples)
{
    std::string sound;
    for (int i = 0; i < samples; ++i)
        sound += static_cast<char>(128 + std::lround(60 * std::sin(0.3 * i)));
    return sound;
}

/// Every verb that has a model listen answers a recording with nothing to hear in the same words, the window's too.
class UnheardRecordings : public testing::TestWithParam<const char*>
{
protected:
    CommandResult listen(const std::string& recording) const
    {
        const std::string verb = GetParam();
        std::vector<std::string> words = {verb, "--model", fixture("whisper/models/multilingual"), "--audio",
                                          recording};
        if (verb == "capture")
            words.insert(words.end(), {"--out", m_folder.file("run.heed")});
        if (verb == "rerank")
            words.insert(words.end(), {"--candidates", m_folder.write("texts.txt", "a cone\na ring\n").string()});
        if (verb == "whatif")
            words.insert(words.end(), {"--mute", "model.decoder.layers.0.encoder_attn:0"});
        return heedmapCommand(words);
    }
    CommandResult listenTo(const std::string& name, const std::string& bytes) const
    {
        return listen(m_folder.write(name, bytes).string());
    }

    TempFolder m_folder;
};

TEST_P(UnheardRecordings, AreRefusedInASentence)
{
    const std::string whole = wav(tone(8000));
    std::string badForm = whole;
    badForm.replace(22, 2, "\xff\xff"); // channels
    const struct
    {
        const char* name;
        std::string bytes;
        const char* answer;
    } cases[] = {
        {"empty.wav", "", "empty.wav is empty"},
        {"text.wav", "no recording", "text.wav is no recording this program reads; it reads WAV"},
        {"header.wav", whole.substr(0, 30), "header.wav cannot be read as a recording"},
        {"form.wav", badForm, "form.wav cannot be read as a recording"},
        {"nothing.wav", wav(""), "nothing.wav has no sound in it"},
        {"one.wav", wav("\xff"), "one.wav lasts 0.0625 ms, too short to hear anything in; it takes at least 25 ms"},
        {"short.wav", wav(tone(399)), "short.wav lasts 24.9 ms, too short"},
        {"silent.wav", wav(std::string(16'000, '\x80')), "silent.wav is silent: nothing in its 1.0 s is louder"},
        {"long.wav", wav(std::string(1000 * 7201, '\x80'), 1000), "long.wav is longer than 120 minutes; cut it"},
    };
    for (const auto& [name, bytes, answer] : cases) {
        const CommandResult result = listenTo(name, bytes);
        EXPECT_EQ(result.status, 1) << name << ": " << result.output;
        EXPECT_THAT(result.errors, HasSubstr(answer)) << name;
        EXPECT_EQ(result.output, "") << name;
        EXPECT_FALSE(std::filesystem::exists(m_folder.file("run.heed"))) << name;
    }
    EXPECT_THAT(listen(m_folder.file("missing.wav")).errors, HasSubstr("missing.wav: No such file"));
}

TEST_P(UnheardRecordings, TheShortestAreHeardAndSoIsWhatIsLeftOfACutOne)
{
    EXPECT_EQ(listenTo("least.wav", wav(tone(400))).status, 0);
    const std::string whole = wav(tone(8000));
    EXPECT_EQ(listenTo("cut.wav", whole.substr(0, whole.size() / 2)).status, 0)
        << "as a recording that was being written has no length in its header yet";
}

INSTANTIATE_TEST_SUITE_P(Verbs, UnheardRecordings, testing::Values("transcribe", "capture", "rerank", "whatif"),
                         [](const auto& info) { return std::string(info.param); });

} // namespace
} // namespace heedmap::test
