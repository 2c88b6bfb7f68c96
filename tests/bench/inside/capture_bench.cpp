#include "core/capture/attention.h"
#include "core/capture/capture_writer.h"

#include <benchmark/benchmark.h>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <random>

namespace heedmap {
namespace {

constexpr std::int64_t kTokens = 577; // ViT-B/16 at 384 pixels
constexpr int kHeads = 12;
constexpr std::int64_t kHeadDim = 64;

/// A capture of one self-attention site, once as queries and keys and once as weights; removed when the program ends.
class SampleCapture
{
public:
    SampleCapture() : m_path(std::filesystem::temp_directory_path() / "heedmap-bench.heed")
    {
        write();
        capture = Capture::open(m_path);
    }
    ~SampleCapture() { std::filesystem::remove(m_path); }

    std::shared_ptr<const Capture> capture;

private:
    static AttentionSite site(const char* name)
    {
        AttentionSite site;
        site.pass = "run";
        site.name = name;
        site.group = "self";
        site.kind = SiteKind::Self;
        site.queryAxis = site.keyAxis = "tokens";
        site.heads = site.keyValueHeads = kHeads;
        return site;
    }

    void write() const
    {
        std::mt19937 random(1);
        std::normal_distribution<float> normal;
        const auto values = [&](std::int64_t count) {
            std::vector<float> result(static_cast<std::size_t>(count));
            for (float& value : result)
                value = normal(random);
            return result;
        };
        Manifest manifest;
        manifest.model = {"bench", "Bench", "bench", ""};
        manifest.axes["tokens"] = {
            "tokens", kTokens, {AxisSegment{SegmentKind::Unknown, 0, kTokens, {}, {}, {}, {}, 0, 0, 0, 0}}};
        manifest.passes.push_back({"run", "model", ""});
        manifest.groups.push_back({"self", "tokens → tokens"});
        manifest.sites = {site("queries_keys"), site("weights")};
        manifest.sites[0].queries = "q";
        manifest.sites[0].keys = "k";
        manifest.sites[0].scale = 1 / std::sqrt(static_cast<double>(kHeadDim));
        manifest.sites[1].weights = "w";
        manifest.sites[1].layer = 1;
        manifest.provenance = {"bench", "2026-01-01T00:00:00Z", "F32"};

        CaptureWriter writer(m_path);
        const std::vector<float> q = values(kHeads * kTokens * kHeadDim);
        const std::vector<float> k = values(kHeads * kTokens * kHeadDim);
        const std::vector<float> w(static_cast<std::size_t>(kHeads * kTokens * kTokens), 1.0f / kTokens);
        writer.addTensor("q", DType::F32, {kHeads, kTokens, kHeadDim}, std::as_bytes(std::span(q)));
        writer.addTensor("k", DType::F32, {kHeads, kTokens, kHeadDim}, std::as_bytes(std::span(k)));
        writer.addTensor("w", DType::F32, {kHeads, kTokens, kTokens}, std::as_bytes(std::span(w)));
        writer.finish(manifest);
    }

    std::filesystem::path m_path;
};

const Capture& sample()
{
    static const SampleCapture instance;
    return *instance.capture;
}

/// What a hover costs: the rows of all heads of a site for one query.
void rowOfAllHeads(benchmark::State& state)
{
    const auto site = static_cast<std::size_t>(state.range(0));
    std::int64_t query = 0;
    for (auto _ : state)
        benchmark::DoNotOptimize(readAllHeads(sample(), site, ++query % kTokens));
    state.SetLabel(sample().site(site).name);
}
BENCHMARK(rowOfAllHeads)->Arg(0)->Arg(1);

/// The baseline: computing the whole map of one head, as tools do that keep matrices.
void wholeMapOfOneHead(benchmark::State& state)
{
    const auto site = static_cast<std::size_t>(state.range(0));
    for (auto _ : state)
        benchmark::DoNotOptimize(readMap(sample(), {site, {3}, {}}));
    state.SetLabel(sample().site(site).name);
}
BENCHMARK(wholeMapOfOneHead)->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

} // namespace
} // namespace heedmap
