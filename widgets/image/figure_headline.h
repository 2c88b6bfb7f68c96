#pragma once

#include "widgets/image/figure.h"

namespace heedmap {

/// The distance of two lines of text in a figure made of lines, in pixels of 1/96 inch.
double figureLineHeight();
/// Room a headline takes above the lines; none when it is empty.
double headlineHeight(const QString& headline);
/// Large and bold at the top, shortened to `width`; leaves the painter with the style's font and ink.
void paintHeadline(QPainter& painter, const QString& headline, double width, const FigureStyle& style);

} // namespace heedmap
