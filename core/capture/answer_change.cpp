#include "core/capture/answer_change.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

const CaptureOutput* bestText(const Manifest& manifest)
{
    const CaptureOutput* best = nullptr;
    for (const CaptureOutput& output : manifest.outputs)
        if (output.isText && (!best || output.rank < best->rank))
            best = &output;
    return best;
}

/// How likely `id` was at the step that went on with `said`.
Likelihood likelihoodOf(const GeneratedToken& said, std::int64_t id)
{
    if (said.id == id)
        return {std::exp(said.logProbability), false};
    // The listed tokens need not be the most probable ones: some are there because they were asked for.
    double left = 1;
    bool saidIsListed = false;
    for (const TokenAlternative& alternative : said.alternatives) {
        if (alternative.id == id)
            return {std::exp(alternative.logProbability), false};
        left -= std::exp(alternative.logProbability);
        saidIsListed = saidIsListed || alternative.id == said.id;
    }
    if (!saidIsListed)
        left -= std::exp(said.logProbability);
    return {std::max(0.0, left), true};
}

StepChange stepChange(std::size_t step, const GeneratedToken& before, const GeneratedToken& after)
{
    StepChange change;
    change.step = step;
    const auto add = [&](std::int64_t id, const std::string& text) {
        const auto isListed = [&](const ChoiceChange& choice) { return choice.id == id; };
        if (std::none_of(change.choices.begin(), change.choices.end(), isListed))
            change.choices.push_back(
                {id, text, likelihoodOf(before, id), likelihoodOf(after, id), before.id == id, after.id == id});
    };
    for (const GeneratedToken* said : {&before, &after}) {
        add(said->id, said->text);
        for (const TokenAlternative& alternative : said->alternatives)
            add(alternative.id, alternative.text);
    }
    const auto most = [](const ChoiceChange& choice) {
        return std::max(choice.before.isBound ? 0 : choice.before.probability,
                        choice.after.isBound ? 0 : choice.after.probability);
    };
    std::stable_sort(change.choices.begin(), change.choices.end(),
                     [&](const ChoiceChange& a, const ChoiceChange& b) { return most(a) > most(b); });
    return change;
}

void compareTexts(const CaptureOutput& before, const CaptureOutput& after, AnswerChange& change)
{
    change.hasText = true;
    change.before = before.text;
    change.after = after.text;
    const std::size_t count = std::min(before.tokens.size(), after.tokens.size());
    for (std::size_t step = 0; step < count; ++step) {
        change.steps.push_back(stepChange(step, before.tokens[step], after.tokens[step]));
        if (before.tokens[step].id != after.tokens[step].id)
            return;
    }
}

const Score* findScore(const Manifest& manifest, const std::string& output, const std::string& name)
{
    if (const CaptureOutput* found = manifest.output(output))
        for (const Score& score : found->scores)
            if (score.name == name)
                return &score;
    return nullptr;
}

const ChoiceChange* findChoice(const StepChange& step, bool ChoiceChange::*flag)
{
    const auto found = std::find_if(step.choices.begin(), step.choices.end(),
                                    [&](const ChoiceChange& choice) { return choice.*flag; });
    return found == step.choices.end() ? nullptr : &*found;
}

void addOnce(std::vector<std::int64_t>& ids, std::int64_t id, std::size_t most)
{
    if (ids.size() < most && std::find(ids.begin(), ids.end(), id) == ids.end())
        ids.push_back(id);
}

} // namespace

std::optional<double> ChoiceChange::difference() const
{
    if (before.isBound || after.isBound)
        return std::nullopt;
    return after.probability - before.probability;
}

const ChoiceChange* StepChange::saidBefore() const
{
    return findChoice(*this, &ChoiceChange::saidBefore);
}

const ChoiceChange* StepChange::saidAfter() const
{
    return findChoice(*this, &ChoiceChange::saidAfter);
}

const StepChange* AnswerChange::decisiveStep() const
{
    if (steps.empty())
        return nullptr;
    if (!steps.back().saidBefore()->saidAfter)
        return &steps.back();
    const auto moved = [](const StepChange& step) { return std::abs(step.saidBefore()->difference().value_or(0)); };
    return &*std::max_element(steps.begin(), steps.end(),
                              [&](const StepChange& a, const StepChange& b) { return moved(a) < moved(b); });
}

AnswerChange compareAnswers(const Manifest& before, const Manifest& after)
{
    AnswerChange change;
    const CaptureOutput* textBefore = bestText(before);
    const CaptureOutput* textAfter = bestText(after);
    if (textBefore && textAfter)
        compareTexts(*textBefore, *textAfter, change);
    for (const CaptureOutput& output : before.outputs)
        for (const Score& score : output.scores)
            if (const Score* other = findScore(after, output.id, score.name))
                change.scores.push_back({score.name, score.unit, score.value, other->value});
    return change;
}

std::vector<std::int64_t> tokensToFollow(const Manifest& before, std::size_t most)
{
    std::vector<std::int64_t> ids;
    const CaptureOutput* text = bestText(before);
    if (!text || text->tokens.empty())
        return ids;
    for (const GeneratedToken& token : text->tokens)
        addOnce(ids, token.id, most);
    for (const TokenAlternative& alternative : text->tokens.front().alternatives)
        addOnce(ids, alternative.id, most);
    return ids;
}

std::string answerSummary(const Manifest& manifest)
{
    if (const CaptureOutput* text = bestText(manifest)) {
        const auto isWord = [](const GeneratedToken& token) { return token.span.has_value(); };
        const auto word = std::find_if(text->tokens.begin(), text->tokens.end(), isWord);
        if (word != text->tokens.end() && std::count_if(text->tokens.begin(), text->tokens.end(), isWord) == 1)
            return fmt::format("{} {:.2f}", text->text, std::exp(word->logProbability));
        return text->text;
    }
    for (const CaptureOutput& output : manifest.outputs)
        for (const Score& score : output.scores)
            return fmt::format("{} {:.2f}", score.name, score.value);
    return {};
}

} // namespace heedmap
