#include "core/models/whisper_generation.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace heedmap {

namespace {

constexpr float kForbidden = -std::numeric_limits<float>::infinity();

using Ids = std::span<const std::int32_t>;

void forbid(std::span<float> scores)
{
    std::ranges::fill(scores, kForbidden);
}

void forbid(const std::vector<std::int32_t>& ids, std::span<float> scores)
{
    for (const std::int32_t id : ids)
        scores[static_cast<std::size_t>(id)] = kForbidden;
}

/// Which times may follow what was written.
class TimestampRule
{
public:
    explicit TimestampRule(const WhisperGeneration& generation)
        : m_begin(static_cast<std::size_t>(*generation.noTimestamps) + 1),
          m_end(static_cast<std::size_t>(generation.search.endToken)),
          m_allowedFirst(generation.maxInitialTimestamp ? static_cast<std::size_t>(*generation.maxInitialTimestamp) + 1
                                                        : std::numeric_limits<std::size_t>::max())
    {}

    void operator()(Ids written, std::span<float> scores) const
    {
        scores[m_begin - 1] = kForbidden; // <|notimestamps|>
        const std::span<float> texts = scores.first(m_begin);
        const std::span<float> times = scores.subspan(m_begin);
        keepPairs(written, scores, times);
        if (written.empty()) {
            forbid(texts);
            forbid(times.subspan(std::min(m_allowedFirst, times.size())));
        }
        if (togetherMoreThanAny(times, texts))
            forbid(texts);
    }

private:
    bool isTime(std::int32_t id) const { return static_cast<std::size_t>(id) >= m_begin; }

    /// Times come in pairs, the end of one segment and the beginning of the next, and never go back.
    void keepPairs(Ids written, std::span<float> scores, std::span<float> times) const
    {
        const bool last = !written.empty() && isTime(written.back());
        const bool lastButOne = written.size() < 2 || isTime(written[written.size() - 2]);
        if (last && lastButOne)
            forbid(times);
        else if (last)
            forbid(scores.first(m_end));
        const auto latest = std::find_if(written.rbegin(), written.rend(), [&](std::int32_t id) { return isTime(id); });
        if (latest == written.rend())
            return;
        const std::size_t before = static_cast<std::size_t>(*latest) - m_begin + (last && !lastButOne ? 0 : 1);
        forbid(times.first(std::min(before, times.size())));
    }

    /// Whether the probabilities of all times together exceed that of every single text token.
    static bool togetherMoreThanAny(std::span<const float> times, std::span<const float> texts)
    {
        const float most = times.empty() ? kForbidden : *std::ranges::max_element(times);
        if (most == kForbidden)
            return false;
        double sum = 0;
        for (const float score : times)
            sum += std::exp(static_cast<double>(score) - most);
        return most + std::log(sum) > *std::ranges::max_element(texts);
    }

    std::size_t m_begin;        ///< first time
    std::size_t m_end;          ///< the end token; smaller ids are text
    std::size_t m_allowedFirst; ///< times that may be the first token
};

} // namespace

ScoreRule whisperRule(const WhisperGeneration& generation, std::size_t promptLength, bool timestamps)
{
    std::optional<TimestampRule> times;
    if (timestamps)
        times.emplace(generation);
    return [&generation, promptLength, times](Ids ids, std::span<float> scores) {
        if (ids.size() == promptLength)
            forbid(generation.suppressedAtBegin, scores);
        forbid(generation.suppressed, scores);
        if (times)
            (*times)(ids.subspan(promptLength), scores);
    };
}

} // namespace heedmap
