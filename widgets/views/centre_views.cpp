#include "widgets/views/centre_views.h"

namespace heedmap {

CentreViews::CentreViews(SelectionModel& selection, std::vector<View*> views, QObject* parent)
    : QObject(parent), m_views(std::move(views))
{
    for (auto signal : {&SelectionModel::captureChanged, &SelectionModel::pictureChanged,
                        &SelectionModel::recordingChanged, &SelectionModel::speechChanged})
        connect(&selection, signal, this, &CentreViews::refresh);
    refresh();
}

/// What goes makes room before what comes takes it: the window must not grow for a moment.
void CentreViews::refresh()
{
    for (View* view : m_views)
        if (!view->isWanted())
            view->hide();
    for (View* view : m_views)
        if (view->isWanted())
            view->show();
}

} // namespace heedmap
