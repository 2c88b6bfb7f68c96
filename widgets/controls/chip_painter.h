#pragma once

#include "widgets/controls/token_chips.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QPalette>

#include <optional>
#include <vector>

namespace heedmap {

/// How a chip stands in the sentence now.
struct ChipLook
{
    ChipKind kind = ChipKind::Token;
    QString text;
    std::optional<QColor> frame; ///< of a kept or previewed token
    double frameWidth = 2;
    std::optional<double> bar; ///< under the text, length in [0, 1]
    bool struckOut = false;    ///< hidden from the model
};

/// Colours a chip is painted with.
struct ChipColors
{
    QColor text;
    QColor dimmed;
    QColor fill;
    QColor dashes;
    QColor bar;

    static ChipColors fromPalette(const QPalette& palette);
};

QSizeF chipSize(const QString& text, const QFontMetricsF& metrics);
/// Uses the painter's font.
void paintChip(QPainter& painter, const QRectF& chip, const ChipLook& look, const ChipColors& colors);
/// Chips as one reading line, wrapped at `width`.
std::vector<QRectF> arrangeChips(const std::vector<QSizeF>& sizes, double width);

} // namespace heedmap
