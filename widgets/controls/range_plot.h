#pragma once

#include "core/render/color_map.h"
#include "core/render/histogram.h"

#include <QLineEdit>
#include <QWidget>

#include <optional>

namespace heedmap {

class RangeHandle;

/// The histogram of a scale's weights with its black and white point as handles. It shows what it is given and asks for
/// limits; it changes none itself. The axis stays as it is while a handle is dragged.
class RangePlot : public QWidget
{
    Q_OBJECT

public:
    explicit RangePlot(QWidget* parent = nullptr);

    void setScale(const ColorMap& colors, const ValueScale& scale);
    /// A mark at the value under the pointer.
    void setPointer(std::optional<double> probability);

    const ValueScale& scale() const { return m_scale; }
    const Histogram& histogram() const { return m_histogram; }
    std::optional<double> pointer() const { return m_pointer; }
    RangeHandle& blackPoint() { return *m_black; }
    RangeHandle& whitePoint() { return *m_white; }
    QLineEdit& editor() { return *m_editor; }
    QRectF plotArea() const;
    /// Bin range, count and how they were counted: the tool tip at a place of the widget.
    QString readout(QPointF place) const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

signals:
    void limitsAsked(double low, double high); ///< displayed unit; low < high

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool event(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void connectHandle(RangeHandle* handle);
    void count();
    void placeHandles();
    double positionOfLimit(const RangeHandle* handle) const;
    void moveLimit(const RangeHandle* handle, double position);
    void startTyping(RangeHandle* handle);
    void finishTyping();
    void describeHandles();
    double xOf(double position) const;

    const ColorMap* m_colors;
    ValueScale m_scale;
    Histogram m_histogram;
    std::optional<double> m_pointer;
    RangeHandle* m_black;
    RangeHandle* m_white;
    QLineEdit* m_editor;
    RangeHandle* m_typed = nullptr; ///< whose value is being typed
};

} // namespace heedmap
