#include "core/analysis/dense_algebra.h"
#include "core/analysis/leading_triplets.h"

#include <fmt/format.h>

#include <benchmark/benchmark.h>
#include <cmath>
#include <random>
#include <vector>

namespace heedmap {
namespace {

constexpr Eigen::Index kTokens = 2048;
constexpr Eigen::Index kHeadDim = 64;
constexpr Eigen::Index kModes = 8;

/// A map of the usual kind: softmax of random queries and keys.
const std::vector<float>& sampleMap()
{
    static const std::vector<float> map = [] {
        std::mt19937 random(1);
        std::normal_distribution<float> normal;
        Eigen::MatrixXf queries(kTokens, kHeadDim);
        Eigen::MatrixXf keys(kTokens, kHeadDim);
        for (Eigen::MatrixXf* matrix : {&queries, &keys})
            for (float& value : matrix->reshaped())
                value = normal(random);
        std::vector<float> values(kTokens * kTokens);
        Eigen::Map<Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> rows(values.data(), kTokens,
                                                                                               kTokens);
        rows = queries * keys.transpose() / std::sqrt(static_cast<float>(kHeadDim));
        for (Eigen::Index row = 0; row < kTokens; ++row) {
            rows.row(row) = (rows.row(row).array() - rows.row(row).maxCoeff()).exp().matrix();
            rows.row(row) /= rows.row(row).sum();
        }
        return values;
    }();
    return map;
}

LeadingTriplets ourTriplets()
{
    return leadingTriplets(CentredMatrix::of(sampleMap(), kTokens, kTokens, Centring::None), kModes);
}

/// LAPACK's answer, for its time and as the reference of ours.
const DenseSvd& lapackSvd()
{
    static const DenseSvd svd =
        denseSvd(Eigen::Map<const Eigen::MatrixXf>(sampleMap().data(), kTokens, kTokens).transpose().cast<double>());
    return svd;
}

/// The largest error of a singular value as a part of the largest one, and the angle between the spaces of the keys.
std::string accuracy()
{
    const LeadingTriplets ours = ourTriplets();
    const DenseSvd& reference = lapackSvd();
    const double error =
        (ours.values.head(kModes) - reference.values.head(kModes)).cwiseAbs().maxCoeff() / reference.values[0];
    const Eigen::MatrixXd known = reference.right.leftCols(kModes);
    const Eigen::MatrixXd outside = ours.right - known * (known.transpose() * ours.right);
    const double sine = denseSvd(outside).values[0];
    return fmt::format("|σ − σ_ref|/σ₁ {:.1e}, subspace angle {:.1e} rad, {} passes", error,
                       std::asin(std::min(1.0, sine)), ours.passes);
}

void topModes(benchmark::State& state)
{
    for (auto _ : state)
        benchmark::DoNotOptimize(ourTriplets());
    state.SetLabel(accuracy());
}
BENCHMARK(topModes)->Unit(benchmark::kMillisecond)->UseRealTime();

void wholeSvdByLapack(benchmark::State& state)
{
    const Eigen::MatrixXd map =
        Eigen::Map<const Eigen::MatrixXf>(sampleMap().data(), kTokens, kTokens).transpose().cast<double>();
    for (auto _ : state)
        benchmark::DoNotOptimize(denseSvd(map));
}
BENCHMARK(wholeSvdByLapack)->Unit(benchmark::kMillisecond)->UseRealTime();

} // namespace
} // namespace heedmap
