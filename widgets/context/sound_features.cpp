#include "widgets/context/sound_features.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

LogMelExtractor extractorFor(int sampleRate)
{
    return LogMelExtractor::fromConfig(Json{{"sampling_rate", sampleRate}});
}

SoundMel melOf(const Audio& sound, const TimeSpan& span)
{
    const auto sampleAt = [&](double seconds) {
        const double at = std::clamp(seconds * sound.sampleRate, 0.0, static_cast<double>(sound.samples.size()));
        return static_cast<std::size_t>(at);
    };
    const std::size_t first = sampleAt(span.start);
    const std::size_t last = std::max(first, sampleAt(span.end));
    SoundMel mel;
    mel.span = span;
    mel.features =
        extractorFor(sound.sampleRate).whole(std::span(sound.samples).subspan(first, last - first)); // may be short
    mel.features.startSeconds = static_cast<double>(first) / sound.sampleRate;
    if (!mel.features.values.empty()) {
        const auto [low, high] = std::ranges::minmax_element(mel.features.values);
        mel.low = *low;
        mel.high = *high;
    }
    return mel;
}

/// Around what is in sight, as much as may be made at once, so that moving about does not make it anew at every step.
TimeSpan spanAround(const TimeSpan& visible, double seconds)
{
    const double most = std::min(SoundFeatures::kMostMelSeconds, seconds);
    const double start = std::clamp(visible.middle() - most / 2, 0.0, seconds - most);
    return {start, start + most};
}

} // namespace

SoundEnvelope envelopeOf(const Audio& sound)
{
    SoundEnvelope envelope;
    const std::vector<float>& samples = sound.samples;
    envelope.blocks.reserve(samples.size() / kEnvelopeBlock + 1);
    for (std::size_t begin = 0; begin < samples.size(); begin += kEnvelopeBlock) {
        const auto end =
            samples.begin() + static_cast<std::ptrdiff_t>(std::min(begin + kEnvelopeBlock, samples.size()));
        const auto [low, high] = std::minmax_element(samples.begin() + static_cast<std::ptrdiff_t>(begin), end);
        envelope.blocks.emplace_back(*low, *high);
        envelope.peak = std::max({envelope.peak, std::abs(*low), std::abs(*high)});
    }
    return envelope;
}

std::pair<float, float> extremesOf(const Audio& sound, const SoundEnvelope& envelope, std::size_t first,
                                   std::size_t last)
{
    last = std::min(last, sound.samples.size());
    if (first >= last)
        return {0, 0};
    std::pair<float, float> extremes{sound.samples[first], sound.samples[first]};
    const auto widen = [&](float low, float high) {
        extremes.first = std::min(extremes.first, low);
        extremes.second = std::max(extremes.second, high);
    };
    while (first < last) {
        if (first % kEnvelopeBlock == 0 && first + kEnvelopeBlock <= last) {
            const auto& [low, high] = envelope.blocks[first / kEnvelopeBlock];
            widen(low, high);
            first += kEnvelopeBlock;
        } else {
            widen(sound.samples[first], sound.samples[first]);
            ++first;
        }
    }
    return extremes;
}

QString melParameters()
{
    return SoundFeatures::tr(
        "Log-mel as Whisper's front end makes it: 80 bins from 0 to 8 000 Hz (Slaney), windows of 25 ms "
        "(Hann, 400 samples)\nevery 10 ms, log10 of the power, eight decades below the maximum and "
        "no lower, (x + 4) / 4.");
}

void SoundFeatures::setRecording(std::shared_ptr<const Recording> recording)
{
    if (recording == m_recording)
        return;
    m_recording = std::move(recording);
    m_envelope.reset();
    m_mel.reset();
    m_askedMel.reset();
    m_failure.clear();
    if (!m_recording || m_recording->sound.samples.empty())
        return;
    m_envelopes.run([asked = m_recording] { return std::make_shared<const SoundEnvelope>(envelopeOf(asked->sound)); },
                    [this, asked = m_recording](std::shared_ptr<const SoundEnvelope> envelope) {
                        if (asked != m_recording)
                            return;
                        m_envelope = std::move(envelope);
                        emit arrived();
                    },
                    [](const Error&) {}); // no memory for a few blocks: the waveform stays empty
}

std::shared_ptr<const SoundMel> SoundFeatures::mel(const TimeSpan& visible)
{
    const double seconds = m_recording ? m_recording->sound.seconds() : 0;
    const TimeSpan inSight = common(visible, {0, seconds});
    if (!m_recording || inSight.isEmpty())
        return nullptr;
    m_tooLong = inSight.length() > kMostMelSeconds;
    if (m_tooLong)
        return nullptr;
    const auto covers = [&](const TimeSpan& span) {
        return span.start <= inSight.start + 1e-9 && span.end >= inSight.end - 1e-9;
    };
    if (m_mel && covers(m_mel->span))
        return m_mel;
    if (m_askedMel && covers(*m_askedMel))
        return nullptr;
    m_failure.clear();
    m_askedMel = spanAround(inSight, seconds);
    m_mels.run([asked = m_recording,
                span = *m_askedMel] { return std::make_shared<const SoundMel>(melOf(asked->sound, span)); },
               [this, asked = m_recording](std::shared_ptr<const SoundMel> mel) {
                   if (asked != m_recording)
                       return;
                   m_mel = std::move(mel);
                   emit arrived();
               },
               [this, asked = m_recording](const Error& error) {
                   if (asked != m_recording)
                       return;
                   m_failure = QString::fromStdString(error.what());
                   emit arrived();
               });
    return nullptr;
}

QString SoundFeatures::reasonForNoMel() const
{
    return m_tooLong ? tr("zoom in to five minutes or less") : m_failure;
}

} // namespace heedmap
