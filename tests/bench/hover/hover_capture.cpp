#include "tests/bench/hover/hover_capture.h"

#include "core/base/files.h"
#include "core/capture/capture_writer.h"

#include <fmt/format.h>
#include <QBuffer>
#include <QImage>

#include <cmath>
#include <random>

namespace heedmap::bench {

namespace {

constexpr std::int64_t kHeadDim = 64;
constexpr int kPicturePixels = 768; ///< of one side

/// Uniform in [−√3, √3]: as much spread as normal values, at a fraction of the time.
std::vector<float> seededValues(std::int64_t count, unsigned seed)
{
    std::minstd_rand random(seed);
    std::vector<float> values(static_cast<std::size_t>(count));
    for (float& value : values)
        value = static_cast<float>((static_cast<double>(random()) / std::minstd_rand::max() * 2 - 1) * std::sqrt(3.0));
    return values;
}

/// Rows that sum to one, [rows, keys], a few keys much stronger than the rest.
std::vector<float> seededRows(std::int64_t rows, std::int64_t keys, unsigned seed)
{
    std::vector<float> values = seededValues(rows * keys, seed);
    for (std::int64_t row = 0; row < rows; ++row) {
        const std::span<float> weights(values.data() + row * keys, static_cast<std::size_t>(keys));
        double sum = 0;
        for (float& weight : weights)
            sum += weight = std::exp(3 * weight);
        for (float& weight : weights)
            weight = static_cast<float>(weight / sum);
    }
    return values;
}

TokenAxis pictureAxis(int side)
{
    const double pixels = static_cast<double>(kPicturePixels) / side;
    AxisSegment special;
    special.kind = SegmentKind::Special;
    special.length = 1;
    special.tokens = {{"CLS", {}, {}, true}};
    AxisSegment patches;
    patches.kind = SegmentKind::PatchGrid;
    patches.begin = 1;
    patches.length = std::int64_t{side} * side;
    patches.input = "picture";
    patches.grid = {side, side, 1, Affine{pixels, 0, 0, 0, pixels, 0}};
    return {"picture", 1 + patches.length, {special, patches}};
}

void addQuestion(Manifest& manifest)
{
    CaptureInput question;
    question.id = "question";
    AxisSegment text;
    text.kind = SegmentKind::Text;
    text.length = kQuestionLength;
    text.input = "question";
    for (std::int64_t i = 0; i < kQuestionLength; ++i) {
        const std::size_t begin = question.text.size();
        question.text += fmt::format("word{:02} ", i);
        text.tokens.push_back({fmt::format("word{:02}", i), {}, TextSpan{begin, begin + 6}, false});
    }
    manifest.inputs.push_back(question);
    manifest.axes["question"] = {"question", kQuestionLength, {text}};
}

void addPicture(CaptureWriter& writer, Manifest& manifest)
{
    QImage image(kPicturePixels, kPicturePixels, QImage::Format_RGB888);
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x)
            image.setPixel(x, y, qRgb(x * 255 / kPicturePixels, y * 255 / kPicturePixels, (x ^ y) & 255));
    QByteArray bytes;
    QBuffer buffer(&bytes);
    image.save(&buffer, "PNG");
    const auto span = std::as_bytes(std::span(bytes.constData(), static_cast<std::size_t>(bytes.size())));
    CaptureInput input;
    input.id = "picture";
    input.kind = InputKind::Image;
    input.mediaType = "image/png";
    input.name = "bench.png";
    input.sha256 = sha256Hex(span);
    input.byteCount = bytes.size();
    input.width = input.height = kPicturePixels;
    input.tensor = "inputs/picture";
    writer.addTensor(input.tensor, DType::U8, {bytes.size()}, span);
    manifest.inputs.push_back(input);
}

AttentionSite makeSite(const std::string& pass, const std::string& group, int layer, const std::string& queries,
                       const std::string& keys)
{
    AttentionSite site;
    site.pass = pass;
    site.name = fmt::format("{}.layer.{}", group, layer);
    site.group = group;
    site.layer = layer;
    site.kind = queries == keys ? SiteKind::Self : SiteKind::Cross;
    site.queryAxis = queries;
    site.keyAxis = keys;
    site.heads = site.keyValueHeads = kHeads;
    site.order = layer;
    return site;
}

void addFloats(CaptureWriter& writer, const std::string& name, const Shape& shape, const std::vector<float>& values)
{
    writer.addTensor(name, DType::F32, shape, std::as_bytes(std::span(values)));
}

void addLayer(CaptureWriter& writer, Manifest& manifest, int layer, std::int64_t keys)
{
    const auto seed = static_cast<unsigned>(1 + 3 * layer);
    AttentionSite self = makeSite("vision", "vision_self", layer, "picture", "picture");
    self.queries = self.name + "/queries";
    self.keys = self.name + "/keys";
    self.scale = 1 / std::sqrt(static_cast<double>(kHeadDim));
    addFloats(writer, self.queries, {kHeads, keys, kHeadDim}, seededValues(kHeads * keys * kHeadDim, seed));
    addFloats(writer, self.keys, {kHeads, keys, kHeadDim}, seededValues(kHeads * keys * kHeadDim, seed + 1));
    manifest.sites.push_back(self);
    AttentionSite cross = makeSite("question", "question_picture", layer, "question", "picture");
    cross.weights = cross.name + "/weights";
    addFloats(writer, cross.weights, {kHeads, kQuestionLength, keys},
              seededRows(kHeads * kQuestionLength, keys, seed + 2));
    manifest.sites.push_back(cross);
}

} // namespace

std::shared_ptr<const Capture> makeHoverCapture(const std::filesystem::path& path, int side)
{
    CaptureWriter writer(path);
    Manifest manifest;
    manifest.model = {"blip", "BlipForQuestionAnswering", "bench", ""};
    manifest.provenance = {"bench", "2026-01-01T00:00:00Z", "F32"};
    manifest.passes = {{"vision", "vision_model", ""}, {"question", "text_encoder", ""}};
    manifest.groups = {{"vision_self", "picture → picture"}, {"question_picture", "question → picture"}};
    manifest.axes["picture"] = pictureAxis(side);
    addPicture(writer, manifest);
    addQuestion(manifest);
    for (int layer = 0; layer < kLayers; ++layer)
        addLayer(writer, manifest, layer, manifest.axes["picture"].length);
    writer.finish(manifest);
    return Capture::open(path);
}

} // namespace heedmap::bench
