#include "widgets/image/chain_words.h"

#include <QFontMetricsF>

#include <algorithm>

namespace heedmap {

namespace {

constexpr double kPadding = 8;
constexpr double kBetween = 6;
constexpr double kShareHeight = 4;
constexpr double kCorner = 4;

double rowHeight(const QFontMetricsF& metrics)
{
    return metrics.height() + kPadding + kShareHeight;
}

/// The words of one line, moved into its middle.
void centre(std::vector<ChainWord>& words, std::size_t first, std::size_t last, double width)
{
    if (first == last)
        return;
    const double move = (width - words[last - 1].place.right()) / 2;
    for (std::size_t i = first; i < last; ++i)
        words[i].place.translate(move, 0);
}

QColor withAlpha(QColor color, float alpha)
{
    color.setAlphaF(alpha);
    return color;
}

} // namespace

double layoutChainWords(std::vector<ChainWord>& words, double top, double width, const QFontMetricsF& metrics)
{
    double x = 0;
    double y = top;
    std::size_t lineBegin = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const double wanted = std::min(metrics.horizontalAdvance(words[i].text) + 2 * kPadding, width);
        if (i > lineBegin && x + wanted > width) {
            centre(words, lineBegin, i, width);
            lineBegin = i;
            x = 0;
            y += rowHeight(metrics) + kBetween;
        }
        words[i].place = QRectF(x, y, wanted, rowHeight(metrics));
        x += wanted + kBetween;
    }
    centre(words, lineBegin, words.size(), width);
    return words.empty() ? 0 : y + rowHeight(metrics) - top;
}

void paintChainLinks(QPainter& painter, const std::vector<ChainWord>& words, double soundBottom)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    for (const ChainWord& word : words) {
        if (!word.color.isValid())
            continue;
        painter.setPen(QPen(word.color, 1.5));
        if (word.soundX)
            painter.drawLine(QPointF(*word.soundX, soundBottom), QPointF(word.place.center().x(), word.place.top()));
        if (word.patch) {
            painter.drawLine(QPointF(word.place.center().x(), word.place.bottom()), *word.patch);
            painter.setBrush(word.color);
            painter.drawEllipse(*word.patch, 3, 3);
        }
    }
    painter.restore();
}

void paintChainWords(QPainter& painter, const std::vector<ChainWord>& words, const FigureStyle& style)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QFontMetricsF metrics(painter.font());
    for (const ChainWord& word : words) {
        painter.setPen(word.color.isValid() ? QPen(word.color, 2) : QPen(withAlpha(style.fainter, 0.35F), 1));
        painter.setBrush(word.color.isValid() ? withAlpha(word.color, 0.15F) : style.background);
        painter.drawRoundedRect(word.place, kCorner, kCorner);
        painter.setPen(word.isJoined ? style.ink : style.fainter);
        painter.drawText(word.place.adjusted(kPadding / 2, 0, -kPadding / 2, -kShareHeight), Qt::AlignCenter,
                         metrics.elidedText(word.text, Qt::ElideRight, word.place.width() - kPadding));
        if (word.share >= 0) {
            QRectF bar(word.place.left() + kPadding, word.place.bottom() - kShareHeight - 3,
                       word.place.width() - 2 * kPadding, kShareHeight - 1);
            painter.fillRect(bar, withAlpha(style.ink, 0.12F));
            bar.setWidth(bar.width() * std::min(word.share, 1.0));
            painter.fillRect(bar, word.color.isValid() ? word.color : style.accent);
        }
    }
    painter.restore();
}

} // namespace heedmap
