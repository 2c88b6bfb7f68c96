#include "tests/widgets/painted_capture.h"

#include "core/base/files.h"
#include "core/capture/capture_writer.h"
#include "core/capture/synthetic_capture.h"
#include "tests/core/capture/stored_part.h"

#include <fmt/format.h>
#include <QBuffer>
#include <QImage>

#include <cmath>

namespace heedmap::test {

namespace {

constexpr int kPatchPixels = 10;

QByteArray plainPicture(const PaintedCapture& painted)
{
    QImage image(painted.columns * kPatchPixels, painted.rows * kPatchPixels, QImage::Format_RGB888);
    image.fill(kPictureColor);
    QByteArray bytes;
    QBuffer buffer(&bytes);
    image.save(&buffer, "PNG");
    return bytes;
}

TokenAxis pictureAxis(const PaintedCapture& painted)
{
    AxisSegment special;
    special.kind = SegmentKind::Special;
    special.length = 1;
    special.tokens = {{"CLS", {}, {}, true}};
    AxisSegment patches;
    patches.kind = SegmentKind::PatchGrid;
    patches.begin = 1;
    patches.length = painted.patches();
    patches.input = "picture";
    patches.grid = {painted.rows, painted.columns, painted.frames, Affine{kPatchPixels, 0, 0, 0, kPatchPixels, 0}};
    return {"picture", 1 + patches.length, {special, patches}};
}

TokenAxis questionAxis()
{
    AxisSegment text;
    text.kind = SegmentKind::Text;
    text.length = kQuestionLength;
    text.input = "question";
    text.tokens = {{"[CLS]", {}, {}, true},
                   {"red", {}, TextSpan{0, 3}, false},
                   {"ball", {}, TextSpan{4, 8}, false},
                   {"?", {}, TextSpan{8, 9}, false},
                   {"[SEP]", {}, {}, true}};
    return {"question", kQuestionLength, {text}};
}

TokenAxis answerAxis()
{
    AxisSegment text;
    text.kind = SegmentKind::Text;
    text.length = 2;
    text.output = "answer";
    text.tokens = {{"[DEC]", {}, {}, true}, {"yes", {}, TextSpan{0, 3}, false}};
    return {"answer", 2, {text}};
}

CaptureOutput answerOutput()
{
    GeneratedToken yes{7, "yes", TextSpan{0, 3}, -0.1, 0, 1, {{8, "no", -2.5}}};
    GeneratedToken end{3, "[SEP]", {}, -0.01, 1, {}, {}};
    CaptureOutput output;
    output.id = "answer";
    output.text = "yes";
    output.pass = "answer";
    output.axis = "answer";
    output.tokens = {yes, end};
    output.replayMaxLogitDifference = 2e-7;
    return output;
}

AttentionSite makeSite(const std::string& pass, const std::string& group, int layer, const std::string& queries,
                       const std::string& keys, int heads)
{
    AttentionSite site;
    site.pass = pass;
    site.name = fmt::format("{}.layer.{}", group, layer);
    site.group = group;
    site.layer = layer;
    site.queryAxis = queries;
    site.keyAxis = keys;
    site.heads = site.keyValueHeads = heads;
    site.order = layer;
    site.weights = site.name;
    return site;
}

/// One candidate of a caption; its axis is added to the manifest: a start token, then the words.
CaptureOutput captionOutput(Manifest& manifest, int rank, int words)
{
    CaptureOutput output;
    output.id = output.axis = fmt::format("caption{}", rank);
    output.rank = rank;
    output.pass = "caption";
    AxisSegment text;
    text.kind = SegmentKind::Text;
    text.length = 1 + words;
    text.output = output.id;
    text.tokens = {{"[DEC]", {}, {}, true}};
    for (int word = 0; word < words; ++word) {
        const std::string spelled = rank == 0 ? fmt::format("w{}", word) : "next";
        const std::size_t begin = output.text.size() + (word > 0 ? 1 : 0);
        output.text += (word > 0 ? " " : "") + spelled;
        const TextSpan span{begin, output.text.size()};
        text.tokens.push_back({spelled, {}, span, false});
        output.tokens.push_back(
            {10 + word, spelled, span, std::log(0.5), word, word + 1, {{7, "other", std::log(0.25)}}});
    }
    output.tokens.push_back({3, "[SEP]", {}, std::log(0.9), words, {}, {}});
    manifest.axes[output.axis] = {output.axis, text.length, {text}};
    return output;
}

std::vector<float> picturesWeights(const PaintedCapture& painted, int layer)
{
    const int keys = 1 + painted.patches();
    std::vector<float> weights; // [heads, queries, keys]
    for (int head = 0; head < painted.heads; ++head)
        for (std::int64_t query = 0; query < kQuestionLength; ++query) {
            std::vector<float> row(static_cast<std::size_t>(keys), 0.15f / static_cast<float>(keys));
            row[0] += 0.25f;
            row[static_cast<std::size_t>(1 + paintedPatch(painted, layer, head, query))] += 0.6f;
            if (painted.nan != 0)
                row.back() = painted.nan;
            weights.insert(weights.end(), row.begin(), row.end());
        }
    return weights;
}

void addFloats(CaptureWriter& writer, const std::string& name, const Shape& shape, const std::vector<float>& values)
{
    writer.addTensor(name, DType::F32, shape, std::as_bytes(std::span(values)));
}

void addAnswer(CaptureWriter& writer, Manifest& manifest, const PaintedCapture& painted)
{
    manifest.axes["answer"] = answerAxis();
    manifest.passes.push_back({"answer", "text_decoder", ""});
    manifest.groups.push_back({"answer_question", "answer → question"});
    manifest.sites.push_back(makeSite("answer", "answer_question", 0, "answer", "question", painted.heads));
    manifest.compositions.push_back(
        {"answer_picture", "answer → question → picture", "answer_question", "question_picture"});
    manifest.outputs.push_back(answerOutput());
    std::vector<float> weights; // [heads, 2, questionLength]
    for (int row = 0; row < painted.heads * 2; ++row)
        for (std::int64_t key = 0; key < kQuestionLength; ++key)
            weights.push_back(key == kBallToken ? 0.9f : 0.025f);
    addFloats(writer, "answer_question.layer.0", {painted.heads, 2, kQuestionLength}, weights);
}

void addPicture(CaptureWriter& writer, Manifest& manifest, const PaintedCapture& painted)
{
    const QByteArray bytes = plainPicture(painted);
    const auto span = std::as_bytes(std::span(bytes.constData(), static_cast<std::size_t>(bytes.size())));
    CaptureInput input;
    input.id = "picture";
    input.kind = InputKind::Image;
    input.mediaType = "image/png";
    input.name = "plain.png";
    input.sha256 = sha256Hex(span);
    input.byteCount = bytes.size();
    input.width = painted.columns * kPatchPixels;
    input.height = painted.rows * kPatchPixels;
    if (painted.withPicture) {
        input.tensor = "inputs/picture";
        writer.addTensor(input.tensor, DType::U8, {bytes.size()}, span);
    }
    manifest.inputs.push_back(input);
}

Manifest startManifest()
{
    Manifest manifest;
    manifest.model = {"blip", "BlipForQuestionAnswering", "painted", ""};
    manifest.provenance = {"test", "2026-01-01T00:00:00Z", "F32"};
    return manifest;
}

std::shared_ptr<const Capture> finish(CaptureWriter& writer, const Manifest& manifest,
                                      const std::filesystem::path& path)
{
    writer.finish(manifest);
    return Capture::open(path);
}

std::filesystem::path newPath(const QTemporaryDir& folder)
{
    static int count = 0;
    return folder.filePath(QStringLiteral("%1.heed").arg(++count)).toStdString();
}

} // namespace

int paintedPatch(const PaintedCapture& painted, int layer, int head, std::int64_t query)
{
    return static_cast<int>((query * 5 + head * 3 + layer * 7) % painted.patches());
}

std::shared_ptr<const Capture> makeCapture(const QTemporaryDir& folder, const PaintedCapture& painted)
{
    const std::filesystem::path path = newPath(folder);
    CaptureWriter writer(path);
    Manifest manifest = startManifest();
    addPicture(writer, manifest, painted);
    CaptureInput question;
    question.id = "question";
    question.text = "red ball?";
    manifest.inputs.push_back(question);
    manifest.axes = {{"picture", pictureAxis(painted)}, {"question", questionAxis()}};
    manifest.passes = {{"question", "text_encoder", ""}};
    manifest.groups = {{"question_picture", "question → picture"}};
    for (int layer = 0; layer < painted.layers; ++layer) {
        manifest.sites.push_back(makeSite("question", "question_picture", layer, "question", "picture", painted.heads));
        addFloats(writer, manifest.sites.back().name, {painted.heads, kQuestionLength, 1 + painted.patches()},
                  picturesWeights(painted, layer));
    }
    if (painted.withAnswer)
        addAnswer(writer, manifest, painted);
    return finish(writer, manifest, path);
}

std::shared_ptr<const Capture> makeCaption(const QTemporaryDir& folder, int words, int candidates)
{
    const PaintedCapture painted;
    const int keys = 1 + painted.patches();
    const std::filesystem::path path = newPath(folder);
    CaptureWriter writer(path);
    Manifest manifest = startManifest();
    addPicture(writer, manifest, painted);
    manifest.axes["picture"] = pictureAxis(painted);
    manifest.passes = {{"caption", "text_decoder", ""}};
    manifest.groups = {{"caption_picture", "caption → picture"}};
    for (int rank = 0; rank < candidates; ++rank)
        manifest.outputs.push_back(captionOutput(manifest, rank, rank == 0 ? words : 1));
    std::vector<float> weights; // [1, words + 1, keys]
    for (int row = 0; row <= words; ++row) {
        std::vector<float> values(static_cast<std::size_t>(keys), 0.4f / static_cast<float>(keys));
        values[static_cast<std::size_t>(1 + row % (keys - 1))] += 0.6f;
        weights.insert(weights.end(), values.begin(), values.end());
    }
    manifest.sites = {makeSite("caption", "caption_picture", 0, "caption0", "picture", 1)};
    addFloats(writer, manifest.sites[0].name, {1, words + 1, keys}, weights);
    return finish(writer, manifest, path);
}

std::shared_ptr<const Capture> makePlainCapture(const QTemporaryDir& folder)
{
    const std::filesystem::path path = newPath(folder);
    CaptureWriter writer(path);
    Manifest manifest = startManifest();
    for (const auto& [id, length] : {std::pair{"rows", 2}, std::pair{"slots", 5}}) {
        AxisSegment segment;
        segment.length = length;
        manifest.axes[id] = {id, length, {segment}};
    }
    manifest.passes = {{"run", "model", ""}};
    manifest.groups = {{"cross", "rows → slots"}};
    manifest.sites = {makeSite("run", "cross", 0, "rows", "slots", 1)};
    addFloats(writer, manifest.sites[0].name, {1, 2, 5}, {1, 0, 0, 0, 0, 0.2f, 0.2f, 0.2f, 0.2f, 0.2f});
    return finish(writer, manifest, path);
}

std::shared_ptr<const Capture> makePart(const QTemporaryDir& folder)
{
    const auto whole = makeCapture(folder);
    KeptPart part{{}, {{"question", {0, kBallToken}}, {"answer", {0}}}};
    for (const AttentionSite& site : whole->manifest().sites)
        part.heads[site.key()] = {0, 2};
    return writePart(*whole, part, newPath(folder));
}

std::shared_ptr<const Capture> makeHuge(const QTemporaryDir& folder)
{
    SyntheticSize size;
    size.layers = size.heads = 2;
    size.keyValueHeads = 1;
    size.tokens = 4096;
    size.gridRows = 48;
    size.gridColumns = 60;
    size.headDim = kMinSyntheticHeadDim;
    const std::filesystem::path path = newPath(folder);
    writeSyntheticCapture(path, size);
    return Capture::open(path);
}

std::shared_ptr<const Capture> makeEmptyCapture(const QTemporaryDir& folder)
{
    const std::filesystem::path path = newPath(folder);
    CaptureWriter writer(path);
    Manifest manifest = startManifest();
    manifest.passes = {{"run", "model", ""}};
    addFloats(writer, "unused", {1}, {0});
    return finish(writer, manifest, path);
}

std::size_t siteOf(const Capture& capture, const std::string& group, int layer)
{
    return capture.manifest().sitesOfGroup(group)[static_cast<std::size_t>(layer)];
}

} // namespace heedmap::test
