#pragma once

#include "core/render/value_scale.h"

#include <QColor>
#include <QPainter>
#include <QRectF>
#include <QString>

#include <vector>

namespace heedmap {

/// One kept token in the legend of a blended map.
struct LegendToken
{
    QString name;
    QColor color;
    QString value; ///< the token's exact value at the place asked about, or its mass off the picture; may be empty
    bool operator==(const LegendToken&) const = default;
};

/// What the opacity of blended tokens means: "opacity ∝ weight, full at 8× uniform" (renderTokenBlend).
QString blendStatement(const ValueScale& scale);

/// Tokens with their colours, clear to full, one below the other, and the statement below. Uses the painter's font.
void paintTokenLegend(QPainter& painter, const QRectF& area, const std::vector<LegendToken>& tokens,
                      const QString& statement, const QColor& ink, const QColor& fainter);
/// Height paintTokenLegend needs in `width`.
double tokenLegendHeight(const QFontMetricsF& metrics, double width, const std::vector<LegendToken>& tokens,
                         const QString& statement);

} // namespace heedmap
