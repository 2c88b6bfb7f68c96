#include "widgets/views/intent_menu.h"

namespace heedmap {

QMenu* openIntentMenu(QWidget& owner, const WhatIfIntent& intent, const QKeySequence& key, const QPoint& globalPlace)
{
    auto* menu = new QMenu(&owner);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(intent.title(), [intent] { intent.carryOut(); })->setShortcut(key);
    for (const QWidget* around = &owner; around; around = around->parentWidget())
        if (around->contextMenuPolicy() == Qt::ActionsContextMenu) {
            menu->addSeparator();
            menu->addActions(around->actions());
            break;
        }
    menu->popup(globalPlace);
    return menu;
}

} // namespace heedmap
