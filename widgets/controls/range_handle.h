#pragma once

#include <QWidget>

namespace heedmap {

/// The black or the white point of a histogram: a grip on a line as high as its parent. Dragged with the mouse, moved
/// with the arrow keys (Shift: ten times as far; Home and End: to the ends), asked to be typed with a double click or
/// Return. It does not place itself: whoever owns it answers its signals.
class RangeHandle : public QWidget
{
    Q_OBJECT

public:
    enum class Point
    {
        Black,
        White
    };
    static constexpr int kWidth = 13;

    RangeHandle(Point point, QWidget* parent);
    bool isDragged() const { return m_dragged; }

signals:
    void draggedTo(double x); ///< of the line, in the parent's pixels
    void dropped();
    void stepped(int percent); ///< of the axis; ±100 for its ends
    void typingAsked();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    Point m_point;
    bool m_dragged = false;
    double m_grip = 0; ///< where on the handle it was taken
};

} // namespace heedmap
