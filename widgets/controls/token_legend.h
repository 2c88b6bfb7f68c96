#pragma once

#include "widgets/image/token_legend_painter.h"

#include <QWidget>

#include <vector>

namespace heedmap {

/// Beside the stage while several tokens are blended: which colour is whose, what opacity means, and each token's exact
/// value at the place under the pointer.
class TokenLegend : public QWidget
{
    Q_OBJECT

public:
    explicit TokenLegend(QWidget* parent = nullptr);

    void setTokens(std::vector<LegendToken> tokens, const QString& statement);
    const std::vector<LegendToken>& tokens() const { return m_tokens; }
    QString statement() const { return m_statement; }
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::vector<LegendToken> m_tokens;
    QString m_statement;
};

} // namespace heedmap
