// Tokens below the sound: bars as long as they were spoken, with text and times where there is room.

#include "widgets/image/sound_painter.h"

#include <algorithm>

namespace heedmap {

namespace {

constexpr double kRadius = 3;

QColor inkOn(const QColor& ground)
{
    return qGray(ground.rgb()) > 140 ? QColor(0x18, 0x1a, 0x1e) : QColor(0xf4, 0xf5, 0xf7);
}

QColor dimmed(QColor color, bool isDimmed)
{
    if (isDimmed)
        color.setAlphaF(color.alphaF() * 0.45F);
    return color;
}

void paintLabel(QPainter& painter, const SoundTokenPlace& place, const SoundScene::Token& token, const SoundInk& ink)
{
    const QRectF frame = place.label.adjusted(0.5, 0.5, -0.5, -0.5);
    const QColor ground = token.fill.isValid() ? token.fill : ink.ground;
    painter.setBrush(dimmed(ground, !token.isOfShownWindow && !token.fill.isValid()));
    painter.setPen(token.frame.isValid() ? QPen(token.frame, 2) : QPen(Qt::NoPen));
    painter.drawRoundedRect(frame, kRadius, kRadius);
    const QFont font = painter.font();
    const double small = QFontMetricsF(smallSoundFont(font)).height();
    painter.setPen(dimmed(token.fill.isValid() ? inkOn(ground) : ink.ink, !token.isOfShownWindow));
    painter.drawText(frame.adjusted(0, 0, 0, -small), Qt::AlignCenter, token.text);
    painter.setFont(smallSoundFont(font));
    painter.setPen(dimmed(token.fill.isValid() ? inkOn(ground) : ink.fainter, !token.isOfShownWindow));
    painter.drawText(frame.adjusted(0, frame.height() - small - 1, 0, 0), Qt::AlignCenter,
                     QString::number(token.time->start, 'f', 2));
    painter.setFont(font);
}

/// From the bar to a label in a lower track.
void paintLeader(QPainter& painter, const SoundTokenPlace& place, const SoundInk& ink)
{
    if (place.label.isEmpty() || place.label.top() < place.bar.bottom() + 6)
        return;
    QColor line = ink.fainter;
    line.setAlphaF(0.5F);
    painter.setPen(QPen(line, 1));
    const double x = std::clamp(place.bar.left() + 0.5, place.label.left() + 0.5, place.label.right());
    painter.drawLine(QPointF(x, place.bar.bottom()), QPointF(x, place.label.top()));
}

} // namespace

void paintSoundTokens(QPainter& painter, const QRectF& lane, const TimeAxis& axis, const SoundScene& scene,
                      const SoundInk& ink)
{
    const std::vector<SoundTokenPlace> places = layoutSoundTokens(scene, axis, lane, QFontMetricsF(painter.font()));
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    for (const SoundTokenPlace& place : places)
        paintLeader(painter, place, ink);
    bool isOdd = false; // neighbours are told apart
    for (const SoundTokenPlace& place : places) {
        const SoundScene::Token& token = scene.tokens[place.token];
        QColor bar = token.fill.isValid() ? token.fill : token.frame.isValid() ? token.frame : ink.accent;
        if (!token.fill.isValid() && !token.frame.isValid() && isOdd)
            bar = bar.darker(135);
        isOdd = !isOdd;
        painter.fillRect(place.bar.adjusted(0, 0, place.bar.width() > 4 ? -1 : 0, 0),
                         dimmed(bar, !token.isOfShownWindow));
        if (!place.label.isEmpty())
            paintLabel(painter, place, token, ink);
    }
    painter.restore();
}

void paintSoundSpecials(QPainter& painter, const QRectF& lane, const SoundScene& scene, const SoundInk& ink)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(smallSoundFont(painter.font()));
    for (const SoundSpecialPlace& place : layoutSoundSpecials(scene, lane, QFontMetricsF(painter.font()))) {
        const SoundScene::Token* token = place.token ? &scene.tokens[*place.token] : nullptr;
        const bool isFilled = token && token->fill.isValid();
        if (token) {
            painter.setBrush(isFilled ? QBrush(token->fill) : QBrush(Qt::NoBrush));
            painter.setPen(token->frame.isValid() ? QPen(token->frame, 2) : QPen(ink.fainter, 0.8, Qt::DashLine));
            painter.drawRoundedRect(place.chip.adjusted(0.5, 0.5, -0.5, -0.5), kRadius, kRadius);
        }
        painter.setPen(isFilled ? inkOn(token->fill) : ink.fainter);
        painter.drawText(place.chip, Qt::AlignCenter, place.text);
    }
    painter.restore();
}

} // namespace heedmap
