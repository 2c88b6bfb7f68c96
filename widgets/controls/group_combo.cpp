#include "widgets/controls/group_combo.h"

#include <QSignalBlocker>

namespace heedmap {

GroupCombo::GroupCombo(SelectionModel& selection, QWidget* parent) : QComboBox(parent), m_selection(selection)
{
    setAccessibleName(tr("Map: who looks at what"));
    setToolTip(tr("Whose heads: who looks at what"));
    setSizeAdjustPolicy(AdjustToMinimumContentsLengthWithIcon);
    connect(this, &QComboBox::activated, this,
            [this](int index) { m_selection.selectGroup(itemData(index).toString().toStdString()); });
}

void GroupCombo::fill()
{
    const QSignalBlocker blocker(this);
    clear();
    if (!m_selection.capture())
        return;
    for (const GroupChoice& group : groupChoices(*m_selection.capture())) {
        const QString title = QString::fromStdString(group.title);
        addItem(group.isComposed() ? tr("%1 (composed)").arg(title) : title, QString::fromStdString(group.id));
    }
}

void GroupCombo::showGroup(const std::string& id)
{
    setCurrentIndex(findData(QString::fromStdString(id)));
}

} // namespace heedmap
