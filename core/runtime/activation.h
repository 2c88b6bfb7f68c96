#pragma once

#include <ATen/core/Tensor.h>

#include <string>

namespace heedmap {

/// An elementwise function named by a configuration's `hidden_act`, as `transformers.activations.ACT2FN` defines it.
using Activation = at::Tensor (*)(const at::Tensor&);

/// Errors: Unsupported, naming the field (`where`), the value and the supported names.
Activation activationFromName(const std::string& name, const std::string& where);

} // namespace heedmap
