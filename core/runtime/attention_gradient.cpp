#include "core/runtime/attention_gradient.h"

#include "core/base/error.h"
#include "core/runtime/head_products.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/function.h>

#include <memory>

namespace heedmap {

namespace {

using torch::autograd::variable_list;

class AttentionBackward : public torch::autograd::Node
{
public:
    AttentionBackward(AttentionCall call, const GradientWatch& watch)
        : torch::autograd::Node(torch::autograd::collect_next_edges(call.queries, call.keys, call.values)),
          m_call(std::move(call)), m_watch(watch)
    {
        // The edges know the way; the graph itself would keep itself alive.
        for (at::Tensor* kept : {&m_call.queries, &m_call.keys, &m_call.values})
            *kept = kept->detach();
    }

    std::string name() const override { return "AttentionBackward"; }

    variable_list apply(variable_list&& gradients) override
    {
        if (m_watch.stop.stop_requested())
            throw Error(ErrorKind::Cancelled, "The run was cancelled.");
        if (!gradients.at(0).defined()) // y does not depend on this call
            return variable_list(num_outputs());
        const at::Tensor output = gradients[0].contiguous(); // [heads, queries, headDim]
        m_watch.take(m_call.site, output);
        if (!goesOn())
            return variable_list(num_outputs());
        variable_list inputs = {at::empty_like(m_call.queries), at::empty_like(m_call.keys),
                                at::empty_like(m_call.values)};
        for (std::int64_t head = 0; head < output.size(0); ++head)
            applyHead(head, output.narrow(0, head, 1), inputs);
        return inputs;
    }

    void release_variables() override
    {
        m_call.queries.reset();
        m_call.keys.reset();
        m_call.values.reset();
    }

private:
    bool goesOn() const { return should_compute_output(0) || should_compute_output(1) || should_compute_output(2); }

    /// With A the weights and S the scores: ∂y/∂A = (∂y/∂O) Vᵀ, ∂y/∂V = Aᵀ (∂y/∂O), and through softmax
    /// ∂y/∂S = A ⊙ (∂y/∂A − Σ over keys of A ⊙ ∂y/∂A), which is zero where a key is hidden.
    void applyHead(std::int64_t head, const at::Tensor& output, variable_list& inputs) const
    {
        const at::Tensor queries = m_call.queries.narrow(0, head, 1);
        const at::Tensor keys = m_call.keys.narrow(0, head, 1);
        const at::Tensor weights = m_call.scoring.weights(queries, keys); // [1, queries, keys]
        inputs[2].narrow(0, head, 1).copy_(at::bmm(weights.transpose(1, 2), output));
        at::Tensor scores = at::bmm(output, m_call.values.narrow(0, head, 1).transpose(1, 2)); // ∂y/∂A
        scores.sub_((scores * weights).sum(-1, true)).mul_(weights).mul_(m_call.scoring.scale);
        inputs[0].narrow(0, head, 1).copy_(at::bmm(scores, keys));
        inputs[1].narrow(0, head, 1).copy_(at::bmm(scores.transpose(1, 2), queries));
    }

    AttentionCall m_call;
    const GradientWatch& m_watch;
};

} // namespace

at::Tensor AttentionScoring::weights(const at::Tensor& queries, const at::Tensor& keys) const
{
    at::Tensor scores = productsWithTransposed(queries, keys, scale); // [heads, queries, keys]
    if (bias.defined())
        scores.add_(bias);
    if (interventions)
        interventions->hideKeys(keyAxis, scores);
    softmaxInPlace(scores);
    return scores;
}

void joinGraph(at::Tensor& mixed, AttentionCall call, const GradientWatch& watch)
{
    // Nodes free what they lead to without recursion only by this deleter.
    const std::shared_ptr<torch::autograd::Node> node(new AttentionBackward(std::move(call), watch),
                                                      torch::autograd::deleteNode);
    torch::autograd::create_gradient_edge(mixed, node);
}

void goBackFrom(const at::Tensor& y)
{
    torch::autograd::backward({y});
}

} // namespace heedmap
