#pragma once

#include "widgets/context/what_if_intents.h"

#include <QTableView>

namespace heedmap {

class HeadGridModel;
class HeadMutingMarks;

/// Lets heads be muted in the head grid: by its context menu, or by the key M for the current cell and those chosen
/// with it; and crosses muted heads out. Owned by the grid.
class HeadMuting : public QObject
{
    Q_OBJECT

public:
    HeadMuting(ViewContext& context, QTableView& grid, const HeadGridModel& model);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    std::optional<WhatIfIntent> intentFor(const QModelIndex& cell) const;
    bool showMenu(const QModelIndex& cell, const QPoint& place);
    bool toggle(const QModelIndex& cell);

    ViewContext& m_context;
    QTableView& m_grid;
    const HeadGridModel& m_model;
    HeadMutingMarks* m_marks;
};

} // namespace heedmap
