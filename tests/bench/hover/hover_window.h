#pragma once

#include "widgets/controls/token_chip.h"
#include "widgets/views/heads_view.h"
#include "widgets/views/stage_view.h"
#include "widgets/views/tokens_view.h"

#include <QElapsedTimer>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace heedmap::bench {

/// From the event on.
struct Repaint
{
    double stageMs; ///< until the stage is painted first; its limits may still change with the other heads
    double allMs;   ///< until stage and head grid are painted with the rows of all heads
    double busyMs;  ///< the longest that an event of another kind waited until then
};

/// `"stage": {"median_ms": …, "p99_ms": …, "max_ms": …}, "all heads": …, "busy": …`
std::string summaryOf(const std::vector<Repaint>& repaints);

/// Puts an event into the window's queue every millisecond, one at a time, and looks how long it stays there.
class WaitWatch
{
public:
    void restart() { m_longestMs = 0; }
    double longestMs() const { return m_longestMs; }

private:
    void post();

    QObject m_receiver;
    double m_longestMs = 0;
    std::atomic<bool> m_isQueued = false;
    std::jthread m_thread{[this](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            post();
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }};
};

/// Notes when its widget has been painted with the wanted token chosen, and when with `isComplete`.
class PaintWatch : public QObject
{
public:
    PaintWatch(QWidget* widget, ViewContext& context, std::function<bool()> isComplete);

    void restart(const AxisPosition& wanted);
    std::optional<double> firstMs() const { return m_firstMs; }
    std::optional<double> finalMs() const { return m_finalMs; }
    bool eventFilter(QObject*, QEvent* event) override;

private:
    void note(bool isComplete, std::int64_t wanted);

    ViewContext& m_context;
    std::function<bool()> m_isComplete;
    AxisPosition m_wanted;
    QElapsedTimer m_timer;
    std::optional<double> m_firstMs;
    std::optional<double> m_finalMs;
};

/// Tokens, stage and head grid of a capture as the main window lays them out, 1440 × 900.
class HoverWindow
{
public:
    /// Shows the map in the middle of the group.
    HoverWindow(const std::shared_ptr<const Capture>& capture, const std::string& group);

    ViewContext& context() { return m_context; }
    /// Errors: Internal, when it is not painted within seconds. So do those below.
    Repaint hover(const AxisPosition& position);
    /// With real mouse events: a token of the axis "question".
    Repaint hoverToken(int token);
    /// The same for a patch of the axis "picture", counted without CLS.
    Repaint hoverPatch(int patch);

private:
    Repaint timed(const AxisPosition& wanted, const std::function<void()>& move);

    ViewContext m_context;
    QWidget m_window;
    TokensView* m_tokens = nullptr;
    StageView* m_stage = nullptr;
    HeadsView* m_heads = nullptr;
    TokenChip* m_chip = nullptr;
    std::unique_ptr<PaintWatch> m_stagePaint;
    std::unique_ptr<PaintWatch> m_gridPaint;
    WaitWatch m_waitWatch;
};

} // namespace heedmap::bench
