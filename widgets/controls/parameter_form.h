#pragma once

#include "core/analysis/analysis_registry.h"

#include <QFormLayout>
#include <QWidget>

#include <string_view>
#include <vector>

namespace heedmap {

/// A form made from the declared parameters of an analysis: a spin box for a number, a combo box for a choice, a check
/// box for a flag. Each control is called as its parameter's id.
class ParameterForm : public QWidget
{
    Q_OBJECT

public:
    explicit ParameterForm(QWidget* parent = nullptr);

    /// `leftOut`: ids of parameters that something else is the control of.
    void setSettings(const AnalysisSettings& settings, const std::vector<std::string_view>& leftOut = {});
    const AnalysisSettings& settings() const { return m_settings; }

signals:
    void changed();

private:
    QWidget* controlFor(const AnalysisParameter& parameter);
    void set(const AnalysisParameter& parameter, double value);

    AnalysisSettings m_settings;
    QFormLayout* m_layout;
};

} // namespace heedmap
