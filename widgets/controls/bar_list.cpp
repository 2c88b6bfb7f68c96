#include "widgets/controls/bar_list.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QScrollBar>

#include <algorithm>

namespace heedmap {

BarList::BarList(QWidget* parent) : QScrollArea(parent), m_content(new QWidget)
{
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setWidget(m_content);
    m_content->setMouseTracking(true);
    m_content->installEventFilter(this);
    setMinimumSize(160, 60);
    setAccessibleName(tr("Values as bars"));
    viewport()->setAutoFillBackground(false);
    m_content->setAutoFillBackground(false);
}

double BarList::lineHeight() const
{
    return QFontMetricsF(font()).height() + 4;
}

void BarList::setBars(std::vector<NamedBar> bars)
{
    m_bars = std::move(bars);
    m_content->resize(viewport()->width(), static_cast<int>(lineHeight() * static_cast<double>(m_bars.size())) + 2);
    m_content->update();
}

void BarList::resizeEvent(QResizeEvent* event)
{
    QScrollArea::resizeEvent(event);
    m_content->resize(viewport()->width(), m_content->height());
}

void BarList::setMark(std::optional<std::size_t> position)
{
    if (position == m_mark)
        return;
    m_mark = position;
    if (const std::optional<std::size_t> line = markedLine(); line && !m_content->underMouse())
        ensureVisible(0, static_cast<int>(lineHeight() * (static_cast<double>(*line) + 0.5)), 0, 20);
    m_content->update();
}

std::optional<std::size_t> BarList::markedLine() const
{
    for (std::size_t line = 0; m_mark && line < m_bars.size(); ++line)
        if (m_bars[line].position == *m_mark)
            return line;
    return std::nullopt;
}

void BarList::goToLine(std::size_t line)
{
    if (!m_bars.empty())
        emit hovered(static_cast<qint64>(m_bars[std::min(line, m_bars.size() - 1)].position));
}

void BarList::keyPressEvent(QKeyEvent* event)
{
    const std::optional<std::size_t> line = markedLine();
    switch (event->key()) {
    case Qt::Key_Up:
        return goToLine(line && *line > 0 ? *line - 1 : 0);
    case Qt::Key_Down:
        return goToLine(line ? *line + 1 : 0);
    case Qt::Key_Home:
        return goToLine(0);
    case Qt::Key_End:
        return goToLine(m_bars.size());
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        if (line)
            emit clicked(static_cast<qint64>(*m_mark));
        return;
    default:
        QScrollArea::keyPressEvent(event);
    }
}

qint64 BarList::positionAt(double y) const
{
    const auto line = static_cast<qint64>(y / lineHeight());
    return y >= 0 && line < static_cast<qint64>(m_bars.size())
               ? static_cast<qint64>(m_bars[static_cast<std::size_t>(line)].position)
               : -1;
}

void BarList::paintContent()
{
    QPainter painter(m_content);
    painter.setFont(font());
    BarColumns columns;
    const QFontMetricsF metrics(font());
    columns.name = columns.value = 0;
    for (const NamedBar& bar : m_bars) {
        columns.name = std::max(columns.name, metrics.horizontalAdvance(bar.name) + 12);
        columns.value = std::max(columns.value, metrics.horizontalAdvance(bar.value) + 16);
    }
    columns.name = std::min(columns.name, 0.4 * m_content->width());
    columns.bar = std::max(20.0, m_content->width() - columns.name - columns.value);
    for (std::size_t line = 0; line < m_bars.size(); ++line)
        if (m_mark == m_bars[line].position)
            painter.fillRect(QRectF(0, lineHeight() * static_cast<double>(line), m_content->width(), lineHeight()),
                             palette().color(QPalette::AlternateBase));
    paintNamedBars(painter, m_bars, lineHeight(), columns, palette().color(QPalette::WindowText));
}

bool BarList::eventFilter(QObject* watched, QEvent* event)
{
    if (watched != m_content)
        return QScrollArea::eventFilter(watched, event);
    if (event->type() == QEvent::Paint)
        paintContent();
    else if (event->type() == QEvent::MouseMove)
        emit hovered(positionAt(static_cast<QMouseEvent*>(event)->position().y()));
    else if (event->type() == QEvent::Leave)
        emit hovered(-1);
    else if (event->type() == QEvent::MouseButtonRelease) {
        if (const qint64 position = positionAt(static_cast<QMouseEvent*>(event)->position().y()); position >= 0)
            emit clicked(position);
    }
    return false;
}

} // namespace heedmap
