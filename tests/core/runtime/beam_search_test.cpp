#include "core/runtime/beam_search.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <deque>

namespace heedmap::test {
namespace {

constexpr std::int32_t kEnd = 3;

GenerationSettings settingsOf(std::int64_t beams)
{
    GenerationSettings settings;
    settings.maxNewTokens = 6;
    settings.endToken = kEnd;
    settings.maxPositions = 32;
    settings.beams = beams;
    return settings;
}

/// Logits that depend on the last token alone, and how many of those handed out are still held by somebody.
class Chain
{
public:
    BeamStep step()
    {
        return [this](std::span<const BeamExtension> extensions, std::int64_t) {
            std::vector<at::Tensor> logits;
            for (const BeamExtension& extension : extensions) {
                logits.push_back(at::log(at::tensor(m_next[static_cast<std::size_t>(extension.newIds.back())])));
                m_given.emplace_back(logits.back().getIntrusivePtr());
            }
            m_mostHeld = std::max(m_mostHeld, held() - static_cast<int>(extensions.size()));
            return logits;
        };
    }
    int held() const
    {
        return static_cast<int>(std::ranges::count_if(m_given, [](const auto& tensor) { return !tensor.expired(); }));
    }
    /// While the search went on, the step's own aside.
    int mostHeld() const { return m_mostHeld; }
    double probability(std::int32_t from, std::int32_t to) const
    {
        return m_next[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)];
    }

private:
    std::vector<std::vector<float>> m_next = {
        {0.2f, 0.4f, 0.3f, 0.1f}, {0.1f, 0.15f, 0.4f, 0.35f}, {0.25f, 0.3f, 0.05f, 0.4f}, {0.25f, 0.25f, 0.25f, 0.25f}};
    std::deque<c10::weak_intrusive_ptr<c10::TensorImpl>> m_given;
    int m_mostHeld = 0;
};

/// The mean log-probability, which a length penalty of 1 makes of the sum.
double scoreOf(const Chain& chain, const DecodedSequence& sequence)
{
    double sum = 0;
    for (std::size_t i = 1; i < sequence.ids.size(); ++i)
        sum += std::log(chain.probability(sequence.ids[i - 1], sequence.ids[i]));
    return sum / static_cast<double>(sequence.ids.size() - 1);
}

TEST(BeamSearch, HandsOutAsManyOfTheBestAsAreWanted)
{
    Chain chain;
    const std::vector<DecodedSequence> four = searchBeams(settingsOf(4), {0}, chain.step(), {}, {.sequences = 4});
    ASSERT_EQ(four.size(), 4u);
    for (const DecodedSequence& sequence : four)
        EXPECT_NEAR(sequence.score.value(), scoreOf(chain, sequence), 1e-6);
    EXPECT_TRUE(std::ranges::is_sorted(four, std::ranges::greater(), [](const auto& one) { return *one.score; }));
    const std::vector<DecodedSequence> two = searchBeams(settingsOf(4), {0}, chain.step(), {}, {.sequences = 2});
    ASSERT_EQ(two.size(), 2u);
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(two[i].ids, four[i].ids);
        EXPECT_TRUE(at::equal(two[i].logits, four[i].logits));
        EXPECT_EQ(two[i].logits.size(0), static_cast<std::int64_t>(two[i].ids.size()) - 1);
    }
}

TEST(BeamSearch, LogitsThatNobodyWantsAreNotKept)
{
    Chain with;
    const std::vector<DecodedSequence> all = searchBeams(settingsOf(4), {0}, with.step(), {}, {.sequences = 4});
    EXPECT_GT(with.mostHeld(), 0);
    EXPECT_EQ(with.held(), 0) << "what is handed out is a copy";
    Chain without;
    const BeamOutcome wanted{.sequences = 4, .logits = false};
    const std::vector<DecodedSequence> bare = searchBeams(settingsOf(4), {0}, without.step(), {}, wanted);
    EXPECT_EQ(without.mostHeld(), 0);
    ASSERT_EQ(bare.size(), all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        EXPECT_EQ(bare[i].ids, all[i].ids);
        EXPECT_EQ(bare[i].score, all[i].score);
        EXPECT_FALSE(bare[i].logits.defined());
    }
}

} // namespace
} // namespace heedmap::test
