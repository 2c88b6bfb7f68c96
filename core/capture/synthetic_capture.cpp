#include "core/capture/synthetic_capture.h"

#include "core/base/byte_text.h"
#include "core/base/error.h"
#include "core/base/float_conversion.h"
#include "core/capture/capture_writer.h"
#include "core/capture/synthetic_heads.h"

#include <algorithm>
#include <cmath>
#include <system_error>

namespace heedmap {

namespace {

constexpr int kMaxLayers = 1024;
constexpr int kMaxHeads = 4096;
constexpr int kMaxHeadDim = 1024;
constexpr int kMaxGridSide = 1024;
constexpr std::int64_t kMaxTokens = 1 << 20;
constexpr std::size_t kPieceElements = std::size_t{1} << 20;

template <typename Number>
void checkRange(const char* what, Number value, Number low, Number high)
{
    if (value < low || value > high)
        throw Error(ErrorKind::InvalidRequest, "{} must be {} to {}, not {}", what, low, high, value);
}

AttentionSite siteOf(const SyntheticSize& size, int layer)
{
    AttentionSite site;
    site.pass = "sequence";
    site.name = fmt::format("language_model.model.layers.{}.self_attn", layer);
    site.group = "joint";
    site.layer = layer;
    site.kind = SiteKind::Joint;
    site.queryAxis = "sequence";
    site.keyAxis = "sequence";
    site.heads = size.heads;
    site.keyValueHeads = size.keyValueHeads;
    site.order = layer;
    site.reads = "sequence";
    site.writes = "sequence";
    site.computeDType = dtypeName(size.dtype);
    site.queries = fmt::format("{}/q", layer);
    site.keys = fmt::format("{}/k", layer);
    site.scale = 1 / std::sqrt(static_cast<double>(size.headDim));
    site.mask = {CausalMask{0}};
    return site;
}

Manifest manifestOf(const SyntheticSize& size, const SyntheticScene& scene)
{
    Manifest manifest;
    manifest.model = {"synthetic", "SyntheticForConditionalGeneration",
                      fmt::format("synthetic {} × {}", size.layers, size.heads), ""};
    manifest.inputs = {scene.pictureInput, scene.prompt};
    manifest.axes[scene.axis.id] = scene.axis;
    manifest.passes = {{"sequence", "language_model", ""}};
    manifest.groups = {{"joint", "sequence → sequence"}};
    for (int layer = 0; layer < size.layers; ++layer)
        manifest.sites.push_back(siteOf(size, layer));
    manifest.outputs = {scene.reply};
    // A fixed date, so that the same size and seed give the same file.
    manifest.provenance = {"heedmap synth " HEEDMAP_VERSION, "2026-01-01T00:00:00Z",
                           std::string(dtypeName(size.dtype))};
    return manifest;
}

/// The manifest stands in the header as a string, whose quotes are escaped.
std::size_t headerBytes(const Manifest& manifest)
{
    constexpr std::size_t kTensorBytes = 256;
    return Json(jsonFromManifest(manifest).dump()).dump().size() + kTensorBytes * (2 * manifest.sites.size() + 2);
}

void checkRoom(const std::filesystem::path& path, std::int64_t bytes)
{
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
    std::error_code unknown; // then writing says what is wrong
    const std::filesystem::space_info space = std::filesystem::space(folder, unknown);
    if (!unknown && space.available < static_cast<std::uintmax_t>(bytes))
        throw Error(ErrorKind::Io,
                    "{} would have {}, but only {} are free in {}; free some space, choose another folder, or ask for "
                    "fewer layers, heads or tokens",
                    path.string(), byteText(bytes), byteText(static_cast<std::int64_t>(space.available)),
                    folder.string());
}

/// Streams a tensor [heads, tokens, headDim], piece by piece: make(head, first token, count, values).
template <typename Make>
void streamVectors(CaptureWriter& writer, const std::string& name, const SyntheticSize& size, int heads, Make make)
{
    const std::int64_t step = std::max<std::int64_t>(1, static_cast<std::int64_t>(kPieceElements) / size.headDim);
    std::vector<float> values;
    std::vector<std::byte> bytes;
    writer.streamTensor(name, size.dtype, {heads, size.tokens, size.headDim},
                        [&](const CaptureWriter::TensorSink& sink) {
                            for (int head = 0; head < heads; ++head)
                                for (std::int64_t first = 0; first < size.tokens; first += step) {
                                    const std::int64_t count = std::min(step, size.tokens - first);
                                    values.resize(static_cast<std::size_t>(count * size.headDim));
                                    make(head, first, count, std::span<float>(values));
                                    bytes.resize(values.size() * itemSize(size.dtype));
                                    bytesFromFloats(size.dtype, values, bytes);
                                    sink(bytes);
                                }
                        });
}

} // namespace

void checkSyntheticSize(const SyntheticSize& size)
{
    checkRange("the number of layers", size.layers, 1, kMaxLayers);
    checkRange("the number of heads", size.heads, 1, kMaxHeads);
    checkRange("the number of key-value heads", size.keyValueHeads, 1, size.heads);
    if (size.heads % size.keyValueHeads != 0)
        throw Error(ErrorKind::InvalidRequest,
                    "{} heads cannot share {} key-value heads evenly; the number of heads must be a multiple of it",
                    size.heads, size.keyValueHeads);
    checkRange("the dimension of a head", size.headDim, kMinSyntheticHeadDim, kMaxHeadDim);
    checkRange("the number of rows of the grid", size.gridRows, 1, kMaxGridSide);
    checkRange("the number of columns of the grid", size.gridColumns, 1, kMaxGridSide);
    checkRange("the number of tokens", size.tokens, std::int64_t{1}, kMaxTokens);
    const std::int64_t patches = std::int64_t{size.gridRows} * size.gridColumns;
    if (size.tokens < patches + kSyntheticMinWords)
        throw Error(ErrorKind::InvalidRequest,
                    "a grid of {} × {} has {} patches, and {} words are needed beside it: {} tokens are too few, ask "
                    "for at least {} or for a smaller grid",
                    size.gridRows, size.gridColumns, patches, kSyntheticMinWords, size.tokens,
                    patches + kSyntheticMinWords);
    if (size.dtype != DType::F32 && size.dtype != DType::F16 && size.dtype != DType::BF16)
        throw Error(ErrorKind::InvalidRequest, "queries and keys are stored as F32, F16 or BF16, not as {}",
                    dtypeName(size.dtype));
}

std::int64_t syntheticTensorBytes(const SyntheticSize& size)
{
    const std::int64_t vectors = (std::int64_t{size.heads} + size.keyValueHeads) * size.tokens;
    return size.layers * vectors * size.headDim * static_cast<std::int64_t>(itemSize(size.dtype));
}

void writeSyntheticCapture(const std::filesystem::path& path, const SyntheticSize& size,
                           const std::function<void(int, int)>& progress)
{
    checkSyntheticSize(size);
    checkRoom(path, syntheticTensorBytes(size));
    const SyntheticScene scene = makeSyntheticScene(size.tokens, size.gridRows, size.gridColumns, size.seed);
    const SyntheticHeads heads(size, scene);
    const Manifest manifest = manifestOf(size, scene);
    const std::size_t header = headerBytes(manifest);
    checkRoom(path, syntheticTensorBytes(size) + static_cast<std::int64_t>(header + scene.picture.size()));
    CaptureWriter writer(path, header);
    writer.addTensor(scene.pictureInput.tensor, DType::U8, {scene.pictureInput.byteCount}, scene.picture);
    for (int layer = 0; layer < size.layers; ++layer) {
        if (progress)
            progress(layer, size.layers);
        const AttentionSite& site = manifest.sites[static_cast<std::size_t>(layer)];
        streamVectors(writer, site.queries, size, size.heads,
                      [&](int head, std::int64_t first, std::int64_t count, std::span<float> values) {
                          heads.queries(layer, head, first, count, values);
                      });
        streamVectors(writer, site.keys, size, size.keyValueHeads,
                      [&](int head, std::int64_t first, std::int64_t count, std::span<float> values) {
                          heads.keys(layer, head, first, count, values);
                      });
    }
    if (progress)
        progress(size.layers, size.layers);
    writer.finish(manifest);
}

} // namespace heedmap
