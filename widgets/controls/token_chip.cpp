#include "widgets/controls/token_chip.h"

#include "widgets/context/map_labels.h"
#include "widgets/context/view_context.h"

#include <QEvent>
#include <QFocusEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

namespace heedmap {

namespace {

constexpr double kFocusRadius = 6;

} // namespace

TokenChip::TokenChip(ChipSpec spec, QWidget* parent) : QAbstractButton(parent), m_spec(std::move(spec))
{
    setText(m_spec.text);
    setToolTip(m_spec.description);
    setAccessibleName(m_spec.text);
    setAccessibleDescription(m_spec.description);
    setEnabled(m_spec.query.has_value());
    setCheckable(true);
    setFocusPolicy(m_spec.query ? Qt::ClickFocus : Qt::NoFocus); // the strip makes one chip the tab stop
    setAttribute(Qt::WA_Hover);
    connect(this, &QAbstractButton::clicked, this, [this] {
        setChecked(m_kept); // what is kept is decided by the selection, not by the button
        emit keepAsked(std::exchange(m_besideOthers, false));
    });
}

void TokenChip::mouseReleaseEvent(QMouseEvent* event)
{
    m_besideOthers = event->modifiers() & (Qt::ControlModifier | Qt::ShiftModifier);
    QAbstractButton::mouseReleaseEvent(event);
    m_besideOthers = false;
}

void TokenChip::keyPressEvent(QKeyEvent* event)
{
    const bool isReturn = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (!isReturn || (event->modifiers() & Qt::ControlModifier)) // Ctrl+Return runs the model
        return QAbstractButton::keyPressEvent(event);
    m_besideOthers = event->modifiers() & Qt::ShiftModifier;
    click();
}

void TokenChip::keyReleaseEvent(QKeyEvent* event)
{
    m_besideOthers = event->modifiers() & (Qt::ControlModifier | Qt::ShiftModifier);
    QAbstractButton::keyReleaseEvent(event); // Space clicks when it is let go
    m_besideOthers = false;
}

void TokenChip::setKept(bool kept, const QColor& color)
{
    if (m_kept == kept && m_color == color)
        return; // every hover comes by here, for every chip: they would all be painted anew
    m_kept = kept;
    m_color = color;
    setChecked(kept);
    update();
}

void TokenChip::setPreviewed(bool previewed)
{
    if (m_previewed == previewed)
        return;
    m_previewed = previewed;
    update();
}

void TokenChip::setBar(std::optional<double> length, const QString& value)
{
    if (length == m_bar && value == m_value)
        return;
    m_bar = length;
    m_value = value;
    setToolTip(length ? tr("%1\n%2").arg(m_spec.description, value) : m_spec.description);
    setAccessibleDescription(toolTip());
    update();
}

void TokenChip::setStruckOut(bool struckOut)
{
    if (m_struckOut == struckOut)
        return;
    m_struckOut = struckOut;
    update();
}

QSize TokenChip::sizeHint() const
{
    return chipSize(m_spec.text, QFontMetricsF(font())).toSize();
}

bool TokenChip::event(QEvent* event)
{
    switch (event->type()) {
    case QEvent::HoverEnter:
        if (isEnabled())
            emit previewed(true);
        break;
    case QEvent::HoverLeave:
        if (isEnabled())
            emit previewed(false);
        break;
    case QEvent::FocusIn: // walking with the keyboard is hovering without a mouse
        if (const auto reason = static_cast<QFocusEvent*>(event)->reason();
            reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason || reason == Qt::OtherFocusReason)
            emit previewed(true);
        break;
    case QEvent::FocusOut:
        emit previewed(false);
        break;
    default:
        break;
    }
    return QAbstractButton::event(event);
}

ChipLook TokenChip::look() const
{
    ChipLook look{m_spec.kind, m_spec.text, {}, 2, m_bar, m_struckOut};
    if (m_kept)
        look.frame = m_color;
    else if (m_previewed) {
        look.frame = ViewContext::markColor();
        look.frameWidth = 1.4;
    }
    return look;
}

void TokenChip::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paintChip(painter, QRectF(rect()), look(), ChipColors::fromPalette(palette()));
    if (hasFocus()) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(palette().color(QPalette::Highlight), 1.2, Qt::DotLine));
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), kFocusRadius, kFocusRadius);
    }
}

} // namespace heedmap
