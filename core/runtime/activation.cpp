#include "core/runtime/activation.h"

#include "core/base/error.h"
#include "core/base/nearest_names.h"

#include <ATen/ATen.h>

#include <map>
#include <vector>

namespace heedmap {

namespace {

at::Tensor gelu(const at::Tensor& x)
{
    return at::gelu(x);
}

at::Tensor geluTanh(const at::Tensor& x)
{
    return at::gelu(x, "tanh");
}

at::Tensor quickGelu(const at::Tensor& x)
{
    return x * at::sigmoid(1.702 * x);
}

const std::map<std::string, Activation>& activations()
{
    // gelu_new, gelu_fast and gelu_accurate spell the same tanh approximation (Hendrycks & Gimpel 2016) in their own
    // ways; they differ by rounding only.
    static const std::map<std::string, Activation> list = {
        {"gelu", gelu},
        {"gelu_python", gelu},
        {"gelu_10", [](const at::Tensor& x) { return at::clamp(at::gelu(x), -10, 10); }},
        {"gelu_new", geluTanh},
        {"gelu_fast", geluTanh},
        {"gelu_accurate", geluTanh},
        {"gelu_pytorch_tanh", geluTanh},
        {"gelu_python_tanh", geluTanh},
        {"quick_gelu", quickGelu},
        {"relu", [](const at::Tensor& x) { return at::relu(x); }},
        {"relu2", [](const at::Tensor& x) { return at::square(at::relu(x)); }},
        {"relu6", [](const at::Tensor& x) { return at::clamp(x, 0, 6); }},
        {"leaky_relu", [](const at::Tensor& x) { return at::leaky_relu(x); }},
        {"linear", [](const at::Tensor& x) { return x; }},
        {"mish", [](const at::Tensor& x) { return at::mish(x); }},
        {"sigmoid", [](const at::Tensor& x) { return at::sigmoid(x); }},
        {"silu", [](const at::Tensor& x) { return at::silu(x); }},
        {"swish", [](const at::Tensor& x) { return at::silu(x); }},
        {"tanh", [](const at::Tensor& x) { return at::tanh(x); }},
    };
    return list;
}

} // namespace

Activation activationFromName(const std::string& name, const std::string& where)
{
    const auto found = activations().find(name);
    if (found != activations().end())
        return found->second;
    std::string known;
    for (const auto& [key, function] : activations())
        known += (known.empty() ? "" : ", ") + key;
    throw Error(ErrorKind::Unsupported, "{} is \"{}\"; supported activations are {}", where, name, known);
}

} // namespace heedmap
