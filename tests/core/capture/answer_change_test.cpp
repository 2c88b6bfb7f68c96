#include "core/capture/answer_change.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace heedmap;

namespace {

struct Choice
{
    std::int64_t id;
    double probability;
};

/// The first choice is the one that was said.
GeneratedToken token(const std::string& text, const std::vector<Choice>& choices, bool isWord = true)
{
    GeneratedToken made;
    made.id = choices.front().id;
    made.text = text;
    made.logProbability = std::log(choices.front().probability);
    if (isWord)
        made.span = TextSpan{0, text.size()};
    for (const Choice& choice : choices)
        made.alternatives.push_back({choice.id, "t" + std::to_string(choice.id), std::log(choice.probability)});
    return made;
}

Manifest said(const std::string& text, const std::vector<GeneratedToken>& tokens)
{
    Manifest manifest;
    CaptureOutput output;
    output.id = "answer";
    output.text = text;
    output.tokens = tokens;
    manifest.outputs.push_back(output);
    return manifest;
}

const ChoiceChange& choice(const StepChange& step, std::int64_t id)
{
    for (const ChoiceChange& found : step.choices)
        if (found.id == id)
            return found;
    throw std::out_of_range("no such choice");
}

TEST(AnswerChange, StatesBothProbabilitiesOfEveryListedToken)
{
    const Manifest before = said("red", {token("red", {{1, 0.75}, {2, 0.2}})});
    const Manifest after = said("green", {token("green", {{2, 0.5}, {1, 0.25}, {3, 0.125}})});
    const AnswerChange change = compareAnswers(before, after);
    ASSERT_TRUE(change.hasText);
    EXPECT_EQ(change.before, "red");
    EXPECT_EQ(change.after, "green");
    const StepChange& step = *change.decisiveStep();
    EXPECT_EQ(step.saidBefore()->id, 1);
    EXPECT_EQ(step.saidAfter()->id, 2);
    EXPECT_NEAR(step.saidBefore()->before.probability, 0.75, 1e-12);
    EXPECT_NEAR(step.saidBefore()->after.probability, 0.25, 1e-12);
    EXPECT_NEAR(step.saidBefore()->difference().value(), -0.5, 1e-12);
    EXPECT_NEAR(step.saidAfter()->difference().value(), 0.3, 1e-12);
    EXPECT_EQ(step.choices.front().id, 1) << "the most likely of both runs first";
}

TEST(AnswerChange, ATokenThatIsNotListedHasWhatTheListedOnesLeave)
{
    const Manifest before = said("red", {token("red", {{1, 0.75}, {2, 0.2}})});
    const Manifest after = said("blue", {token("blue", {{3, 0.6}, {4, 0.3}})});
    const StepChange step = compareAnswers(before, after).steps.front();
    EXPECT_TRUE(choice(step, 1).after.isBound);
    EXPECT_NEAR(choice(step, 1).after.probability, 0.1, 1e-12);
    EXPECT_NEAR(choice(step, 3).before.probability, 0.05, 1e-12);
    EXPECT_FALSE(choice(step, 1).difference());
}

TEST(AnswerChange, StopsWhereTheTextsPart)
{
    const GeneratedToken a = token("a", {{1, 0.9}});
    const Manifest before = said("a b c", {a, token("b", {{2, 0.6}}), token("c", {{3, 0.5}})});
    const Manifest after = said("a d c", {token("a", {{1, 0.1}}), token("d", {{4, 0.6}}), token("c", {{3, 0.1}})});
    const AnswerChange change = compareAnswers(before, after);
    ASSERT_EQ(change.steps.size(), 2u) << "the third words follow different seconds";
    EXPECT_EQ(change.decisiveStep()->step, 1u);
}

TEST(AnswerChange, WithoutAnotherAnswerTheStepThatMovedMostDecides)
{
    const Manifest before = said("a b", {token("a", {{1, 0.9}}), token("b", {{2, 0.8}})});
    const Manifest after = said("a b", {token("a", {{1, 0.85}}), token("b", {{2, 0.3}})});
    EXPECT_EQ(compareAnswers(before, after).decisiveStep()->step, 1u);
}

TEST(AnswerChange, ScoresAreComparedByName)
{
    Manifest before;
    CaptureOutput output;
    output.id = "scores";
    output.isText = false;
    output.scores = {{"match", 0.75, "probability"}, {"cosine", 0.5, "cosine"}};
    before.outputs = {output};
    Manifest after = before;
    after.outputs[0].scores[0].value = 0.25;
    after.outputs[0].scores[1].name = "other";
    const AnswerChange change = compareAnswers(before, after);
    EXPECT_FALSE(change.hasText);
    EXPECT_EQ(change.decisiveStep(), nullptr);
    ASSERT_EQ(change.scores.size(), 1u);
    EXPECT_EQ(change.scores[0].name, "match");
    EXPECT_EQ(change.scores[0].before, 0.75);
    EXPECT_EQ(change.scores[0].after, 0.25);
    EXPECT_EQ(answerSummary(before), "match 0.75");
}

TEST(AnswerChange, TokensToFollowAreTheAnswerAndWhatItNearlyWas)
{
    const Manifest before = said("a b", {token("a", {{1, 0.9}, {5, 0.05}}), token("b", {{2, 0.8}, {6, 0.1}})});
    EXPECT_EQ(tokensToFollow(before, 24), (std::vector<std::int64_t>{1, 2, 5}));
    EXPECT_EQ(tokensToFollow(before, 2), (std::vector<std::int64_t>{1, 2}));
    EXPECT_TRUE(tokensToFollow(Manifest(), 24).empty());
}

TEST(AnswerChange, ASummaryOfOneWordHasItsProbability)
{
    const GeneratedToken end = token("[SEP]", {{9, 0.5}}, false);
    EXPECT_EQ(answerSummary(said("red", {token("red", {{1, 0.84}}), end})), "red 0.84");
    EXPECT_EQ(answerSummary(said("a ring", {token("a", {{1, 0.84}}), token("ring", {{2, 0.5}}), end})), "a ring");
    EXPECT_EQ(answerSummary(Manifest()), "");
}

} // namespace
