#include "widgets/controls/parameter_form.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>

#include <algorithm>
#include <cmath>

namespace heedmap {

ParameterForm::ParameterForm(QWidget* parent)
    : QWidget(parent), m_settings(analyses().front()), m_layout(new QFormLayout(this))
{
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(4);
    m_layout->setRowWrapPolicy(QFormLayout::WrapLongRows);
    setSettings(m_settings);
}

void ParameterForm::setSettings(const AnalysisSettings& settings, const std::vector<std::string_view>& leftOut)
{
    const bool isAnother = &settings.analysis() != &m_settings.analysis() || m_layout->rowCount() == 0;
    if (!isAnother && settings == m_settings)
        return;
    m_settings = settings;
    while (m_layout->rowCount() > 0)
        m_layout->removeRow(0);
    for (const AnalysisParameter& parameter : settings.analysis().parameters) {
        if (std::ranges::count(leftOut, parameter.id) > 0)
            continue;
        QWidget* control = controlFor(parameter);
        control->setObjectName(QString::fromUtf8(parameter.id));
        control->setToolTip(QString::fromUtf8(parameter.meaning));
        control->setAccessibleName(QString::fromUtf8(parameter.title));
        if (parameter.kind == ParameterKind::Flag)
            m_layout->addRow(control);
        else
            m_layout->addRow(QString::fromUtf8(parameter.title), control);
    }
}

QWidget* ParameterForm::controlFor(const AnalysisParameter& parameter)
{
    const double value = m_settings.number(parameter.id);
    if (parameter.kind == ParameterKind::Flag) {
        auto* box = new QCheckBox(QString::fromUtf8(parameter.title));
        box->setChecked(value != 0);
        connect(box, &QCheckBox::toggled, this, [this, &parameter](bool on) { set(parameter, on ? 1 : 0); });
        return box;
    }
    if (parameter.kind == ParameterKind::Choice) {
        auto* combo = new QComboBox;
        combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon); // not wider than its place
        combo->setMinimumContentsLength(8);
        for (const ParameterChoice& choice : parameter.choices)
            combo->addItem(QString::fromUtf8(choice.title), QString::fromUtf8(choice.id));
        combo->setCurrentIndex(static_cast<int>(value));
        connect(combo, &QComboBox::currentIndexChanged, this, [this, &parameter](int index) { set(parameter, index); });
        return combo;
    }
    auto* spin = new QDoubleSpinBox;
    spin->setRange(parameter.low, parameter.high);
    spin->setDecimals(parameter.whole ? 0 : 2);
    spin->setSingleStep(parameter.whole ? 1 : (parameter.high - parameter.low) / 20);
    spin->setValue(value);
    if (parameter.lowestMeans)
        spin->setSpecialValueText(QString::fromUtf8(parameter.lowestMeans));
    connect(spin, &QDoubleSpinBox::valueChanged, this, [this, &parameter](double to) { set(parameter, to); });
    return spin;
}

void ParameterForm::set(const AnalysisParameter& parameter, double value)
{
    m_settings.set(parameter.id, value);
    emit changed();
}

} // namespace heedmap
