#include "widgets/context/alignment_proposer.h"

#include "widgets/context/background.h"

#include <utility>

namespace heedmap {

namespace {

constexpr int kProgressMilliseconds = 100;

HeadSet setOf(const Capture& capture, std::size_t site, const Alignment& alignment)
{
    return {"alignment", alignmentHeads(capture, *transcriptOf(capture, site), alignment), Reduction::Mean};
}

} // namespace

const CaptureOutput* transcriptOf(const Capture& capture, std::size_t site)
{
    const Manifest& manifest = capture.manifest();
    const CaptureOutput* first = nullptr;
    for (const std::size_t index : transcriptsOf(manifest)) {
        const CaptureOutput& output = manifest.outputs[index];
        if (site < manifest.sites.size() && manifest.sites[site].pass == output.pass)
            return &output;
        first = first ? first : &output;
    }
    return first;
}

std::optional<HeadSet> checkpointAlignment(const Capture& capture, std::size_t site)
{
    const std::optional<Alignment>& named = capture.manifest().alignment;
    if (!named || !transcriptOf(capture, site))
        return std::nullopt;
    try {
        HeadSet set = setOf(capture, site, *named);
        set.name = "alignment of the checkpoint";
        for (const SiteHead& head : set.members)
            if (!capture.site(head.site).holdsHead(head.head.head))
                return std::nullopt;
        return set;
    } catch (const Error&) { // a part of the modules is stored: there is no such set here
        return std::nullopt;
    }
}

AlignmentProposer::AlignmentProposer(QObject* parent) : QObject(parent) {}

AlignmentProposer::~AlignmentProposer()
{
    m_stop.request_stop();
}

QString AlignmentProposer::obstacle(const Capture& capture)
{
    return QString::fromStdString(alignmentSearchObstacle(capture.manifest()).value_or(std::string()));
}

void AlignmentProposer::start(const std::shared_ptr<const Capture>& capture, std::size_t site)
{
    stop();
    m_stop = {};
    m_share = std::make_shared<std::atomic<double>>(0);
    m_running = true;
    m_timer = startTimer(kProgressMilliseconds);
    auto work = [capture, site, stop = m_stop.get_token(), share = m_share] {
        AnalysisProgress progress(stop, [share](double done) { *share = done; });
        const std::optional<Alignment>& named = capture->manifest().alignment;
        AlignmentSearch search;
        search.medianWidth = named ? named->medianWidth : search.medianWidth;
        const AlignmentSource source{capture, {}};
        return setOf(*capture, site, searchAlignmentHeads({&source, 1}, search, progress).alignment);
    };
    const auto ended = [this, run = m_run](const auto& tell) {
        if (run != m_run)
            return;
        stop();
        tell();
    };
    runInBackground(
        this, std::move(work), [this, ended](const HeadSet& heads) { ended([&] { emit proposed(heads); }); },
        [this, ended](const Error& error) { ended([&] { emit failed(QString::fromUtf8(error.what())); }); },
        WorkLength::Long);
    emit changed();
}

void AlignmentProposer::stop()
{
    if (!m_running)
        return;
    m_stop.request_stop();
    ++m_run;
    m_running = false;
    killTimer(m_timer);
    emit changed();
}

void AlignmentProposer::timerEvent(QTimerEvent*)
{
    emit changed();
}

} // namespace heedmap
