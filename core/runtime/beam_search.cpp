#include "core/runtime/beam_search.h"

#include "core/base/error.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace heedmap {

namespace {

// What the reference adds to a score that must not be chosen. Single precision throughout, as there: where scores are
// equal in it, the order of the sequences decides.
constexpr float kOut = -1.0e9f;

struct Beam
{
    std::vector<std::int32_t> ids;
    std::vector<at::Tensor> logits; ///< [vocabulary] of each generated token
    float score = 0;
    bool finished = false;
};

struct Candidate
{
    std::size_t beam = 0;
    std::int32_t token = 0;
    float score = 0;
    bool ends = false;
};

/// Indices of the `count` largest, the first of equals first.
std::vector<std::size_t> largest(const std::vector<float>& scores, std::size_t count)
{
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto end = order.begin() + static_cast<std::ptrdiff_t>(std::min(count, order.size()));
    std::partial_sort(order.begin(), end, order.end(), [&](std::size_t a, std::size_t b) {
        return scores[a] > scores[b] || (scores[a] == scores[b] && a < b);
    });
    order.erase(end, order.end());
    return order;
}

class BeamSearch
{
public:
    BeamSearch(const GenerationSettings& settings, const std::vector<std::int32_t>& prompt, const ScoreRule& rule,
               const BeamOutcome& wanted)
        : m_settings(settings), m_rule(rule), m_wanted(wanted), m_beams(static_cast<std::size_t>(settings.beams)),
          m_promptLength(prompt.size()),
          m_limit(static_cast<std::size_t>(settings.lengthLimit(static_cast<std::int64_t>(prompt.size())))),
          m_running(m_beams, Beam{prompt, {}, kOut, false}), m_finished(m_running), m_origins(m_beams, 0)
    {
        m_running.front().score = 0; // the others would choose the same tokens
    }

    std::vector<DecodedSequence> run(const BeamStep& step)
    {
        do {
            const std::vector<Candidate> candidates = continuations(logitsOf(step));
            finish(candidates);
            goOn(candidates);
        } while (!done());
        return sequences();
    }

private:
    std::vector<at::Tensor> logitsOf(const BeamStep& step)
    {
        std::vector<BeamExtension> extensions;
        for (std::size_t i = 0; i < m_beams; ++i) {
            const std::span<const std::int32_t> ids = m_running[i].ids;
            extensions.push_back({m_origins[i], ids.subspan(m_past)});
        }
        if (m_past == 0)
            extensions.resize(1);
        std::vector<at::Tensor> logits = step(extensions, static_cast<std::int64_t>(m_past));
        logits.resize(m_beams, logits.front()); // the first step's prompts are the same
        for (const at::Tensor& values : logits)
            throwUnlessFinite(values, "scores of the next token");
        m_past = m_running.front().ids.size();
        return logits;
    }

    /// The best 2 × beams of all sequences' continuations: enough to go on with where `beams` of them end.
    std::vector<Candidate> continuations(std::vector<at::Tensor> logits)
    {
        std::vector<float> scores;
        for (std::size_t i = 0; i < m_beams; ++i) {
            const at::Tensor row = at::log_softmax(logits[i], -1).contiguous();
            const std::span<float> values(row.data_ptr<float>(), static_cast<std::size_t>(row.numel()));
            applyRules(m_settings, static_cast<std::int64_t>(m_promptLength), m_running[i].ids, m_rule, values);
            for (const float value : values)
                scores.push_back(value + m_running[i].score);
        }
        const std::size_t vocabulary = scores.size() / m_beams;
        std::vector<Candidate> candidates;
        for (const std::size_t index : largest(scores, 2 * m_beams)) {
            const auto token = static_cast<std::int32_t>(index % vocabulary);
            const bool ends = token == m_settings.endToken || m_running.front().ids.size() + 1 >= m_limit;
            candidates.push_back({index / vocabulary, token, scores[index], ends});
        }
        if (m_wanted.logits)
            m_logits = std::move(logits);
        return candidates;
    }

    Beam extended(const Candidate& candidate) const
    {
        Beam beam = m_running[candidate.beam];
        beam.ids.push_back(candidate.token);
        if (m_wanted.logits)
            beam.logits.push_back(m_logits[candidate.beam]);
        beam.score = candidate.score;
        return beam;
    }

    float penalised(float score, std::size_t generated) const
    {
        return score / static_cast<float>(std::pow(static_cast<double>(generated), m_settings.lengthPenalty));
    }

    bool full() const
    {
        return m_settings.earlyStopping == EarlyStopping::AtOnce && std::ranges::all_of(m_finished, &Beam::finished);
    }

    void finish(const std::vector<Candidate>& candidates)
    {
        const std::size_t generated = m_running.front().ids.size() + 1 - m_promptLength;
        std::vector<Beam> merged = m_finished;
        std::vector<float> scores;
        for (const Beam& beam : m_finished)
            scores.push_back(beam.score);
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            Beam beam = extended(candidates[i]);
            beam.finished = candidates[i].ends && i < m_beams;
            beam.score = penalised(beam.score, generated);
            for (const bool out : {full(), !m_canImprove, !beam.finished})
                beam.score += out ? kOut : 0.0f;
            scores.push_back(beam.score);
            merged.push_back(std::move(beam));
        }
        m_finished.clear();
        for (const std::size_t index : largest(scores, m_beams))
            m_finished.push_back(merged[index]);
    }

    void goOn(const std::vector<Candidate>& candidates)
    {
        std::vector<float> scores;
        for (const Candidate& candidate : candidates)
            scores.push_back(candidate.score + (candidate.ends ? kOut : 0.0f));
        std::vector<Beam> next;
        m_origins.clear();
        for (const std::size_t index : largest(scores, m_beams)) {
            next.push_back(extended(candidates[index]));
            next.back().score = scores[index];
            m_origins.push_back(candidates[index].beam);
        }
        m_running = std::move(next);
        m_allEnd = std::ranges::all_of(candidates, &Candidate::ends);
    }

    bool done()
    {
        const bool hopeful = m_settings.earlyStopping == EarlyStopping::Never && m_settings.lengthPenalty > 0;
        const std::size_t length = hopeful ? m_limit : m_running.front().ids.size();
        const float best = penalised(m_running.front().score, length - m_promptLength);
        const float worst = std::ranges::min_element(m_finished, {}, &Beam::score)->score;
        m_canImprove = m_canImprove && std::ranges::any_of(m_finished, [&](const Beam& beam) {
                           return best > (beam.finished ? worst : kOut);
                       });
        return !m_canImprove || full() || m_allEnd;
    }

    std::vector<DecodedSequence> sequences() const
    {
        std::vector<DecodedSequence> result;
        for (const Beam& beam : m_finished) {
            if (!beam.finished || result.size() == m_wanted.sequences)
                continue;
            DecodedSequence& sequence = result.emplace_back();
            sequence.ids = beam.ids;
            sequence.promptLength = static_cast<std::int64_t>(m_promptLength);
            if (m_wanted.logits)
                sequence.logits = at::stack(beam.logits);
            sequence.ended = beam.ids.back() == m_settings.endToken;
            sequence.score = beam.score;
        }
        if (result.empty())
            throw Error(ErrorKind::InvalidRequest, "Every next token is forbidden by the checkpoint's settings.");
        return result;
    }

    const GenerationSettings& m_settings;
    const ScoreRule& m_rule;
    const BeamOutcome& m_wanted;
    std::size_t m_beams;
    std::size_t m_promptLength;
    std::size_t m_limit;
    std::vector<Beam> m_running;
    std::vector<Beam> m_finished;
    std::vector<std::size_t> m_origins; ///< of the running ones among those of the step before
    std::vector<at::Tensor> m_logits;   ///< of the step, by running sequence, where they are kept
    std::size_t m_past = 0;
    bool m_canImprove = true;
    bool m_allEnd = false;
};

} // namespace

std::vector<DecodedSequence> searchBeams(const GenerationSettings& settings, const std::vector<std::int32_t>& prompt,
                                         const BeamStep& step, const ScoreRule& rule, const BeamOutcome& wanted)
{
    requireRoom(settings, static_cast<std::int64_t>(prompt.size()));
    return BeamSearch(settings, prompt, rule, wanted).run(step);
}

} // namespace heedmap
