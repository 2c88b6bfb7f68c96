#pragma once

#include "widgets/context/view_context.h"

#include <QRectF>

#include <optional>
#include <string>
#include <vector>

class QRubberBand;

namespace heedmap {

class StageCanvas;
class StageHidingMarks;

/// Lets patches be hidden on the stage: by its context menu, by the key H for the patch under the pointer (else the
/// kept one), or by dragging a rectangle with Shift; and hatches hidden patches. Owned by the canvas.
class StageHiding : public QObject
{
    Q_OBJECT

public:
    StageHiding(ViewContext& context, StageCanvas& canvas);

    /// Outlines of patches that are to be hidden, in picture pixels.
    std::vector<QRectF> patches() const;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    const TokenAxis* patchAxis() const;
    std::vector<std::int64_t> patchesIn(const QRectF& device) const;
    std::vector<std::int64_t> patchToHide() const;
    bool toggle(const std::vector<std::int64_t>& patches);
    bool showMenu(const std::vector<std::int64_t>& patches, const QPoint& place);
    bool moveBand(QPointF device);
    bool endBand(QPointF device, const QPoint& place);

    ViewContext& m_context;
    StageCanvas& m_canvas;
    StageHidingMarks* m_marks;
    QRubberBand* m_band;
    std::optional<QPointF> m_pressed; ///< with Shift
};

} // namespace heedmap
