// How long the window takes from a mouse event to the last repaint it causes: tokens, stage and head grid as the main
// window lays them out, hovered with real events; 12 layers of 12 heads.
//
//   heedmap_hover_bench FOLDER HOVERS
//
// FOLDER takes the captures that are looked at, and is cleared of them. Prints one JSON list, an entry a case. Every
// hover asks for rows that are not in memory yet. Two times: the stage's first repaint, and the last, of all heads.

#include "tests/bench/hover/hover_capture.h"
#include "widgets/controls/stage_canvas.h"
#include "widgets/controls/token_strip.h"
#include "widgets/image/picture_image.h"
#include "widgets/views/heads_view.h"
#include "widgets/views/stage_view.h"
#include "widgets/views/tokens_view.h"

#include <fmt/format.h>
#include <QApplication>
#include <QElapsedTimer>
#include <QHBoxLayout>
#include <QMouseEvent>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>
#include <filesystem>

namespace heedmap::bench {
namespace {

constexpr int kGuardMilliseconds = 5000;

/// From the event on.
struct Repaint
{
    double stageMs; ///< until the stage is painted first; its limits may still change with the other heads
    double allMs;   ///< until stage and head grid are painted with the rows of all heads
};

/// Notes when its widget has been painted with the wanted token chosen, and when with its rows of all heads at hand.
class PaintWatch : public QObject
{
public:
    PaintWatch(QWidget* widget, ViewContext& context) : m_context(context) { widget->installEventFilter(this); }

    void restart(const AxisPosition& wanted)
    {
        m_wanted = wanted;
        m_firstMs.reset();
        m_finalMs.reset();
        m_timer.start();
    }
    std::optional<double> firstMs() const { return m_firstMs; }
    std::optional<double> finalMs() const { return m_finalMs; }

    bool eventFilter(QObject*, QEvent* event) override
    {
        const std::optional<ShownMap> shown = m_context.selection().shown();
        if (event->type() != QEvent::Paint || m_finalMs || !shown || shown->query != m_wanted.position)
            return false;
        const bool allHeads = m_context.rows().shownGroup() != nullptr;
        QMetaObject::invokeMethod( // painting is over when the loop turns
            this, [this, allHeads, wanted = m_wanted.position] { note(allHeads, wanted); }, Qt::QueuedConnection);
        return false;
    }

private:
    void note(bool allHeads, std::int64_t wanted)
    {
        if (wanted != m_wanted.position)
            return;
        const double now = static_cast<double>(m_timer.nsecsElapsed()) / 1e6;
        m_firstMs = m_firstMs.value_or(now);
        if (allHeads)
            m_finalMs = m_finalMs.value_or(now);
    }

    ViewContext& m_context;
    AxisPosition m_wanted;
    QElapsedTimer m_timer;
    std::optional<double> m_firstMs;
    std::optional<double> m_finalMs;
};

class HoverWindow
{
public:
    HoverWindow(const std::shared_ptr<const Capture>& capture, const std::string& group)
    {
        auto* layout = new QHBoxLayout(&m_window);
        auto* left = new QVBoxLayout;
        left->addWidget(m_tokens = new TokensView(m_context));
        left->addWidget(m_stage = new StageView(m_context), 1);
        layout->addLayout(left, 1);
        layout->addWidget(m_heads = new HeadsView(m_context), 1);
        m_window.resize(1440, 900);
        m_window.show();
        Selection selection;
        selection.group = group;
        selection.map = MapChoice{capture->manifest().sitesOfGroup(group)[kLayers / 2], HeadChoice{3}, {}};
        m_context.selection().setPicture(embeddedPicture(*capture));
        m_context.selection().setCapture(capture, selection);
        QApplication::processEvents();
        m_stagePaint = std::make_unique<PaintWatch>(&m_stage->canvas(), m_context);
        m_gridPaint = std::make_unique<PaintWatch>(m_heads->grid().viewport(), m_context);
    }

    Repaint hoverToken(int token)
    {
        const std::vector<TokenChip*>& chips = m_tokens->strip().chips();
        QWidget* before = m_chip;
        m_chip = chips.at(static_cast<std::size_t>(token));
        return timed({"question", token}, [&] {
            if (before)
                sendHover(before, QEvent::HoverLeave, QPointF(-1, -1));
            sendHover(m_chip, QEvent::HoverEnter, QRectF(m_chip->rect()).center());
        });
    }

    /// `patch` counts without CLS.
    Repaint hoverPatch(int patch)
    {
        const TokenAxis& axis = m_context.selection().capture()->manifest().axis("picture");
        const PatchGrid& grid = axis.patchSegment()->grid;
        const PointF place = grid.pictureFromGrid.map({patch % grid.columns + 0.5, patch / grid.columns + 0.5});
        StageCanvas& canvas = m_stage->canvas();
        const QPointF device = canvas.deviceFromPicture().map(QPointF(place.x, place.y));
        return timed({"picture", 1 + patch}, [&] {
            QMouseEvent event(QEvent::MouseMove, device, canvas.mapToGlobal(device), Qt::NoButton, Qt::NoButton,
                              Qt::NoModifier);
            QApplication::sendEvent(&canvas, &event);
        });
    }

private:
    static void sendHover(QWidget* widget, QEvent::Type type, QPointF place)
    {
        QHoverEvent event(type, place, widget->mapToGlobal(place), QPointF(-1, -1));
        QApplication::sendEvent(widget, &event);
    }

    template <typename Move>
    Repaint timed(const AxisPosition& wanted, Move move)
    {
        m_stagePaint->restart(wanted);
        m_gridPaint->restart(wanted);
        QTimer guard; // wakes the loop below when nothing is painted
        guard.start(kGuardMilliseconds);
        QElapsedTimer timer;
        timer.start();
        move();
        while (!m_stagePaint->finalMs() || !m_gridPaint->finalMs()) {
            QApplication::processEvents(QEventLoop::WaitForMoreEvents);
            if (timer.elapsed() >= kGuardMilliseconds)
                throw Error(ErrorKind::Internal, "position {} of {} was hovered and never painted", wanted.position,
                            wanted.axis);
        }
        QApplication::processEvents();
        return {*m_stagePaint->firstMs(), std::max(*m_stagePaint->finalMs(), *m_gridPaint->finalMs())};
    }

    ViewContext m_context;
    QWidget m_window;
    TokensView* m_tokens = nullptr;
    StageView* m_stage = nullptr;
    HeadsView* m_heads = nullptr;
    TokenChip* m_chip = nullptr;
    std::unique_ptr<PaintWatch> m_stagePaint;
    std::unique_ptr<PaintWatch> m_gridPaint;
};

std::string summary(const char* storage, std::int64_t keys, const std::vector<Repaint>& repaints)
{
    std::string parts;
    for (const auto& [name, part] : {std::pair("stage", &Repaint::stageMs), std::pair("all heads", &Repaint::allMs)}) {
        std::vector<double> times;
        std::ranges::transform(repaints, std::back_inserter(times), part);
        std::ranges::sort(times);
        const auto at = [&](double share) {
            return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1) + 0.5)];
        };
        parts += fmt::format(R"(, "{}": {{"median_ms": {:.3f}, "p99_ms": {:.3f}, "max_ms": {:.3f}}})", name, at(0.5),
                             at(0.99), times.back());
    }
    return fmt::format(R"({{"storage": "{}", "keys": {}, "hovers": {}{}}})", storage, keys, repaints.size(), parts);
}

std::string measureTokens(const std::shared_ptr<const Capture>& capture, int hovers)
{
    HoverWindow window(capture, "question_picture");
    window.hoverToken(0);
    std::vector<Repaint> repaints;
    for (int i = 1; i <= hovers; ++i)
        repaints.push_back(window.hoverToken(i % kQuestionLength));
    return summary("weights", capture->manifest().axis("picture").length, repaints);
}

std::string measurePatches(const std::shared_ptr<const Capture>& capture, int hovers)
{
    constexpr int kStride = 37; // scattered, and no patch again before all others
    HoverWindow window(capture, "vision_self");
    const auto patches = static_cast<int>(capture->manifest().axis("picture").length - 1);
    window.hoverPatch(0);
    std::vector<Repaint> repaints;
    for (int i = 1; i <= hovers; ++i)
        repaints.push_back(window.hoverPatch(i * kStride % patches));
    return summary("queries and keys", capture->manifest().axis("picture").length, repaints);
}

int run(int argc, char** argv)
{
    QApplication application(argc, argv);
    application.setStyle("Fusion");
    if (argc != 3)
        throw Error(ErrorKind::InvalidRequest, "usage: heedmap_hover_bench FOLDER HOVERS");
    const int hovers = std::max(1, std::atoi(argv[2]));
    std::string entries;
    for (const int side : {24, 64}) {
        const std::filesystem::path path = std::filesystem::path(argv[1]) / fmt::format("hover-{}.heed", side);
        const std::shared_ptr<const Capture> capture = makeHoverCapture(path, side);
        std::filesystem::remove(path); // the mapping stays
        entries += fmt::format("{}{},\n{}", entries.empty() ? "" : ",\n", measureTokens(capture, hovers),
                               measurePatches(capture, hovers));
    }
    fmt::print("[{}]\n", entries);
    return 0;
}

} // namespace
} // namespace heedmap::bench

int main(int argc, char** argv)
{
    try {
        return heedmap::bench::run(argc, argv);
    } catch (const std::exception& error) {
        fmt::print(stderr, "heedmap_hover_bench: {}\n", error.what());
        return 1;
    }
}
