#include "core/media/log_mel.h"

#include "core/base/error.h"
#include "core/base/parallel.h"

#include <opencv2/core.hpp>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numbers>
#include <numeric>

namespace heedmap {

namespace {

constexpr double kTopHertz = 8000;
constexpr double kFloor = 1e-10;
constexpr int kMostWindowFrames = 1 << 16;
constexpr int kBlockFrames = 64; ///< whose spectra are computed at once
constexpr std::int64_t kFramesWorthAThread = 100;
constexpr double kRange = 8; ///< decades below the maximum that are kept

// Slaney's mel scale (Auditory Toolbox, 1998): linear below 1 000 Hz, logarithmic above.
constexpr double kBreakHertz = 1000;
constexpr double kBreakMel = 15;
const double kLogStep = 27.0 / std::log(6.4);

double melFromHertz(double hertz)
{
    return hertz < kBreakHertz ? 3.0 * hertz / 200.0 : kBreakMel + std::log(hertz / kBreakHertz) * kLogStep;
}

double hertzFromMel(double mel)
{
    return mel < kBreakMel ? 200.0 * mel / 3.0 : kBreakHertz * std::exp((mel - kBreakMel) / kLogStep);
}

void refuseUnless(bool sound, const char* member, const Json& config)
{
    if (!sound)
        throw Error(ErrorKind::Unsupported, "preprocessor_config.json: \"{}\" is {}, which this program does not do",
                    member, config.at(member).dump());
}

/// numpy.pad's "reflect": the ends are mirrored without repeating them, again and again where the signal is short.
std::size_t reflected(std::int64_t index, std::int64_t length)
{
    if (length == 1)
        return 0;
    const std::int64_t period = 2 * (length - 1);
    const std::int64_t place = ((index % period) + period) % period;
    return static_cast<std::size_t>(place < length ? place : period - place);
}

} // namespace

LogMelExtractor LogMelExtractor::fromConfig(const Json& config)
{
    const std::string where = "preprocessor_config.json";
    const std::string type = jsonString(config, "feature_extractor_type", where, "WhisperFeatureExtractor");
    if (type != "WhisperFeatureExtractor")
        throw Error(ErrorKind::Unsupported, "{}: the feature extractor {} is not supported; WhisperFeatureExtractor is",
                    where, type);
    LogMelExtractor extractor;
    extractor.m_sampleRate = static_cast<int>(jsonInteger(config, "sampling_rate", where, 1000, 192'000, 16'000));
    extractor.m_bins = static_cast<int>(jsonInteger(config, "feature_size", where, 1, 1024, 80));
    extractor.m_hopLength = static_cast<int>(jsonInteger(config, "hop_length", where, 1, 16'384, 160));
    extractor.m_fftLength = static_cast<int>(jsonInteger(config, "n_fft", where, 2, 16'384, 400));
    const std::int64_t seconds = jsonInteger(config, "chunk_length", where, 1, 120, 30);
    extractor.m_windowSamples = static_cast<std::size_t>(seconds * extractor.m_sampleRate);
    refuseUnless(jsonNumber(config, "dither", where, 0) == 0, "dither", config);
    refuseUnless(jsonNumber(config, "padding_value", where, 0) == 0, "padding_value", config);
    refuseUnless(!jsonBool(config, "do_normalize", where, false), "do_normalize", config);
    if (extractor.m_windowSamples < static_cast<std::size_t>(std::max(extractor.m_fftLength, extractor.m_hopLength)))
        throw Error(ErrorKind::InvalidFile, "{}: a chunk of {} s is shorter than one frame", where, seconds);
    if (extractor.m_hopLength > extractor.m_fftLength || extractor.windowFrames() > kMostWindowFrames)
        throw Error(ErrorKind::InvalidFile, "{}: a hop of {} samples gives a chunk {} frames of {} samples", where,
                    extractor.m_hopLength, extractor.windowFrames(), extractor.m_fftLength);
    extractor.makeFilters();
    return extractor;
}

void LogMelExtractor::makeFilters()
{
    m_window.resize(static_cast<std::size_t>(m_fftLength));
    for (int i = 0; i < m_fftLength; ++i) // periodic Hann
        m_window[static_cast<std::size_t>(i)] = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * i / m_fftLength);
    std::vector<double> corners(static_cast<std::size_t>(m_bins) + 2);
    const double top = melFromHertz(kTopHertz);
    for (std::size_t i = 0; i < corners.size(); ++i)
        corners[i] = hertzFromMel(top * static_cast<double>(i) / static_cast<double>(corners.size() - 1));
    const int frequencies = m_fftLength / 2 + 1;
    const double nyquist = m_sampleRate / 2; // NOLINT: a whole number, as the reference has it
    m_filters.resize(static_cast<std::size_t>(m_bins));
    for (std::size_t bin = 0; bin < m_filters.size(); ++bin) {
        const double low = corners[bin];
        const double centre = corners[bin + 1];
        const double high = corners[bin + 2];
        for (int f = 0; f < frequencies; ++f) {
            const double hertz = nyquist * f / (frequencies - 1);
            const double height = std::min((hertz - low) / (centre - low), (high - hertz) / (high - centre));
            if (height <= 0)
                continue;
            if (m_filters[bin].heights.empty())
                m_filters[bin].first = f;
            m_filters[bin].heights.push_back(height * 2.0 / (high - low));
        }
    }
}

MelFeatures LogMelExtractor::window(std::span<const float> samples) const
{
    std::vector<float> padded(m_windowSamples);
    std::copy_n(samples.begin(), std::min(samples.size(), padded.size()), padded.begin());
    return extract(padded, windowFrames());
}

MelFeatures LogMelExtractor::whole(std::span<const float> samples) const
{
    if (samples.size() <= static_cast<std::size_t>(m_fftLength / 2))
        throw Error(ErrorKind::InvalidRequest, "{} samples are less than half a frame", samples.size());
    return extract(samples, static_cast<int>(samples.size() / static_cast<std::size_t>(m_hopLength)));
}

MelFeatures LogMelExtractor::recording(std::span<const float> samples) const
{
    return samples.size() > m_windowSamples ? whole(samples) : window(samples);
}

void LogMelExtractor::windowed(std::span<const float> samples, int frame, std::span<double> out) const
{
    const auto length = static_cast<std::int64_t>(samples.size());
    const std::int64_t begin = static_cast<std::int64_t>(frame) * m_hopLength - m_fftLength / 2;
    const bool inside = begin >= 0 && begin + m_fftLength <= length;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const std::int64_t place = begin + static_cast<std::int64_t>(i);
        out[i] = samples[inside ? static_cast<std::size_t>(place) : reflected(place, length)] * m_window[i];
    }
}

void LogMelExtractor::melOf(std::span<const double> spectrum, std::span<double> power, std::span<double> mel) const
{
    const std::size_t length = spectrum.size();
    for (std::size_t f = 0; f < power.size(); ++f) {
        const double re = f == 0 ? spectrum[0] : spectrum[2 * f - 1];
        const double im = f == 0 || 2 * f >= length ? 0 : spectrum[2 * f];
        power[f] = re * re + im * im;
    }
    for (std::size_t bin = 0; bin < mel.size(); ++bin) {
        const Filter& filter = m_filters[bin];
        mel[bin] = std::inner_product(filter.heights.begin(), filter.heights.end(), power.begin() + filter.first, 0.0);
    }
}

double LogMelExtractor::fillFrames(std::span<const float> samples, int begin, int end, MelFeatures& features) const
{
    cv::Mat_<double> frames(std::min(kBlockFrames, end - begin), m_fftLength);
    cv::Mat_<double> spectra; // packed: re 0, re 1, im 1, …, and re of the last where the length is even
    std::vector<double> power(static_cast<std::size_t>(m_fftLength / 2 + 1));
    std::vector<double> mel(static_cast<std::size_t>(m_bins));
    double top = std::log10(kFloor);
    for (int first = begin; first < end; first += kBlockFrames) {
        const cv::Mat_<double> block = frames.rowRange(0, std::min(kBlockFrames, end - first));
        for (int t = 0; t < block.rows; ++t)
            windowed(samples, first + t, {frames[t], m_window.size()});
        cv::dft(block, spectra, cv::DFT_ROWS);
        for (int t = 0; t < block.rows; ++t) {
            melOf({spectra[t], m_window.size()}, power, mel);
            for (std::size_t bin = 0; bin < mel.size(); ++bin) {
                const double value = std::log10(std::max(mel[bin], kFloor));
                top = std::max(top, value);
                features.values[bin * static_cast<std::size_t>(features.frames) + static_cast<std::size_t>(first + t)] =
                    static_cast<float>(value);
            }
        }
    }
    return top;
}

int LogMelExtractor::soundingFrames(std::span<const float> samples, int frames) const
{
    const auto last = std::find_if(samples.rbegin(), samples.rend(), [](float sample) { return sample != 0; });
    const std::int64_t end = samples.rend() - last; // after it there is silence
    const int half = m_fftLength / 2;
    if (end + m_fftLength > static_cast<std::int64_t>(samples.size())) // the mirrored end may sound too
        return frames;
    return static_cast<int>(std::min<std::int64_t>((end + half + m_hopLength - 1) / m_hopLength, frames));
}

MelFeatures LogMelExtractor::extract(std::span<const float> samples, int frames) const
{
    MelFeatures features{m_bins, frames, {}, static_cast<double>(m_hopLength) / m_sampleRate, 0};
    double top = std::log10(kFloor);
    // What frames after the last sound have.
    features.values.assign(static_cast<std::size_t>(m_bins) * static_cast<std::size_t>(frames),
                           static_cast<float>(top));
    std::mutex mutex;
    inParallel(soundingFrames(samples, frames), kFramesWorthAThread, [&](std::int64_t begin, std::int64_t end) {
        const double highest = fillFrames(samples, static_cast<int>(begin), static_cast<int>(end), features);
        const std::lock_guard lock(mutex);
        top = std::max(top, highest);
    });
    for (float& value : features.values)
        value = static_cast<float>((std::max<double>(value, top - kRange) + 4.0) / 4.0);
    return features;
}

} // namespace heedmap
