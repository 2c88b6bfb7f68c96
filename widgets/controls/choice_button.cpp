#include "widgets/controls/choice_button.h"

#include <QBoxLayout>
#include <QButtonGroup>

namespace heedmap {

QToolButton* makeChoiceButton(const QString& text, const QString& toolTip)
{
    auto* button = new QToolButton;
    button->setObjectName("choice");
    button->setText(text);
    button->setToolTip(toolTip);
    button->setCheckable(true);
    button->setFocusPolicy(Qt::StrongFocus);
    return button;
}

void addChoices(QBoxLayout& layout, std::initializer_list<QToolButton*> buttons, QObject* owner)
{
    auto* group = new QButtonGroup(owner);
    for (QToolButton* button : buttons) {
        group->addButton(button);
        layout.addWidget(button);
    }
    (*buttons.begin())->setChecked(true);
}

} // namespace heedmap
