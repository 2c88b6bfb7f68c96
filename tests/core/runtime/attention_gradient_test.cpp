#include "core/base/error.h"
#include "core/runtime/attention.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <limits>
#include <map>

// The step that attention is in autograd's graph, against autograd's own way through the same arithmetic, in double
// precision.

namespace heedmap {
namespace {

constexpr std::int64_t kHeads = 3;
constexpr std::int64_t kPositions = 5;
constexpr std::int64_t kHeadDim = 4;

at::Tensor randomTensor(at::IntArrayRef shape)
{
    return at::randn(shape, at::kDouble);
}

class AttentionGradient : public testing::Test
{
protected:
    AttentionGradient() { at::manual_seed(11); }

    AttentionCall callOf(const std::string& site, const at::Tensor& states, const AttentionScoring& scoring) const
    {
        return {site, scoring, at::matmul(states, m_query), at::matmul(states, m_key), at::matmul(states, m_value)};
    }

    /// Two modules, one after the other, and a number made of what they put out.
    at::Tensor forwardJoined(const at::Tensor& states, const AttentionScoring& scoring)
    {
        at::Tensor x = states;
        for (const char* site : {"first", "second"}) {
            AttentionCall call = callOf(site, x, scoring);
            at::Tensor mixed;
            {
                const at::NoGradGuard outside;
                mixed = at::bmm(scoring.weights(call.queries, call.keys), call.values);
            }
            joinGraph(mixed, std::move(call), m_watch);
            if (scoring.interventions)
                scoring.interventions->muteHeads(site, mixed);
            x = mixed + x;
        }
        return (x * m_readout).sum();
    }

    /// The same by autograd alone; `mixed` keeps the leaves added to what the modules mix, whose gradients are ∂y/∂O.
    at::Tensor forwardPlain(const at::Tensor& states, const AttentionScoring& scoring, at::Tensor& first,
                            at::Tensor& second) const
    {
        at::Tensor x = states;
        for (at::Tensor* leaf : {&first, &second}) {
            *leaf = at::zeros_like(states).requires_grad_();
            const AttentionCall call = callOf("", x, scoring);
            at::Tensor scores = at::bmm(call.queries, call.keys.transpose(1, 2)) * scoring.scale;
            if (scoring.bias.defined())
                scores = scores + scoring.bias;
            x = at::bmm(at::softmax(scores, -1), call.values) + *leaf + x;
        }
        return (x * m_readout).sum();
    }

    at::Tensor m_query = randomTensor({kHeads, kHeadDim, kHeadDim});
    at::Tensor m_key = randomTensor({kHeads, kHeadDim, kHeadDim});
    at::Tensor m_value = randomTensor({kHeads, kHeadDim, kHeadDim});
    at::Tensor m_states = randomTensor({kHeads, kPositions, kHeadDim});
    at::Tensor m_readout = randomTensor({kHeads, kPositions, kHeadDim});
    std::vector<std::string> m_order;
    std::map<std::string, at::Tensor> m_taken;
    GradientWatch m_watch{{}, [this](const std::string& site, const at::Tensor& gradient) {
                              m_order.push_back(site);
                              m_taken[site] = gradient.clone();
                          }};
};

double largestDifference(const at::Tensor& a, const at::Tensor& b)
{
    return (a - b).abs().max().item<double>();
}

TEST_F(AttentionGradient, EqualsAutogradsOwn)
{
    const AttentionScoring causal{0.5, at::full({kPositions, kPositions}, -10000.0, at::kDouble).triu_(1), "", nullptr};
    for (const AttentionScoring& scoring : {AttentionScoring{0.5, {}, "", nullptr}, causal}) {
        goBackFrom(forwardJoined(m_states, scoring));
        at::Tensor first;
        at::Tensor second;
        goBackFrom(forwardPlain(m_states, scoring, first, second));
        EXPECT_LT(largestDifference(m_taken.at("first"), first.grad()), 1e-12);
        EXPECT_LT(largestDifference(m_taken.at("second"), second.grad()), 1e-12);
    }
}

TEST_F(AttentionGradient, ReachesWhatLiesBeforeIt)
{
    const AttentionScoring scoring{0.5, {}, "", nullptr};
    const at::Tensor joined = m_states.clone().requires_grad_();
    const at::Tensor plain = m_states.clone().requires_grad_();
    at::Tensor first;
    at::Tensor second;
    goBackFrom(forwardJoined(joined, scoring));
    goBackFrom(forwardPlain(plain, scoring, first, second));
    EXPECT_LT(largestDifference(joined.grad(), plain.grad()), 1e-12);
}

TEST_F(AttentionGradient, EverySiteIsTakenOnceTheLastFirst)
{
    goBackFrom(forwardJoined(m_states, {0.5, {}, "", nullptr}));
    EXPECT_EQ(m_order, (std::vector<std::string>{"second", "first"}));
}

TEST_F(AttentionGradient, HiddenKeysCarryNone)
{
    const AppliedInterventions interventions({HideKeys{"words", {2}}});
    const AttentionScoring hiding{0.5, {}, "words", &interventions};
    AttentionScoring additive{0.5, at::zeros({1, kPositions}, at::kDouble), "", nullptr};
    additive.bias[0][2] = -std::numeric_limits<double>::infinity();
    const at::Tensor joined = m_states.clone().requires_grad_();
    const at::Tensor plain = m_states.clone().requires_grad_();
    at::Tensor first;
    at::Tensor second;
    goBackFrom(forwardJoined(joined, hiding));
    goBackFrom(forwardPlain(plain, additive, first, second));
    EXPECT_LT(largestDifference(m_taken.at("first"), first.grad()), 1e-12);
    EXPECT_LT(largestDifference(joined.grad(), plain.grad()), 1e-12);
}

TEST_F(AttentionGradient, OfAMutedHeadIsZero)
{
    const AppliedInterventions interventions({MuteHead{"first", 1}});
    goBackFrom(forwardJoined(m_states, {0.5, {}, "", &interventions}));
    EXPECT_EQ(m_taken.at("first")[1].abs().max().item<double>(), 0);
    EXPECT_GT(m_taken.at("first")[0].abs().max().item<double>(), 0);
    EXPECT_GT(m_taken.at("second")[1].abs().max().item<double>(), 0);
}

TEST_F(AttentionGradient, AStopEndsTheWayBack)
{
    std::stop_source stop;
    m_watch.stop = stop.get_token();
    const at::Tensor y = forwardJoined(m_states, {0.5, {}, "", nullptr});
    stop.request_stop();
    try {
        goBackFrom(y);
        ADD_FAILURE() << "went on";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::Cancelled);
    }
    EXPECT_TRUE(m_order.empty());
}

} // namespace
} // namespace heedmap
