// The matrix of a long sequence under the wheel and the hand: how long a frame takes while it is zoomed and moved, and
// how long after a gesture the picture is complete.
//
//   heedmap_matrix_bench CAPTURE ROUNDS
//
// CAPTURE has one group of sites over one sequence, stored as queries and keys (heedmap synth). The view gets real
// mouse events at 60 Hz, at the size it has below the stage, torn off, and as large as screens are. Prints one JSON
// list, an entry a size. A frame ends when the paint event that the mouse event caused is over; a picture is complete
// when every part in sight was read and painted.

#include "core/base/error.h"
#include "tests/bench/hover/hover_window.h"
#include "widgets/views/matrix_view.h"

#include <fmt/format.h>
#include <QApplication>
#include <QMouseEvent>
#include <QTimer>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace heedmap::bench {
namespace {

constexpr int kGuardMilliseconds = 60'000;
constexpr double kFrameMs = 1000.0 / 60;
constexpr int kWheelUnits = 40; // a third of a notch, as smooth wheels send them
constexpr int kZoomSteps = 85;  // from the whole map to a few cells
constexpr int kDragSteps = 24;
constexpr QPointF kDragStep(-9, -6);

/// Notes when its widget has been painted.
class PaintCount : public QObject
{
public:
    explicit PaintCount(QWidget* widget) { widget->installEventFilter(this); }
    std::int64_t count() const { return m_count; }
    bool eventFilter(QObject*, QEvent* event) override
    {
        if (event->type() == QEvent::Paint) // painting is over when the loop turns
            QMetaObject::invokeMethod(
                this, [this] { ++m_count; }, Qt::QueuedConnection);
        return false;
    }

private:
    std::int64_t m_count = 0;
};

/// In milliseconds.
struct Gesture
{
    std::vector<double> frames;
    std::vector<double> waits;     ///< the longest that another event waited, a frame
    std::vector<double> completed; ///< from the last event of a gesture on
    int sharp = 0;                 ///< frames that showed everything in sight as it was read
};

class MatrixWindow
{
public:
    MatrixWindow(const std::shared_ptr<const Capture>& capture, QSize size) : m_paints(m_view.plot().surface())
    {
        m_view.resize(size);
        m_view.show();
        Selection selection;
        selection.group = capture->manifest().groups.at(0).id;
        selection.map = MapChoice{capture->manifest().sitesOfGroup(selection.group).back(), HeadChoice{1}, {}};
        m_clock.start();
        m_context.selection().setCapture(capture, selection);
        m_firstMs = completeMs();
    }

    MatrixPlot& plot() { return m_view.plot(); }
    double firstMs() const { return m_firstMs; } ///< from opening to the complete picture of the whole map

    void zoom(QPointF place, int direction, Gesture& gesture)
    {
        for (int step = 0; step < kZoomSteps; ++step)
            frame(gesture, [&] {
                QWheelEvent event(place, surface().mapToGlobal(place), {}, QPoint(0, direction * kWheelUnits),
                                  Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
                QApplication::sendEvent(&surface(), &event);
            });
        complete(gesture);
    }

    void drag(QPointF from, QPointF step, Gesture& gesture)
    {
        mouse(QEvent::MouseButtonPress, from);
        for (int i = 1; i <= kDragSteps; ++i)
            frame(gesture, [&] { mouse(QEvent::MouseMove, from + double(i + 2) * step); }); // the first is past a click
        complete(gesture);
        mouse(QEvent::MouseButtonRelease, from + double(kDragSteps + 2) * step);
    }

    void show(const QRectF& window)
    {
        m_clock.start();
        plot().setWindow(window);
        completeMs();
    }

private:
    QWidget& surface() { return *m_view.plot().surface(); }
    bool isComplete() { return m_view.strips().readCount() == m_view.strips().wantedCount() && m_view.isDrawn(); }

    void mouse(QEvent::Type type, QPointF place)
    {
        const bool isHeld = type != QEvent::MouseButtonRelease;
        QMouseEvent event(type, place, surface().mapToGlobal(place),
                          type == QEvent::MouseMove ? Qt::NoButton : Qt::LeftButton,
                          isHeld ? Qt::LeftButton : Qt::NoButton, Qt::NoModifier);
        QApplication::sendEvent(&surface(), &event);
    }

    double elapsedMs() const { return double(m_clock.nsecsElapsed()) / 1e6; }

    template <typename Condition>
    void waitFor(Condition condition)
    {
        QTimer guard; // wakes the loop below when nothing happens
        guard.start(kGuardMilliseconds);
        while (!condition()) {
            QApplication::processEvents(QEventLoop::WaitForMoreEvents);
            if (elapsedMs() >= kGuardMilliseconds)
                throw Error(ErrorKind::Internal, "the matrix was never painted");
        }
    }

    template <typename Send>
    void frame(Gesture& gesture, Send send)
    {
        m_clock.start();
        m_waitWatch.restart();
        const std::int64_t before = m_paints.count();
        send();
        waitFor([&] { return m_paints.count() > before; });
        gesture.frames.push_back(elapsedMs());
        gesture.sharp += isComplete() ? 1 : 0;
        QTimer next;
        next.setTimerType(Qt::PreciseTimer);
        next.start(std::max(0, static_cast<int>(kFrameMs - elapsedMs())));
        waitFor([&] { return elapsedMs() >= kFrameMs - 1; });
        gesture.waits.push_back(m_waitWatch.longestMs());
    }

    double completeMs()
    {
        waitFor([&] { return isComplete(); });
        const std::int64_t before = m_paints.count();
        m_view.plot().surface()->update();
        waitFor([&] { return m_paints.count() > before; });
        return elapsedMs();
    }

    void complete(Gesture& gesture)
    {
        m_clock.start();
        gesture.completed.push_back(completeMs());
    }

    ViewContext m_context;
    MatrixView m_view{m_context};
    PaintCount m_paints;
    WaitWatch m_waitWatch;
    QElapsedTimer m_clock;
    double m_firstMs = 0;
};

/// Into the map and out again at another place each round: what is seen was not read before.
Gesture zoomed(MatrixWindow& window, int rounds)
{
    Gesture gesture;
    const std::int64_t count = static_cast<std::int64_t>(window.plot().window().height());
    for (int round = 0; round < rounds; ++round) {
        const std::int64_t row = (2 * round + 1) * count / (2 * rounds);
        const QPointF place = window.plot().pixelOf(row, row / 2 + count / 4);
        window.zoom(place, 1, gesture);
        window.zoom(place, -1, gesture);
        window.plot().showAll();
    }
    return gesture;
}

/// Across the map in windows of several sizes, down and up again.
Gesture moved(MatrixWindow& window, int rounds)
{
    Gesture gesture;
    window.plot().showAll();
    const QRectF whole = window.plot().window();
    for (const double share : {4.0, 16.0, 64.0}) {
        window.show(QRectF(0, 0, whole.width() / share, whole.height() / share));
        const QPointF middle = QPointF(window.plot().surface()->rect().center());
        for (int round = 0; round < rounds; ++round)
            window.drag(middle, round < (rounds + 1) / 2 ? kDragStep : -kDragStep, gesture);
    }
    return gesture;
}

std::string summary(std::vector<double> times)
{
    std::ranges::sort(times);
    const auto at = [&](double share) {
        return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1) + 0.5)];
    };
    return fmt::format(R"({{"median_ms": {:.3f}, "p99_ms": {:.3f}, "max_ms": {:.3f}}})", at(0.5), at(0.99),
                       times.back());
}

std::string summaryOf(const char* name, const Gesture& gesture)
{
    return fmt::format(R"("{}": {{"events": {}, "sharp": {}, "frame": {}, "busy": {}, "complete": {}}})", name,
                       gesture.frames.size(), gesture.sharp, summary(gesture.frames), summary(gesture.waits),
                       summary(gesture.completed));
}

/// Milliseconds it takes to compute the rows of the map the window shows, and do nothing with them.
double rowsAloneMs(const Capture& capture)
{
    const std::size_t site = capture.manifest().sitesOfGroup(capture.manifest().groups.at(0).id).back();
    constexpr std::int64_t kBlock = 64;
    const std::int64_t queries = capture.queryAxis(site).length;
    std::vector<float> rows(static_cast<std::size_t>(kBlock * capture.keyAxis(site).length));
    QElapsedTimer timer;
    timer.start();
    for (std::int64_t first = 0; first < queries; first += kBlock) {
        const std::int64_t count = std::min(kBlock, queries - first);
        readRows(capture, MapChoice{site, HeadChoice{0}, {}}, first, count,
                 std::span(rows).first(static_cast<std::size_t>(count * capture.keyAxis(site).length)));
    }
    return double(timer.nsecsElapsed()) / 1e6;
}

std::string measure(const std::shared_ptr<const Capture>& capture, const char* name, QSize size, int rounds)
{
    const double rows = rowsAloneMs(*capture);
    MatrixWindow window(capture, size);
    const Gesture zooms = zoomed(window, rounds);
    const Gesture moves = moved(window, rounds);
    return fmt::format(R"({{"size": "{}", "width": {}, "height": {}, "whole_ms": {:.1f}, "rows_ms": {:.1f}, {}, {}}})",
                       name, size.width(), size.height(), window.firstMs(), rows, summaryOf("zoom", zooms),
                       summaryOf("move", moves));
}

int run(int argc, char** argv)
{
    QApplication application(argc, argv);
    application.setStyle("Fusion");
    if (argc != 3)
        throw Error(ErrorKind::InvalidRequest, "usage: heedmap_matrix_bench CAPTURE ROUNDS");
    const std::shared_ptr<const Capture> capture = Capture::open(argv[1]);
    const int rounds = std::max(1, std::atoi(argv[2]));
    fmt::print("[{},\n{},\n{}]\n", measure(capture, "below the stage", QSize(830, 280), rounds),
               measure(capture, "torn off", QSize(1440, 900), rounds),
               measure(capture, "over a 4K screen", QSize(3840, 2160), rounds));
    return 0;
}

} // namespace
} // namespace heedmap::bench

int main(int argc, char** argv)
{
    try {
        return heedmap::bench::run(argc, argv);
    } catch (const std::exception& error) {
        fmt::print(stderr, "heedmap_matrix_bench: {}\n", error.what());
        return 1;
    }
}
