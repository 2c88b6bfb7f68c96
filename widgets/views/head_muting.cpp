#include "widgets/views/head_muting.h"

#include "core/capture/intervention_edit.h"
#include "widgets/controls/head_grid_model.h"
#include "widgets/views/intent_menu.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QPainter>

namespace heedmap {

/// Crosses over the cells of muted heads: a layer of its own on the grid, deaf to the mouse.
class HeadMutingMarks : public QWidget
{
public:
    HeadMutingMarks(ViewContext& context, QTableView& grid, const HeadGridModel& model)
        : QWidget(&grid), m_context(context), m_grid(grid), m_model(model)
    {
        setAttribute(Qt::WA_TransparentForMouseEvents);
        setFocusPolicy(Qt::NoFocus);
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        const auto& capture = m_context.selection().capture();
        if (!capture)
            return;
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const std::vector<Intervention>& list = m_context.whatIf().interventions();
        for (std::size_t site = 0; !list.empty() && site < capture->manifest().sites.size(); ++site)
            for (const int head : capture->site(site).headNumbers())
                if (isMuted(list, {capture->site(site).name, head}))
                    cross(painter, m_grid.visualRect(m_model.indexOf(site, HeadChoice{head})));
    }

private:
    static void cross(QPainter& painter, const QRect& cell)
    {
        if (cell.isEmpty())
            return; // of another group, or not in sight
        const QRectF frame = QRectF(cell).adjusted(2, 2, -2, -2);
        painter.fillRect(frame, QColor(20, 20, 24, 150));
        for (const QPen& pen : {QPen(QColor(0, 0, 0, 160), 4), QPen(QColor(255, 255, 255), 2)}) {
            painter.setPen(pen);
            painter.drawLine(frame.topLeft(), frame.bottomRight());
            painter.drawLine(frame.bottomLeft(), frame.topRight());
        }
    }

    ViewContext& m_context;
    QTableView& m_grid;
    const HeadGridModel& m_model;
};

HeadMuting::HeadMuting(ViewContext& context, QTableView& grid, const HeadGridModel& model)
    : QObject(&grid), m_context(context), m_grid(grid), m_model(model),
      m_marks(new HeadMutingMarks(context, grid, model))
{
    grid.installEventFilter(this);
    grid.viewport()->installEventFilter(this);
    connect(&context.whatIf(), &WhatIfModel::changed, m_marks, qOverload<>(&QWidget::update));
}

bool HeadMuting::eventFilter(QObject* watched, QEvent* event)
{
    // Of the two only the grid is known by its address alone: asked for its viewport while it goes, it has none.
    const bool inViewport = watched != &m_grid;
    if (inViewport && (event->type() == QEvent::Resize || event->type() == QEvent::Move))
        m_marks->setGeometry(m_grid.viewport()->geometry());
    if (inViewport && event->type() == QEvent::ContextMenu) {
        const auto* menu = static_cast<QContextMenuEvent*>(event);
        const bool byKey = menu->reason() == QContextMenuEvent::Keyboard;
        const QModelIndex cell = byKey ? m_grid.currentIndex() : m_grid.indexAt(menu->pos());
        return showMenu(cell,
                        byKey ? m_grid.viewport()->mapToGlobal(m_grid.visualRect(cell).center()) : menu->globalPos());
    }
    if (watched == &m_grid && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_M && key->modifiers() == Qt::NoModifier)
            return toggle(m_grid.currentIndex());
    }
    return QObject::eventFilter(watched, event);
}

/// Of the cell, or of all heads chosen when it is one of them.
std::optional<WhatIfIntent> HeadMuting::intentFor(const QModelIndex& index) const
{
    QModelIndexList cells = m_grid.selectionModel()->selectedIndexes();
    if (!cells.contains(index))
        cells = {index};
    std::vector<SiteHead> heads;
    for (const QModelIndex& cell : cells)
        if (const auto head = m_model.cellAt(cell))
            heads.push_back({head->site, head->head});
    return WhatIfIntent::muteHeads(m_context, heads);
}

bool HeadMuting::showMenu(const QModelIndex& index, const QPoint& place)
{
    const std::optional<WhatIfIntent> intent = intentFor(index);
    if (intent)
        openIntentMenu(m_grid, *intent, QKeySequence(Qt::Key_M), place);
    return intent.has_value();
}

bool HeadMuting::toggle(const QModelIndex& index)
{
    const std::optional<WhatIfIntent> intent = intentFor(index);
    if (intent)
        intent->carryOut();
    return intent.has_value();
}

} // namespace heedmap
