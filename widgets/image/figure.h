#pragma once

#include <QByteArray>
#include <QColor>
#include <QFont>
#include <QImage>
#include <QPainter>
#include <QSizeF>
#include <QString>
#include <QStringList>

#include <functional>

namespace heedmap {

/// How figures look outside the window: on white, whatever the window's theme.
struct FigureStyle
{
    QColor background = Qt::white;
    QColor ink = QColor(0x22, 0x25, 0x2a);
    QColor fainter = QColor(0x6b, 0x72, 0x7b); ///< text of second rank
    QColor accent = QColor(0x2f, 0x74, 0xd0);  ///< bars
    QFont font = defaultFont();

    static QFont defaultFont(); ///< 13 pixels, unhinted, so that text has the same width in every format
};

/// What a view shows, ready to be painted anywhere. It owns all it needs: a worker may paint it after the view has gone
/// on to something else.
struct Figure
{
    QString title;                                            ///< in the file's own description
    QSizeF size;                                              ///< of the body, in pixels of 1/96 inch
    std::function<void(QPainter&, const FigureStyle&)> paint; ///< the body, from (0, 0) to `size`
    QStringList caption; ///< lines below the body: model, site, head, tokens, row kind, scale, limits, reduction
};

/// The same figure in every format: margins, body, caption. Vector formats have live text and heat as rectangles. Need
/// a QGuiApplication (the offscreen platform will do), no display; any thread. Errors: TooLarge for figures of more
/// than 2^26 pixels or sides that no picture can have.
QImage imageFromFigure(const Figure& figure, double scale = 1, const FigureStyle& style = {});
QByteArray pngFromFigure(const Figure& figure, double scale = 1, const FigureStyle& style = {});
QByteArray svgFromFigure(const Figure& figure, const FigureStyle& style = {});
QByteArray pdfFromFigure(const Figure& figure, const FigureStyle& style = {});

/// Whether a painter writes shapes and text (SVG, PDF) and not pixels.
bool writesShapes(const QPainter& painter);

} // namespace heedmap
