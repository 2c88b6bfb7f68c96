#pragma once

#include "core/capture/capture.h"
#include "core/capture/capture_writer.h"
#include "tests/core/base/temp_folder.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace heedmap::test {

/// Reproducible values in [-2, 2).
std::vector<float> randomFloats(std::size_t count, std::uint32_t seed);
std::span<const std::byte> bytesOf(const std::vector<float>& values);

/// An axis of one `unknown` segment.
TokenAxis plainAxis(const std::string& id, std::int64_t length);
/// A site named after its group in the pass "run", with weights in the tensor of that name.
AttentionSite weightsSite(const std::string& name, const std::string& queryAxis, const std::string& keyAxis, int heads);
/// The same with queries and keys in the tensors NAME/q and NAME/k.
AttentionSite queriesKeysSite(const std::string& name, const std::string& queryAxis, const std::string& keyAxis,
                              int heads, int keyValueHeads);
/// A manifest with a group of its own for each site.
Manifest manifestOf(const std::vector<TokenAxis>& axes, const std::vector<AttentionSite>& sites);

struct NamedTensor
{
    std::string name;
    Shape shape;
    std::vector<float> values;
};
void writeCapture(const std::filesystem::path& path, const Manifest& manifest, const std::vector<NamedTensor>& tensors);

/// Three sites over queries "words" (5), "states" (7) and keys "patches" (9), with random tensors: "first" (words →
/// states) and "second" (states → patches) with weights, "computed" (words → patches) with grouped queries and keys,
/// and the composition "composed" of first and second.
void writeSampleCapture(const std::filesystem::path& path);

} // namespace heedmap::test
