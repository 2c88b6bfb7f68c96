#include "widgets/controls/range_control.h"

#include "widgets/context/map_labels.h"
#include "widgets/controls/range_plot.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace heedmap {

RangeControl::RangeControl(ViewContext& context, QWidget* parent)
    : QWidget(parent), m_context(context), m_plot(new RangePlot), m_reason(new QLabel), m_stack(new QStackedLayout),
      m_autofit(new QToolButton), m_minMax(new QToolButton), m_perMap(new QCheckBox(tr("Per-map &limits"))),
      m_withoutSpecial(new QCheckBox(tr("Without special &tokens"))), m_statement(new QLabel),
      m_renormalized(new QLabel)
{
    m_reason->setWordWrap(true);
    m_statement->setWordWrap(true);
    m_reason->setAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    for (QLabel* line : {m_statement, m_renormalized}) {
        line->setObjectName("muted");
        line->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    }
    m_stack->addWidget(m_plot);
    m_stack->addWidget(m_reason);
    auto* top = new QHBoxLayout;
    top->setSpacing(10);
    top->addLayout(m_stack, 1);
    top->addLayout(buildSwitches());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    layout->addLayout(top);
    layout->addWidget(m_statement);
    layout->addWidget(m_renormalized);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connectControls();
    refreshSwitches();
    showNothing({});
}

void RangeControl::connectControls()
{
    connect(m_plot, &RangePlot::limitsAsked, this, [this](double low, double high) { m_context.setLimits(low, high); });
    connect(m_autofit, &QToolButton::clicked, this, [this] { applyRule(LimitsRule::Automatic); });
    connect(m_minMax, &QToolButton::clicked, this, [this] { applyRule(LimitsRule::Extremes); });
    connect(m_perMap, &QCheckBox::toggled, this, [this](bool on) {
        DisplayOptions options = m_context.options();
        options.limits = on ? LimitsMode::PerMap : LimitsMode::Shared;
        m_context.setOptions(options);
    });
    connect(m_withoutSpecial, &QCheckBox::toggled, this, [this](bool on) {
        DisplayOptions options = m_context.options();
        options.withoutSpecial = on;
        m_context.setOptions(options);
    });
    connect(&m_context, &ViewContext::optionsChanged, this, &RangeControl::refreshSwitches);
}

QLayout* RangeControl::buildSwitches()
{
    m_autofit->setText(tr("Autofit"));
    m_autofit->setToolTip(tr("The colours end at the 99.5th percentile of the weights in sight,\n"
                             "whatever they are for the next token."));
    m_minMax->setText(tr("Min–max"));
    m_minMax->setToolTip(tr("The colours reach from the smallest to the largest weight in sight\n"
                            "(on a logarithmic scale from the smallest above 0)."));
    for (QToolButton* button : {m_autofit, m_minMax}) {
        button->setObjectName("choice");
        button->setCheckable(true);
        button->setFocusPolicy(Qt::StrongFocus);
        button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    }
    m_perMap->setToolTip(tr("Off: one scale for all heads of the group and this token, so that heads can be compared.\n"
                            "On: every map has its own."));
    m_withoutSpecial->setToolTip(tr("Every row is shared out anew over the keys that are no special tokens\n"
                                    "([CLS], [SEP], registers, padding): w' = w / sum of w over those keys.\n"
                                    "The bar beside the picture still shows the true share."));
    auto* layout = new QGridLayout;
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setVerticalSpacing(1);
    layout->addWidget(m_autofit, 0, 0);
    layout->addWidget(m_minMax, 0, 1);
    layout->addWidget(m_perMap, 1, 0, 1, 2);
    layout->addWidget(m_withoutSpecial, 2, 0, 1, 2);
    return layout;
}

void RangeControl::applyRule(LimitsRule rule)
{
    DisplayOptions options = m_context.options();
    options.limitsRule = rule;
    m_context.setOptions(options);
    m_context.releaseLimits();
    refreshSwitches(); // a click on the button that is down leaves it down
}

void RangeControl::refreshSwitches()
{
    const DisplayOptions& options = m_context.options();
    const bool byHand = m_context.limitsSource() == LimitsSource::ByHand;
    const QSignalBlocker perMap(m_perMap);
    const QSignalBlocker withoutSpecial(m_withoutSpecial);
    m_autofit->setChecked(!byHand && options.limitsRule == LimitsRule::Automatic);
    m_minMax->setChecked(!byHand && options.limitsRule == LimitsRule::Extremes);
    m_perMap->setChecked(options.limits == LimitsMode::PerMap);
    m_withoutSpecial->setChecked(options.withoutSpecial);
}

void RangeControl::showScale(const ValueScale& scale, LimitsSource source, std::optional<double> leftOut)
{
    m_stack->setCurrentWidget(m_plot);
    m_plot->setScale(m_context.colorMap(), scale);
    m_statement->setText(tr("%1, %2 · %3")
                             .arg(scale.timesUniform ? tr("× uniform") : tr("probability"),
                                  QString::fromStdString(scale.curveLabel()), limitsText(scale, source)));
    m_renormalized->setText(leftOut ? leftOutText(*leftOut) : tr("renormalised without special tokens"));
    m_renormalized->setVisible(scale.withoutSpecial);
    QString explanation = statement();
    if (source == LimitsSource::ByHand)
        explanation += tr("\nThey hold for every token and head of this group in this unit and curve, until Autofit or "
                          "Min–max.\nAnother group, unit or curve has limits of its own.");
    if (scale.sample && scale.sample->isPart())
        explanation += tr("\nPercentiles from a fixed sample of %1 of %2 weights.")
                           .arg(scale.sample->sorted.size())
                           .arg(scale.sample->count);
    m_statement->setToolTip(explanation + tr("\nOpacity is in proportion to the weight."));
    refreshSwitches();
}

QString RangeControl::statement() const
{
    return m_renormalized->isVisibleTo(this) ? m_statement->text() + u'\n' + m_renormalized->text()
                                             : m_statement->text();
}

void RangeControl::showNothing(const QString& reason)
{
    m_reason->setText(reason);
    m_stack->setCurrentWidget(m_reason);
    m_statement->clear();
    m_statement->setMinimumHeight(m_statement->fontMetrics().height()); // or what is above it would jump
    m_renormalized->hide();
    m_statement->setToolTip({});
    refreshSwitches();
}

void RangeControl::setPointer(std::optional<double> probability)
{
    m_plot->setPointer(probability);
}

} // namespace heedmap
