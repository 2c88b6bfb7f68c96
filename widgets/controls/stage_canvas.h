#pragma once

#include "widgets/image/stage_painter.h"

#include <QPixmap>
#include <QStringList>
#include <QWidget>

#include <functional>
#include <optional>
#include <vector>

namespace heedmap {

/// Shows a scene, zooms (wheel, + and −, 0 fits) and pans (drag), and says where on the picture the pointer is.
/// Positions are pixels of the upright picture.
class StageCanvas : public QWidget
{
    Q_OBJECT

public:
    explicit StageCanvas(QWidget* parent = nullptr);

    void setScene(StageScene scene);
    const StageScene& scene() const { return m_scene; }
    /// Outlined places, the last on top.
    void setMarks(std::vector<QRectF> marks);
    /// Names for the rows and columns of a matrix, one scene unit each; empty for pictures. Room is kept for them.
    void setLabels(QStringList rows, QStringList columns);
    /// Painted over the scene and below the marks; empty: nothing.
    using Overlay = std::function<void(QPainter&, const QTransform& deviceFromPicture)>;
    void setOverlay(Overlay overlay);
    void setHint(const QString& hint); ///< shown while there is no picture
    QTransform deviceFromPicture() const;
    double zoom() const { return m_zoom; }

public slots:
    void zoomIn();
    void zoomOut();
    void fit();

signals:
    void hovered(QPointF picturePosition);
    void left();
    void clicked(QPointF picturePosition, bool besideOthers); ///< besideOthers: with Ctrl or Shift
    void stepped(int columns, int rows);                      ///< arrow keys
    void activated(bool besideOthers);                        ///< Return or Space
    void zoomChanged(double zoom);
    void viewChanged();       ///< deviceFromPicture() gives something else now
    void nudged(int columns); ///< left and right arrow with Shift

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    QTransform fitted() const;
    QPointF pictureFromDevice(QPointF device) const;
    bool isInside(QPointF picturePosition) const;
    void zoomAround(QPointF device, double factor);
    void limitPan();
    void paintLabels(QPainter& painter, const QTransform& transform) const;
    QMarginsF margins() const;
    const QPixmap& scaledPicture(const QTransform& transform);

    /// What the scaled picture depends on.
    struct PictureKey
    {
        qint64 picture = 0;
        QTransform transform;
        QSize size;
        double pixelRatio = 0;
        bool operator==(const PictureKey&) const = default;
    };

    StageScene m_scene;
    StageScene m_heat;       ///< the scene without its picture, in the format that is painted quickest
    QPixmap m_scaledPicture; ///< of the canvas's size, as paintStage draws it
    PictureKey m_scaledKey;
    std::vector<QRectF> m_marks;
    QStringList m_rowLabels;
    QStringList m_columnLabels;
    Overlay m_overlay;
    QString m_hint;
    double m_zoom = 1; ///< 1: the whole picture fits
    QPointF m_pan;     ///< device pixels the picture's centre is moved by
    std::optional<QPointF> m_pressed;
    bool m_dragging = false;
};

} // namespace heedmap
