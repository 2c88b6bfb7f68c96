#pragma once

#include "widgets/context/view_context.h"

#include <QComboBox>

namespace heedmap {

/// Small choosers bound to the display options in both directions. `context` must outlive them.
QComboBox* makeColorMapCombo(ViewContext& context, QWidget* parent);
/// × uniform or probability; logarithmic, linear or percentile.
QComboBox* makeScaleCombo(ViewContext& context, QWidget* parent);
/// Generated tokens: predicting row or input row.
QComboBox* makeRowKindCombo(ViewContext& context, QWidget* parent);

} // namespace heedmap
