#include "app/verbs/demo_render.h"

#include "app/resources.h"
#include "app/samples.h"
#include "app/verbs/run_to_capture.h"
#include "app/verbs/verb.h"
#include "core/base/error.h"
#include "core/capture/sharpest_head.h"
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

void renderSample(const Sample& sample, const std::filesystem::path& folder, int number)
{
    const std::string stem = fmt::format("{:02}-{}", number, std::filesystem::path(sample.picturePath).stem().string());
    const std::string capturePath = std::filesystem::absolute(folder / (stem + ".heed")).string();
    const std::string picturePath = (folder / (stem + ".png")).string();
    const Json result =
        runToCapture(readRunSpec(shippedModelFolder(), sample.picturePath, sample.question, capturePath));

    writeExport(exporterOfFigure(demoFigure(*Capture::open(capturePath)), ExportFormat::Png, 1),
                QString::fromStdString(picturePath));
    const std::string answer = result.at("outputs").at(0).at("text").get<std::string>();
    fmt::print("{} {}{}\n  {}\n", sample.question, answer,
               answer == sample.expected ? "" : fmt::format(" (wrong: {})", sample.expected), picturePath);
}

} // namespace

int renderDemo(const std::string& folder)
{
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    if (failure)
        throw Error(ErrorKind::Io, "cannot make the folder {}: {}", folder, failure.message());
    int number = 0;
    for (const Sample& sample : readSamples())
        if (!sample.picturePath.empty())
            renderSample(sample, folder, ++number);
    fmt::print("\n{} samples rendered to {}\n", number, std::filesystem::absolute(folder).string());
    return kDone;
}

} // namespace heedmap
