#pragma once

#include "core/render/color_map.h"
#include "core/render/value_scale.h"

#include <QWidget>

#include <optional>

namespace heedmap {

/// The legend of the heat: colours, ticks in real units, a pointer at the value under the cursor.
class ColorBar : public QWidget
{
    Q_OBJECT

public:
    explicit ColorBar(QWidget* parent = nullptr);

    void setScale(const ColorMap& colors, const ValueScale& scale);
    void setPointer(std::optional<double> probability);
    const ValueScale& scale() const { return m_scale; }
    std::optional<double> pointer() const { return m_pointer; }
    QString readout(double y) const; ///< what the colour at a height of the widget stands for
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    QRectF barArea() const;

    const ColorMap* m_colors;
    ValueScale m_scale;
    std::optional<double> m_pointer;
};

} // namespace heedmap
