#include "widgets/controls/mass_bar.h"

#include "widgets/context/map_labels.h"
#include "widgets/image/mass_bar_painter.h"

#include <QFontMetrics>
#include <QPainter>

namespace heedmap {

MassBar::MassBar(QWidget* parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Maximum);
    setAccessibleName(tr("Weight off the picture"));
}

void MassBar::setMass(std::optional<double> mass)
{
    m_mass = mass;
    const QString meaning = tr("The part of the weight that lies on keys that are no patch (CLS, registers, padding).\n"
                               "It is never drawn on the picture.");
    setToolTip(mass ? tr("Off the picture: %1 of the weight\n%2").arg(probabilityText(*mass), meaning) : meaning);
    setAccessibleDescription(mass ? QString::number(*mass, 'f', 2) : QString());
    update();
}

QSize MassBar::sizeHint() const
{
    return QSize(QFontMetrics(font()).horizontalAdvance(tr("off picture")) + 12,
                 86 + 2 * QFontMetrics(font()).height());
}

QSize MassBar::minimumSizeHint() const
{
    return QSize(sizeHint().width(), 30 + 2 * QFontMetrics(font()).height());
}

void MassBar::paintEvent(QPaintEvent*)
{
    if (!m_mass)
        return;
    QPainter painter(this);
    paintMassBar(painter, QRectF(rect()).adjusted(8, 0, 0, 0), *m_mass, palette().color(QPalette::WindowText));
}

} // namespace heedmap
