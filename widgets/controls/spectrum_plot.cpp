#include "widgets/controls/spectrum_plot.h"

#include "widgets/context/mode_sides.h"
#include "widgets/image/mode_painter.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

namespace heedmap {

SpectrumPlot::SpectrumPlot(QWidget* parent) : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Singular values"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void SpectrumPlot::setModes(std::shared_ptr<const ModesResult> result, std::size_t chosen)
{
    m_result = std::move(result);
    m_chosen = chosen;
    setAccessibleDescription(
        modes() && chosen < modes()->subspaces.size() ? textOfMode(modes()->subspaces[chosen].first) : QString());
    update();
}

const SvdModes* SpectrumPlot::modes() const
{
    return m_result && !m_result->empty() ? &m_result->front().modes : nullptr;
}

QRectF SpectrumPlot::plotArea() const
{
    return QRectF(rect()).adjusted(1, fontMetrics().height() + 4, -1, -1);
}

QPointF SpectrumPlot::barPlace(std::int64_t mode) const
{
    const QRectF area = plotArea();
    for (double x = area.left(); modes() && x < area.right(); x += 0.5)
        if (spectrumModeAt(area, *modes(), x) == mode)
            return QPointF(x + 1, area.bottom() - fontMetrics().height() - 2);
    return area.center();
}

QString SpectrumPlot::textOfMode(std::int64_t mode) const
{
    const SvdModes& all = *modes();
    for (const ModeSubspace& subspace : all.subspaces)
        if (mode >= subspace.first && mode < subspace.first + subspace.dimension)
            return tr("%1\n%2").arg(modeName(subspace), modeFacts(all, subspace));
    return tr("mode %1: σ %2, %3 % of the energy")
        .arg(QString::number(mode + 1), QString::number(all.values[mode], 'g', 3),
             QString::number(100 * all.energy(mode), 'f', 1));
}

void SpectrumPlot::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const ModeInk ink{palette().color(QPalette::WindowText), palette().color(QPalette::Disabled, QPalette::Text),
                      palette().color(QPalette::Highlight)};
    painter.setPen(ink.fainter);
    painter.drawText(QRectF(1, 0, width(), fontMetrics().height()), Qt::AlignLeft | Qt::AlignVCenter,
                     fontMetrics().elidedText(tr("singular values"), Qt::ElideRight, width() - 2));
    if (modes())
        paintSpectrum(painter, plotArea(), *modes(), m_chosen, ink);
    if (hasFocus()) {
        painter.setPen(ink.accent);
        painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

void SpectrumPlot::mousePressEvent(QMouseEvent* event)
{
    const auto mode = modes() ? spectrumModeAt(plotArea(), *modes(), event->position().x()) : std::nullopt;
    if (!mode)
        return;
    const std::vector<ModeSubspace>& subspaces = modes()->subspaces;
    for (std::size_t i = 0; i < subspaces.size(); ++i)
        if (*mode >= subspaces[i].first && *mode < subspaces[i].first + subspaces[i].dimension)
            emit chosen(i);
}

void SpectrumPlot::keyPressEvent(QKeyEvent* event)
{
    const bool isRight = event->key() == Qt::Key_Right;
    if (!modes() || (!isRight && event->key() != Qt::Key_Left))
        return QWidget::keyPressEvent(event);
    if (isRight && m_chosen + 1 < modes()->subspaces.size())
        emit chosen(m_chosen + 1);
    if (!isRight && m_chosen > 0)
        emit chosen(m_chosen - 1);
}

void SpectrumPlot::focusInEvent(QFocusEvent* event)
{
    QWidget::focusInEvent(event);
    update();
}

void SpectrumPlot::focusOutEvent(QFocusEvent* event)
{
    QWidget::focusOutEvent(event);
    update();
}

bool SpectrumPlot::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const auto mode = modes() ? spectrumModeAt(plotArea(), *modes(), help->pos().x()) : std::nullopt;
    QToolTip::showText(help->globalPos(), mode ? textOfMode(*mode) : QString(), this);
    return true;
}

} // namespace heedmap
