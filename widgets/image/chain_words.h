#pragma once

#include "widgets/image/figure.h"

#include <QColor>
#include <QPointF>
#include <QRectF>
#include <QString>

#include <optional>
#include <vector>

namespace heedmap {

/// A word between the sound above it and the picture below it.
struct ChainWord
{
    QString text;
    bool isJoined = true;              ///< otherwise it takes no part
    QColor color;                      ///< invalid: not told apart from others
    double share = -1;                 ///< of what is pointed at, [0, 1]; negative: nothing is
    std::optional<double> soundX = {}; ///< where it listened most, in figure pixels
    std::optional<QPointF> patch = {}; ///< where it looks most, in figure pixels
    QRectF place = {};                 ///< set by layoutChainWords
};

/// Gives words their places as one reading line from (0, `top`), wrapped at `width` and centred. → the height taken.
double layoutChainWords(std::vector<ChainWord>& words, double top, double width, const QFontMetricsF& metrics);
/// For words with a colour the lines up to the sound, which ends at `soundBottom`, and down to their patches.
void paintChainLinks(QPainter& painter, const std::vector<ChainWord>& words, double soundBottom);
void paintChainWords(QPainter& painter, const std::vector<ChainWord>& words, const FigureStyle& style);

} // namespace heedmap
