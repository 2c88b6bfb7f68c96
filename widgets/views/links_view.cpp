#include "widgets/views/links_view.h"

#include "core/render/heat.h"
#include "core/render/token_colors.h"
#include "widgets/context/map_labels.h"
#include "widgets/context/sound_windows.h"
#include "widgets/controls/choice_button.h"
#include "widgets/controls/links_canvas.h"
#include "widgets/image/kept_rows.h"
#include "widgets/image/picture_image.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

constexpr int kPanelWidth = 232;
constexpr int kMostLinks = 64;
constexpr int kFirstLinks = 16;
constexpr int kThresholdSteps = 60;
constexpr double kLowestThreshold = 0.25; // × uniform

QToolButton* makeDirectionButton(const QString& text, const QString& toolTip)
{
    QToolButton* button = makeChoiceButton(text, toolTip);
    button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    return button;
}

QLabel* makeText(bool muted)
{
    auto* label = new QLabel;
    label->setWordWrap(true);
    label->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    label->setMinimumWidth(1);
    if (muted)
        label->setObjectName("muted");
    return label;
}

} // namespace

LinksView::LinksView(ViewContext& context, QWidget* parent)
    : View(context, parent), m_canvas(new LinksCanvas),
      m_fromQueries(makeDirectionButton(tr("looks at"), tr("What the kept tokens look at: rows of the map"))),
      m_toKey(
          makeDirectionButton(tr("is looked at by"),
                              tr("Who looks at one token or patch: a column of the map. Point at one, or click it"))),
      m_most(new QSlider(Qt::Horizontal)), m_threshold(new QSlider(Qt::Horizontal)), m_mostText(new QLabel),
      m_thresholdText(new QLabel), m_statement(makeText(false)), m_readout(makeText(true))
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(10, 4, 8, 6);
    layout->setSpacing(10);
    layout->addLayout(buildControls());
    layout->addWidget(m_canvas, 1);
    connectCanvas();
    for (QSlider* slider : {m_most, m_threshold})
        connect(slider, &QSlider::valueChanged, this, &LinksView::rebuild);
    connect(m_toKey, &QToolButton::toggled, this, &LinksView::rebuild);
}

QLayout* LinksView::buildControls()
{
    auto* directions = new QHBoxLayout;
    directions->setSpacing(4);
    addChoices(*directions, {m_fromQueries, m_toKey}, this);
    m_most->setRange(1, kMostLinks);
    m_most->setValue(kFirstLinks);
    m_most->setAccessibleName(tr("Most links of a token"));
    m_most->setToolTip(tr("How many of the strongest weights of every token are drawn"));
    m_threshold->setRange(0, kThresholdSteps);
    m_threshold->setAccessibleName(tr("Smallest weight of a link"));
    m_threshold->setToolTip(tr("Weights below this are not drawn"));
    auto* sliders = new QGridLayout;
    sliders->setHorizontalSpacing(8);
    sliders->setVerticalSpacing(2);
    int row = 0;
    for (const auto& [name, slider, value] : {std::tuple{tr("Stron&gest"), m_most, m_mostText},
                                              std::tuple{tr("At &least"), m_threshold, m_thresholdText}}) {
        auto* label = new QLabel(name);
        label->setBuddy(slider);
        value->setFixedWidth(QFontMetrics(value->font()).horizontalAdvance(QStringLiteral("0.000000×")));
        slider->setMinimumWidth(60);
        sliders->addWidget(label, row, 0);
        sliders->addWidget(slider, row, 1);
        sliders->addWidget(value, row++, 2);
    }
    auto* panel = new QVBoxLayout;
    panel->setSpacing(6);
    panel->addLayout(directions);
    panel->addLayout(sliders);
    panel->addWidget(m_statement);
    panel->addWidget(m_readout);
    panel->addStretch(1);
    m_statement->setTextFormat(Qt::RichText); // coloured squares; names in it are escaped
    m_readout->setTextFormat(Qt::PlainText);
    for (QLabel* text : {m_statement, m_readout})
        text->setFixedWidth(kPanelWidth); // so that the picture does not jump with what is said
    return panel;
}

void LinksView::connectCanvas()
{
    connect(m_canvas, &LinksCanvas::hovered, this, &LinksView::hover);
    connect(m_canvas, &LinksCanvas::clicked, this, &LinksView::keep);
    connect(m_canvas, &LinksCanvas::stepped, this, &LinksView::step);
    connect(m_canvas, &LinksCanvas::activated, this,
            [this](bool besideOthers) { keep(m_canvas->scene().pointed, besideOthers); });
}

void LinksView::captureChanged()
{
    m_revealed.reset();
    selectionChanged();
}

void LinksView::pictureChanged()
{
    selectionChanged();
}

LinksView::Direction LinksView::direction() const
{
    return m_toKey->isChecked() ? Direction::ToKey : Direction::FromQueries;
}

double LinksView::thresholdFactor() const
{
    const std::optional<ShownMap> shown = selection().shown();
    if (m_threshold->value() == 0 || !shown)
        return 0;
    // From a quarter of uniform to all the weight there is, in equal ratios.
    const double highest = context().unitFor(keyAxisOf(*selection().capture(), shown->map)).keyCount;
    const double part = double(m_threshold->value() - 1) / (kThresholdSteps - 1);
    return kLowestThreshold * std::pow(highest / kLowestThreshold, part);
}

double LinksView::thresholdProbability(const TokenAxis& keys) const
{
    return thresholdFactor() / context().unitFor(keys).keyCount;
}

QString LinksView::thresholdText(const TokenAxis& keys) const
{
    if (m_threshold->value() == 0)
        return tr("any");
    const ValueScale unit = context().unitFor(keys);
    return QString::fromStdString(unit.formatDisplayed(unit.displayed(thresholdProbability(keys))));
}

QSizeF LinksView::pictureSize(const TokenAxis& axis) const
{
    const AxisSegment* patches = axis.patchSegment();
    if (!patches)
        return {};
    const SelectionModel& model = selection();
    if (!model.picture().isNull())
        return model.picture().size();
    const CaptureInput* input = model.capture()->manifest().input(patches->input);
    if (input && input->width > 0)
        return QSizeF(input->width, input->height);
    const PointF corner =
        patches->grid.pictureFromGrid.map({double(patches->grid.columns), double(patches->grid.rows)});
    return QSizeF(corner.x, corner.y);
}

/// The kept tokens; one that is pointed at and not among them stands alone.
std::vector<std::int64_t> LinksView::queriesInQuestion(const ShownMap& shown) const
{
    const Selection& kept = selection().selection();
    const bool isKeptMap = shown.map == kept.map && shown.group == kept.group;
    if (shown.query && (!isKeptMap || std::ranges::find(kept.queries, *shown.query) == kept.queries.end()))
        return {*shown.query};
    return isKeptMap ? kept.queries : std::vector<std::int64_t>();
}

void LinksView::readBundles(const ShownMap& shown)
{
    const Capture& capture = *selection().capture();
    const TokenAxis& keys = keyAxisOf(capture, shown.map);
    const std::vector<std::int64_t> queries = queriesInQuestion(shown);
    const std::vector<std::size_t> colors = tokenColorIndices(queries);
    for (std::size_t i = 0; i < colors.size(); ++i) {
        Bundle bundle;
        bundle.position = queries[i];
        bundle.name =
            queryName(capture, queryAxisOf(capture, shown.map).id, queries[i], context().options().predictingRow).token;
        bundle.color = queries.size() == 1 ? ViewContext::markColor() : colorFromRgb(kTokenColors[colors[i]]);
        const std::vector<float> row = context().rows().row(shown.map, queries[i]);
        bundle.isRead = !row.empty();
        bundle.found = strongestLinks(row, static_cast<std::size_t>(m_most->value()), thresholdProbability(keys));
        m_bundles.push_back(std::move(bundle));
    }
}

void LinksView::readColumnBundle(const ShownMap& shown, std::int64_t key)
{
    const Capture& capture = *selection().capture();
    const TokenAxis& keys = keyAxisOf(capture, shown.map);
    const std::vector<float> column = context().rows().column(shown.map, key);
    Bundle bundle;
    bundle.position = key;
    bundle.name = positionLabel(keys, key);
    bundle.color = ViewContext::markColor();
    bundle.isRead = !column.empty();
    const TokenAxis& queries = queryAxisOf(capture, shown.map);
    bundle.notStored = column.empty() ? 0 : queries.length - queries.storedQueries.count(queries.length);
    bundle.found = strongestLinks(column, static_cast<std::size_t>(m_most->value()), thresholdProbability(keys));
    m_bundles.push_back(std::move(bundle));
}

void LinksView::selectionChanged()
{
    rebuild();
}

void LinksView::rebuild()
{
    m_bundles.clear();
    m_mostText->setText(QString::number(m_most->value()));
    const std::optional<ShownMap> shown = selection().shown();
    if (!shown) {
        m_canvas->setScene({});
        m_canvas->setHint(selection().capture() ? tr("This capture holds no attention.")
                                                : tr("Links of a map appear here once there is a run."));
        for (QLabel* label : {m_statement, m_readout, m_thresholdText})
            label->clear();
        return;
    }
    m_thresholdText->setText(thresholdText(keyAxisOf(*selection().capture(), shown->map)));
    const std::optional<std::int64_t> key = selection().shownKey();
    if (direction() == Direction::FromQueries)
        readBundles(*shown);
    else if (key)
        readColumnBundle(*shown, *key);
    showLinks(*shown);
}

void LinksView::showLinks(const ShownMap& shown)
{
    const auto& capture = selection().capture();
    const TokenAxis& queries = queryAxisOf(*capture, shown.map);
    const TokenAxis& keys = keyAxisOf(*capture, shown.map);
    LinksScene scene;
    scene.queries = linksAxis({capture, &queries}, pictureSize(queries), selection().picture());
    scene.keys = linksAxis({capture, &keys}, pictureSize(keys), selection().picture());
    for (LinksAxis* side : {&scene.queries, &scene.keys})
        if (hasSound(*side->axis)) { // silence that was appended is not worth half of the line
            const SoundPositions heard = heardPositions(*capture, *side->axis);
            std::erase_if(side->listed, [&](std::int64_t position) { return position >= heard.first + heard.count; });
        }
    const Hover& hover = selection().hover();
    if (hover.query && hover.query->axis == queries.id)
        scene.pointed.query = hover.query->position;
    if (hover.key && hover.key->axis == keys.id)
        scene.pointed.key = hover.key->position;
    const std::vector<std::int64_t> inQuestion = queriesInQuestion(shown);
    const std::vector<std::size_t> colors = tokenColorIndices(inQuestion);
    for (std::size_t i = 0; i < colors.size(); ++i)
        scene.marks.push_back({LinkSide::Query, inQuestion[i],
                               colors.size() == 1 ? ViewContext::markColor() : colorFromRgb(kTokenColors[colors[i]])});
    if (const std::optional<std::int64_t> key = selection().shownKey())
        scene.marks.push_back({LinkSide::Key, *key, ViewContext::markColor()});
    const std::vector<float> row = context().rows().shownRow();
    ValueScale scale = context().scaleFor(row, keys);
    if (row.empty() && !m_bundles.empty()) { // a column alone
        std::vector<float> weights;
        for (const WeightedPosition& link : m_bundles.front().found.links)
            weights.push_back(link.weight);
        scale = withSharedLimits(scale, weights);
    }
    addCurves(scene, scale);
    m_canvas->setScene(scene);
    const Selection& kept = selection().selection();
    if (kept.query() && shown.group == kept.group && direction() == Direction::FromQueries)
        if (const AxisPosition place{queries.id, *kept.query()}; std::exchange(m_revealed, place) != place)
            m_canvas->reveal(LinkSide::Query, place.position);
    m_canvas->setHint(hintText(shown));
    m_statement->setText(statementText(shown));
    const QString pointed = readoutText(shown, {shown.query, selection().shownKey()});
    m_readout->setText(pointed.isEmpty() && !scene.curves.empty()
                           ? tr("Width and opacity grow with the weight, full at %1. Point at a line for its value.")
                                 .arg(QString::fromStdString(scale.formatWithUnit(scale.opaqueFrom())))
                           : pointed);
    m_canvas->setToolTip(scene.pointed.isLink() ? pointed.toHtmlEscaped() : QString());
}

void LinksView::addCurves(LinksScene& scene, const ValueScale& scale) const
{
    const bool isColumn = direction() == Direction::ToKey;
    for (const Bundle& bundle : m_bundles)
        for (const WeightedPosition& link : bundle.found.links) {
            LinkCurve curve;
            curve.query = isColumn ? link.position : bundle.position;
            curve.key = isColumn ? bundle.position : link.position;
            curve.weight = link.weight;
            curve.share = opacityShare(link.weight, scale);
            curve.color = bundle.color;
            for (const LinkMark& mark : scene.marks)
                if (isColumn && mark.side == LinkSide::Query && mark.position == link.position)
                    curve.color = mark.color;
            scene.curves.push_back(curve);
        }
    std::ranges::stable_sort(scene.curves, std::greater(), &LinkCurve::weight);
}

QString LinksView::bundleText(const Bundle& bundle) const
{
    const QString name = bundle.name.toHtmlEscaped();
    if (!bundle.isRead)
        return tr("%1: being read …").arg(name);
    const StrongestLinks& found = bundle.found;
    if (m_bundles.size() > 3) // a line each, or there is no room for all
        return tr("%1: %2 of %3, mass %4")
            .arg(name)
            .arg(found.links.size())
            .arg(found.possible)
            .arg(found.shownMass, 0, 'f', 2);
    QString text = direction() == Direction::FromQueries ? tr("%1: %2 of %3 links, %4 of its mass")
                                                               .arg(name)
                                                               .arg(found.links.size())
                                                               .arg(found.possible)
                                                               .arg(found.shownMass, 0, 'f', 2)
                                                         : tr("%1: %2 of %3 tokens, %4 of the %5 it receives")
                                                               .arg(name)
                                                               .arg(found.links.size())
                                                               .arg(found.possible)
                                                               .arg(found.shownMass, 0, 'f', 2)
                                                               .arg(found.wholeMass, 0, 'f', 2);
    if (found.notFinite > bundle.notStored)
        text += tr(", %1 weights are no numbers").arg(found.notFinite - bundle.notStored);
    if (bundle.notStored > 0)
        text += tr(", %1 tokens are not stored in this capture").arg(bundle.notStored);
    return text;
}

QString LinksView::statementText(const ShownMap& shown) const
{
    const Capture& capture = *selection().capture();
    QStringList lines{tr("%1 · %2").arg(groupLabel(capture, shown), mapLabel(capture, shown.map)).toHtmlEscaped()};
    for (const Bundle& bundle : m_bundles)
        lines << QStringLiteral("<span style=\"color:%1\">■</span> %2").arg(bundle.color.name(), bundleText(bundle));
    if (context().options().withoutSpecial)
        lines << tr("renormalised without special tokens");
    return lines.join(QStringLiteral("<br>"));
}

QString LinksView::readoutText(const ShownMap& shown, const LinkPlace& place)
{
    if (!place.isLink())
        return {};
    const Capture& capture = *selection().capture();
    const TokenAxis& keys = keyAxisOf(capture, shown.map);
    const std::vector<float> row = context().rows().row(shown.map, *place.query);
    if (row.empty())
        return selection().reasonForNoRow();
    const QString token =
        queryName(capture, queryAxisOf(capture, shown.map).id, *place.query, context().options().predictingRow).token;
    return tr("%1 → %2: %3")
        .arg(token, positionLabel(keys, *place.key),
             valueText(context().unitFor(keys), row[static_cast<std::size_t>(*place.key)]));
}

QString LinksView::hintText(const ShownMap& shown) const
{
    const Capture& capture = *selection().capture();
    if (m_bundles.empty())
        return direction() == Direction::FromQueries
                   ? tr("Point at a token at the left to see what it looks at; click to keep it.")
                   : tr("Point at a token or patch at the right to see who looks at it; click to keep it.");
    if (std::ranges::any_of(m_bundles, [](const Bundle& bundle) { return !bundle.isRead; }))
        return tr("Being read …");
    const QString reason = context().reasonForNoMap(context().rows().shownRow(), keyAxisOf(capture, shown.map));
    return reason.isEmpty() ? tr("No weight is at least %1.").arg(m_thresholdText->text()) : reason;
}

void LinksView::hover(const LinkPlace& place)
{
    const std::optional<ShownMap> shown = selection().shown();
    if (!shown)
        return;
    const Capture& capture = *selection().capture();
    Hover next;
    if (place.query)
        next.query = AxisPosition{queryAxisOf(capture, shown->map).id, *place.query};
    if (place.key)
        next.key = AxisPosition{keyAxisOf(capture, shown->map).id, *place.key};
    selection().setHover(next);
}

void LinksView::keep(const LinkPlace& place, bool besideOthers)
{
    const std::optional<ShownMap> shown = selection().shown();
    if (!shown || place.isNothing())
        return;
    if (place.isLink()) {
        Selection next = selection().selection();
        const bool wasKept = std::ranges::find(next.queries, *place.query) != next.queries.end();
        next.keep(*place.query, *place.key, besideOthers || wasKept); // the others keep their lines
        selection().setSelection(next);
        return;
    }
    if (place.key) {
        selection().toggleKey(*place.key);
        return;
    }
    const AxisPosition query{queryAxisOf(*selection().capture(), shown->map).id, *place.query};
    if (besideOthers)
        selection().addOrRemoveQuery(query);
    else
        selection().toggleQuery(query);
}

void LinksView::step(int tokens, int links)
{
    const std::optional<ShownMap> shown = selection().shown();
    if (!shown)
        return;
    LinkPlace place{shown->query, selection().shownKey()};
    const LinksScene& scene = m_canvas->scene();
    if (links != 0) {
        const auto current = std::ranges::find_if(scene.curves, [&](const LinkCurve& curve) {
            return scene.pointed.isLink() && curve.query == scene.pointed.query && curve.key == scene.pointed.key;
        });
        const auto count = static_cast<std::ptrdiff_t>(scene.curves.size());
        const auto next = current == scene.curves.end() ? 0 : current - scene.curves.begin() + links;
        if (next >= 0 && next < count)
            hover(
                {scene.curves[static_cast<std::size_t>(next)].query, scene.curves[static_cast<std::size_t>(next)].key});
        return;
    }
    const LinkSide side = direction() == Direction::FromQueries ? LinkSide::Query : LinkSide::Key;
    std::optional<std::int64_t>& position = side == LinkSide::Query ? place.query : place.key;
    const std::int64_t next =
        std::clamp<std::int64_t>(position ? *position + tokens : 0, 0, scene.axis(side).axis->length - 1);
    hover(side == LinkSide::Query ? LinkPlace{next, {}} : LinkPlace{{}, next});
    m_canvas->reveal(side, next);
}

} // namespace heedmap
