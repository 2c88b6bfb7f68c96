#include "core/capture/synthetic_heads.h"

#include "core/capture/synthetic_noise.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace heedmap {

namespace {

// The first dimensions of every vector; the rest is noise.
constexpr std::size_t kSink = 0;
constexpr std::size_t kIsPatch = 1;
constexpr std::size_t kPosition = 2; // a cosine and a sine for each wave
constexpr std::size_t kPlace = 10;   // the same for rows, then for columns
constexpr std::size_t kNoise = 18;
static_assert(kNoise < kMinSyntheticHeadDim);

constexpr std::array<double, 4> kPositionWaves = {16, 64, 256, 1024}; // tokens a turn
constexpr std::array<double, 2> kPlaceWaves = {2, 0.5};               // grid sides a turn

double uniformAt(std::uint64_t seed, std::uint64_t index)
{
    return static_cast<double>(mixedBits(seed, index) >> 11) * 0x1p-53;
}

} // namespace

/// What a head adds to the score of a key that is what it looks for.
struct SyntheticHeads::Asking
{
    std::uint32_t noise;   ///< stream of the query's own noise
    std::uint32_t content; ///< stream of the keys' noise
    float sink = 1;
    float patch = 0;
    float position = 0;
    float place = 0;
    float pointer = 0;
    float spread = 0.5f;      ///< standard deviation of the scores that only noise makes
    std::int64_t back = 0;    ///< tokens a local head looks back
    std::uint64_t choice = 0; ///< of the positions a pointing head looks at
};

SyntheticHeads::SyntheticHeads(const SyntheticSize& size, const SyntheticScene& scene) : m_size(size), m_scene(scene)
{
    const AxisSegment* patches = scene.axis.patchSegment();
    m_patchesBegin = patches->begin;
    m_patchesEnd = patches->end();
}

SyntheticHead SyntheticHeads::kindOf(int layer, int head) const
{
    return static_cast<SyntheticHead>((head + 2 * layer) % 5);
}

std::uint32_t SyntheticHeads::streamOf(int layer, int head, int part) const
{
    const auto module = static_cast<std::uint64_t>(layer) * 8192 + static_cast<std::uint64_t>(head) * 2 + part;
    return static_cast<std::uint32_t>(mixedBits(m_size.seed, module));
}

SyntheticHeads::Asking SyntheticHeads::askingOf(int layer, int head) const
{
    const std::uint32_t own = streamOf(layer, head, 0);
    const auto jitter = static_cast<float>(0.75 + 0.5 * uniformAt(own, 0));
    const float depth = 0.8f + 0.4f * static_cast<float>(layer) / static_cast<float>(m_size.layers);
    Asking asking{own, streamOf(layer, head / (m_size.heads / m_size.keyValueHeads), 1)};
    asking.patch = static_cast<float>(uniformAt(own, 1) - 0.5);
    asking.choice = mixedBits(own, 2);
    switch (kindOf(layer, head)) {
    case SyntheticHead::Local:
        asking.position = 18 * jitter * depth;
        asking.back = static_cast<std::int64_t>(asking.choice % 4);
        break;
    case SyntheticHead::Place:
        asking.place = 22 * jitter * depth;
        asking.patch += 1;
        break;
    case SyntheticHead::Sink:
        asking.sink = 11 * jitter * depth;
        break;
    case SyntheticHead::Broad:
        asking.sink = 0;
        asking.spread = 0.3f * jitter;
        break;
    case SyntheticHead::Pointer:
        asking.pointer = 16 * jitter * depth;
        break;
    }
    return asking;
}

void SyntheticHeads::addNoise(std::uint32_t stream, std::int64_t position, float strength,
                              std::span<float> vector) const
{
    const auto width = static_cast<std::uint32_t>(vector.size());
    const auto start = static_cast<std::uint32_t>(position) * width;
    float* values = vector.data();
    for (std::uint32_t i = kNoise; i < width; ++i)
        values[i] += strength * noiseAt(stream, start + i);
}

void SyntheticHeads::addPlace(PointF place, float strength, std::span<float> vector) const
{
    std::size_t at = kPlace;
    for (const double along : {place.y, place.x})
        for (const double wave : kPlaceWaves) {
            const double turn =
                2 * std::numbers::pi * along / (wave * std::max({m_size.gridRows, m_size.gridColumns, 4}));
            vector[at++] += strength * static_cast<float>(std::cos(turn));
            vector[at++] += strength * static_cast<float>(std::sin(turn));
        }
}

void SyntheticHeads::keys(int layer, int keyValueHead, std::int64_t first, std::int64_t count,
                          std::span<float> out) const
{
    std::ranges::fill(out, 0.0f);
    const auto width = static_cast<std::size_t>(m_size.headDim);
    const std::uint32_t stream = streamOf(layer, keyValueHead, 1);
    for (std::int64_t i = 0; i < count; ++i) {
        const std::int64_t position = first + i;
        const bool isPatch = position >= m_patchesBegin && position < m_patchesEnd;
        const std::span<float> key = out.subspan(static_cast<std::size_t>(i) * width, width);
        key[kSink] = position == 0 ? 1.0f : position == m_patchesBegin ? 0.8f : 0.0f;
        key[kIsPatch] = isPatch ? 1.0f : -1.0f;
        for (std::size_t wave = 0; wave < kPositionWaves.size(); ++wave) {
            const double turn = 2 * std::numbers::pi * static_cast<double>(position) / kPositionWaves[wave];
            key[kPosition + 2 * wave] = static_cast<float>(std::cos(turn));
            key[kPosition + 2 * wave + 1] = static_cast<float>(std::sin(turn));
        }
        if (isPatch)
            addPlace(*m_scene.places[static_cast<std::size_t>(position)], 1, key);
        addNoise(stream, position, 1, key);
    }
}

std::int64_t SyntheticHeads::pointedAt(const Asking& asking, std::int64_t position) const
{
    const std::optional<PointF>& place = m_scene.places[static_cast<std::size_t>(position)];
    if (place && position >= m_patchesEnd)
        return m_patchesBegin + static_cast<std::int64_t>(place->y) * m_size.gridColumns +
               static_cast<std::int64_t>(place->x);
    return static_cast<std::int64_t>(mixedBits(asking.choice, position) % static_cast<std::uint64_t>(position + 1));
}

// Scores are divided by √headDim, so what asks for a score is multiplied by it.
void SyntheticHeads::addFeatures(const Asking& asking, std::int64_t position, std::span<float> query) const
{
    const float root = std::sqrt(static_cast<float>(m_size.headDim));
    const auto noiseDims = static_cast<float>(m_size.headDim - static_cast<std::int64_t>(kNoise));
    query[kSink] = root * asking.sink;
    query[kIsPatch] = root * asking.patch;
    for (std::size_t wave = 0; asking.position != 0 && wave < kPositionWaves.size(); ++wave) {
        const double turn = 2 * std::numbers::pi * static_cast<double>(position - asking.back) / kPositionWaves[wave];
        const float strength = root * asking.position / static_cast<float>(kPositionWaves.size());
        query[kPosition + 2 * wave] = strength * static_cast<float>(std::cos(turn));
        query[kPosition + 2 * wave + 1] = strength * static_cast<float>(std::sin(turn));
    }
    const std::optional<PointF>& place = m_scene.places[static_cast<std::size_t>(position)];
    if (place && asking.place != 0)
        addPlace(*place, root * asking.place / (2 * static_cast<float>(kPlaceWaves.size())), query);
    if (asking.pointer != 0)
        addNoise(asking.content, pointedAt(asking, position), root * asking.pointer / noiseDims, query);
    addNoise(asking.noise, position, asking.spread * root / std::sqrt(noiseDims), query);
}

void SyntheticHeads::queries(int layer, int head, std::int64_t first, std::int64_t count, std::span<float> out) const
{
    std::ranges::fill(out, 0.0f);
    const auto width = static_cast<std::size_t>(m_size.headDim);
    const Asking asking = askingOf(layer, head);
    for (std::int64_t i = 0; i < count; ++i)
        addFeatures(asking, first + i, out.subspan(static_cast<std::size_t>(i) * width, width));
}

} // namespace heedmap
