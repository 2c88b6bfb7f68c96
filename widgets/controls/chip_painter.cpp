#include "widgets/controls/chip_painter.h"

#include "widgets/context/view_context.h"

#include <algorithm>

namespace heedmap {

namespace {

constexpr double kPaddingX = 8;
constexpr double kPaddingTop = 4;
constexpr double kPaddingBottom = 7; // room for the bar
constexpr double kRadius = 5;
constexpr double kGap = 4;

bool isDimmed(ChipKind kind)
{
    return kind == ChipKind::Alternative || kind == ChipKind::Special || kind == ChipKind::Arrow ||
           kind == ChipKind::More;
}

void paintBackground(QPainter& painter, const QRectF& frame, const ChipLook& look, const ChipColors& colors)
{
    const bool isFilled = look.kind == ChipKind::Token || look.kind == ChipKind::Generated;
    QColor fill = colors.fill;
    if (look.kind == ChipKind::Generated) {
        fill = ViewContext::markColor();
        fill.setAlphaF(0.22f);
    }
    QPen border(colors.dashes, 1, Qt::DashLine);
    if (look.frame)
        border = QPen(*look.frame, look.frameWidth);
    else if (isFilled)
        border = QPen(Qt::NoPen);
    if (look.kind == ChipKind::Arrow || look.kind == ChipKind::More)
        border = QPen(Qt::NoPen);
    painter.setPen(border);
    painter.setBrush(isFilled ? QBrush(fill) : QBrush(Qt::NoBrush));
    painter.drawRoundedRect(frame, kRadius, kRadius);
}

void paintBar(QPainter& painter, const QRectF& frame, double length, const ChipColors& colors)
{
    const QRectF track(frame.left() + kPaddingX, frame.bottom() - 5, frame.width() - 2 * kPaddingX, 2.5);
    QColor faint = colors.text;
    faint.setAlphaF(0.12f);
    painter.fillRect(track, faint);
    painter.fillRect(QRectF(track.topLeft(), QSizeF(track.width() * std::clamp(length, 0.0, 1.0), track.height())),
                     colors.bar);
}

} // namespace

ChipColors ChipColors::fromPalette(const QPalette& palette)
{
    return {palette.color(QPalette::Active, QPalette::Text), palette.color(QPalette::Disabled, QPalette::Text),
            palette.color(QPalette::Button), palette.color(QPalette::Mid), palette.color(QPalette::Highlight)};
}

QSizeF chipSize(const QString& text, const QFontMetricsF& metrics)
{
    const QString shown = metrics.elidedText(text, Qt::ElideRight, 40 * metrics.averageCharWidth());
    return QSizeF(metrics.horizontalAdvance(shown) + 2 * kPaddingX, metrics.height() + kPaddingTop + kPaddingBottom);
}

void paintChip(QPainter& painter, const QRectF& chip, const ChipLook& look, const ChipColors& colors)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF frame = chip.adjusted(1.5, 1.5, -1.5, -1.5);
    paintBackground(painter, frame, look, colors);
    if (look.bar)
        paintBar(painter, frame, *look.bar, colors);
    QFont font = painter.font();
    font.setStrikeOut(look.struckOut);
    painter.setFont(font);
    painter.setPen(isDimmed(look.kind) || look.struckOut ? colors.dimmed : colors.text);
    const QRectF area = frame.adjusted(kPaddingX - 2, kPaddingTop - 2, -kPaddingX + 2, -kPaddingBottom + 2);
    painter.drawText(area, Qt::AlignCenter,
                     QFontMetricsF(painter.font()).elidedText(look.text, Qt::ElideRight, area.width() + 1));
    painter.restore();
}

std::vector<QRectF> arrangeChips(const std::vector<QSizeF>& sizes, double width)
{
    std::vector<QRectF> places;
    double x = 0;
    double y = 0;
    for (QSizeF size : sizes) {
        size.setWidth(std::min(size.width(), width));
        if (x > 0 && x + size.width() > width) {
            x = 0;
            y += size.height() + kGap;
        }
        places.push_back(QRectF(QPointF(x, y), size));
        x += size.width() + kGap;
    }
    return places;
}

} // namespace heedmap
