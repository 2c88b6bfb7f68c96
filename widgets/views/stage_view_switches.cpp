// Patch grid and swipe: other ways of looking at the scene that the stage shows.

#include "widgets/controls/stage_canvas.h"
#include "widgets/controls/swipe_divider.h"
#include "widgets/image/patch_grid_painter.h"
#include "widgets/views/stage_view.h"

#include <QToolButton>

namespace heedmap {

void StageView::buildSwitches(QHBoxLayout& row)
{
    m_grid->setToolTip(tr("The patches the model saw, on the plain picture (G)"));
    m_swipe->setToolTip(tr("A divider: plain picture at its left, map at its right (S); drag it, or Shift+arrow keys"));
    for (QAction* action : {m_grid, m_swipe}) {
        action->setCheckable(true);
        addAction(action);
        auto* button = new QToolButton;
        button->setDefaultAction(action);
        row.addWidget(button);
        connect(action, &QAction::toggled, this, [this] { selectionChanged(); });
    }
    connect(m_divider, &SwipeDivider::moved, this, [this] { selectionChanged(); });
    connect(m_canvas, &StageCanvas::nudged, this, [this](int columns) {
        if (m_divider->isVisible())
            m_divider->setPart(m_divider->part() + columns * 0.02);
    });
    m_chain->setObjectName("muted");
    m_chain->setMinimumWidth(60);
    m_chain->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_chain->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    row.addWidget(m_chain, 1);
}

const TokenAxis* StageView::patchAxisOf(const std::optional<ShownMap>& shown) const
{
    const auto& capture = selection().capture();
    if (!shown || !capture)
        return nullptr;
    for (const TokenAxis* axis : {&keyAxisOf(*capture, shown->map), &queryAxisOf(*capture, shown->map)})
        if (hasPatches(*axis))
            return axis;
    return nullptr;
}

/// Changes the scene that was just put on the canvas; the grid shows the picture as it is, without heat.
void StageView::applySwitches(const std::optional<ShownMap>& shown)
{
    const TokenAxis* axis = patchAxisOf(shown);
    const bool grid = m_grid->isChecked() && axis;
    StageScene scene = m_canvas->scene();
    const QRectF picture(QPointF(0, 0), scene.pictureSize);
    const bool swipe = m_swipe->isChecked() && !grid && !scene.layers.empty();
    if (swipe)
        scene.heatArea = picture.adjusted(m_divider->part() * picture.width(), 0, 0, 0);
    if (grid)
        scene.layers.clear();
    m_canvas->setScene(std::move(scene));
    m_divider->setVisible(swipe);
    m_canvas->setOverlay(grid ? [axis = *axis, picture](
                                    QPainter& painter,
                                    const QTransform& transform) { paintPatchGrid(painter, axis, picture, transform); }
                              : StageCanvas::Overlay());
    QString text;
    if (grid) {
        const auto key = selection().shownKey();
        text = key ? patchPlace(*axis, *key) : QString();
        if (text.isEmpty())
            text = patchChain(*axis, picture.size());
    }
    m_chain->setText(text);
    m_chain->setToolTip(grid ? patchChain(*axis, picture.size()) : QString());
}

} // namespace heedmap
