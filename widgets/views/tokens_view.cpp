#include "widgets/views/tokens_view.h"

#include "widgets/context/map_labels.h"
#include "widgets/context/sound_windows.h"
#include "widgets/controls/token_strip.h"
#include "widgets/views/token_hiding.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace heedmap {

TokensView::TokensView(ViewContext& context, QWidget* parent)
    : View(context, parent), m_strip(new TokenStrip), m_hiding(new TokenHiding(context, *m_strip)), m_map(new QLabel),
      m_explanation(new QLabel)
{
    m_map->setTextFormat(Qt::PlainText);
    m_explanation->setObjectName("muted");
    m_explanation->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_explanation->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    layout->addWidget(m_strip);
    auto* line = new QHBoxLayout;
    line->addWidget(m_map);
    line->addWidget(m_explanation, 1);
    layout->addLayout(line);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(m_strip, &TokenStrip::queryPreviewed, this, [this](const AxisPosition& query) {
        selection().setHover({query, {}});
    });
    connect(m_strip, &TokenStrip::previewEnded, this, [this] { selection().setHover({}); });
    connect(m_strip, &TokenStrip::queryClicked, this, [this](const AxisPosition& query, bool besideOthers) {
        if (besideOthers)
            selection().addOrRemoveQuery(query);
        else
            selection().toggleQuery(query);
    });
}

void TokensView::captureChanged()
{
    rebuildChips();
    selectionChanged();
}

void TokensView::rebuildChips()
{
    const auto& capture = selection().capture();
    if (!capture) {
        m_strip->setChips({});
        m_chipSource = {};
        return;
    }
    // The kept map, not the hovered one: chips must not move while the pointer is over them.
    const Selection& kept = selection().selection();
    const auto map = kept.group.empty() ? std::nullopt : std::optional(ShownMap{kept.group, kept.map, kept.query()});
    const ChipSource source{capture, kept.group, kept.map, context().options().predictingRow};
    if (source != m_chipSource) { // every hover comes by here, and there may be thousands of chips
        m_chipSource = source;    // first: a chip that appears under the pointer is hovered, which comes by here
        m_bars.reset();
        m_strip->setChips(chipsOfCapture(*capture, map, source.predictingRow));
    }
    m_hiding->markChips();
}

void TokensView::selectionChanged()
{
    rebuildChips();
    const std::optional<ShownMap> shown = selection().shown();
    m_map->clear();
    if (!shown) {
        m_explanation->setText(selection().capture() ? tr("This capture holds no attention.") : QString());
        return;
    }
    const Capture& capture = *selection().capture();
    const Selection& kept = selection().selection();
    std::vector<AxisPosition> keptQueries;
    for (std::int64_t query : kept.queries)
        keptQueries.push_back({queryAxisOf(capture, kept.map).id, query});
    m_strip->markQueries(keptQueries, selection().hover().query);
    showMapName(*shown);
    showBars(currentBars());
}

void TokensView::showMapName(const ShownMap& shown)
{
    if (!shown.query)
        return;
    const Capture& capture = *selection().capture();
    const QueryName name =
        queryName(capture, queryAxisOf(capture, shown.map).id, *shown.query, context().options().predictingRow);
    m_map->setText(tr("%1 · %2 · %3").arg(name.token, groupLabel(capture, shown), mapLabel(capture, shown.map)));
}

TokensView::Bars TokensView::currentBars()
{
    if (Bars spoken = spokenBars(); !spoken.weights.empty())
        return spoken;
    const std::optional<ShownMap> shown = selection().shown();
    if (const std::optional<std::int64_t> key = selection().shownKey())
        return columnBars(*shown, *key);
    if (shown->query)
        return rowBars(*shown);
    return {};
}

TokensView::Bars TokensView::columnBars(const ShownMap& shown, std::int64_t key)
{
    const Capture& capture = *selection().capture();
    const TokenAxis& queries = queryAxisOf(capture, shown.map);
    if (!hasText(queries))
        return {};
    Bars bars;
    bars.axis = queries.id;
    bars.weights = context().rows().column(shown.map, key);
    const TokenAxis& keys = keyAxisOf(capture, shown.map);
    bars.explanation = tr("bars: who looks at %1").arg(positionLabel(keys, key));
    // As long as the colour bar is high, so that bars and heat say the same.
    ValueScale scale = context().scaleFor(context().rows().shownRow(), keys);
    if (!shown.query)
        scale = withSharedLimits(scale, bars.weights);
    bars.unit = scale;
    for (const float weight : bars.weights)
        bars.lengths.push_back(scale.position(weight));
    return bars;
}

TokensView::Bars TokensView::rowBars(const ShownMap& shown)
{
    const Capture& capture = *selection().capture();
    const MapChoice map =
        shown.map.isComposed() ? MapChoice{shown.map.first->site, shown.map.first->head, {}} : shown.map;
    const TokenAxis& keys = keyAxisOf(capture, map);
    if ((hasPatches(keys) || hasSound(keys)) && !hasText(keys))
        return {};
    Bars bars;
    bars.axis = keys.id;
    bars.onKeys = true;
    bars.weights = context().rows().row(map, *shown.query);
    bars.unit = context().unitFor(keys);
    bars.lengths.assign(bars.weights.begin(), bars.weights.end()); // few keys: the probabilities themselves
    const QueryName name =
        queryName(capture, queryAxisOf(capture, map).id, *shown.query, context().options().predictingRow);
    bars.explanation = tr("bars: where %1 looks, %2").arg(name.token, mapLabel(capture, map));
    return bars;
}

QString TokensView::hint() const
{
    if (selection().hover().query || selection().selection().query())
        return {};
    const TokenAxis& queries = queryAxisOf(*selection().capture(), selection().selection().map);
    if (hasText(queries))
        return tr("hover a word to see where it looks; click to keep it");
    if (hasSound(queries))
        return tr("hover a moment to see where it looks; click to keep it");
    return hasPatches(queries) ? tr("hover a patch to see where it looks; click to keep it")
                               : tr("hover a word to see where it looks; click to keep it");
}

bool TokensView::Bars::saysTheSameAs(const Bars& other) const
{
    return axis == other.axis && onKeys == other.onKeys && weights == other.weights && lengths == other.lengths &&
           unit.keyCount == other.unit.keyCount && unit.unit == other.unit.unit &&
           unit.withoutSpecial == other.unit.withoutSpecial;
}

void TokensView::markChips(const Bars& bars)
{
    if (m_bars && m_bars->saysTheSameAs(bars))
        return; // rows of other heads have arrived
    m_bars = bars;
    m_strip->setUpdatesEnabled(false); // one repaint for all chips: each alone is compared with all others
    for (TokenChip* chip : m_strip->chips()) {
        const std::optional<AxisPosition>& place = bars.onKeys ? chip->spec().key : chip->spec().query;
        const bool has =
            place && place->axis == bars.axis && place->position < static_cast<std::int64_t>(bars.weights.size());
        const std::size_t index = has ? static_cast<std::size_t>(place->position) : 0;
        if (has && std::isfinite(bars.weights[index]))
            chip->setBar(bars.lengths[index], valueText(bars.unit, bars.weights[index]));
        else
            chip->setBar(std::nullopt, {});
    }
    m_strip->setUpdatesEnabled(true);
}

void TokensView::showBars(const Bars& bars)
{
    markChips(bars);
    float strongest = 0;
    for (const float weight : bars.weights)
        if (std::isfinite(weight))
            strongest = std::max(strongest, weight);
    const bool anyToken = selection().hover().query || selection().selection().query();
    if (const QString reason = selection().reasonForNoRow(); !reason.isEmpty())
        return m_explanation->setText(reason);
    const QString hint = anyToken ? QString() : this->hint();
    m_explanation->setText(
        bars.weights.empty()
            ? hint
            : (bars.unit.withoutSpecial ? tr("%1, without special tokens (strongest %2)") : tr("%1 (strongest %2)"))
                  .arg(bars.explanation, probabilityText(strongest)));
}

} // namespace heedmap
