#include "app/verbs/demo_render.h"

#include "app/resources.h"
#include "app/samples.h"
#include "app/verbs/run_to_capture.h"
#include "app/verbs/verb.h"
#include "core/base/error.h"
#include "core/capture/chain_document.h"
#include "core/capture/chain_maps.h"
#include "core/capture/sharpest_head.h"
#include "widgets/image/chain_figure.h"
#include "widgets/image/exporter.h"
#include "widgets/image/map_figure.h"

#include <filesystem>

namespace heedmap {

namespace {

/// What the demo shows: where the sharpest head of the text → picture group looks for its sharpest word.
Figure demoFigure(const Capture& capture)
{
    const Manifest& manifest = capture.manifest();
    for (const SiteGroup& group : manifest.groups) {
        const std::vector<std::size_t> sites = manifest.sitesOfGroup(group.id);
        const bool onPicture = !sites.empty() && capture.site(sites.front()).kind == SiteKind::Cross &&
                               capture.keyAxis(sites.front()).patchSegment();
        if (!onPicture)
            continue;
        if (const std::optional<SharpestHead> sharpest = sharpestHead(capture, sites))
            return figureOfMap(capture, {sharpest->site, {sharpest->head}, {}}, {sharpest->query});
    }
    throw Error(ErrorKind::Internal, "the capture {} has no map onto a picture", capture.path().string());
}

std::filesystem::path fileOf(const std::filesystem::path& folder, int number, const Sample& sample, const char* ending)
{
    const std::string& input = sample.recordingPath.empty() ? sample.picturePath : sample.recordingPath;
    return folder / fmt::format("{:02}-{}{}", number, std::filesystem::path(input).stem().string(), ending);
}

void tell(const Sample& sample, const std::string& question, const Json& result, const std::filesystem::path& picture)
{
    const std::string answer = result.at("outputs").at(0).at("text").get<std::string>();
    fmt::print("{} {}{}\n  {}\n", question, answer,
               answer == sample.expected ? "" : fmt::format(" (wrong: {})", sample.expected), picture.string());
}

void renderSample(VerbEngine& engine, const Sample& sample, const std::filesystem::path& folder, int number)
{
    const std::filesystem::path capture = fileOf(folder, number, sample, ".heed");
    const std::filesystem::path picture = fileOf(folder, number, sample, ".png");
    const Json result =
        runToCapture(engine, readRunSpec(shippedModelFolder(), sample.picturePath, sample.question, capture));
    writeExport(exporterOfFigure(demoFigure(*Capture::open(capture)), ExportFormat::Png, 1),
                QString::fromStdString(picture.string()));
    tell(sample, sample.question, result, picture);
}

/// What the recording says is asked about the picture; then from sound to words to patches.
void renderSpokenSample(VerbEngine& engine, const Sample& sample, const std::filesystem::path& folder, int number)
{
    const std::filesystem::path heard = fileOf(folder, number, sample, "-heard.heed");
    const std::filesystem::path asked = fileOf(folder, number, sample, ".heed");
    const std::filesystem::path picture = fileOf(folder, number, sample, ".png");
    RunSpec hearing = readRunSpec(shippedSpeechModelFolder(), {}, {}, heard);
    readRecording(sample.recordingPath, hearing);
    runToCapture(engine, hearing);
    const std::shared_ptr<const Capture> a = Capture::open(heard);
    const std::vector<CapturedText> said = capturedTexts(*a);
    if (said.empty())
        throw Error(ErrorKind::Internal, "no word was heard in {}", sample.recordingPath);
    const std::string question = QString::fromStdString(said.front().text).trimmed().toStdString();
    const Json result = runToCapture(engine, readRunSpec(shippedModelFolder(), sample.picturePath, question, asked));
    const Chain chain = chainBetween(a, Capture::open(asked));
    writeChain(documentOf(chain), fileOf(folder, number, sample, ".heedchain"));
    writeExport(exporterOfFigure(figureOfChain(chain), ExportFormat::Png, 1), QString::fromStdString(picture.string()));
    tell(sample, fmt::format("heard: {}", question), result, picture);
}

} // namespace

int renderDemo(const std::string& folder)
{
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    if (failure)
        throw Error(ErrorKind::Io, "cannot make the folder {}: {}", folder, failure.message());
    int number = 0;
    VerbEngine engine;
    for (const Sample& sample : readSamples()) {
        if (sample.picturePath.empty())
            continue;
        const auto render = sample.recordingPath.empty() ? renderSample : renderSpokenSample;
        render(engine, sample, folder, ++number);
    }
    fmt::print("\n{} samples rendered to {}\n", number, std::filesystem::absolute(folder).string());
    return kDone;
}

} // namespace heedmap
