#pragma once

#include "core/capture/manifest.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace heedmap {

/// The answer of one run beside that of another over the same inputs: what an intervention did to it.

/// A probability a capture states, or, for a token it does not list, the most it can be: what the listed ones leave
/// over.
struct Likelihood
{
    double probability = 0;
    bool isBound = false;
};

/// One token at one step of both runs.
struct ChoiceChange
{
    std::int64_t id = 0;
    std::string text;
    Likelihood before;
    Likelihood after;
    bool saidBefore = false; ///< the token the first run went on with
    bool saidAfter = false;

    /// After minus before; absent unless both are stated.
    std::optional<double> difference() const;
};

struct StepChange
{
    std::size_t step = 0;              ///< of the generated tokens, from 0
    std::vector<ChoiceChange> choices; ///< what either run lists, most likely (before or after) first
    const ChoiceChange* saidBefore() const;
    const ChoiceChange* saidAfter() const;
};

struct ScoreChange
{
    std::string name;
    std::string unit;
    double before = 0;
    double after = 0;
};

struct AnswerChange
{
    bool hasText = false; ///< both runs have a text
    std::string before;   ///< the best texts
    std::string after;
    /// As long as both runs went on with the same tokens, and the first step where they did not: beyond it their
    /// probabilities depend on different words and cannot be compared.
    std::vector<StepChange> steps;
    std::vector<ScoreChange> scores; ///< those both runs have

    /// The step worth a look: where the texts part, else where the said token's probability changed most. Null
    /// without steps.
    const StepChange* decisiveStep() const;
};

AnswerChange compareAnswers(const Manifest& before, const Manifest& after);

/// Ids of the tokens whose probability a changed run should state too (PROTOCOL.md, `score_tokens`): those of the best
/// text, then what its first token nearly was; at most `most`, each once.
std::vector<std::int64_t> tokensToFollow(const Manifest& before, std::size_t most);

/// One line for a list of runs: "red 0.91" (a text of one word, with its probability), "a ring on a table", "match
/// 0.93"; empty without output.
std::string answerSummary(const Manifest& manifest);

} // namespace heedmap
