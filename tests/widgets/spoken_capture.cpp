#include "tests/widgets/spoken_capture.h"

#include "core/capture/capture_writer.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <numbers>

namespace heedmap::test {

namespace {

constexpr int kLayers = 2;
constexpr int kHeads = 2;
constexpr std::int64_t kRows = 4;

std::string windowName(const char* what, int window)
{
    return window == 0 ? what : fmt::format("{}.{}", what, window + 1);
}

TokenAxis soundAxis(const SpokenCapture& spoken, int window)
{
    AxisSegment frames;
    frames.kind = SegmentKind::Frames;
    frames.length = kSoundPositions;
    frames.input = "recording";
    frames.startSeconds = window * spoken.secondsPerWindow;
    frames.secondsPerPosition = kSecondsPerPosition;
    return {windowName("sound", window), kSoundPositions, {frames}};
}

TokenAxis wordsAxis(int window)
{
    AxisSegment text;
    text.kind = SegmentKind::Text;
    text.length = kRows;
    text.output = windowName("transcript", window);
    text.tokens = {{"<|start|>", 1, {}, true},
                   {"<|en|>", 2, {}, true},
                   {" red", 3, TextSpan{0, 4}, false},
                   {" ball", 4, TextSpan{4, 9}, false}};
    return {text.output, kRows, {text}};
}

CaptureOutput wordsOutput(int window)
{
    CaptureOutput output;
    output.id = output.pass = output.axis = windowName("transcript", window);
    output.text = " red ball";
    output.tokens = {{3, " red", TextSpan{0, 4}, std::log(0.9), 1, 2, {{5, " bed", std::log(0.05)}}},
                     {4, " ball", TextSpan{4, 9}, std::log(0.8), 2, 3, {}},
                     {9, "<|end|>", {}, std::log(0.99), 3, {}, {}}};
    return output;
}

void addSite(CaptureWriter& writer, Manifest& manifest, const std::string& queries, const std::string& keys, int layer,
             const std::vector<float>& weights)
{
    AttentionSite site;
    site.pass = queries;
    site.group = queries + "_" + keys;
    site.name = fmt::format("layers.{}.{}", layer, queries == keys ? "self_attn" : "encoder_attn");
    site.layer = layer;
    site.kind = queries == keys ? SiteKind::Self : SiteKind::Cross;
    site.queryAxis = queries;
    site.keyAxis = keys;
    site.heads = site.keyValueHeads = kHeads;
    site.order = layer;
    site.weights = site.key();
    if (layer == 0)
        manifest.groups.push_back({site.group, queries + " → " + keys});
    writer.addTensor(site.weights, DType::F32, {kHeads, manifest.axis(queries).length, manifest.axis(keys).length},
                     std::as_bytes(std::span(weights)));
    manifest.sites.push_back(std::move(site));
}

std::vector<float> listening(int layer, int reach)
{
    std::vector<float> weights; // [heads, rows, positions]
    for (int head = 0; head < kHeads; ++head)
        for (std::int64_t row = 0; row < kRows; ++row)
            for (std::int64_t position = 0; position < kSoundPositions; ++position)
                weights.push_back(std::abs(position - heardPosition(layer, head, row)) <= reach
                                      ? 0.02F + 0.6F / static_cast<float>(2 * reach + 1)
                                      : 0.02F);
    return weights;
}

std::vector<float> uniform(std::int64_t length)
{
    return std::vector<float>(static_cast<std::size_t>(kHeads * length * length), 1.0F / static_cast<float>(length));
}

} // namespace

std::int64_t heardPosition(int layer, int head, std::int64_t row)
{
    return (12 + 5 * row + 7 * head + layer) % kSoundPositions;
}

std::shared_ptr<const Capture> makeSpoken(const QTemporaryDir& folder, const SpokenCapture& spoken)
{
    static int count = 0;
    const std::filesystem::path path = folder.filePath(QStringLiteral("spoken%1.heed").arg(++count)).toStdString();
    CaptureWriter writer(path);
    Manifest manifest;
    manifest.model = {"whisper", "WhisperForConditionalGeneration", "painted", ""};
    manifest.provenance = {"test", "2026-01-01T00:00:00Z", "F32"};
    CaptureInput recording;
    recording.id = "recording";
    recording.kind = InputKind::Audio;
    recording.mediaType = "audio/wav";
    recording.name = "said.wav";
    recording.sha256 = std::string(64, '0');
    recording.byteCount = 1;
    recording.seconds = (spoken.windows - 1) * spoken.secondsPerWindow + spoken.recordingSeconds;
    manifest.inputs.push_back(recording);
    for (int window = 0; window < spoken.windows; ++window) {
        const TokenAxis words = wordsAxis(window);
        const TokenAxis sound = soundAxis(spoken, window);
        manifest.axes[words.id] = words;
        manifest.axes[sound.id] = sound;
        manifest.passes.push_back({sound.id, "model.encoder", ""});
        manifest.passes.push_back({words.id, "model.decoder", ""});
        manifest.outputs.push_back(wordsOutput(window));
        for (int layer = 0; layer < kLayers; ++layer)
            addSite(writer, manifest, words.id, sound.id, layer, listening(layer, spoken.reach));
        if (window > 0)
            continue;
        addSite(writer, manifest, words.id, words.id, 0, uniform(kRows));
        addSite(writer, manifest, sound.id, sound.id, 0, uniform(kSoundPositions));
    }
    if (spoken.withAlignment)
        manifest.alignment = Alignment{{{"layers.1.encoder_attn", 1}}, 3};
    writer.finish(manifest);
    return Capture::open(path);
}

std::shared_ptr<const Recording> makeRecording(double seconds)
{
    auto recording = std::make_shared<Recording>();
    recording->name = "said.wav";
    recording->sha256 = fmt::format("{:064.0f}", seconds * 1000);
    recording->sound.sampleRate = 16'000;
    recording->sound.samples.resize(static_cast<std::size_t>(seconds * 16'000));
    for (std::size_t i = 8'000; i < std::min<std::size_t>(16'000, recording->sound.samples.size()); ++i)
        recording->sound.samples[i] =
            0.5F * static_cast<float>(std::sin(2 * std::numbers::pi * 440.0 * double(i) / 16'000));
    return recording;
}

} // namespace heedmap::test
