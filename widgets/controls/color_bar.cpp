#include "widgets/controls/color_bar.h"

#include "widgets/image/color_bar_painter.h"

#include <QPainter>

namespace heedmap {

namespace {

constexpr double kBarLeft = 8; // room for the pointer
constexpr double kBarWidth = 14;
constexpr int kWidth = 78; // fixed, so that the picture does not jump when ticks change

} // namespace

ColorBar::ColorBar(QWidget* parent) : QWidget(parent), m_colors(&colorMaps().front())
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
    setAccessibleName(tr("Colour bar"));
}

void ColorBar::setScale(const ColorMap& colors, const ValueScale& scale)
{
    m_colors = &colors;
    m_scale = scale;
    setAccessibleDescription(
        tr("from %1 to %2, %3").arg(scale.low).arg(scale.high).arg(QString::fromStdString(scale.unitLabel())));
    update();
}

void ColorBar::setPointer(std::optional<double> probability)
{
    m_pointer = probability;
    update();
}

QSize ColorBar::sizeHint() const
{
    return QSize(kWidth, 200);
}

QSize ColorBar::minimumSizeHint() const
{
    return QSize(kWidth, 60);
}

void ColorBar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const QRectF bar(kBarLeft, 1, kBarWidth, height() - 2);
    const QColor ink = palette().color(QPalette::WindowText);
    paintColorBar(painter, bar, *m_colors, m_scale, ink);
    if (m_pointer)
        paintColorBarPointer(painter, bar, m_scale, *m_pointer, ink);
}

} // namespace heedmap
