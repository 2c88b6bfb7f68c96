#include "widgets/image/time_axis.h"

#include <cmath>

namespace heedmap {

namespace {

constexpr int kPartsOfStep = 5; ///< small ticks between two that are named

/// 1, 2 or 5 times a power of ten below ten seconds; above, what clocks show.
double roundStep(double least)
{
    for (const double step : {10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0})
        if (least > 5 && least <= step)
            return step;
    if (least > 5)
        return 3600 * std::ceil(least / 3600);
    const double power = std::pow(10.0, std::floor(std::log10(std::max(least, 1e-6))));
    for (const double factor : {1.0, 2.0, 5.0})
        if (least <= factor * power * (1 + 1e-9))
            return factor * power;
    return 10 * power;
}

} // namespace

TimeAxis::TimeAxis(const TimeSpan& whole, const TimeSpan& visible, double left, double width)
    : m_whole(whole), m_left(left), m_width(std::max(1.0, width))
{
    m_whole.end = std::max(m_whole.end, m_whole.start + kLeastSeconds);
    const double length = std::clamp(visible.length(), kLeastSeconds, m_whole.length());
    const double start = std::clamp(visible.start, m_whole.start, m_whole.end - length);
    m_visible = {start, start + length};
}

TimeAxis TimeAxis::zoomed(double x, double factor) const
{
    const double length = std::clamp(m_visible.length() / factor, kLeastSeconds, m_whole.length());
    const double fixed = seconds(x);
    const double start = fixed - (x - m_left) / m_width * length;
    return showing({start, start + length});
}

TimeAxis TimeAxis::panned(double pixels) const
{
    const double moved = pixels / pixelsPerSecond();
    return showing({m_visible.start - moved, m_visible.end - moved});
}

TimeAxis TimeAxis::revealing(double seconds) const
{
    const double margin = std::min(0.05 * m_visible.length(), m_visible.length() / 2);
    double moved = 0;
    if (seconds < m_visible.start)
        moved = seconds - margin - m_visible.start;
    else if (seconds > m_visible.end)
        moved = seconds + margin - m_visible.end;
    return showing({m_visible.start + moved, m_visible.end + moved});
}

std::vector<TimeAxis::Tick> TimeAxis::ticks(double leastPixels) const
{
    const double step = roundStep(std::max(leastPixels, 4.0) / pixelsPerSecond());
    const double small = step / kPartsOfStep;
    const int decimals = step >= 1 ? 0 : static_cast<int>(std::ceil(-std::log10(step) - 1e-9));
    std::vector<Tick> ticks;
    const auto first = static_cast<long long>(std::ceil(m_visible.start / small - 1e-6));
    const auto last = static_cast<long long>(std::floor(m_visible.end / small + 1e-6));
    for (long long i = first; i <= last; ++i) {
        const double moment = static_cast<double>(i) * small;
        ticks.push_back({moment, i % kPartsOfStep == 0 ? timeText(moment, decimals) : QString()});
    }
    return ticks;
}

QString timeText(double seconds, int decimals)
{
    const double unit = std::pow(10.0, decimals);
    const double rounded = std::round(seconds * unit) / unit;
    if (std::abs(rounded) < 60)
        return QStringLiteral("%1 s").arg(rounded, 0, 'f', decimals);
    const double size = std::abs(rounded);
    const auto minutes = static_cast<long long>(size / 60);
    const QString rest = QString::number(size - 60.0 * static_cast<double>(minutes), 'f', decimals);
    const int width = decimals > 0 ? decimals + 3 : 2;
    return QStringLiteral("%1%2:%3")
        .arg(rounded < 0 ? QStringLiteral("−") : QString())
        .arg(minutes)
        .arg(rest.rightJustified(width, u'0'));
}

QString spanText(const TimeSpan& span)
{
    const QString end = timeText(span.end);
    if (std::abs(span.end) < 60)
        return QStringLiteral("%1–%2").arg(span.start, 0, 'f', 2).arg(end);
    return QStringLiteral("%1–%2").arg(timeText(span.start), end);
}

} // namespace heedmap
