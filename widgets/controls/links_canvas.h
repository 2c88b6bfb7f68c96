#pragma once

#include "widgets/image/links_painter.h"

#include <QScrollBar>
#include <QWidget>

#include <array>

namespace heedmap {

/// Two sides of an attention map with curves between them. One tab stop: up and down walk the tokens of the side that
/// is asked, left and right the curves from strong to weak, Return or Space keeps. Long columns scroll on their own.
class LinksCanvas : public QWidget
{
    Q_OBJECT

public:
    explicit LinksCanvas(QWidget* parent = nullptr);

    void setScene(const LinksScene& scene);
    const LinksScene& scene() const { return m_scene; }
    LinksLayout currentLayout() const;
    /// Said in the middle while there are no curves; may be empty.
    void setHint(const QString& hint);
    /// Scrolls a listed position into sight.
    void reveal(LinkSide side, std::int64_t position);
    /// Curves with an end that is scrolled out of sight.
    int curvesOutOfSight() const;

    QSize minimumSizeHint() const override { return QSize(120, 60); }
    QSize sizeHint() const override { return QSize(420, 200); }

signals:
    void hovered(const heedmap::LinkPlace& place); ///< nothing: the pointer rests on none, or left
    void clicked(const heedmap::LinkPlace& place, bool besideOthers);
    void stepped(int tokens, int links);
    void activated(bool besideOthers);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    LinkPlace placeAt(QPointF position) const;
    void arrangeBars();

    LinksScene m_scene;
    QString m_hint;
    std::array<QScrollBar*, 2> m_bars; ///< [LinkSide]
    LinkPlace m_hovered;
    QPointF m_pressed;
};

} // namespace heedmap
