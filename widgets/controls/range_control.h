#pragma once

#include "widgets/context/view_context.h"

#include <QCheckBox>
#include <QLabel>
#include <QStackedLayout>
#include <QToolButton>

#include <optional>

namespace heedmap {

class RangePlot;

/// Black and white point of the colours over a histogram of the weights in sight; buttons back to the automatic limits;
/// switches for limits of one map alone and for rows without special tokens. What limits are in force is always said in
/// words and numbers. The view that draws the map says what it draws with.
class RangeControl : public QWidget
{
    Q_OBJECT

public:
    explicit RangeControl(ViewContext& context, QWidget* parent = nullptr);

    /// `leftOut`: mass the renormalised row left out, absent where rows are as recorded or many.
    void showScale(const ValueScale& scale, LimitsSource source, std::optional<double> leftOut);
    /// No map: a sentence in place of the histogram, which may be empty.
    void showNothing(const QString& reason);
    void setPointer(std::optional<double> probability);

    RangePlot& plot() { return *m_plot; }
    QToolButton& autofit() { return *m_autofit; }
    QToolButton& minMax() { return *m_minMax; }
    QCheckBox& perMap() { return *m_perMap; }
    QCheckBox& withoutSpecial() { return *m_withoutSpecial; }
    /// All that is said of the scale: unit, curve, limits, and what was renormalised.
    QString statement() const;

private:
    QLayout* buildSwitches();
    void connectControls();
    void applyRule(LimitsRule rule);
    void refreshSwitches();

    ViewContext& m_context;
    RangePlot* m_plot;
    QLabel* m_reason;
    QStackedLayout* m_stack;
    QToolButton* m_autofit;
    QToolButton* m_minMax;
    QCheckBox* m_perMap;
    QCheckBox* m_withoutSpecial;
    QLabel* m_statement;
    QLabel* m_renormalized;
};

} // namespace heedmap
