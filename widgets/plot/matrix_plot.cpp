#include "widgets/plot/matrix_plot.h"

#include "widgets/plot/matrix_layers.h"

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

constexpr int kLabelWidth = 76;    // of queries, at most
constexpr int kMarginHeight = 30;  // bars above the matrix
constexpr int kMarginWidth = 54;   // bars at its right
constexpr int kSegmentHeight = 16; // names of segments
constexpr int kTitleHeight = 15;
constexpr double kFewestCells = 3;
constexpr double kWheelStep = 0.8; // for 120 units
constexpr double kKeyStep = 0.7;
const QString kOverlay = QStringLiteral("overlay");

QCPRange clampedRange(double begin, double size, double count)
{
    size = std::clamp(size, std::min(count, kFewestCells), count);
    begin = std::clamp(begin, 0.0, count - size);
    return QCPRange(begin, begin + size);
}

} // namespace

struct MatrixPlot::Parts
{
    QCPAxisRect* top = nullptr;
    QCPAxisRect* main = nullptr;
    QCPAxisRect* right = nullptr;
    TileLayer* tiles = nullptr;
    MarkLayer* marks = nullptr;
    MarginLayer* columnBars = nullptr;
    MarginLayer* rowBars = nullptr;
    QSharedPointer<PositionTicker> rowTicker;

    QCPAxis* x() const { return main->axis(QCPAxis::atBottom); }
    QCPAxis* y() const { return main->axis(QCPAxis::atLeft); }
};

MatrixPlot::MatrixPlot(QWidget* parent) : QWidget(parent), m_plot(new QCustomPlot(this)), m_parts(new Parts)
{
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(tr("Matrix of a map: queries down, keys across"));
    setToolTip(tr("Wheel: zoom (Ctrl: keys alone, Shift: queries alone) · drag: move · Shift+drag: zoom into a box\n"
                  "click: keep · arrow keys, Return, +, −, 0"));
    m_plot->setFocusPolicy(Qt::NoFocus);
    m_plot->setMouseTracking(true);
    m_plot->installEventFilter(this);
    build();
    applyPalette();
}

MatrixPlot::~MatrixPlot()
{
    m_plot->removeEventFilter(this);
    delete m_plot; // its layers read the sides
}

void MatrixPlot::build()
{
    m_plot->plotLayout()->clear();
    m_plot->plotLayout()->setRowSpacing(0);
    m_plot->plotLayout()->setColumnSpacing(4);
    m_parts->top = new QCPAxisRect(m_plot, false);
    m_parts->main = new QCPAxisRect(m_plot, true);
    m_parts->right = new QCPAxisRect(m_plot, false);
    m_plot->plotLayout()->addElement(0, 0, m_parts->top);
    m_plot->plotLayout()->addElement(1, 0, m_parts->main);
    m_plot->plotLayout()->addElement(1, 1, m_parts->right);
    m_parts->top->addAxis(QCPAxis::atBottom)->setVisible(false);
    m_parts->right->addAxis(QCPAxis::atLeft)->setVisible(false);
    m_parts->right->axis(QCPAxis::atLeft)->setRangeReversed(true);
    for (QCPAxisRect* area : {m_parts->top, m_parts->main, m_parts->right}) {
        area->setAutoMargins(QCP::msNone); // what is written must not move the matrix
        area->setMinimumSize(1, 1);
    }
    for (QCPAxis* axis : m_parts->main->axes()) {
        axis->setLayer(QStringLiteral("axes"));
        axis->grid()->setVisible(false);
        axis->setTickLength(0, 3);
        axis->setSubTicks(false);
        axis->setTickLabelPadding(2);
        axis->setBasePen(Qt::NoPen);
    }
    m_parts->y()->setRangeReversed(true);
    m_parts->rowTicker.reset(new PositionTicker(*m_parts->y(), m_rows));
    m_parts->y()->setTicker(m_parts->rowTicker);
    m_parts->x()->setTicker(QSharedPointer<PositionTicker>(new PositionTicker(*m_parts->x(), m_columns)));
    QCPAxis* columnNames = m_parts->main->axis(QCPAxis::atTop);
    QCPAxis* rowNames = m_parts->main->axis(QCPAxis::atRight);
    columnNames->setTicker(QSharedPointer<SegmentTicker>(new SegmentTicker(*columnNames, m_columns)));
    rowNames->setTicker(QSharedPointer<SegmentTicker>(new SegmentTicker(*rowNames, m_rows)));
    rowNames->setRangeReversed(true);
    rowNames->setTickLabelRotation(90);
    for (QCPAxis* names : {columnNames, rowNames}) {
        names->setVisible(true);
        names->setTickLengthIn(0);
        names->setTickLengthOut(0);
        names->setTickPen(Qt::NoPen);
    }
    m_plot->layer(kOverlay)->setMode(QCPLayer::lmBuffered);
    m_parts->tiles = new TileLayer(*m_parts->main, m_rows, m_columns);
    m_parts->marks = new MarkLayer(*m_parts->main, kOverlay);
    m_parts->columnBars = new MarginLayer(*m_parts->top, Qt::Horizontal);
    m_parts->rowBars = new MarginLayer(*m_parts->right, Qt::Vertical);
    arrangeSides();
}

void MatrixPlot::applyPalette()
{
    const QColor ink = palette().color(QPalette::WindowText);
    const QColor fainter = palette().color(QPalette::Disabled, QPalette::WindowText);
    m_plot->setBackground(palette().brush(QPalette::Window));
    for (QCPAxis* axis : m_parts->main->axes()) {
        const bool names = axis->axisType() == QCPAxis::atTop || axis->axisType() == QCPAxis::atRight;
        axis->setTickLabelColor(names ? fainter : ink);
        QFont small = font();
        small.setPointSizeF(std::max(6.0, font().pointSizeF() * 0.88));
        axis->setTickLabelFont(small);
        if (!names)
            axis->setTickPen(QPen(fainter));
    }
    m_parts->tiles->unread = palette().color(QPalette::Base);
    m_parts->tiles->ink = palette().color(QPalette::Mid);
    m_parts->marks->ink = ink;
    for (MarginLayer* bars : {m_parts->columnBars, m_parts->rowBars}) {
        bars->bars = palette().color(QPalette::Highlight);
        bars->ink = fainter;
    }
}

void MatrixPlot::arrangeSides()
{
    double widest = 0;
    const QFontMetricsF metrics(m_parts->y()->tickLabelFont());
    const std::int64_t step = std::max<std::int64_t>(1, m_rows.count / 200);
    for (std::int64_t row = 0; row < m_rows.count && m_rows.label; row += step)
        widest = std::max(widest, metrics.horizontalAdvance(m_rows.label(row)));
    const int left = static_cast<int>(std::ceil(std::min<double>(widest, kLabelWidth))) + 12;
    m_parts->rowTicker->mostWidth = left - 10;
    const int names = m_columns.segments.size() > 1 ? kSegmentHeight : 4;
    const int rowNames = m_rows.segments.size() > 1 ? kSegmentHeight : 2;
    const int labels = static_cast<int>(metrics.height()) + 8;
    m_parts->main->setMargins(QMargins(left, names, rowNames, std::max(labels, 2 * kTitleHeight)));
    m_parts->top->setMargins(QMargins(left, kTitleHeight, rowNames, 0));
    m_parts->right->setMargins(QMargins(0, names, 2, std::max(labels, 2 * kTitleHeight)));
    m_parts->top->setMinimumSize(1, kMarginHeight + kTitleHeight);
    m_parts->top->setMaximumSize(QWIDGETSIZE_MAX, kMarginHeight + kTitleHeight);
    m_parts->right->setMinimumSize(kMarginWidth, 1);
    m_parts->right->setMaximumSize(kMarginWidth, QWIDGETSIZE_MAX);
}

void MatrixPlot::setSides(const MatrixSide& rows, const MatrixSide& columns)
{
    const bool isOther = rows.count != m_rows.count || columns.count != m_columns.count;
    m_rows = rows;
    m_columns = columns;
    arrangeSides();
    if (isOther)
        showAll();
    replotAll();
}

void MatrixPlot::setTiles(std::vector<MatrixTile> tiles)
{
    m_parts->tiles->tiles = std::move(tiles);
    replotAll();
}

void MatrixPlot::setMargins(const MatrixMargin& columns, const MatrixMargin& rows)
{
    m_parts->columnBars->margin = columns;
    m_parts->rowBars->margin = rows;
    replotAll();
}

void MatrixPlot::setMarks(const MatrixMarks& marks)
{
    if (marks == m_parts->marks->marks)
        return;
    m_parts->marks->marks = marks;
    m_plot->layer(kOverlay)->replot();
}

void MatrixPlot::replotAll()
{
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

QRectF MatrixPlot::window() const
{
    const QCPRange x = m_parts->x()->range();
    const QCPRange y = m_parts->y()->range();
    return QRectF(x.lower, y.lower, x.size(), y.size());
}

void MatrixPlot::setWindow(const QRectF& window)
{
    if (m_rows.count == 0 || m_columns.count == 0)
        return;
    const QCPRange x = clampedRange(window.left(), window.width(), double(m_columns.count));
    const QCPRange y = clampedRange(window.top(), window.height(), double(m_rows.count));
    for (QCPAxis* axis : {m_parts->x(), m_parts->main->axis(QCPAxis::atTop), m_parts->top->axis(QCPAxis::atBottom)})
        axis->setRange(x);
    for (QCPAxis* axis : {m_parts->y(), m_parts->main->axis(QCPAxis::atRight), m_parts->right->axis(QCPAxis::atLeft)})
        axis->setRange(y);
    replotAll();
    emit windowChanged();
}

bool MatrixPlot::isWhole() const
{
    return window().width() >= double(m_columns.count) && window().height() >= double(m_rows.count);
}

void MatrixPlot::showAll()
{
    setWindow(QRectF(0, 0, double(m_columns.count), double(m_rows.count)));
}

void MatrixPlot::zoom(double rowFactor, double columnFactor, QPointF fixed)
{
    const QRectF old = window();
    const double width = std::clamp(old.width() * columnFactor, std::min(kFewestCells, double(m_columns.count)),
                                    double(m_columns.count));
    const double height =
        std::clamp(old.height() * rowFactor, std::min(kFewestCells, double(m_rows.count)), double(m_rows.count));
    setWindow(QRectF(fixed.x() - (fixed.x() - old.left()) * width / old.width(),
                     fixed.y() - (fixed.y() - old.top()) * height / old.height(), width, height));
}

QSizeF MatrixPlot::pixelsOfWindow() const
{
    return QSizeF(m_parts->main->rect().size()) * devicePixelRatioF();
}

QWidget* MatrixPlot::surface() const
{
    return m_plot;
}

QPointF MatrixPlot::pixelOf(std::int64_t row, std::int64_t column) const
{
    return QPointF(m_parts->x()->coordToPixel(double(column) + 0.5), m_parts->y()->coordToPixel(double(row) + 0.5));
}

QPointF MatrixPlot::positionAt(QPointF pixel) const
{
    return QPointF(m_parts->x()->pixelToCoord(pixel.x()), m_parts->y()->pixelToCoord(pixel.y()));
}

bool MatrixPlot::isOnMatrix(QPointF pixel) const
{
    return QRectF(m_parts->main->rect()).contains(pixel) && m_rows.count > 0 && m_columns.count > 0;
}

std::optional<std::pair<std::int64_t, std::int64_t>> MatrixPlot::cellAt(QPointF pixel) const
{
    if (!isOnMatrix(pixel))
        return std::nullopt;
    const QPointF position = positionAt(pixel);
    return std::pair{
        std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor(position.y())), 0, m_rows.count - 1),
        std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor(position.x())), 0, m_columns.count - 1)};
}

bool MatrixPlot::eventFilter(QObject* watched, QEvent* event)
{
    if (watched != m_plot)
        return QWidget::eventFilter(watched, event);
    switch (event->type()) {
    case QEvent::Wheel:
        wheel(*static_cast<QWheelEvent*>(event));
        return true;
    case QEvent::MouseButtonPress:
    case QEvent::MouseButtonDblClick:
        press(*static_cast<QMouseEvent*>(event));
        return true;
    case QEvent::MouseMove:
        move(*static_cast<QMouseEvent*>(event));
        return true;
    case QEvent::MouseButtonRelease:
        release(*static_cast<QMouseEvent*>(event));
        return true;
    case QEvent::Leave:
        if (std::exchange(m_isOver, false))
            emit left();
        return false;
    default:
        return false;
    }
}

void MatrixPlot::wheel(QWheelEvent& event)
{
    if (!isOnMatrix(event.position())) {
        event.ignore();
        return;
    }
    // Some platforms turn the wheel's direction with modifiers.
    const int turned = event.angleDelta().y() != 0 ? event.angleDelta().y() : event.angleDelta().x();
    const double factor = std::pow(kWheelStep, turned / 120.0);
    const bool keysAlone = event.modifiers() & Qt::ControlModifier;
    const bool queriesAlone = event.modifiers() & Qt::ShiftModifier;
    zoom(keysAlone ? 1 : factor, queriesAlone ? 1 : factor, positionAt(event.position()));
    event.accept();
}

void MatrixPlot::press(QMouseEvent& event)
{
    setFocus(Qt::MouseFocusReason);
    if (isOnMatrix(event.position()) && event.button() == Qt::LeftButton)
        m_drag = Drag{event.position(), window(), event.modifiers().testFlag(Qt::ShiftModifier), false};
}

void MatrixPlot::move(QMouseEvent& event)
{
    const QPointF place = event.position();
    if (event.buttons() == Qt::NoButton)
        m_drag.reset(); // let go somewhere else
    if (m_drag && (m_drag->moved || (place - m_drag->pressed).manhattanLength() >= QApplication::startDragDistance())) {
        m_drag->moved = true;
        if (m_drag->box) {
            m_parts->marks->box = QRectF(m_drag->pressed, place).normalized() & QRectF(m_parts->main->rect());
            m_plot->layer(kOverlay)->replot();
            return;
        }
        const QRectF area = m_parts->main->rect();
        const QPointF moved = place - m_drag->pressed;
        setWindow(m_drag->window.translated(-moved.x() / std::max(1.0, area.width()) * m_drag->window.width(),
                                            -moved.y() / std::max(1.0, area.height()) * m_drag->window.height()));
        return;
    }
    if (const auto cell = cellAt(place)) {
        m_isOver = true;
        emit hovered(cell->first, cell->second);
    } else if (std::exchange(m_isOver, false)) {
        emit left();
    }
}

void MatrixPlot::release(QMouseEvent& event)
{
    const std::optional<Drag> drag = std::exchange(m_drag, std::nullopt);
    if (!drag)
        return;
    if (drag->moved && drag->box) {
        const QRectF box = std::exchange(m_parts->marks->box, QRectF());
        m_plot->layer(kOverlay)->replot();
        if (box.width() > 3 && box.height() > 3)
            setWindow(QRectF(positionAt(box.topLeft()), positionAt(box.bottomRight())));
        return;
    }
    if (drag->moved || event.button() != Qt::LeftButton || drag->box)
        return;
    if (const auto cell = cellAt(event.position()))
        emit clicked(cell->first, cell->second, event.modifiers() & Qt::ControlModifier);
}

void MatrixPlot::keyPressEvent(QKeyEvent* event)
{
    const MatrixMarks& marks = m_parts->marks->marks;
    const QPointF middle =
        marks.row && marks.column ? QPointF(double(*marks.column) + 0.5, double(*marks.row) + 0.5) : window().center();
    switch (event->key()) {
    case Qt::Key_Up:
    case Qt::Key_Down:
        emit stepped(event->key() == Qt::Key_Up ? -1 : 1, 0);
        return;
    case Qt::Key_Left:
    case Qt::Key_Right:
        emit stepped(0, event->key() == Qt::Key_Left ? -1 : 1);
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        emit activated(event->modifiers() & Qt::ControlModifier);
        return;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoom(kKeyStep, kKeyStep, middle);
        return;
    case Qt::Key_Minus:
        zoom(1 / kKeyStep, 1 / kKeyStep, middle);
        return;
    case Qt::Key_0:
        showAll();
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

void MatrixPlot::resizeEvent(QResizeEvent*)
{
    m_plot->setGeometry(rect());
    m_plot->setViewport(QRect(QPoint(0, 0), size())); // while hidden it would come later, and tiles depend on it
    m_plot->replot(QCustomPlot::rpQueuedRefresh);
    emit windowChanged();
}

void MatrixPlot::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        applyPalette();
        arrangeSides();
        replotAll();
    }
    QWidget::changeEvent(event);
}

} // namespace heedmap
