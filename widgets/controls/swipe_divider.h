#pragma once

#include <QWidget>

namespace heedmap {

class StageCanvas;

/// A vertical divider over the stage, to be dragged or moved with the arrow keys: picture at its left, picture and map
/// at its right. A child of the canvas; it follows zoom, pan and size.
class SwipeDivider : public QWidget
{
    Q_OBJECT

public:
    explicit SwipeDivider(StageCanvas& canvas);

    /// Part of the picture's width that stays plain, in [0, 1].
    double part() const { return m_part; }
    void setPart(double part);
    /// Puts itself where the canvas shows its part now.
    void follow();

signals:
    void moved(double part);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void moveTo(double canvasX);

    StageCanvas& m_canvas;
    double m_part = 0.5;
};

} // namespace heedmap
