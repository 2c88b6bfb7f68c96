#pragma once

#include "widgets/context/selection_model.h"

#include <QComboBox>

namespace heedmap {

/// Who looks at what: the groups of maps of the open capture. Choosing one shows it.
class GroupCombo : public QComboBox
{
    Q_OBJECT

public:
    /// `selection` must outlive it.
    explicit GroupCombo(SelectionModel& selection, QWidget* parent = nullptr);

    /// Lists the groups of the capture that is open now; a composed one says so.
    void fill();
    /// Stands on this group, or on none where it is not listed.
    void showGroup(const std::string& id);

private:
    SelectionModel& m_selection;
};

} // namespace heedmap
