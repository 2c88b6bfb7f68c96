#include "widgets/controls/color_bar.h"

#include "widgets/context/map_labels.h"
#include "widgets/image/color_bar_painter.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

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

QRectF ColorBar::barArea() const
{
    return QRectF(kBarLeft, 1, kBarWidth, height() - 2);
}

QString ColorBar::readout(double y) const
{
    const QRectF bar = barArea();
    const double position = std::clamp((bar.bottom() - y) / std::max(1.0, bar.height()), 0.0, 1.0);
    const double value = m_scale.displayedAt(position);
    const QString text = tr("%1\n%2").arg(QString::fromStdString(m_scale.formatWithUnit(value)),
                                          valueText(m_scale, m_scale.probabilityFromDisplayed(value)));
    if (m_scale.curve != ValueCurve::Percentile)
        return text;
    const double rank = m_scale.rankBelowLow + position * (m_scale.rankOfHigh - m_scale.rankBelowLow);
    return tr("%1\n%2 % of the weights in sight are at most as large").arg(text).arg(100 * rank, 0, 'f', 1);
}

bool ColorBar::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    QToolTip::showText(help->globalPos(), readout(help->pos().y()), this);
    return true;
}

void ColorBar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const QRectF bar = barArea();
    const QColor ink = palette().color(QPalette::WindowText);
    paintColorBar(painter, bar, *m_colors, m_scale, ink);
    if (m_pointer)
        paintColorBarPointer(painter, bar, m_scale, *m_pointer, ink);
}

} // namespace heedmap
