#include "widgets/image/figure.h"

#include "core/base/error.h"

#include <QBuffer>
#include <QFontMetricsF>
#include <QPaintEngine>
#include <QPdfWriter>
#include <QSvgGenerator>

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

constexpr double kMargin = 16;
constexpr double kLine = 1.45; // of the font's height
constexpr double kWidestCaption = 1600;
constexpr int kDotsPerInch = 96;
constexpr int kPdfFineness = 10; // PDF's own coordinates have few digits
constexpr double kMostPixels = 1 << 26;
constexpr double kLongestSide = 32000; // beyond it QPainter's pixels fail

double captionHeight(const Figure& figure, const QFontMetricsF& metrics)
{
    return figure.caption.isEmpty() ? 0
                                    : kMargin + metrics.height() * kLine * double(figure.caption.size()) - kMargin / 2;
}

QSizeF wholeSize(const Figure& figure, const FigureStyle& style)
{
    const QFontMetricsF metrics(style.font);
    double width = figure.size.width();
    for (const QString& line : figure.caption)
        width = std::max(width, std::min(metrics.horizontalAdvance(line), kWidestCaption));
    const QSizeF size(std::ceil(width + 2 * kMargin),
                      std::ceil(figure.size.height() + captionHeight(figure, metrics) + 2 * kMargin));
    if (!(size.width() <= kLongestSide && size.height() <= kLongestSide &&
          size.width() * size.height() <= kMostPixels)) // not a number counts as too large
        throw Error(ErrorKind::TooLarge, "a figure of {} × {} pixels is too large to be drawn", size.width(),
                    size.height());
    return size;
}

void paintWhole(QPainter& painter, const Figure& figure, const FigureStyle& style, const QSizeF& size)
{
    painter.fillRect(QRectF(QPointF(0, 0), size), style.background);
    painter.setFont(style.font);
    painter.setPen(style.ink);
    painter.save();
    painter.translate(kMargin, kMargin);
    figure.paint(painter, style);
    painter.restore();
    painter.setFont(style.font);
    const QFontMetricsF metrics(style.font);
    double baseline = 2 * kMargin + figure.size.height() + metrics.ascent();
    for (const QString& line : figure.caption) {
        painter.setPen(&line == &figure.caption.front() ? style.ink : style.fainter);
        painter.drawText(QPointF(kMargin, baseline),
                         metrics.elidedText(line, Qt::ElideRight, size.width() - 2 * kMargin));
        baseline += metrics.height() * kLine;
    }
}

} // namespace

QFont FigureStyle::defaultFont()
{
    QFont font;
    font.setPixelSize(13);
    font.setHintingPreference(QFont::PreferNoHinting);
    return font;
}

QImage imageFromFigure(const Figure& figure, double scale, const FigureStyle& style)
{
    const QSizeF size = wholeSize(figure, style);
    const QSizeF pixels = size * scale;
    if (pixels.width() > kLongestSide || pixels.height() > kLongestSide ||
        pixels.width() * pixels.height() > kMostPixels)
        return imageFromFigure(figure, scale / 2, style);
    QImage image(pixels.toSize(), QImage::Format_RGB32);
    if (image.isNull())
        throw Error(ErrorKind::TooLarge, "there is not enough memory for a figure of {} × {} pixels", pixels.width(),
                    pixels.height());
    image.setDotsPerMeterX(static_cast<int>(std::lround(scale * kDotsPerInch / 0.0254)));
    image.setDotsPerMeterY(image.dotsPerMeterX());
    QPainter painter(&image);
    painter.scale(scale, scale);
    paintWhole(painter, figure, style, size);
    return image;
}

QByteArray pngFromFigure(const Figure& figure, double scale, const FigureStyle& style)
{
    QImage image = imageFromFigure(figure, scale, style);
    image.setText(QStringLiteral("Title"), figure.title);
    image.setText(QStringLiteral("Description"), figure.caption.join(u'\n'));
    QByteArray png;
    QBuffer buffer(&png);
    buffer.open(QIODevice::WriteOnly);
    if (!image.save(&buffer, "PNG"))
        throw Error(ErrorKind::Internal, "a picture of {} × {} pixels could not be encoded as PNG", image.width(),
                    image.height());
    return png;
}

QByteArray svgFromFigure(const Figure& figure, const FigureStyle& style)
{
    const QSizeF size = wholeSize(figure, style);
    QByteArray svg;
    QBuffer buffer(&svg);
    buffer.open(QIODevice::WriteOnly);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setTitle(figure.title.toHtmlEscaped()); // the generator writes it as it is
    generator.setDescription(figure.caption.join(u'\n').toHtmlEscaped());
    generator.setResolution(kDotsPerInch);
    generator.setSize(size.toSize());
    generator.setViewBox(QRectF(QPointF(0, 0), size));
    QPainter painter(&generator);
    paintWhole(painter, figure, style, size);
    painter.end();
    return svg;
}

QByteArray pdfFromFigure(const Figure& figure, const FigureStyle& style)
{
    const QSizeF size = wholeSize(figure, style);
    QByteArray pdf;
    QBuffer buffer(&pdf);
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    writer.setTitle(figure.title);
    writer.setCreator(QStringLiteral("Heedmap"));
    writer.setResolution(kDotsPerInch * kPdfFineness);
    writer.setPageSize(QPageSize(size * (72.0 / kDotsPerInch), QPageSize::Point, {}, QPageSize::ExactMatch));
    writer.setPageMargins(QMarginsF());
    QPainter painter(&writer);
    painter.setRenderHint(QPainter::LosslessImageRendering); // a picture of few colours is not to get JPEG's noise
    painter.scale(kPdfFineness, kPdfFineness);
    paintWhole(painter, figure, style, size);
    painter.end();
    return pdf;
}

bool writesShapes(const QPainter& painter)
{
    const QPaintEngine* engine = painter.paintEngine();
    return engine && (engine->type() == QPaintEngine::SVG || engine->type() == QPaintEngine::Pdf);
}

} // namespace heedmap
