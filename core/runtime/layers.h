#pragma once

#include "core/runtime/activation.h"
#include "core/runtime/weight_scope.h"

#include <ATen/core/Tensor.h>

namespace heedmap {

/// The layers below hold single-precision weights and have no batch dimension: a sequence is [positions, features].

struct Linear
{
    at::Tensor weight; ///< [outputs, inputs]
    at::Tensor bias;   ///< [outputs]; undefined: none

    static Linear load(const WeightScope& scope, std::int64_t inputs, std::int64_t outputs);
    static Linear loadWithoutBias(const WeightScope& scope, std::int64_t inputs, std::int64_t outputs);
    at::Tensor operator()(const at::Tensor& x) const; ///< [positions, inputs] → [positions, outputs]
};

struct LayerNorm
{
    at::Tensor weight; ///< [features]
    at::Tensor bias;   ///< [features]
    double epsilon = 1e-5;

    static LayerNorm load(const WeightScope& scope, std::int64_t features, double epsilon);
    at::Tensor operator()(const at::Tensor& x) const;
};

struct Embedding
{
    at::Tensor weight; ///< [entries, features]

    static Embedding load(const WeightScope& scope, std::int64_t entries, std::int64_t features);
    /// Precondition: 0 <= ids < entries; checked by the caller, who can say where the ids came from.
    at::Tensor operator()(const at::Tensor& ids) const; ///< [positions] → [positions, features]
};

} // namespace heedmap
