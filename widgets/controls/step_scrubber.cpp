#include "widgets/controls/step_scrubber.h"

#include "widgets/context/map_labels.h"
#include "widgets/context/view_context.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

constexpr int kGap = 2;
constexpr int kPadding = 7;
constexpr int kLeastWidth = 26;
constexpr int kMostWidth = 110;
constexpr int kColumnHeight = 22;
constexpr int kScrollMark = 5; ///< room below the columns
constexpr int kWheelNotch = 120;

} // namespace

StepScrubber::StepScrubber(QWidget* parent) : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Generated tokens"));
    arrange();
}

void StepScrubber::setSteps(std::vector<ScrubberStep> steps)
{
    if (steps == m_steps)
        return;
    m_steps = std::move(steps);
    m_current = 0;
    m_looked = false;
    m_dragging = false;
    arrange();
    describe();
}

void StepScrubber::setCurrent(std::size_t step, bool looked)
{
    const std::size_t current = std::min(step, m_steps.empty() ? 0 : m_steps.size() - 1);
    if (current == m_current && looked == m_looked)
        return;
    m_current = current;
    m_looked = looked;
    if (!m_dragging) // what is under the pointer must not run away from it
        centreCurrent();
    describe();
    update();
}

void StepScrubber::arrange()
{
    const QFontMetrics metrics(font());
    m_begins.clear();
    int x = 0;
    for (const ScrubberStep& step : m_steps) {
        m_begins.push_back(x);
        x += std::clamp(metrics.horizontalAdvance(step.text) + 2 * kPadding, kLeastWidth, kMostWidth) + kGap;
    }
    m_begins.push_back(x);
    centreCurrent();
    update();
}

void StepScrubber::centreCurrent()
{
    if (!m_steps.empty())
        scrollTo((m_begins[m_current] + m_begins[m_current + 1] - width()) / 2);
}

void StepScrubber::scrollTo(int offset)
{
    const int offsetWithin = std::clamp(offset, 0, std::max(0, m_begins.back() - width()));
    if (offsetWithin == m_offset)
        return;
    m_offset = offsetWithin;
    update();
}

QRect StepScrubber::stepRect(std::size_t step) const
{
    return QRect(m_begins[step] - m_offset, 0, m_begins[step + 1] - m_begins[step] - kGap, height() - kScrollMark);
}

std::optional<std::size_t> StepScrubber::stepAt(int x) const
{
    if (m_steps.empty())
        return std::nullopt;
    const auto after = std::upper_bound(m_begins.begin(), m_begins.end() - 1, x + m_offset);
    return static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, after - m_begins.begin() - 1));
}

QSize StepScrubber::sizeHint() const
{
    return QSize(240, QFontMetrics(font()).height() + 6 + kColumnHeight + kScrollMark);
}

QSize StepScrubber::minimumSizeHint() const
{
    return QSize(kLeastWidth, sizeHint().height());
}

void StepScrubber::describe()
{
    if (m_steps.empty())
        return setAccessibleDescription({});
    const ScrubberStep& step = m_steps[m_current];
    setAccessibleDescription(tr("step %1 of %2: %3, probability %4")
                                 .arg(m_current + 1)
                                 .arg(m_steps.size())
                                 .arg(step.text, probabilityText(step.probability)));
}

void StepScrubber::paintStep(QPainter& painter, std::size_t step) const
{
    const QRectF frame = QRectF(stepRect(step)).adjusted(1, 1, -1, -1);
    const ScrubberStep& shown = m_steps[step];
    const bool isCurrent = step == m_current;
    QColor fill = isCurrent ? ViewContext::markColor() : palette().color(QPalette::Text);
    fill.setAlphaF(isCurrent ? 0.22f : 0.05f);
    painter.setPen(isCurrent ? QPen(ViewContext::markColor(), m_looked ? 2 : 1, m_looked ? Qt::SolidLine : Qt::DashLine)
                             : QPen(Qt::NoPen));
    painter.setBrush(fill);
    painter.drawRoundedRect(frame, 4, 4);
    const double share = std::isfinite(shown.probability) ? std::clamp(shown.probability, 0.0, 1.0) : 0;
    const QRectF track(frame.left() + 3, frame.bottom() - 2 - (kColumnHeight - 4), frame.width() - 6,
                       kColumnHeight - 4);
    QColor faint = palette().color(QPalette::Text);
    faint.setAlphaF(0.08f);
    painter.fillRect(track, faint);
    painter.fillRect(track.adjusted(0, track.height() * (1 - share), 0, 0),
                     isCurrent ? ViewContext::markColor() : palette().color(QPalette::Highlight));
    painter.setPen(palette().color(QPalette::Text));
    const QRectF text(frame.left(), frame.top() + 1, frame.width(), track.top() - frame.top() - 1);
    painter.drawText(text, Qt::AlignCenter,
                     painter.fontMetrics().elidedText(shown.text, Qt::ElideRight, static_cast<int>(text.width())));
}

/// Which part of the row is in sight.
void StepScrubber::paintScrollMark(QPainter& painter) const
{
    const int whole = m_begins.back();
    if (whole <= width())
        return;
    const double scale = static_cast<double>(width()) / whole;
    QColor faint = palette().color(QPalette::Text);
    faint.setAlphaF(0.15f);
    painter.fillRect(QRectF(0, height() - 2, width(), 2), faint);
    painter.fillRect(QRectF(m_offset * scale, height() - 2, width() * scale, 2), palette().color(QPalette::Highlight));
}

void StepScrubber::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    for (std::size_t step = 0; step < m_steps.size(); ++step)
        if (stepRect(step).intersects(rect()))
            paintStep(painter, step);
    paintScrollMark(painter);
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(palette().color(QPalette::Highlight), 1, Qt::DotLine));
        painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

void StepScrubber::resizeEvent(QResizeEvent*)
{
    centreCurrent();
}

bool StepScrubber::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        if (const auto step = stepAt(help->pos().x()); step && stepRect(*step).contains(help->pos()))
            QToolTip::showText(help->globalPos(),
                               tr("step %1 of %2: %3\nprobability %4")
                                   .arg(*step + 1)
                                   .arg(m_steps.size())
                                   .arg(m_steps[*step].text, probabilityText(m_steps[*step].probability)),
                               this, stepRect(*step));
        return true;
    }
    if (event->type() == QEvent::FontChange)
        arrange();
    return QWidget::event(event);
}

void StepScrubber::dragTo(int x)
{
    std::optional<std::size_t> step = stepAt(std::clamp(x, 0, width() - 1));
    if (!step)
        return;
    // Beyond an edge the row moves on, a step at a time.
    if (x < 0 && *step > 0)
        --*step;
    else if (x >= width() && *step + 1 < m_steps.size())
        ++*step;
    const QRect place = stepRect(*step);
    scrollTo(m_offset + std::min(0, place.left()) + std::max(0, place.right() - width() + 1));
    if (*step != m_current || !m_looked)
        emit previewed(*step);
}

void StepScrubber::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || m_steps.empty())
        return QWidget::mousePressEvent(event);
    m_dragging = true;
    dragTo(event->position().toPoint().x());
}

void StepScrubber::mouseMoveEvent(QMouseEvent* event)
{
    if (m_dragging)
        dragTo(event->position().toPoint().x());
}

void StepScrubber::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || !std::exchange(m_dragging, false))
        return;
    const auto step = static_cast<std::ptrdiff_t>(m_current);
    emit previewEnded();
    choose(step);
    centreCurrent();
}

void StepScrubber::wheelEvent(QWheelEvent* event)
{
    const QPoint turned = event->angleDelta();
    m_wheel += std::abs(turned.x()) > std::abs(turned.y()) ? turned.x() : turned.y();
    const int steps = m_wheel / kWheelNotch;
    m_wheel -= steps * kWheelNotch;
    if (steps != 0)
        choose(static_cast<std::ptrdiff_t>(m_current) - steps);
    event->accept();
}

void StepScrubber::keyPressEvent(QKeyEvent* event)
{
    const auto current = static_cast<std::ptrdiff_t>(m_current);
    switch (event->key()) {
    case Qt::Key_Left:
        return choose(current - 1);
    case Qt::Key_Right:
        return choose(current + 1);
    case Qt::Key_Home:
        return choose(0);
    case Qt::Key_End:
        return choose(static_cast<std::ptrdiff_t>(m_steps.size()) - 1);
    case Qt::Key_Space:
        return choose(current);
    default:
        QWidget::keyPressEvent(event);
    }
}

void StepScrubber::choose(std::ptrdiff_t step)
{
    if (m_steps.empty())
        return;
    const auto last = static_cast<std::ptrdiff_t>(m_steps.size()) - 1;
    emit chosen(static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(step, 0, last)));
}

} // namespace heedmap
