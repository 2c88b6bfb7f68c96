#include <ATen/ATen.h>

#include <benchmark/benchmark.h>

namespace heedmap {
namespace {

constexpr std::int64_t kPositions = 577; // ViT-B/16 at 384 pixels
constexpr std::int64_t kInputs = 768;
constexpr std::int64_t kOutputs = 3072;

/// The first layer of a feed-forward, states in single precision before and after; `type` is what it computes in. Where
/// that is bfloat16, weights are taken as converted already.
void linearLayer(benchmark::State& state, at::ScalarType type)
{
    const at::NoGradGuard noGradients;
    const at::Tensor states = at::rand({kPositions, kInputs});
    const at::Tensor weight = at::rand({kOutputs, kInputs}).to(type);
    const at::Tensor bias = at::rand({kOutputs}).to(type);
    for (auto _ : state)
        benchmark::DoNotOptimize(at::linear(states.to(type), weight, bias).to(at::kFloat));
}
BENCHMARK_CAPTURE(linearLayer, float32, at::kFloat)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(linearLayer, bfloat16, at::kBFloat16)->Unit(benchmark::kMillisecond)->UseRealTime();

} // namespace
} // namespace heedmap
