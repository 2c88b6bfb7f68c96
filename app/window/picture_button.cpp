#include "app/window/picture_button.h"

#include "widgets/image/stage_painter.h"

#include <QPainter>

namespace heedmap {

namespace {

constexpr QSize kLargest(480, 360);

} // namespace

PictureButton::PictureButton(QWidget* parent) : QPushButton(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setToolTip(tr("Open another picture"));
    setAccessibleName(tr("Picture"));
    setAttribute(Qt::WA_Hover);
}

void PictureButton::setPicture(const QImage& picture)
{
    m_picture = picture.isNull() ? QImage() : picture.scaled(kLargest, Qt::KeepAspectRatio, Qt::SmoothTransformation);
    update();
}

void PictureButton::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    const bool lit = hasFocus() || underMouse();
    painter.setPen(QPen(palette().color(lit ? QPalette::Highlight : QPalette::Mid), hasFocus() ? 2 : 1,
                        m_picture.isNull() ? Qt::DashLine : Qt::SolidLine));
    painter.setBrush(palette().color(QPalette::Base));
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 6, 6);
    const QRectF inside = QRectF(rect()).adjusted(5, 5, -5, -5);
    if (!m_picture.isNull()) {
        const QTransform transform = fittingTransform(m_picture.size(), inside);
        painter.drawImage(transform.mapRect(QRectF(m_picture.rect())), m_picture);
        return;
    }
    painter.setPen(palette().color(QPalette::Disabled, QPalette::Text));
    painter.drawText(inside, Qt::AlignCenter | Qt::TextWordWrap, tr("Drop, paste or\nopen a picture"));
}

} // namespace heedmap
