#pragma once

#include "core/base/json.h"

#include <cstdint>
#include <span>
#include <vector>

namespace heedmap {

/// [bins, frames], row-major, single precision.
struct MelFeatures
{
    int bins = 0;
    int frames = 0;
    std::vector<float> values;
    double secondsPerFrame = 0.01;
    double startSeconds = 0; ///< of the first frame in the recording
};

/// The log-mel front end of Whisper (Radford et al. 2022, arXiv 2212.04356) as `WhisperFeatureExtractor` of
/// `transformers` 4.57 computes it: frames of `fftLength` samples every `hopLength`, centred, the ends reflected, Hann
/// window; power spectrum; mel filters on Slaney's scale with Slaney's norm, 0 to 8 000 Hz; log10 of at least 1e-10,
/// no lower than the window's maximum − 8; (x + 4) / 4. Immutable and thread-safe.
class LogMelExtractor
{
public:
    /// Reads a `preprocessor_config.json`. Errors: Unsupported (another type; dithering, normalisation or a padding
    /// value other than 0), InvalidFile (malformed or senseless sizes).
    static LogMelExtractor fromConfig(const Json& preprocessorConfig);

    int sampleRate() const { return m_sampleRate; }
    int hopLength() const { return m_hopLength; }
    int bins() const { return m_bins; }
    std::size_t windowSamples() const { return m_windowSamples; } ///< of one chunk
    int windowFrames() const { return static_cast<int>(m_windowSamples / static_cast<std::size_t>(m_hopLength)); }
    double windowSeconds() const { return static_cast<double>(m_windowSamples) / m_sampleRate; }

    /// One window: cut after windowSamples(), silence appended where it is shorter. → [bins, windowFrames].
    MelFeatures window(std::span<const float> samples) const;
    /// A whole recording, as the reference's long-form path features it: padded to a whole hop only, its maximum taken
    /// over all of it. → [bins, frames]. Errors: InvalidRequest for less than half a frame of samples.
    MelFeatures whole(std::span<const float> samples) const;

    /// A recording as the reference prepares it: one window, or the whole where it is longer.
    MelFeatures recording(std::span<const float> samples) const;

private:
    /// A triangle over frequencies [first, first + heights).
    struct Filter
    {
        int first = 0;
        std::vector<double> heights;
    };

    LogMelExtractor() = default;
    void makeFilters();
    /// The samples of a frame, times the window. `out`: [fftLength].
    void windowed(std::span<const float> samples, int frame, std::span<double> out) const;
    /// `spectrum` as cv::dft packs it; `power` is room: [fftLength / 2 + 1]. `mel`: [bins].
    void melOf(std::span<const double> spectrum, std::span<double> power, std::span<double> mel) const;
    /// log10 of the power of frames [begin, end); → the highest.
    double fillFrames(std::span<const float> samples, int begin, int end, MelFeatures& features) const;
    /// As many of the frames as begin before the last sound ends: a window is mostly longer than a recording.
    int soundingFrames(std::span<const float> samples, int frames) const;
    MelFeatures extract(std::span<const float> padded, int frames) const;

    int m_sampleRate = 16'000;
    int m_hopLength = 160;
    int m_fftLength = 400;
    int m_bins = 80;
    std::size_t m_windowSamples = 480'000;
    std::vector<double> m_window;  // [fftLength]
    std::vector<Filter> m_filters; // [bins]
};

} // namespace heedmap
