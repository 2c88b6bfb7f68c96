#include "widgets/controls/range_plot.h"

#include "widgets/context/map_labels.h"
#include "widgets/controls/range_handle.h"
#include "widgets/image/histogram_painter.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QLocale>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

constexpr double kBinWidth = 5;
constexpr double kSmallestGap = 0.004; // of the axis between the two points

QString countText(std::int64_t count)
{
    return QLocale().toString(static_cast<qlonglong>(count));
}

} // namespace

RangePlot::RangePlot(QWidget* parent)
    : QWidget(parent), m_colors(&colorMaps().front()), m_black(new RangeHandle(RangeHandle::Point::Black, this)),
      m_white(new RangeHandle(RangeHandle::Point::White, this)), m_editor(new QLineEdit(this))
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Histogram of the weights in sight"));
    setMouseTracking(true);
    connectHandle(m_black);
    connectHandle(m_white);
    m_editor->hide();
    m_editor->setAccessibleName(tr("Limit"));
    m_editor->installEventFilter(this);
    connect(m_editor, &QLineEdit::returnPressed, this, &RangePlot::finishTyping);
    setTabOrder(m_black, m_white);
}

void RangePlot::connectHandle(RangeHandle* handle)
{
    connect(handle, &RangeHandle::draggedTo, this, [this, handle](double x) {
        moveLimit(handle, (x - plotArea().left()) / std::max(1.0, plotArea().width()));
    });
    connect(handle, &RangeHandle::dropped, this, [this] {
        count();
        placeHandles();
        update();
    });
    connect(handle, &RangeHandle::stepped, this, [this, handle](int percent) {
        moveLimit(handle, std::clamp(positionOfLimit(handle) + percent / 100.0, 0.0, 1.0));
    });
    connect(handle, &RangeHandle::typingAsked, this, [this, handle] { startTyping(handle); });
}

void RangePlot::setScale(const ColorMap& colors, const ValueScale& scale)
{
    m_colors = &colors;
    m_scale = scale;
    if (!m_black->isDragged() && !m_white->isDragged())
        count();
    placeHandles();
    describeHandles();
    update();
}

void RangePlot::setPointer(std::optional<double> probability)
{
    if (probability == m_pointer)
        return;
    m_pointer = probability;
    update();
}

QRectF RangePlot::plotArea() const
{
    const double side = RangeHandle::kWidth / 2.0 + 1;
    return QRectF(rect()).adjusted(side, 2, -side, -histogramLabelHeight(QFontMetricsF(font())) - 1);
}

QSize RangePlot::sizeHint() const
{
    return QSize(320, 50 + static_cast<int>(histogramLabelHeight(QFontMetricsF(font()))));
}

QSize RangePlot::minimumSizeHint() const
{
    return QSize(80, sizeHint().height());
}

void RangePlot::count()
{
    m_histogram = countWeights(m_scale, std::clamp(static_cast<int>(plotArea().width() / kBinWidth), 8, 256));
}

double RangePlot::xOf(double position) const
{
    return plotArea().left() + std::clamp(position, 0.0, 1.0) * plotArea().width();
}

void RangePlot::placeHandles()
{
    for (RangeHandle* handle : {m_black, m_white}) {
        const double x = xOf(positionOfLimit(handle));
        handle->setGeometry(static_cast<int>(std::floor(x - RangeHandle::kWidth / 2.0 + 0.5)), 0, RangeHandle::kWidth,
                            static_cast<int>(plotArea().bottom()) + 1);
    }
}

void RangePlot::describeHandles()
{
    for (RangeHandle* handle : {m_black, m_white}) {
        const double value = handle == m_black ? m_scale.low : m_scale.high;
        const QString name = handle == m_black ? tr("Black point: %1 and less have the lowest colour")
                                               : tr("White point: %1 and more have the highest colour");
        const QString text = name.arg(QString::fromStdString(m_scale.formatDisplayed(value)));
        handle->setAccessibleDescription(text);
        handle->setToolTip(tr("%1\n%2\nDrag it, move it with the arrow keys, or double-click to type a value.")
                               .arg(text, valueText(m_scale, m_scale.probabilityFromDisplayed(value))));
    }
}

double RangePlot::positionOfLimit(const RangeHandle* handle) const
{
    return std::clamp(m_histogram.positionOf(handle == m_black ? m_scale.low : m_scale.high), 0.0, 1.0);
}

void RangePlot::moveLimit(const RangeHandle* handle, double position)
{
    double low = m_scale.low;
    double high = m_scale.high;
    if (handle == m_black)
        low = m_histogram.valueAt(std::clamp(position, 0.0, positionOfLimit(m_white) - kSmallestGap));
    else
        high = m_histogram.valueAt(std::clamp(position, positionOfLimit(m_black) + kSmallestGap, 1.0));
    if (low < high)
        emit limitsAsked(low, high);
}

void RangePlot::startTyping(RangeHandle* handle)
{
    m_typed = handle;
    const double value = handle == m_black ? m_scale.low : m_scale.high;
    m_editor->setText(QString::number(value, 'g', 6));
    m_editor->setToolTip(tr("A number in the unit %1. Return: take it. Escape: leave it.")
                             .arg(QString::fromStdString(m_scale.unitLabel())));
    const int width = std::min(this->width(), 96);
    const int left = std::clamp(handle->geometry().center().x() - width / 2, 0, this->width() - width);
    m_editor->setGeometry(left, 4, width, m_editor->sizeHint().height());
    m_editor->selectAll();
    m_editor->show();
    m_editor->raise();
    m_editor->setFocus(Qt::OtherFocusReason);
}

void RangePlot::finishTyping()
{
    QString text = m_editor->text().trimmed();
    text.remove(QChar(0x00d7)); // ×
    bool isNumber = false;
    double value = QLocale::c().toDouble(text, &isNumber);
    if (!isNumber)
        value = QLocale().toDouble(text, &isNumber);
    const double low = m_typed == m_black ? value : m_scale.low;
    const double high = m_typed == m_white ? value : m_scale.high;
    QString complaint;
    if (!isNumber || !std::isfinite(value) || std::abs(value) > 1e100)
        complaint = tr("This is no number.");
    else if (!(low < high))
        complaint = tr("The black point must be below the white point.");
    else if (m_scale.curve == ValueCurve::Logarithmic && low < 1e-30)
        complaint = tr("A logarithmic scale begins above 0.");
    if (!complaint.isEmpty()) {
        QToolTip::showText(m_editor->mapToGlobal(QPoint(0, m_editor->height())), complaint, m_editor);
        m_editor->selectAll();
        return;
    }
    RangeHandle* handle = m_typed;
    m_editor->hide();
    handle->setFocus(Qt::OtherFocusReason);
    emit limitsAsked(low, high);
}

bool RangePlot::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_editor && event->type() == QEvent::FocusOut)
        m_editor->hide();
    if (watched == m_editor && event->type() == QEvent::KeyPress &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        m_editor->hide();
        m_typed->setFocus(Qt::OtherFocusReason);
        return true;
    }
    if (watched == m_editor && event->type() == QEvent::ShortcutOverride)
        event->accept(); // Escape and digits are the editor's, not the window's
    return QWidget::eventFilter(watched, event);
}

QString RangePlot::readout(QPointF place) const
{
    if (!m_scale.sample || m_histogram.counts.empty())
        return {};
    const QRectF area = plotArea();
    const int bin = m_histogram.binAt((place.x() - area.left()) / std::max(1.0, area.width()));
    const WeightSample& sample = *m_scale.sample;
    const auto text = [&](double value) { return QString::fromStdString(m_scale.formatDisplayed(value)); };
    const auto probability = [&](double value) { return probabilityText(m_scale.probabilityFromDisplayed(value)); };
    const double from = m_histogram.edge(bin);
    const double to = m_histogram.edge(bin + 1);
    QString readout = tr("%1 of %2 weights from %3 to %4\nprobability %5 to %6")
                          .arg(countText(m_histogram.counts[static_cast<std::size_t>(bin)]),
                               countText(static_cast<std::int64_t>(sample.sorted.size())), text(from),
                               QString::fromStdString(m_scale.formatWithUnit(to)), probability(from), probability(to));
    if (m_scale.withoutSpecial)
        readout += tr(", renormalised without special tokens");
    if (m_histogram.below > 0)
        readout += tr("\n%1 weights below %2, 0 included").arg(countText(m_histogram.below), text(m_histogram.first));
    if (sample.notFinite > 0)
        readout += tr("\n%1 weights are no finite numbers and are left out").arg(countText(sample.notFinite));
    if (sample.isPart())
        readout += tr("\ncounted on every %1th of %2 weights")
                       .arg(qRound64(static_cast<double>(sample.count) / static_cast<double>(sample.sorted.size())))
                       .arg(countText(sample.count));
    return readout + tr("\nheights: square root of the count");
}

bool RangePlot::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QToolTip::showText(help->globalPos(), readout(help->pos()), this);
        return true;
    }
    return QWidget::event(event);
}

void RangePlot::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    count();
    placeHandles();
}

void RangePlot::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const QRectF area = plotArea();
    paintHistogram(painter, area, m_histogram, m_scale, *m_colors, palette().color(QPalette::WindowText));
    if (m_pointer)
        paintHistogramMark(painter, area, m_histogram.positionOf(m_scale.displayed(*m_pointer)),
                           ViewContext::markColor());
}

} // namespace heedmap
