#include "core/media/audio.h"

#include "core/base/error.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <memory>
#include <sndfile.h>
#include <soxr.h>

namespace heedmap {

namespace {

constexpr std::size_t kBlockFrames = 16'384;
constexpr double kLeastSeconds = 0.025;
constexpr float kSilence = 1e-4F; ///< −80 dB of full scale: below what 16 bits and a quiet room leave

struct Signature
{
    const char* mediaType;
    bool (*matches)(std::span<const std::byte> file);
};

bool has(std::span<const std::byte> file, std::size_t offset, std::string_view text)
{
    return file.size() >= offset + text.size() && std::memcmp(file.data() + offset, text.data(), text.size()) == 0;
}

/// An ID3 tag, or the eleven sync bits of a frame of layer III.
bool looksLikeMp3(std::span<const std::byte> file)
{
    if (has(file, 0, "ID3"))
        return true;
    return file.size() >= 4 && file[0] == std::byte{0xff} && (file[1] & std::byte{0xe6}) == std::byte{0xe2};
}

constexpr std::array kSignatures = {
    Signature{"audio/wav",
              [](auto file) { return (has(file, 0, "RIFF") || has(file, 0, "RF64")) && has(file, 8, "WAVE"); }},
    Signature{"audio/flac", [](auto file) { return has(file, 0, "fLaC"); }},
    Signature{"audio/ogg", [](auto file) { return has(file, 0, "OggS"); }},
    Signature{"audio/aiff",
              [](auto file) { return has(file, 0, "FORM") && (has(file, 8, "AIFF") || has(file, 8, "AIFC")); }},
    Signature{"audio/mpeg", looksLikeMp3},
};

/// The bytes as libsndfile's virtual file.
struct Reader
{
    std::span<const std::byte> file;
    sf_count_t position = 0;

    static Reader& of(void* self) { return *static_cast<Reader*>(self); }
    static sf_count_t length(void* self) { return static_cast<sf_count_t>(of(self).file.size()); }
    static sf_count_t tell(void* self) { return of(self).position; }

    static sf_count_t seek(sf_count_t offset, int whence, void* self)
    {
        const sf_count_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? tell(self) : length(self);
        sf_count_t target = 0;
        if (__builtin_add_overflow(base, offset, &target) || target < 0 || target > length(self))
            return -1;
        return of(self).position = target;
    }

    static sf_count_t read(void* out, sf_count_t count, void* self)
    {
        const sf_count_t left = std::min(count, length(self) - tell(self));
        if (left <= 0)
            return 0;
        std::memcpy(out, of(self).file.data() + tell(self), static_cast<std::size_t>(left));
        of(self).position += left;
        return left;
    }

    static sf_count_t write(const void*, sf_count_t, void*) { return 0; }
};

/// An opened recording; the bytes must outlive it.
class SoundFile
{
public:
    SoundFile(std::span<const std::byte> file, const std::string& name) : m_name(name), m_reader{file}
    {
        if (file.size() > kMaxAudioBytes)
            throw Error(ErrorKind::TooLarge, "{} has {} MiB; recordings of at most {} MiB are read", name,
                        file.size() >> 20, kMaxAudioBytes >> 20);
        m_header.mediaType = mediaTypeOf(file);
        SF_VIRTUAL_IO io{Reader::length, Reader::seek, Reader::read, Reader::write, Reader::tell};
        m_file.reset(sf_open_virtual(&io, SFM_READ, &m_info, &m_reader));
        if (!m_file)
            throw Error(ErrorKind::InvalidFile, "{} cannot be read as a recording: {}", name, sf_strerror(nullptr));
        checkInfo();
        m_header.sampleRate = m_info.samplerate;
        m_header.channels = m_info.channels;
        m_header.seconds = static_cast<double>(m_info.frames) / m_info.samplerate;
    }

    const AudioHeader& header() const { return m_header; }

    /// The next frames as their channels' average; empty at the end.
    std::span<const float> read()
    {
        const auto channels = static_cast<std::size_t>(m_info.channels);
        m_interleaved.resize(kBlockFrames * channels);
        m_mono.resize(kBlockFrames);
        const sf_count_t count = sf_readf_float(m_file.get(), m_interleaved.data(), kBlockFrames);
        if (count <= 0) {
            checkEnd();
            return {};
        }
        for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
            double sum = 0;
            for (std::size_t channel = 0; channel < channels; ++channel)
                sum += m_interleaved[i * channels + channel];
            m_mono[i] = static_cast<float>(sum / static_cast<double>(channels));
            if (!std::isfinite(m_mono[i]))
                throw Error(ErrorKind::InvalidFile, "{} has a sample that is no number, {:.3f} s after its start",
                            m_name, static_cast<double>(m_frames + static_cast<sf_count_t>(i)) / m_info.samplerate);
        }
        m_frames += count;
        if (static_cast<double>(m_frames) > kMaxAudioSeconds * m_info.samplerate)
            throwTooLong();
        return {m_mono.data(), static_cast<std::size_t>(count)};
    }

private:
    std::string mediaTypeOf(std::span<const std::byte> file) const
    {
        if (file.empty())
            throw Error(ErrorKind::InvalidFile, "{} is empty", m_name);
        for (const Signature& signature : kSignatures)
            if (signature.matches(file))
                return signature.mediaType;
        throw Error(ErrorKind::Unsupported,
                    "{} is no recording this program reads; it reads WAV, FLAC, OGG, MP3 and AIFF", m_name);
    }

    void checkInfo() const
    {
        if (m_info.channels < 1 || m_info.channels > kMaxAudioChannels)
            throw Error(ErrorKind::Unsupported, "{} has {} channels; 1 to {} are read", m_name, m_info.channels,
                        kMaxAudioChannels);
        if (m_info.samplerate < 1000 || m_info.samplerate > 768'000)
            throw Error(ErrorKind::Unsupported, "{} has {} samples a second; 1 000 to 768 000 are read", m_name,
                        m_info.samplerate);
        if (static_cast<double>(m_info.frames) > kMaxAudioSeconds * m_info.samplerate)
            throwTooLong();
        if (m_info.frames < 1)
            throw Error(ErrorKind::InvalidFile, "{} has no sound in it", m_name);
    }

    void checkEnd() const
    {
        if (const int code = sf_error(m_file.get()); code != SF_ERR_NO_ERROR)
            throw Error(ErrorKind::InvalidFile, "{} is damaged {:.3f} s after its start: {}", m_name,
                        static_cast<double>(m_frames) / m_info.samplerate, sf_error_number(code));
        if (m_frames < m_info.frames)
            throw Error(ErrorKind::InvalidFile, "{} ends early: {} of its {} samples are there", m_name, m_frames,
                        m_info.frames);
    }

    [[noreturn]] void throwTooLong() const
    {
        throw Error(ErrorKind::TooLarge, "{} is longer than {} minutes; cut it into shorter recordings", m_name,
                    static_cast<int>(kMaxAudioSeconds / 60));
    }

    struct Close
    {
        void operator()(SNDFILE* file) const { sf_close(file); }
    };

    std::string m_name;
    Reader m_reader;
    SF_INFO m_info{};
    AudioHeader m_header;
    std::unique_ptr<SNDFILE, Close> m_file;
    sf_count_t m_frames = 0;
    std::vector<float> m_interleaved;
    std::vector<float> m_mono;
};

/// Appends what it is given at another rate.
class Resampler
{
public:
    Resampler(double from, double to, std::vector<float>& out) : m_ratio(to / from), m_out(out)
    {
        if (from == to)
            return;
        soxr_error_t error = nullptr;
        m_soxr.reset(soxr_create(from, to, 1, &error, nullptr, nullptr, nullptr));
        check(error);
    }

    void append(std::span<const float> samples)
    {
        if (m_soxr)
            process(samples.data(), samples.size());
        else
            m_out.insert(m_out.end(), samples.begin(), samples.end());
    }

    void finish()
    {
        if (m_soxr)
            while (process(nullptr, 0) > 0) {
            }
    }

private:
    std::size_t process(const float* samples, std::size_t count)
    {
        const std::size_t held = m_out.size();
        const std::size_t room = static_cast<std::size_t>(static_cast<double>(count) * m_ratio) + 4096;
        m_out.resize(held + room);
        std::size_t used = 0;
        std::size_t made = 0;
        check(soxr_process(m_soxr.get(), samples, count, &used, m_out.data() + held, room, &made));
        m_out.resize(held + made);
        if (used < count) // more came out than was expected: the rest in another call
            return made + process(samples + used, count - used);
        return made;
    }

    static void check(soxr_error_t error)
    {
        if (error)
            throw Error(ErrorKind::Internal, "resampling failed: {}", soxr_strerror(error));
    }

    struct Delete
    {
        void operator()(soxr* resampler) const { soxr_delete(resampler); }
    };

    double m_ratio;
    std::vector<float>& m_out;
    std::unique_ptr<soxr, Delete> m_soxr;
};

} // namespace

AudioHeader readAudioHeader(std::span<const std::byte> file, const std::string& name)
{
    return SoundFile(file, name).header();
}

Audio decodeAudio(std::span<const std::byte> file, const std::string& name, int sampleRate)
{
    SoundFile sound(file, name);
    const double seconds = sound.header().seconds;
    Audio audio{sampleRate, {}};
    audio.samples.reserve(static_cast<std::size_t>(seconds * sampleRate) + 1);
    Resampler resampler(sound.header().sampleRate, sampleRate, audio.samples);
    for (std::span<const float> block = sound.read(); !block.empty(); block = sound.read())
        resampler.append(block);
    resampler.finish();
    // The file's duration to the nearest sample, whatever the filter's tail makes of it; at least one sample.
    audio.samples.resize(std::max<std::size_t>(1, static_cast<std::size_t>(std::llround(seconds * sampleRate))));
    return audio;
}

void requireAudible(const Audio& sound, const std::string& name)
{
    if (sound.seconds() < kLeastSeconds)
        throw Error(ErrorKind::InvalidFile,
                    "{} lasts {:.3g} ms, too short to hear anything in; it takes at least 25 ms", name,
                    1000 * sound.seconds());
    if (std::ranges::none_of(sound.samples, [](float sample) { return std::abs(sample) > kSilence; }))
        throw Error(ErrorKind::InvalidFile,
                    "{} is silent: nothing in its {:.1f} s is louder than -80 dB of full scale. Check the microphone, "
                    "or what the recording was exported from.",
                    name, sound.seconds());
}

} // namespace heedmap
