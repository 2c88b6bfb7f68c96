// How long the window takes from a mouse event to the last repaint it causes: tokens, stage and head grid as the main
// window lays them out, hovered with real events; 12 layers of 12 heads.
//
//   heedmap_hover_bench FOLDER HOVERS
//
// FOLDER takes the captures that are looked at, and is cleared of them. Prints one JSON list, an entry a case. Every
// hover asks for rows that are not in memory yet; the time ends when stage and grid have painted the hovered token's.

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

/// Notes when its widget has been painted with the wanted token's rows at hand.
class PaintWatch : public QObject
{
public:
    PaintWatch(QWidget* widget, ViewContext& context) : m_context(context) { widget->installEventFilter(this); }

    void restart(const AxisPosition& wanted)
    {
        m_wanted = wanted;
        m_painted = false;
    }
    bool painted() const { return m_painted; }

    bool eventFilter(QObject*, QEvent* event) override
    {
        if (event->type() == QEvent::Paint && !m_painted)
            m_painted = isWantedAtHand();
        return false;
    }

private:
    bool isWantedAtHand()
    {
        const std::optional<ShownMap> shown = m_context.selection().shown();
        return shown && shown->query == m_wanted.position && m_context.rows().shownGroup();
    }

    ViewContext& m_context;
    AxisPosition m_wanted;
    bool m_painted = false;
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

    double hoverToken(int token)
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
    double hoverPatch(int patch)
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
    double timed(const AxisPosition& wanted, Move move)
    {
        m_stagePaint->restart(wanted);
        m_gridPaint->restart(wanted);
        QTimer guard; // wakes the loop below when nothing is painted
        guard.start(kGuardMilliseconds);
        QElapsedTimer timer;
        timer.start();
        move();
        while (!m_stagePaint->painted() || !m_gridPaint->painted()) {
            QApplication::processEvents(QEventLoop::WaitForMoreEvents);
            if (timer.elapsed() >= kGuardMilliseconds)
                throw Error(ErrorKind::Internal, "position {} of {} was hovered and never painted", wanted.position,
                            wanted.axis);
        }
        const double milliseconds = static_cast<double>(timer.nsecsElapsed()) / 1e6;
        QApplication::processEvents();
        return milliseconds;
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

std::string summary(const char* storage, std::int64_t keys, std::vector<double> times)
{
    std::ranges::sort(times);
    const auto at = [&](double share) {
        return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1) + 0.5)];
    };
    return fmt::format(R"({{"storage":"{}","keys":{},"hovers":{},"median_ms":{:.3f},"p99_ms":{:.3f},"max_ms":{:.3f}}})",
                       storage, keys, times.size(), at(0.5), at(0.99), times.back());
}

std::string measureTokens(const std::shared_ptr<const Capture>& capture, int hovers)
{
    HoverWindow window(capture, "question_picture");
    window.hoverToken(0);
    std::vector<double> times;
    for (int i = 1; i <= hovers; ++i)
        times.push_back(window.hoverToken(i % kQuestionLength));
    return summary("weights", capture->manifest().axis("picture").length, std::move(times));
}

std::string measurePatches(const std::shared_ptr<const Capture>& capture, int hovers)
{
    constexpr int kStride = 37; // scattered, and no patch again before all others
    HoverWindow window(capture, "vision_self");
    const auto patches = static_cast<int>(capture->manifest().axis("picture").length - 1);
    window.hoverPatch(0);
    std::vector<double> times;
    for (int i = 1; i <= hovers; ++i)
        times.push_back(window.hoverPatch(i * kStride % patches));
    return summary("queries and keys", capture->manifest().axis("picture").length, std::move(times));
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
