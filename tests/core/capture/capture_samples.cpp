#include "tests/core/capture/capture_samples.h"

#include <cmath>

namespace heedmap::test {

std::vector<float> randomFloats(std::size_t count, std::uint32_t seed)
{
    std::mt19937 generator(seed);
    std::vector<float> values(count);
    for (float& value : values)
        value = static_cast<float>(generator() >> 8) / (1 << 22) - 2;
    return values;
}

std::span<const std::byte> bytesOf(const std::vector<float>& values)
{
    return std::as_bytes(std::span(values));
}

TokenAxis plainAxis(const std::string& id, std::int64_t length)
{
    TokenAxis axis{id, length, {}};
    axis.segments.emplace_back().length = length;
    return axis;
}

AttentionSite weightsSite(const std::string& name, const std::string& queryAxis, const std::string& keyAxis, int heads)
{
    AttentionSite site;
    site.pass = "run";
    site.name = name;
    site.group = name;
    site.queryAxis = queryAxis;
    site.keyAxis = keyAxis;
    site.heads = heads;
    site.keyValueHeads = heads;
    site.weights = name;
    return site;
}

AttentionSite queriesKeysSite(const std::string& name, const std::string& queryAxis, const std::string& keyAxis,
                              int heads, int keyValueHeads)
{
    AttentionSite site = weightsSite(name, queryAxis, keyAxis, heads);
    site.keyValueHeads = keyValueHeads;
    site.weights.clear();
    site.queries = name + "/q";
    site.keys = name + "/k";
    return site;
}

Manifest manifestOf(const std::vector<TokenAxis>& axes, const std::vector<AttentionSite>& sites)
{
    Manifest manifest;
    manifest.model = {"custom", "Sample", "sample", ""};
    manifest.passes = {{"run", "model", ""}};
    for (const TokenAxis& axis : axes)
        manifest.axes[axis.id] = axis;
    for (const AttentionSite& site : sites) {
        manifest.sites.push_back(site);
        manifest.groups.push_back({site.group, site.queryAxis + " → " + site.keyAxis});
    }
    manifest.provenance = {"capture tests", "2026-11-21T10:00:00Z", "F32"};
    return manifest;
}

void writeCapture(const std::filesystem::path& path, const Manifest& manifest, const std::vector<NamedTensor>& tensors)
{
    CaptureWriter writer(path);
    for (const NamedTensor& tensor : tensors)
        writer.addTensor(tensor.name, DType::F32, tensor.shape, bytesOf(tensor.values));
    writer.finish(manifest);
}

namespace {

/// Rows of `keys` positive values that add up to one.
std::vector<float> randomRows(std::size_t rows, std::size_t keys, std::uint32_t seed)
{
    std::vector<float> values = randomFloats(rows * keys, seed);
    for (std::size_t row = 0; row < rows; ++row) {
        double sum = 0;
        for (std::size_t key = 0; key < keys; ++key)
            sum += values[row * keys + key] = std::exp(values[row * keys + key]);
        for (std::size_t key = 0; key < keys; ++key)
            values[row * keys + key] = static_cast<float>(values[row * keys + key] / sum);
    }
    return values;
}

} // namespace

void writeSampleCapture(const std::filesystem::path& path)
{
    AttentionSite computed = queriesKeysSite("computed", "words", "patches", 4, 2);
    computed.scale = 0.5;
    Manifest manifest = manifestOf(
        {plainAxis("words", 5), plainAxis("states", 7), plainAxis("patches", 9)},
        {weightsSite("first", "words", "states", 2), weightsSite("second", "states", "patches", 3), computed});
    manifest.compositions = {{"composed", "words → states → patches", "first", "second"}};
    writeCapture(path, manifest,
                 {{"first", {2, 5, 7}, randomRows(2 * 5, 7, 1)},
                  {"second", {3, 7, 9}, randomRows(3 * 7, 9, 2)},
                  {"computed/q", {4, 5, 6}, randomFloats(4 * 5 * 6, 3)},
                  {"computed/k", {2, 9, 6}, randomFloats(2 * 9 * 6, 4)}});
}

} // namespace heedmap::test
