#pragma once

#include "widgets/views/view.h"

#include <QObject>

#include <vector>

namespace heedmap {

/// Shows those views in the centre of the window that have something to show (View::isWanted), whenever capture,
/// picture or recording change.
class CentreViews : public QObject
{
    Q_OBJECT

public:
    CentreViews(SelectionModel& selection, std::vector<View*> views, QObject* parent);

private:
    void refresh();

    std::vector<View*> m_views;
};

} // namespace heedmap
