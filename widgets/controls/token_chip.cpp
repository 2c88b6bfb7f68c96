#include "widgets/controls/token_chip.h"

#include "widgets/context/map_labels.h"
#include "widgets/context/view_context.h"

#include <QEvent>
#include <QFocusEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace heedmap {

namespace {

constexpr int kPaddingX = 8;
constexpr int kPaddingTop = 4;
constexpr int kPaddingBottom = 7; // room for the bar
constexpr double kRadius = 5;

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

void TokenChip::setKept(bool kept)
{
    m_kept = kept;
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
    m_bar = length;
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
    const QFontMetrics metrics(font());
    const QString text = metrics.elidedText(m_spec.text, Qt::ElideRight, 40 * metrics.averageCharWidth());
    return QSize(metrics.horizontalAdvance(text) + 2 * kPaddingX, metrics.height() + kPaddingTop + kPaddingBottom);
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

bool TokenChip::isDimmed() const
{
    return m_spec.kind == ChipKind::Alternative || m_spec.kind == ChipKind::Special || m_spec.kind == ChipKind::Arrow ||
           m_spec.kind == ChipKind::More;
}

void TokenChip::paintBackground(QPainter& painter, const QRectF& frame) const
{
    const QPalette& colors = palette();
    const bool isFilled = m_spec.kind == ChipKind::Token || m_spec.kind == ChipKind::Generated;
    QColor fill = colors.color(QPalette::Button);
    if (m_spec.kind == ChipKind::Generated) {
        fill = ViewContext::markColor();
        fill.setAlphaF(0.22f);
    }
    QPen border(colors.color(QPalette::Mid), 1, Qt::DashLine);
    if (m_kept || m_previewed)
        border = QPen(ViewContext::markColor(), m_kept ? 2 : 1.4);
    else if (isFilled)
        border = QPen(Qt::NoPen);
    if (m_spec.kind == ChipKind::Arrow || m_spec.kind == ChipKind::More)
        border = QPen(Qt::NoPen);
    painter.setPen(border);
    painter.setBrush(isFilled ? QBrush(fill) : QBrush(Qt::NoBrush));
    painter.drawRoundedRect(frame, kRadius, kRadius);
}

void TokenChip::paintBar(QPainter& painter, const QRectF& frame) const
{
    if (!m_bar)
        return;
    const QRectF track(frame.left() + kPaddingX, frame.bottom() - 5, frame.width() - 2 * kPaddingX, 2.5);
    QColor faint = palette().color(QPalette::Text);
    faint.setAlphaF(0.12f);
    painter.fillRect(track, faint);
    const QRectF filled(track.topLeft(), QSizeF(track.width() * std::clamp(*m_bar, 0.0, 1.0), track.height()));
    painter.fillRect(filled, palette().color(QPalette::Highlight));
}

void TokenChip::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF frame = QRectF(rect()).adjusted(1.5, 1.5, -1.5, -1.5);
    paintBackground(painter, frame);
    paintBar(painter, frame);
    QFont textFont = font();
    textFont.setStrikeOut(m_struckOut);
    painter.setFont(textFont);
    painter.setPen(palette().color(isDimmed() || m_struckOut ? QPalette::Disabled : QPalette::Active, QPalette::Text));
    const QRectF textArea = frame.adjusted(kPaddingX - 2, kPaddingTop - 2, -kPaddingX + 2, -kPaddingBottom + 2);
    painter.drawText(
        textArea, Qt::AlignCenter,
        QFontMetrics(font()).elidedText(m_spec.text, Qt::ElideRight, static_cast<int>(textArea.width()) + 1));
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(palette().color(QPalette::Highlight), 1.2, Qt::DotLine));
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), kRadius + 1, kRadius + 1);
    }
}

} // namespace heedmap
