#include "tests/bench/hover/hover_window.h"

#include "core/base/error.h"
#include "widgets/controls/head_grid_model.h"
#include "widgets/controls/stage_canvas.h"
#include "widgets/controls/token_strip.h"
#include "widgets/image/picture_image.h"

#include <fmt/format.h>
#include <QApplication>
#include <QHBoxLayout>
#include <QMouseEvent>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>
#include <chrono>

namespace heedmap::bench {

namespace {

constexpr int kGuardMilliseconds = 10'000;

void sendHover(QWidget* widget, QEvent::Type type, QPointF place)
{
    QHoverEvent event(type, place, widget->mapToGlobal(place), QPointF(-1, -1));
    QApplication::sendEvent(widget, &event);
}

} // namespace

std::string summaryOf(const std::vector<Repaint>& repaints)
{
    std::string parts;
    for (const auto& [name, part] : {std::pair("stage", &Repaint::stageMs), std::pair("all heads", &Repaint::allMs),
                                     std::pair("busy", &Repaint::busyMs)}) {
        std::vector<double> times;
        std::ranges::transform(repaints, std::back_inserter(times), part);
        std::ranges::sort(times);
        const auto at = [&](double share) {
            return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1) + 0.5)];
        };
        parts += fmt::format(R"({}"{}": {{"median_ms": {:.3f}, "p99_ms": {:.3f}, "max_ms": {:.3f}}})",
                             parts.empty() ? "" : ", ", name, at(0.5), at(0.99), times.back());
    }
    return parts;
}

void WaitWatch::post()
{
    using Clock = std::chrono::steady_clock;
    if (m_isQueued.exchange(true))
        return;
    QMetaObject::invokeMethod(
        &m_receiver,
        [this, since = Clock::now()] {
            const double waitedMs = std::chrono::duration<double, std::milli>(Clock::now() - since).count();
            m_longestMs = std::max(m_longestMs, waitedMs);
            m_isQueued = false;
        },
        Qt::QueuedConnection);
}

PaintWatch::PaintWatch(QWidget* widget, ViewContext& context, std::function<bool()> isComplete)
    : m_context(context), m_isComplete(std::move(isComplete))
{
    widget->installEventFilter(this);
}

void PaintWatch::restart(const AxisPosition& wanted)
{
    m_wanted = wanted;
    m_firstMs.reset();
    m_finalMs.reset();
    m_timer.start();
}

bool PaintWatch::eventFilter(QObject*, QEvent* event)
{
    const std::optional<ShownMap> shown = m_context.selection().shown();
    if (event->type() != QEvent::Paint || m_finalMs || !shown || shown->query != m_wanted.position)
        return false;
    const bool isComplete = m_isComplete();
    QMetaObject::invokeMethod( // painting is over when the loop turns
        this, [this, isComplete, wanted = m_wanted.position] { note(isComplete, wanted); }, Qt::QueuedConnection);
    return false;
}

void PaintWatch::note(bool isComplete, std::int64_t wanted)
{
    if (wanted != m_wanted.position)
        return;
    const double now = static_cast<double>(m_timer.nsecsElapsed()) / 1e6;
    m_firstMs = m_firstMs.value_or(now);
    if (isComplete)
        m_finalMs = m_finalMs.value_or(now);
}

HoverWindow::HoverWindow(const std::shared_ptr<const Capture>& capture, const std::string& group)
{
    auto* layout = new QHBoxLayout(&m_window);
    auto* left = new QVBoxLayout;
    left->addWidget(m_tokens = new TokensView(m_context));
    left->addWidget(m_stage = new StageView(m_context), 1);
    layout->addLayout(left, 1);
    layout->addWidget(m_heads = new HeadsView(m_context), 1);
    m_window.resize(1440, 900);
    m_window.show();
    const std::vector<std::size_t> sites = capture->manifest().sitesOfGroup(group);
    Selection selection;
    selection.group = group;
    selection.map = MapChoice{sites[sites.size() / 2], HeadChoice{3}, {}};
    m_context.selection().setPicture(embeddedPicture(*capture));
    m_context.selection().setCapture(capture, selection);
    QApplication::processEvents();
    m_stagePaint = std::make_unique<PaintWatch>(&m_stage->canvas(), m_context,
                                                [this] { return m_context.rows().shownGroup() != nullptr; });
    m_gridPaint = std::make_unique<PaintWatch>(
        m_heads->grid().viewport(), m_context,
        [model = dynamic_cast<HeadGridModel*>(m_heads->grid().model())] { return model->isUpToDate(); });
}

Repaint HoverWindow::hover(const AxisPosition& position)
{
    return timed(position, [&] { m_context.selection().setHover({position, {}}); });
}

Repaint HoverWindow::hoverToken(int token)
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

Repaint HoverWindow::hoverPatch(int patch)
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

Repaint HoverWindow::timed(const AxisPosition& wanted, const std::function<void()>& move)
{
    m_stagePaint->restart(wanted);
    m_gridPaint->restart(wanted);
    QTimer guard; // wakes the loop below when nothing is painted
    guard.start(kGuardMilliseconds);
    QElapsedTimer timer;
    timer.start();
    m_waitWatch.restart();
    move();
    while (!m_stagePaint->finalMs() || !m_gridPaint->finalMs()) {
        QApplication::processEvents(QEventLoop::WaitForMoreEvents);
        if (timer.elapsed() >= kGuardMilliseconds)
            throw Error(ErrorKind::Internal, "position {} of {} was hovered and never painted", wanted.position,
                        wanted.axis);
    }
    QApplication::processEvents();
    return {*m_stagePaint->firstMs(), std::max(*m_stagePaint->finalMs(), *m_gridPaint->finalMs()),
            m_waitWatch.longestMs()};
}

} // namespace heedmap::bench
