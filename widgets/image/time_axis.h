#pragma once

#include "widgets/context/time_span.h"

#include <QString>

#include <vector>

namespace heedmap {

/// Seconds ↔ pixels of everything that is drawn over time. A value; precise to a double.
class TimeAxis
{
public:
    TimeAxis() = default;
    /// `whole`: what can be shown at most; `visible`: what is shown, held within `whole`. `left` and `width`: pixels.
    TimeAxis(const TimeSpan& whole, const TimeSpan& visible, double left, double width);

    const TimeSpan& whole() const { return m_whole; }
    const TimeSpan& visible() const { return m_visible; }
    double left() const { return m_left; }
    double right() const { return m_left + m_width; }
    double width() const { return m_width; }
    double pixelsPerSecond() const { return m_width / m_visible.length(); }

    double x(double seconds) const { return m_left + (seconds - m_visible.start) * pixelsPerSecond(); }
    double seconds(double x) const { return m_visible.start + (x - m_left) / pixelsPerSecond(); }

    /// `factor` > 1: nearer. The moment at `x` stays there unless an end of the whole is in the way. Not nearer than
    /// kLeastSeconds.
    TimeAxis zoomed(double x, double factor) const;
    /// What is shown moves to the right by `pixels`, as far as there is something.
    TimeAxis panned(double pixels) const;
    TimeAxis showing(const TimeSpan& visible) const { return {m_whole, visible, m_left, m_width}; }
    /// Moved just so far that a moment can be seen.
    TimeAxis revealing(double seconds) const;

    struct Tick
    {
        double seconds;
        QString label; ///< empty for one between two that are named
    };
    /// Round moments in sight, `leastPixels` or more between two that are named.
    std::vector<Tick> ticks(double leastPixels) const;

    static constexpr double kLeastSeconds = 0.02;

private:
    TimeSpan m_whole{0, 1};
    TimeSpan m_visible{0, 1};
    double m_left = 0;
    double m_width = 1;
};

/// "0.42 s", "1:02.42" from a minute on. `decimals`: of the seconds.
QString timeText(double seconds, int decimals = 2);
/// "0.42–0.78 s".
QString spanText(const TimeSpan& span);

} // namespace heedmap
