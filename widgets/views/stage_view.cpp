#include "widgets/views/stage_view.h"

#include "core/capture/without_special.h"
#include "widgets/context/map_labels.h"
#include "widgets/context/sound_windows.h"
#include "widgets/controls/color_bar.h"
#include "widgets/controls/mass_bar.h"
#include "widgets/controls/range_control.h"
#include "widgets/controls/stage_canvas.h"
#include "widgets/controls/swipe_divider.h"
#include "widgets/controls/token_legend.h"
#include "widgets/image/picture_image.h"
#include "widgets/views/stage_hiding.h"

#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

constexpr int kInterpolatedSamples = 12;
constexpr std::int64_t kMostLabels = 200;

/// Of a whole map: limits are taken from what the capture holds.
std::vector<float> heldRows(const std::vector<float>& weights, const TokenAxis& queries)
{
    const std::size_t keys = weights.size() / static_cast<std::size_t>(queries.length);
    std::vector<float> held;
    for (const std::int64_t query : queries.storedQueries.numbers(queries.length)) {
        const auto row = weights.begin() + query * static_cast<std::ptrdiff_t>(keys);
        held.insert(held.end(), row, row + static_cast<std::ptrdiff_t>(keys));
    }
    return held;
}

} // namespace

QStringList StageView::axisLabels(const TokenAxis& axis)
{
    QStringList labels;
    for (std::int64_t position = 0; axis.length <= kMostLabels && position < axis.length; ++position)
        labels << QString::fromStdString(axis.label(position)).trimmed();
    return labels;
}

StageView::StageView(ViewContext& context, QWidget* parent)
    : View(context, parent), m_canvas(new StageCanvas), m_colorBar(new ColorBar), m_massBar(new MassBar),
      m_tokens(new TokenLegend), m_opacity(new QSlider(Qt::Horizontal)),
      m_interpolate(new QCheckBox(tr("I&nterpolate"))), m_range(new RangeControl(context)),
      m_divider(new SwipeDivider(*m_canvas)), m_grid(new QAction(tr("Patch &grid"), this)),
      m_swipe(new QAction(tr("&Swipe"), this)), m_chain(new QLabel)
{
    auto* picture = new QHBoxLayout;
    picture->setSpacing(10);
    picture->addWidget(m_canvas, 1);
    picture->addWidget(buildLegend());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addLayout(picture, 1);
    layout->addWidget(m_range);
    layout->addLayout(buildControls());
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    connectCanvas();
    connectControls();
    new StageHiding(context, *m_canvas);
}

QWidget* StageView::buildLegend()
{
    m_legend = new QWidget;
    auto* layout = new QVBoxLayout(m_legend);
    layout->setContentsMargins(0, 4, 0, 4);
    layout->setSpacing(12);
    layout->addWidget(m_colorBar, 1);
    layout->addWidget(m_massBar);
    layout->addWidget(m_tokens, 0, Qt::AlignTop);
    layout->addStretch(0);
    QSizePolicy policy = m_legend->sizePolicy();
    policy.setRetainSizeWhenHidden(true); // the picture does not jump when a map comes and goes
    m_legend->setSizePolicy(policy);
    return m_legend;
}

QLayout* StageView::buildControls()
{
    m_opacity->setRange(0, 100);
    m_opacity->setFixedWidth(96);
    m_opacity->setAccessibleName(tr("Opacity of the heat"));
    m_interpolate->setToolTip(tr("Smooth between patch centres. A display aid: the model gives one value per patch."));
    auto* label = new QLabel(tr("O&pacity"));
    label->setBuddy(m_opacity);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(label);
    row->addWidget(m_opacity);
    row->addWidget(m_interpolate);
    buildSwitches(*row);
    return row;
}

void StageView::connectCanvas()
{
    connect(m_canvas, &StageCanvas::hovered, this, [this](QPointF place) { selection().setHover(hoverAt(place)); });
    connect(m_canvas, &StageCanvas::left, this, [this] { selection().setHover({}); });
    connect(m_canvas, &StageCanvas::clicked, this,
            [this](QPointF place, bool besideOthers) { keep(hoverAt(place), besideOthers); });
    connect(m_canvas, &StageCanvas::stepped, this, &StageView::step);
    connect(m_canvas, &StageCanvas::activated, this,
            [this](bool besideOthers) { keep(selection().hover(), besideOthers); });
}

void StageView::connectControls()
{
    connect(m_opacity, &QSlider::valueChanged, this, [this](int percent) {
        DisplayOptions options = context().options();
        options.opacity = percent / 100.0;
        context().setOptions(options);
    });
    connect(m_interpolate, &QCheckBox::toggled, this, [this](bool on) {
        DisplayOptions options = context().options();
        options.interpolated = on;
        context().setOptions(options);
    });
    auto refresh = [this] {
        const QSignalBlocker slider(m_opacity);
        const QSignalBlocker box(m_interpolate);
        m_opacity->setValue(static_cast<int>(std::lround(context().options().opacity * 100)));
        m_interpolate->setChecked(context().options().interpolated);
    };
    refresh();
    connect(&context(), &ViewContext::optionsChanged, this, refresh);
}

bool StageView::isWanted() const
{
    const auto& capture = selection().capture();
    if (!capture)
        return !selection().recording() || !selection().picture().isNull();
    return !hasSound(*capture) ||
           std::ranges::any_of(capture->manifest().axes, [](const auto& axis) { return hasPatches(axis.second); });
}

void StageView::captureChanged()
{
    selectionChanged();
}

void StageView::pictureChanged()
{
    selectionChanged();
}

QSizeF StageView::pictureSize() const
{
    const SelectionModel& model = selection();
    if (!model.picture().isNull())
        return model.picture().size();
    if (const CaptureInput* input = model.capture() ? pictureInput(*model.capture()) : nullptr)
        return QSizeF(input->width, input->height); // the picture itself was too large to embed
    const std::optional<ShownMap> shown = model.shown();
    if (!shown)
        return {};
    for (const TokenAxis* axis : {&keyAxisOf(*model.capture(), shown->map), &queryAxisOf(*model.capture(), shown->map)})
        if (const AxisSegment* patches = axis->patchSegment()) {
            const PointF corner =
                patches->grid.pictureFromGrid.map({double(patches->grid.columns), double(patches->grid.rows)});
            return QSizeF(corner.x, corner.y);
        }
    return {};
}

bool StageView::isMatrix(const MapChoice& map) const
{
    const Capture& capture = *selection().capture();
    return !hasPatches(keyAxisOf(capture, map)) && !hasPatches(queryAxisOf(capture, map));
}

HeatStyle StageView::heatStyle(const ValueScale& scale) const
{
    const DisplayOptions& options = context().options();
    HeatStyle style;
    style.colorMap = &context().colorMap();
    style.scale = scale;
    style.opacity = options.opacity;
    style.opacityFollowsValue = !selection().picture().isNull(); // with nothing beneath, every patch shows its colour
    style.samplesPerPatch = options.interpolated ? kInterpolatedSamples : 1;
    return style;
}

void StageView::selectionChanged()
{
    const std::optional<ShownMap> shown = selection().shown();
    m_row = context().rows().shownRow();
    m_canvas->setLabels({}, {});
    m_canvas->setToolTip({});
    m_canvas->setHint(tr("Drop a picture or a recording here, open one (Ctrl+O, Ctrl+R), or pick a sample."));
    const ChainReading* composed = composedReading();
    if (composed)
        showComposed(*composed);
    else if (shown && isMatrix(shown->map))
        showMatrix(*shown);
    else if (shown && readKept())
        showBlend(*shown);
    else if (shown && !m_row.empty() && hasPatches(keyAxisOf(*selection().capture(), shown->map)) &&
             context().reasonForNoMap(m_row, keyAxisOf(*selection().capture(), shown->map)).isEmpty())
        showRow(*shown);
    else
        showPicture();
    applySwitches(shown);
    if (composed)
        m_chain->setText(composedText());
    showMarks(composed ? std::nullopt : shown);
}

void StageView::showPicture()
{
    m_canvas->setScene({selection().picture(), pictureSize(), {}});
    m_legend->hide();
    m_range->setPointer(std::nullopt);
    const std::optional<ShownMap> shown = selection().shown();
    m_range->showNothing(shown ? context().reasonForNoMap(m_row, keyAxisOf(*selection().capture(), shown->map))
                               : QString());
}

void StageView::showRow(const ShownMap& shown)
{
    const TokenAxis& keys = keyAxisOf(*selection().capture(), shown.map);
    const ValueScale scale = context().scaleFor(m_row, keys);
    m_canvas->setScene({selection().picture(), pictureSize(), heatLayers(keys, m_row, heatStyle(scale))});
    m_colorBar->setScale(context().colorMap(), scale);
    const std::optional<std::int64_t> key = selection().shownKey();
    m_colorBar->setPointer(key ? std::optional<double>(m_row[static_cast<std::size_t>(*key)]) : std::nullopt);
    const std::vector<float> recorded = context().rows().recordedRow(shown.map, *shown.query);
    m_massBar->setMass(recorded.empty() ? std::nullopt : std::optional(massOffPatches(keys, recorded)));
    showLegend(false);
    m_range->showScale(scale, context().limitsSource(), leftOut(keys, recorded));
    m_range->setPointer(m_colorBar->pointer());
    m_canvas->setToolTip(key ? tr("%1\n%2").arg(positionLabel(keys, *key), valueText(scale, *m_colorBar->pointer()))
                             : QString());
}

std::optional<double> StageView::leftOut(const TokenAxis& keys, const std::vector<float>& recorded) const
{
    if (!context().options().withoutSpecial || recorded.empty())
        return std::nullopt;
    return OrdinaryKeys(keys).leftOut(recorded);
}

void StageView::showLegend(bool ofTokens)
{
    m_colorBar->setVisible(!ofTokens);
    m_massBar->setVisible(!ofTokens);
    m_tokens->setVisible(ofTokens);
    m_legend->show();
}

/// Rows of the kept tokens, where several are to be seen together; false where one row is shown alone.
bool StageView::readKept()
{
    const Selection& kept = selection().selection();
    const auto& capture = selection().capture();
    if (selection().hover().query || kept.queries.size() < 2 || !hasPatches(keyAxisOf(*capture, kept.map)))
        return false;
    const DisplayOptions& options = context().options();
    const KeptKey key{capture, kept.map, kept.queries, options.predictingRow, options.withoutSpecial};
    if (m_keptKey != key) {
        m_kept = keptRows(*capture, kept.map, kept.queries, key.predictingRow,
                          [&](std::int64_t query) { return context().rows().row(kept.map, query); });
        for (std::size_t i = 0; i < m_kept.rows.size() && options.withoutSpecial; ++i)
            m_kept.offPicture[i] =
                massOffPatches(keyAxisOf(*capture, kept.map), context().rows().recordedRow(kept.map, kept.queries[i]));
        const bool isWhole =
            std::ranges::none_of(m_kept.rows, [](const std::vector<float>& row) { return row.empty(); });
        m_keptKey = isWhole ? std::optional(key) : std::nullopt; // rows that are still being read come later
    }
    return m_keptKey.has_value();
}

void StageView::showBlend(const ShownMap& shown)
{
    const TokenAxis& keys = keyAxisOf(*selection().capture(), shown.map);
    const ValueScale scale = context().scaleFor(m_row, keys);
    m_canvas->setScene(
        {selection().picture(), pictureSize(), blendedHeatLayers(keys, m_kept.rows, m_kept.colors, heatStyle(scale))});
    m_colorBar->setScale(context().colorMap(), scale);
    const std::optional<std::int64_t> key = selection().shownKey();
    const std::vector<LegendToken> tokens = legendOf(m_kept, keys, scale, key);
    m_tokens->setTokens(tokens, blendStatement(scale));
    showLegend(true);
    m_range->showScale(scale, context().limitsSource(), std::nullopt);
    m_range->setPointer(key ? std::optional<double>(m_row[static_cast<std::size_t>(*key)]) : std::nullopt);
    QStringList values;
    for (const LegendToken& token : tokens)
        values << tr("%1: %2").arg(token.name, token.value);
    m_canvas->setToolTip(key ? positionLabel(keys, *key) + u'\n' + values.join(u'\n') : QString());
}

void StageView::showMatrix(const ShownMap& shown)
{
    const Capture& capture = *selection().capture();
    const TokenAxis& keys = keyAxisOf(capture, shown.map);
    const auto rows = static_cast<int>(queryAxisOf(capture, shown.map).length);
    const auto columns = static_cast<int>(keys.length);
    const std::vector<float> weights = context().rows().wholeMap(shown.map, kMostMatrixWeights);
    if (weights.empty()) {
        m_canvas->setHint(tr("This map is too large to be drawn whole; hover a token to see its row."));
        m_canvas->setScene({});
        m_legend->hide();
        m_range->showNothing({});
        return;
    }
    const ValueScale scale = context().scaleForWholeMap(heldRows(weights, queryAxisOf(capture, shown.map)), keys);
    HeatStyle style = heatStyle(scale);
    style.opacity = 1;
    style.opacityFollowsValue = false;
    style.samplesPerPatch = 1;
    HeatLayer layer{imageFromHeat(renderHeat(weights, rows, columns, style)), {}, false};
    m_canvas->setScene({{}, QSizeF(columns, rows), {layer}});
    m_canvas->setLabels(axisLabels(queryAxisOf(capture, shown.map)), axisLabels(keys));
    m_colorBar->setScale(context().colorMap(), scale);
    const std::optional<std::int64_t> key = selection().shownKey();
    m_colorBar->setPointer(key && shown.query
                               ? std::optional<double>(weights[static_cast<std::size_t>(*shown.query * columns + *key)])
                               : std::nullopt);
    m_massBar->setMass(std::nullopt);
    showLegend(false);
    const bool byHand = context().limitsSource() == LimitsSource::ByHand;
    m_range->showScale(scale, byHand ? LimitsSource::ByHand : LimitsSource::ThisMap, std::nullopt);
    m_range->setPointer(m_colorBar->pointer());
    m_canvas->setToolTip(m_colorBar->pointer()
                             ? tr("%1 → %2\n%3")
                                   .arg(positionLabel(queryAxisOf(capture, shown.map), *shown.query),
                                        positionLabel(keys, *key), valueText(scale, *m_colorBar->pointer()))
                             : QString());
}

void StageView::showMarks(const std::optional<ShownMap>& shown)
{
    m_canvas->setMarks(shown ? marksOf(*shown) : std::vector<QRectF>());
}

std::vector<QRectF> StageView::marksOf(const ShownMap& shown) const
{
    std::vector<QRectF> marks;
    const auto key = selection().shownKey();
    if (isMatrix(shown.map)) {
        const double columns = m_canvas->scene().pictureSize.width();
        if (shown.query)
            marks.push_back(QRectF(0, static_cast<double>(*shown.query), columns, 1));
        if (key && shown.query)
            marks.push_back(QRectF(static_cast<double>(*key), static_cast<double>(*shown.query), 1, 1));
        return marks;
    }
    const Capture& capture = *selection().capture();
    if (key)
        if (const auto rect = patchRect(keyAxisOf(capture, shown.map), *key))
            marks.push_back(rectFromRectF(*rect));
    if (shown.query)
        if (const auto rect = patchRect(queryAxisOf(capture, shown.map), *shown.query))
            marks.push_back(rectFromRectF(*rect));
    return marks;
}

} // namespace heedmap
