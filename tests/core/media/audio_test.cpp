#include "core/base/error.h"
#include "core/base/files.h"
#include "core/media/audio.h"
#include "core/media/log_mel.h"
#include "tests/core/base/expect_error.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <numbers>
#include <sndfile.h>

namespace heedmap {
namespace {

using Bytes = std::vector<std::byte>;

/// libsndfile's virtual file over a growing buffer, for writing.
struct Sink
{
    Bytes bytes;
    sf_count_t position = 0;

    static Sink& of(void* self) { return *static_cast<Sink*>(self); }
    static sf_count_t length(void* self) { return static_cast<sf_count_t>(of(self).bytes.size()); }
    static sf_count_t tell(void* self) { return of(self).position; }
    static sf_count_t seek(sf_count_t offset, int whence, void* self)
    {
        return of(self).position = offset + (whence == SEEK_SET ? 0 : whence == SEEK_CUR ? tell(self) : length(self));
    }
    static sf_count_t read(void* out, sf_count_t count, void* self)
    {
        const sf_count_t left = std::min(count, length(self) - tell(self));
        std::memcpy(out, of(self).bytes.data() + tell(self), static_cast<std::size_t>(left));
        of(self).position += left;
        return left;
    }
    static sf_count_t write(const void* data, sf_count_t count, void* self)
    {
        Bytes& bytes = of(self).bytes;
        bytes.resize(std::max(bytes.size(), static_cast<std::size_t>(tell(self) + count)));
        std::memcpy(bytes.data() + tell(self), data, static_cast<std::size_t>(count));
        of(self).position += count;
        return count;
    }
};

/// A file of the given format; channel c holds `samples` times (c + 1).
Bytes encoded(int format, int rate, int channels, const std::vector<float>& samples)
{
    Sink sink;
    SF_VIRTUAL_IO io{Sink::length, Sink::seek, Sink::read, Sink::write, Sink::tell};
    SF_INFO info{};
    info.format = format;
    info.samplerate = rate;
    info.channels = channels;
    SNDFILE* file = sf_open_virtual(&io, SFM_WRITE, &info, &sink);
    EXPECT_NE(file, nullptr) << sf_strerror(nullptr);
    std::vector<float> interleaved;
    for (const float sample : samples)
        for (int channel = 0; channel < channels; ++channel)
            interleaved.push_back(sample * static_cast<float>(channel + 1));
    EXPECT_EQ(sf_writef_float(file, interleaved.data(), static_cast<sf_count_t>(samples.size())),
              static_cast<sf_count_t>(samples.size()));
    sf_close(file);
    return sink.bytes;
}

std::vector<float> tone(int rate, double seconds, double hertz = 440)
{
    std::vector<float> samples(static_cast<std::size_t>(seconds * rate));
    for (std::size_t i = 0; i < samples.size(); ++i)
        samples[i] = 0.25F * static_cast<float>(std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / rate));
    return samples;
}

/// Largest difference to the tone away from the ends, where a filter has nothing to look at.
double differenceToTone(const Audio& audio, double factor, double hertz = 440)
{
    double most = 0;
    for (std::size_t i = audio.samples.size() / 10; i < audio.samples.size() * 9 / 10; ++i) {
        const double time = static_cast<double>(i) / audio.sampleRate;
        most =
            std::max(most, std::abs(audio.samples[i] - factor * 0.25 * std::sin(2 * std::numbers::pi * hertz * time)));
    }
    return most;
}

struct Format
{
    const char* mediaType;
    int format;
    double tolerance;
};

constexpr Format kFormats[] = {
    {"audio/wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1e-4},
    {"audio/wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 1e-6},
    {"audio/wav", SF_FORMAT_RF64 | SF_FORMAT_PCM_24, 1e-6},
    {"audio/flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 1e-4},
    {"audio/ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 0.02},
    {"audio/ogg", SF_FORMAT_OGG | SF_FORMAT_OPUS, 0.02},
    {"audio/aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 1e-4},
    {"audio/mpeg", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 0.02},
};

TEST(Audio, everyFormatGivesTheSoundThatWasWritten)
{
    for (const Format& format : kFormats) {
        const Bytes file = encoded(format.format, 48'000, 1, tone(48'000, 0.7));
        const AudioHeader header = readAudioHeader(file, "tone");
        EXPECT_EQ(header.mediaType, format.mediaType);
        EXPECT_EQ(header.sampleRate, 48'000);
        const Audio audio = decodeAudio(file, "tone", 48'000);
        EXPECT_NEAR(audio.seconds(), 0.7, 0.03) << format.mediaType;
        EXPECT_LT(differenceToTone(audio, 1), format.tolerance) << format.mediaType << " " << std::hex << format.format;
    }
}

TEST(Audio, everyRateKeepsTheTimeOfEverySample)
{
    for (const int rate : {8'000, 11'025, 16'000, 22'050, 44'100, 96'000, 192'000}) {
        const Audio audio =
            decodeAudio(encoded(SF_FORMAT_WAV | SF_FORMAT_FLOAT, rate, 1, tone(rate, 1.0)), "tone", 16'000);
        EXPECT_EQ(audio.samples.size(), 16'000u) << rate;
        EXPECT_LT(differenceToTone(audio, 1), 1e-4) << rate;
    }
}

TEST(Audio, channelsAreAveraged)
{
    const Audio audio =
        decodeAudio(encoded(SF_FORMAT_WAV | SF_FORMAT_FLOAT, 16'000, 3, tone(16'000, 0.3)), "tone", 16'000);
    EXPECT_LT(differenceToTone(audio, 2), 1e-6); // of 1, 2 and 3 times the tone
}

TEST(Audio, oneSampleIsARecordingAndNoneIsNot)
{
    const Audio audio = decodeAudio(encoded(SF_FORMAT_WAV | SF_FORMAT_FLOAT, 16'000, 1, {0.5F}), "click", 16'000);
    EXPECT_EQ(audio.samples, std::vector<float>{0.5F});
    EXPECT_EQ(decodeAudio(encoded(SF_FORMAT_WAV | SF_FORMAT_FLOAT, 96'000, 1, {0.5F}), "click", 16'000).samples.size(),
              1u);
    expectError(ErrorKind::InvalidFile, {"nothing.wav has no sound in it"},
                [&] { decodeAudio(encoded(SF_FORMAT_WAV | SF_FORMAT_FLOAT, 16'000, 1, {}), "nothing.wav", 16'000); });
}

TEST(Audio, whatIsNoRecordingIsSaidToBeNone)
{
    expectError(ErrorKind::InvalidFile, {"a.wav is empty"}, [&] { readAudioHeader({}, "a.wav"); });
    const std::string text = "RIFF but no WAVE at all";
    expectError(ErrorKind::Unsupported, {"it reads WAV, FLAC, OGG, MP3 and AIFF"},
                [&] { readAudioHeader(std::as_bytes(std::span(text)), "a.wav"); });
    const std::string head = std::string("RIFF\xff\xff\xff\x7fWAVEfmt \xff\xff\xff\xff", 20);
    EXPECT_THROW(readAudioHeader(std::as_bytes(std::span(head)), "a.wav"), Error);
}

TEST(Audio, samplesThatAreNoNumbersAreRefused)
{
    std::vector<float> samples = tone(16'000, 0.2);
    samples[1600] = std::numeric_limits<float>::quiet_NaN();
    expectError(ErrorKind::InvalidFile, {"0.100 s after its start"},
                [&] { decodeAudio(encoded(SF_FORMAT_WAV | SF_FORMAT_FLOAT, 16'000, 1, samples), "a.wav", 16'000); });
}

TEST(Audio, whatIsTooLongIsRefused)
{
    const Bytes file = encoded(SF_FORMAT_WAV | SF_FORMAT_PCM_U8, 1000, 1, std::vector<float>(7'200'001));
    expectError(ErrorKind::TooLarge, {"a.wav is longer than 120 minutes"}, [&] { readAudioHeader(file, "a.wav"); });
}

/// Every format cut at many places and with bytes changed: an error or a sound, never a crash or more than was
/// promised.
TEST(Audio, damagedFilesAreErrorsOrShorter)
{
    for (const Format& format : kFormats) {
        const Bytes whole = encoded(format.format, 16'000, 2, tone(16'000, 0.5));
        for (std::size_t part = 0; part < 40; ++part) {
            Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(whole.size() * part / 40));
            Bytes changed = whole;
            for (std::size_t i = part; i < changed.size(); i += 97)
                changed[i] ^= std::byte{0x5a};
            for (const Bytes& file : {cut, changed})
                try {
                    EXPECT_LE(decodeAudio(file, "damaged", 16'000).seconds(), kMaxAudioSeconds);
                } catch (const Error& error) {
                    EXPECT_NE(std::string(error.what()).find("damaged"), std::string::npos) << error.what();
                }
        }
    }
}

class LogMel : public testing::Test
{
protected:
    static std::filesystem::path fixture(const char* name)
    {
        return std::filesystem::path(HEEDMAP_SOURCE_DIR) / "tests/fixtures/audio" / name;
    }
}; // namespace

TEST_F(LogMel, equalsTheReferenceWithinTenToTheMinusFour)
{
    const std::vector<float> sound = decodeAudio(readFile(fixture("sound.wav"), 1 << 20), "sound.wav", 16'000).samples;
    const Bytes expected = readFile(fixture("mel.bin"), 1 << 20);
    for (const Json& item : parseJson(readTextFile(fixture("mel.json"), 1 << 20), "mel.json")) {
        std::vector<float> fed = sound;
        if (item["samples"].is_null()) {
            fed.insert(fed.end(), sound.begin(), sound.end());
            fed.insert(fed.end(), sound.begin(), sound.end());
        } else {
            fed.resize(item["samples"].get<std::size_t>());
        }
        const LogMelExtractor extractor = LogMelExtractor::fromConfig(item["config"]);
        const MelFeatures mel = item["whole"].get<bool>() ? extractor.whole(fed) : extractor.window(fed);
        ASSERT_EQ(mel.bins, item["bins"].get<int>()) << item["name"];
        ASSERT_EQ(mel.frames, item["frames"].get<int>()) << item["name"];
        std::vector<float> values(mel.values.size());
        std::memcpy(values.data(), expected.data() + item["offset"].get<std::size_t>(), values.size() * sizeof(float));
        double most = 0;
        for (std::size_t i = 0; i < values.size(); ++i)
            most = std::max(most, static_cast<double>(std::abs(values[i] - mel.values[i])));
        EXPECT_LT(most, 1e-4) << item["name"];
    }
}

/// Frames of silence are not transformed; a sound far too soft to be seen makes them be.
TEST_F(LogMel, silenceAfterTheLastSoundIsWhatATransformMakesOfIt)
{
    const LogMelExtractor extractor = LogMelExtractor::fromConfig({{"chunk_length", 2}});
    const std::vector<float> sound = decodeAudio(readFile(fixture("sound.wav"), 1 << 20), "sound.wav", 16'000).samples;
    for (const std::size_t length : {0, 1, 160, 1003, 16'000, 31'700, 31'999}) {
        std::vector<float> silent(32'000);
        for (std::size_t i = 0; i < length; ++i)
            silent[i] = sound[i % sound.size()] + 0.001F;
        std::vector<float> heard = silent;
        heard.back() += 1e-20F;
        const MelFeatures fast = extractor.whole(silent);
        const MelFeatures slow = extractor.whole(heard);
        ASSERT_EQ(fast.values.size(), slow.values.size());
        for (std::size_t i = 0; i < fast.values.size(); ++i)
            ASSERT_NEAR(fast.values[i], slow.values[i], 1e-6) << length << " samples, value " << i;
    }
}

TEST_F(LogMel, refusesWhatItDoesNotDo)
{
    const auto expectRefusal = [](ErrorKind kind, const char* part, const Json& config) {
        expectError(kind, {part}, [&] { LogMelExtractor::fromConfig(config); });
    };
    expectRefusal(ErrorKind::Unsupported, "dither", {{"dither", 0.1}});
    expectRefusal(ErrorKind::Unsupported, "do_normalize", {{"do_normalize", true}});
    expectRefusal(ErrorKind::Unsupported, "Wav2Vec2FeatureExtractor",
                  {{"feature_extractor_type", "Wav2Vec2FeatureExtractor"}});
    expectRefusal(ErrorKind::InvalidFile, "hop_length", {{"hop_length", 0}});
    expectRefusal(ErrorKind::InvalidFile, "480000 frames", {{"hop_length", 1}, {"n_fft", 16384}});
    expectRefusal(ErrorKind::InvalidFile, "shorter than one frame",
                  {{"sampling_rate", 1000}, {"chunk_length", 1}, {"n_fft", 4000}});
}

} // namespace
} // namespace heedmap
