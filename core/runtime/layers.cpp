#include "core/runtime/layers.h"

#include <ATen/ATen.h>

#include <vector>

namespace heedmap {

Linear Linear::load(const WeightScope& scope, std::int64_t inputs, std::int64_t outputs)
{
    return {scope.take("weight", {outputs, inputs}), scope.take("bias", {outputs})};
}

Linear Linear::loadWithoutBias(const WeightScope& scope, std::int64_t inputs, std::int64_t outputs)
{
    return {scope.take("weight", {outputs, inputs}), {}};
}

at::Tensor Linear::operator()(const at::Tensor& x) const
{
    if (x.numel() != x.size(-1))
        return at::linear(x, weight, bias);
    // One row, as in every step of decoding: a matrix product would copy the whole weight into its blocks first.
    const at::Tensor row = x.reshape({x.size(-1)});
    std::vector<std::int64_t> shape = x.sizes().vec();
    shape.back() = weight.size(0);
    return (bias.defined() ? at::addmv(bias, weight, row) : at::mv(weight, row)).view(shape);
}

LayerNorm LayerNorm::load(const WeightScope& scope, std::int64_t features, double epsilon)
{
    return {scope.take("weight", {features}), scope.take("bias", {features}), epsilon};
}

at::Tensor LayerNorm::operator()(const at::Tensor& x) const
{
    return at::layer_norm(x, {x.size(-1)}, weight, bias, epsilon);
}

Embedding Embedding::load(const WeightScope& scope, std::int64_t entries, std::int64_t features)
{
    return {scope.take("weight", {entries, features})};
}

at::Tensor Embedding::operator()(const at::Tensor& ids) const
{
    return at::embedding(weight, ids);
}

} // namespace heedmap
