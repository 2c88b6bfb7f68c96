#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace heedmap {

/// Single-precision sound of one channel; 1 is full scale.
struct Audio
{
    int sampleRate = 0;
    std::vector<float> samples;

    double seconds() const { return sampleRate > 0 ? static_cast<double>(samples.size()) / sampleRate : 0; }
};

/// What stands in a recording's header, known before a sample is decoded.
struct AudioHeader
{
    std::string mediaType; ///< "audio/wav", "audio/flac", "audio/ogg", "audio/mpeg" or "audio/aiff"
    int sampleRate = 0;    ///< of the file
    int channels = 0;
    double seconds = 0; ///< as the header says
};

/// Limits stated to the user: 512 MiB of file, two hours, 64 channels, 1 000 to 768 000 samples a second.
constexpr std::size_t kMaxAudioBytes = std::size_t{512} << 20;
constexpr double kMaxAudioSeconds = 2 * 60 * 60;
constexpr int kMaxAudioChannels = 64;

/// Looks at the signature (WAV, FLAC, OGG, MP3 and AIFF are accepted) and has libsndfile read the header. Errors:
/// Unsupported (another format; names the accepted ones), InvalidFile (damaged, or no sound in it), TooLarge. `name` is
/// used in messages. Thread-safe.
AudioHeader readAudioHeader(std::span<const std::byte> file, const std::string& name);

/// Decodes from memory with libsndfile: channels are averaged, then resampled to `sampleRate` with libsoxr (high
/// quality, linear phase: sample i of the result is the sound at i / sampleRate seconds). Block by block, so that only
/// the result is held. Errors: as readAudioHeader, and InvalidFile when the file ends early or has samples that are no
/// numbers.
Audio decodeAudio(std::span<const std::byte> file, const std::string& name, int sampleRate);

/// What a speech model writes when it is given nothing to hear is invented, and looks like what it writes otherwise.
/// Errors: InvalidFile for a recording in which nothing can be heard: shorter than the 25 ms a spectrum is taken over,
/// or without a sample above −80 dB of full scale.
void requireAudible(const Audio& sound, const std::string& name);

} // namespace heedmap
