#pragma once

#include "widgets/image/sound_painter.h"

#include <QPixmap>
#include <QWidget>

#include <cstddef>
#include <optional>

namespace heedmap {

/// What a place on the canvas is.
struct SoundPlace
{
    SoundLane lane = SoundLane::Ruler;
    double seconds = 0;
    std::optional<std::size_t> token; ///< index among SoundScene::tokens: a box, or a row of the map
    std::optional<std::size_t> head;  ///< row of SoundScene::heads
    bool isOnTime = true;             ///< right of the lanes' names, on a lane that is drawn over time
};

/// Shows a recording and what is drawn over its time: wheel (+, −, 0) zooms in time, the middle button, or Shift, or a
/// wheel to the side moves, dragging marks a span. Says where the pointer is.
class SoundCanvas : public QWidget
{
    Q_OBJECT

public:
    explicit SoundCanvas(QWidget* parent = nullptr);

    /// Another stretch of time to look at is shown from its start to the recording's end.
    void setScene(SoundScene scene);
    const SoundScene& scene() const { return m_scene; }
    void setHint(const QString& hint);                   ///< shown while there is nothing to show
    void setCursorTime(std::optional<double> seconds);   ///< of playback; comes into sight
    void setChosen(const std::optional<TimeSpan>& span); ///< without a signal

    SoundLayout currentLayout() const;
    TimeAxis axis() const;
    std::optional<SoundPlace> placeAt(QPointF device) const;
    void reveal(const TimeSpan& span); ///< moves just so far that it can be seen
    QSize sizeHint() const override;

public slots:
    void zoomIn();
    void zoomOut();
    void fit();

signals:
    void pointed(const heedmap::SoundPlace& place);
    void left();
    void clicked(const heedmap::SoundPlace& place, bool besideOthers); ///< besideOthers: with Ctrl or Shift
    void chosenChanged(const std::optional<heedmap::TimeSpan>& span);  ///< by dragging, or Esc
    void axisChanged();
    void tokenStepped(int by);         ///< left and right arrow
    void momentStepped(int by);        ///< the same with Shift
    void headStepped(int by);          ///< up and down arrow
    void activated(bool besideOthers); ///< Return
    void playAsked();                  ///< Space

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    enum class Drag
    {
        None,
        Pressed, ///< not moved yet
        Marking,
        Moving
    };
    /// What the backdrop was painted of.
    struct BackdropKey
    {
        const void* recording = nullptr;
        const void* envelope = nullptr;
        const void* mel = nullptr;
        QString reasons;
        TimeSpan visible;
        std::vector<bool> shownWindows = {};
        QSize size;
        double pixelRatio = 0;
        QRectF waveform;
        QRectF melLane;
        qint64 palette = 0;
        bool operator==(const BackdropKey&) const = default;
    };

    void holdLabelAt(QPointF device);
    void setAxis(const TimeAxis& axis);
    void redraw(); ///< all of it
    std::optional<std::size_t> tokenAt(SoundLane lane, QPointF device) const;
    const QPixmap& backdrop(const SoundLayout& layout, const TimeAxis& axis);
    const QPixmap& still(const SoundLayout& layout, const TimeAxis& axis);
    void mark(double fromX, double toX);

    SoundScene m_scene;
    std::optional<TimeSpan> m_visible; ///< absent: as much as was recorded
    QString m_hint;
    QPixmap m_backdrop;
    BackdropKey m_backdropKey;
    QPixmap m_still; ///< null: to be painted
    Drag m_drag = Drag::None;
    QPointF m_pressed;
    QPointF m_last;
    Qt::MouseButton m_button = Qt::NoButton;
};

} // namespace heedmap
