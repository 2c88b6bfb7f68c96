// The recording itself: waveform, log-mel and the ruler above them.

#include "widgets/image/figure.h"
#include "widgets/image/sound_painter.h"

#include <QImage>
#include <QPolygonF>

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

constexpr double kTickPixels = 72;
constexpr const char* kMelColors = "magma"; ///< not the map attention is shown with

void paintReason(QPainter& painter, const QRectF& lane, const QString& reason, const SoundInk& ink)
{
    painter.setPen(ink.fainter);
    painter.drawText(lane.adjusted(6, 0, -6, 0), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextWordWrap, reason);
}

/// Pixels of a lane that show a part of the recording.
std::pair<int, int> pixelsOf(const QRectF& lane, const TimeAxis& axis, const TimeSpan& span)
{
    const double left = std::max(axis.x(span.start), lane.left());
    const double right = std::min(axis.x(span.end), lane.right());
    return {static_cast<int>(std::floor(left)), static_cast<int>(std::ceil(right))};
}

/// Fewer samples than pixels: a line from one to the next.
QPolygonF samplesAsLine(const QRectF& lane, const TimeAxis& axis, const Audio& sound, double unit)
{
    QPolygonF line;
    const double rate = sound.sampleRate;
    const auto count = static_cast<std::ptrdiff_t>(sound.samples.size());
    const auto first = std::max<std::ptrdiff_t>(0, static_cast<std::ptrdiff_t>(axis.visible().start * rate) - 1);
    const auto last = std::min(count, static_cast<std::ptrdiff_t>(axis.visible().end * rate) + 2);
    for (std::ptrdiff_t i = first; i < last; ++i)
        line << QPointF(axis.x(static_cast<double>(i) / rate),
                        lane.center().y() - double(sound.samples[static_cast<std::size_t>(i)]) * unit);
    return line;
}

/// Columns of the mean of the frames that share a pixel.
QImage melImage(const TimeAxis& axis, const SoundMel& mel, int firstPixel, int pixels)
{
    const MelFeatures& features = mel.features;
    QImage image(pixels, features.bins, QImage::Format_RGB32);
    const ColorMap& colors = colorMapByName(kMelColors);
    const double range = std::max(1e-6, double(mel.high) - double(mel.low));
    const auto frameAt = [&](double x) { // a frame is the sound around its moment
        return static_cast<int>(std::floor((axis.seconds(x) - features.startSeconds) / features.secondsPerFrame + 0.5));
    };
    for (int x = 0; x < pixels; ++x) {
        const int first = std::clamp(frameAt(firstPixel + x), 0, features.frames - 1);
        const int last = std::clamp(frameAt(firstPixel + x + 1), first + 1, features.frames);
        for (int bin = 0; bin < features.bins; ++bin) {
            const float* row = features.values.data() + static_cast<std::ptrdiff_t>(bin) * features.frames;
            double sum = 0;
            for (int frame = first; frame < last; ++frame)
                sum += double(row[frame]);
            const Rgb color = colors.at((sum / (last - first) - double(mel.low)) / range);
            image.setPixel(x, features.bins - 1 - bin, qRgb(color.r, color.g, color.b));
        }
    }
    return image;
}

} // namespace

void paintWaveform(QPainter& painter, const QRectF& lane, const TimeAxis& axis, const SoundScene& scene,
                   const SoundInk& ink)
{
    if (!scene.recording || scene.recording->sound.samples.empty())
        return paintReason(painter, lane, scene.noWaveform, ink);
    painter.setPen(QPen(ink.fainter, 0.5));
    painter.drawLine(QPointF(lane.left(), lane.center().y()), QPointF(lane.right(), lane.center().y()));
    if (!scene.envelope)
        return; // in a moment
    const Audio& sound = scene.recording->sound;
    const double unit = (lane.height() / 2 - 1) / std::max(1e-6, double(scene.envelope->peak));
    painter.setPen(QPen(ink.ink, 1));
    if (sound.sampleRate < axis.pixelsPerSecond()) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.drawPolyline(samplesAsLine(lane, axis, sound, unit));
        painter.setRenderHint(QPainter::Antialiasing, false);
        return;
    }
    const auto [first, last] = pixelsOf(lane, axis, {0, sound.seconds()});
    const auto sampleAt = [&](int x) {
        return static_cast<std::size_t>(std::max(0.0, axis.seconds(x) * sound.sampleRate));
    };
    for (int x = first; x < last; ++x) {
        const auto [low, high] = extremesOf(sound, *scene.envelope, sampleAt(x), sampleAt(x + 1) + 1);
        painter.drawLine(QPointF(x + 0.5, lane.center().y() - double(high) * unit),
                         QPointF(x + 0.5, lane.center().y() - double(low) * unit));
    }
}

void paintLogMel(QPainter& painter, const QRectF& lane, const TimeAxis& axis, const SoundScene& scene,
                 const SoundInk& ink)
{
    if (!scene.mel || scene.mel->features.frames < 1)
        return paintReason(painter, lane, scene.noMel, ink);
    const auto [first, last] = pixelsOf(lane, axis, scene.mel->span);
    if (last <= first)
        return;
    painter.setRenderHint(QPainter::SmoothPixmapTransform, lane.height() < scene.mel->features.bins);
    painter.drawImage(QRectF(first, lane.top(), last - first, lane.height()),
                      melImage(axis, *scene.mel, first, last - first));
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
}

void paintRuler(QPainter& painter, const QRectF& lane, const TimeAxis& axis, const SoundInk& ink)
{
    const QFontMetricsF metrics(painter.font());
    painter.setPen(ink.fainter);
    for (const TimeAxis::Tick& tick : axis.ticks(kTickPixels)) {
        const double x = axis.x(tick.seconds);
        const bool named = !tick.label.isEmpty();
        painter.drawLine(QPointF(x, lane.bottom() - (named ? 5 : 2)), QPointF(x, lane.bottom()));
        const double width = metrics.horizontalAdvance(tick.label);
        if (!named || x + width / 2 > lane.right() + 1)
            continue;
        painter.drawText(QPointF(std::max(lane.left(), x - width / 2), lane.bottom() - 6), tick.label);
    }
}

} // namespace heedmap
