#include "app/window/covered_docks.h"

namespace heedmap {

void hideWhenCovered(QDockWidget& dock)
{
    QWidget* content = dock.widget();
    QSizePolicy policy = content->sizePolicy();
    policy.setRetainSizeWhenHidden(true);
    content->setSizePolicy(policy);
    QObject::connect(&dock, &QDockWidget::visibilityChanged, content, &QWidget::setVisible);
}

} // namespace heedmap
