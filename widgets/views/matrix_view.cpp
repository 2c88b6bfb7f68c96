#include "widgets/views/matrix_view.h"

#include "core/render/token_colors.h"
#include "widgets/context/map_labels.h"
#include "widgets/controls/color_bar.h"
#include "widgets/image/kept_rows.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace heedmap {

namespace {

constexpr int kPanelWidth = 240;
constexpr int kSlowMilliseconds = 300;
constexpr int kArrivalMilliseconds = 30;
constexpr int kTickMilliseconds = 250;

QLabel* makeText(bool muted)
{
    auto* label = new QLabel;
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    label->setFixedWidth(kPanelWidth);
    if (muted)
        label->setObjectName("muted");
    return label;
}

} // namespace

MatrixView::MatrixView(ViewContext& context, QWidget* parent)
    : View(context, parent), m_plot(new MatrixPlot), m_colorBar(new ColorBar), m_pooling(new QComboBox),
      m_all(new QToolButton), m_stop(new QToolButton), m_title(makeText(false)), m_statement(makeText(true)),
      m_readout(makeText(false)), m_progress(makeText(true))
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(10, 4, 8, 6);
    layout->setSpacing(10);
    layout->addLayout(buildPanel());
    layout->addWidget(m_plot, 1);
    layout->addWidget(m_colorBar);
    connectPlot();
    m_slow.setSingleShot(true);
    m_slow.setInterval(kSlowMilliseconds);
    connect(&m_slow, &QTimer::timeout, this, &MatrixView::showProgress);
    connectDrawing();
    connect(&m_strips, &StripProvider::failed, this, [this](const QString& message) {
        m_failure = message;
        showProgress();
    });
}

void MatrixView::connectDrawing()
{
    for (QTimer* timer : {&m_colourSoon, &m_drawSoon})
        timer->setSingleShot(true);
    m_drawSoon.setInterval(kArrivalMilliseconds);
    m_ticks.setInterval(kTickMilliseconds);
    connect(&m_ticks, &QTimer::timeout, this, [this] {
        if (!m_groupWeights.isReading())
            m_ticks.stop();
        if (!isVisible() || !m_map)
            return;
        showStatement();
        showProgress();
    });
    connect(&m_colourSoon, &QTimer::timeout, this, [this] {
        if (isVisible() && m_map)
            drawTiles();
    });
    connect(&m_drawSoon, &QTimer::timeout, this, [this] {
        if (isVisible() && m_map)
            draw();
    });
    connect(&m_groupWeights, &GroupWeightsProvider::arrived, &m_drawSoon, qOverload<>(&QTimer::start));
    connect(&m_strips, &StripProvider::arrived, this, [this] {
        if (!isVisible() || !m_map)
            return;
        if (!m_strips.isReading()) // strips may come faster than a large picture of them is made
            draw();
        else if (!m_drawSoon.isActive())
            m_drawSoon.start();
    });
}

QLayout* MatrixView::buildPanel()
{
    m_pooling->addItems({tr("Largest weight"), tr("Mean weight")});
    m_pooling->setAccessibleName(tr("What a cell of several weights shows"));
    m_pooling->setToolTip(tr("What a cell shows that stands for several weights"));
    m_all->setObjectName("choice");
    m_all->setText(tr("&Whole map"));
    m_all->setToolTip(tr("Show the whole map (0)"));
    m_all->setFocusPolicy(Qt::StrongFocus);
    m_stop->setObjectName("choice");
    m_stop->setFocusPolicy(Qt::StrongFocus);
    m_stop->setToolTip(tr("Stop reading this map, or go on"));
    m_stop->hide();
    m_progress->hide();
    auto* row = new QHBoxLayout;
    row->setSpacing(4);
    row->addWidget(m_pooling, 1);
    row->addWidget(m_all);
    auto* reading = new QHBoxLayout;
    m_progress->setMinimumWidth(0); // beside the button
    m_progress->setMaximumWidth(QWIDGETSIZE_MAX);
    m_progress->setAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    reading->addWidget(m_progress, 1);
    reading->addWidget(m_stop);
    auto* panel = new QVBoxLayout;
    panel->setSpacing(5);
    panel->addWidget(m_title);
    panel->addLayout(row);
    panel->addWidget(m_statement);
    panel->addWidget(m_readout);
    panel->addStretch(1);
    panel->addLayout(reading);
    connect(m_pooling, &QComboBox::currentIndexChanged, this, [this] {
        if (m_map) {
            refreshLook();
            draw();
        }
    });
    connect(m_all, &QToolButton::clicked, m_plot, &MatrixPlot::showAll);
    connect(m_stop, &QToolButton::clicked, this, &MatrixView::stopOrGoOn);
    return panel;
}

void MatrixView::connectPlot()
{
    connect(m_plot, &MatrixPlot::windowChanged, this, [this] {
        if (isVisible() && m_map)
            showWindow();
    });
    connect(m_plot, &MatrixPlot::hovered, this, &MatrixView::hover);
    connect(m_plot, &MatrixPlot::left, this, [this] { selection().setHover({}); });
    connect(m_plot, &MatrixPlot::clicked, this, &MatrixView::keep);
    connect(m_plot, &MatrixPlot::stepped, this, &MatrixView::step);
    connect(m_plot, &MatrixPlot::activated, this, [this](bool besideOthers) {
        if (const auto cell = pointed())
            keep(cell->first, cell->second, besideOthers);
    });
}

/// The kept map: one that is only hovered would have a large map read for a glance.
std::optional<ShownMap> MatrixView::keptMap() const
{
    const Selection& kept = selection().selection();
    if (!selection().capture() || kept.group.empty())
        return std::nullopt;
    return ShownMap{kept.group, kept.map, std::nullopt};
}

void MatrixView::captureChanged()
{
    m_map.reset();
    m_lastHover = selection().hover();
    showMap();
}

void MatrixView::selectionChanged()
{
    const bool isHoverAlone =
        m_map == keptMap() && m_mapCapture == selection().capture() && m_lastHover != selection().hover();
    m_lastHover = selection().hover();
    if (isHoverAlone)
        showMarks();
    else
        showMap();
}

void MatrixView::showEvent(QShowEvent* event)
{
    View::showEvent(event);
    if (m_map)
        showWindow();
}

void MatrixView::hideEvent(QHideEvent* event)
{
    m_strips.want(m_cell, 0, -1);
    m_groupWeights.pause();
    View::hideEvent(event);
}

void MatrixView::showMap()
{
    m_map = keptMap();
    m_mapCapture = selection().capture();
    m_failure.clear();
    for (QWidget* part : std::initializer_list<QWidget*>{m_colorBar, m_all, m_pooling})
        part->setEnabled(m_map.has_value());
    m_colorBar->setVisible(m_map.has_value());
    if (!m_map) {
        m_strips.setMap(std::nullopt);
        m_groupWeights.pause();
        m_images.clear();
        m_plot->setTiles({});
        m_plot->setSides({}, {});
        m_plot->setMargins({}, {});
        m_plot->setMarks({});
        m_title->setText(m_mapCapture ? tr("This capture holds no attention.")
                                      : tr("The whole map appears here once there is a run."));
        for (QLabel* text : {m_statement, m_readout})
            text->clear();
        showProgress();
        return;
    }
    m_strips.setMap(StripsKey{m_mapCapture, m_map->map, context().options().withoutSpecial});
    m_title->setText(tr("%1 · %2").arg(groupLabel(capture(), *m_map), mapLabel(capture(), m_map->map)));
    m_plot->setSides(sideOf(queryAxisOf(capture(), m_map->map), true), sideOf(keyAxisOf(capture(), m_map->map), false));
    showWindow();
}

void MatrixView::showWindow()
{
    const QRectF window = m_plot->window();
    const QSizeF pixels = m_plot->pixelsOfWindow();
    m_cell =
        cellSizeFor(window.height() / std::max(1.0, pixels.height()), window.width() / std::max(1.0, pixels.width()));
    const Sight seen = sight();
    m_strips.want(m_cell, seen.firstRow / kStripRows, seen.lastRow / kStripRows);
    draw();
}

std::optional<std::pair<std::int64_t, std::int64_t>> MatrixView::pointed() const
{
    const Hover& hover = selection().hover();
    const Selection& kept = selection().selection();
    const std::string& queries = queryAxisOf(capture(), m_map->map).id;
    const std::string& keys = keyAxisOf(capture(), m_map->map).id;
    const std::optional<std::int64_t> query =
        hover.query && hover.query->axis == queries ? std::optional(hover.query->position) : kept.query();
    const std::optional<std::int64_t> key =
        hover.key && hover.key->axis == keys ? std::optional(hover.key->position) : kept.key;
    return query && key ? std::optional(std::pair(*query, *key)) : std::nullopt;
}

void MatrixView::showMarks()
{
    if (!m_map)
        return;
    const Hover& hover = selection().hover();
    const Selection& kept = selection().selection();
    MatrixMarks marks;
    if (hover.query && hover.query->axis == queryAxisOf(capture(), m_map->map).id)
        marks.row = hover.query->position;
    if (hover.key && hover.key->axis == keyAxisOf(capture(), m_map->map).id)
        marks.column = hover.key->position;
    const std::vector<std::size_t> colors = tokenColorIndices(kept.queries);
    for (std::size_t i = 0; i < colors.size(); ++i)
        marks.keptRows.emplace_back(kept.queries[i], colors.size() == 1 ? ViewContext::markColor()
                                                                        : colorFromRgb(kTokenColors[colors[i]]));
    marks.keptColumn = kept.key;
    marks.keptColor = ViewContext::markColor();
    m_plot->setMarks(marks);
    const auto cell = pointed();
    m_colorBar->setPointer(std::nullopt);
    m_readout->setText(cell ? readoutText(cell->first, cell->second) : tr("Point at a cell for its exact weight."));
}

void MatrixView::showProgress()
{
    const bool isBusy = m_map && (isReading() || isStopped());
    if (!isBusy)
        m_slow.stop();
    m_stop->setVisible(isBusy);
    m_stop->setText(isStopped() ? tr("Go on") : tr("Stop"));
    m_progress->setText(progressText());
    m_progress->setVisible(isBusy);
}

void MatrixView::stopOrGoOn()
{
    m_failure.clear();
    const bool goesOn = isStopped();
    m_groupWeights.setStopped(!goesOn && m_groupWeights.isReading());
    m_strips.setStopped(!goesOn && m_strips.isReading());
    if (m_map)
        draw();
    showProgress();
}

void MatrixView::catchUp()
{
    if (isVisible())
        return;
    showMap();
    m_strips.want(m_cell, 0, -1); // what is dear is not read for a view that nobody sees
}

void MatrixView::hover(std::int64_t query, std::int64_t key)
{
    if (!m_map)
        return;
    selection().setHover({AxisPosition{queryAxisOf(capture(), m_map->map).id, query},
                          AxisPosition{keyAxisOf(capture(), m_map->map).id, key}});
}

void MatrixView::keep(std::int64_t query, std::int64_t key, bool besideOthers)
{
    if (!m_map)
        return;
    Selection next = selection().selection();
    if (next.query() == query && next.key == key) {
        selection().release();
        return;
    }
    next.keep(query, key, besideOthers);
    selection().setSelection(next);
}

void MatrixView::step(int rows, int columns)
{
    if (!m_map)
        return;
    const QRectF window = m_plot->window();
    const auto current = pointed();
    std::pair<std::int64_t, std::int64_t> next{static_cast<std::int64_t>(window.center().y()),
                                               static_cast<std::int64_t>(window.center().x())};
    if (current)
        next = {current->first + rows, current->second + columns};
    next.first = std::clamp<std::int64_t>(next.first, 0, queryAxisOf(capture(), m_map->map).length - 1);
    next.second = std::clamp<std::int64_t>(next.second, 0, keyAxisOf(capture(), m_map->map).length - 1);
    QRectF moved = window; // the crosshair stays in sight
    const QPointF place(double(next.second), double(next.first));
    moved.moveLeft(std::clamp(moved.left(), place.x() + 1 - moved.width(), place.x()));
    moved.moveTop(std::clamp(moved.top(), place.y() + 1 - moved.height(), place.y()));
    if (moved != window)
        m_plot->setWindow(moved);
    hover(next.first, next.second);
}

} // namespace heedmap
