#include "widgets/image/text_table_figure.h"

#include "widgets/image/figure_headline.h"

#include <QFontMetricsF>

#include <algorithm>

namespace heedmap {

namespace {

constexpr double kFirstColumn = 300;
constexpr double kOtherColumn = 110;

void paintLine(QPainter& painter, const QStringList& line, double y, double height)
{
    const QFontMetricsF metrics(painter.font());
    for (qsizetype column = 0; column < line.size(); ++column) {
        const QRectF place = column == 0
                                 ? QRectF(0, y, kFirstColumn, height)
                                 : QRectF(kFirstColumn + kOtherColumn * double(column - 1), y, kOtherColumn, height);
        painter.drawText(place, (column == 0 ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter,
                         metrics.elidedText(line[column], Qt::ElideRight, place.width() - 6));
    }
}

} // namespace

Figure figureOfTextTable(const QString& headline, const QStringList& header, std::vector<QStringList> lines)
{
    const double height = figureLineHeight();
    const double top = headlineHeight(headline);
    Figure figure;
    figure.title = headline;
    figure.size = QSizeF(kFirstColumn + kOtherColumn * double(std::max<qsizetype>(0, header.size() - 1)),
                         top + height * double(lines.size() + 1));
    figure.paint = [headline, header, lines = std::move(lines), height, top,
                    width = figure.size.width()](QPainter& painter, const FigureStyle& style) {
        paintHeadline(painter, headline, width, style);
        painter.setPen(style.fainter);
        paintLine(painter, header, top, height);
        painter.setPen(style.ink);
        double y = top + height;
        for (const QStringList& line : lines) {
            paintLine(painter, line, y, height);
            y += height;
        }
    };
    return figure;
}

} // namespace heedmap
