#include "widgets/controls/token_legend.h"

#include <QFontMetricsF>
#include <QPainter>

#include <cmath>

namespace heedmap {

TokenLegend::TokenLegend(QWidget* parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Preferred);
    setAccessibleName(tr("Kept tokens and their colours"));
}

void TokenLegend::setTokens(std::vector<LegendToken> tokens, const QString& statement)
{
    if (tokens == m_tokens && statement == m_statement)
        return;
    const bool resized = tokens.size() != m_tokens.size();
    m_tokens = std::move(tokens);
    m_statement = statement;
    QStringList spoken;
    for (const LegendToken& token : m_tokens)
        spoken << token.name + u' ' + token.value;
    setAccessibleDescription(spoken.join(QStringLiteral(", ")) + QStringLiteral("; ") + m_statement);
    if (resized)
        updateGeometry();
    update();
}

QSize TokenLegend::sizeHint() const
{
    const QFontMetricsF metrics(font());
    const double width = metrics.averageCharWidth() * 21;
    return QSize(static_cast<int>(width),
                 static_cast<int>(std::ceil(tokenLegendHeight(metrics, width, m_tokens, m_statement))));
}

void TokenLegend::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paintTokenLegend(painter, QRectF(rect()), m_tokens, m_statement, palette().color(QPalette::WindowText),
                     palette().color(QPalette::Disabled, QPalette::Text));
}

} // namespace heedmap
