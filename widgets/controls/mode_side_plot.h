#pragma once

#include "widgets/image/mode_painter.h"

#include <QWidget>

#include <optional>

namespace heedmap {

/// One side of a mode: bars on tokens, or a signed map on the picture. Says which token or patch the pointer is on;
/// the arrow keys walk through them, the strongest first.
class ModeSidePlot : public QWidget
{
    Q_OBJECT

public:
    explicit ModeSidePlot(QWidget* parent = nullptr);

    /// Absent: nothing to show.
    void setScene(std::optional<ModeSideScene> scene);
    const std::optional<ModeSideScene>& scene() const { return m_scene; }
    /// Outlines these positions.
    void setMarked(const std::vector<std::int64_t>& positions);
    QSize sizeHint() const override { return QSize(190, 160); }
    /// Where a token's bar or a patch is; null where it is not in sight.
    QPointF placeOf(std::int64_t position) const;
    std::optional<std::int64_t> positionAt(QPointF place) const;

signals:
    void hovered(const QString& axis, qint64 position);
    void left();
    void clicked(const QString& axis, qint64 position, bool besideOthers); ///< besideOthers: with Ctrl or Shift

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override; ///< Up, Down, Home, End; Return and Space click
    bool event(QEvent* event) override;

private:
    void goTo(std::size_t rank);
    QString textOf(std::int64_t position) const;
    QString axisName() const { return QString::fromStdString(m_scene->axis.id); }

    std::optional<ModeSideScene> m_scene;
    ModeSidePlaces m_places;           ///< of the last painting
    std::optional<std::size_t> m_rank; ///< where the keyboard stands among the strongest
};

} // namespace heedmap
