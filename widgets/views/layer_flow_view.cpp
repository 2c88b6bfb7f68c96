#include "widgets/views/layer_flow_view.h"

#include "widgets/context/map_labels.h"
#include "widgets/controls/choice_button.h"
#include "widgets/controls/layer_flow_canvas.h"
#include "widgets/controls/parameter_form.h"
#include "widgets/controls/run_again_button.h"
#include "widgets/controls/statistics_strip.h"

#include <QHBoxLayout>
#include <QScrollArea>
#include <QVBoxLayout>

#include <cmath>

namespace heedmap {

namespace {

constexpr int kFormWidth = 210;

} // namespace

LayerFlowView::LayerFlowView(ViewContext& context, QWidget* parent)
    : View(context, parent), m_mass(makeChoiceButton(tr("mass"), tr("Where the attention of each layer goes"))),
      m_rollout(
          makeChoiceButton(tr("rollout"), tr("Where a token comes from once a layer is done: the attention of all "
                                             "layers so far multiplied, residuals included"))),
      m_relevance(makeChoiceButton(tr("relevance"), tr("What was relevant for the output, gathered up to each layer: "
                                                       "gradient × attention"))),
      m_ofToken(makeChoiceButton(tr("current token"), tr("The rows of the token that is looked at"))),
      m_ofMean(makeChoiceButton(tr("mean over queries"), tr("The mean over all queries but special tokens"))),
      m_byModality(makeChoiceButton(tr("by kind"), tr("Picture, words, sound, special tokens"))),
      m_bySegment(makeChoiceButton(tr("by segment"), tr("The parts the sequence is made of, special tokens included"))),
      m_parameters(
          makeChoiceButton(tr("parameters"), tr("What the rule leaves open: heads, residual, discard ratio …"))),
      m_form(new ParameterForm), m_again(new RunAgainButton(context)), m_pages(new QStackedWidget),
      m_canvas(new LayerFlowCanvas), m_message(new QLabel), m_strip(new StatisticsStrip(context.statistics()))
{
    buildControls();
    connect(m_canvas, &LayerFlowCanvas::pointed, this, &LayerFlowView::showReadout);
    connect(m_canvas, &LayerFlowCanvas::chosen, this, &LayerFlowView::choose);
    for (QToolButton* button : {m_mass, m_rollout, m_relevance, m_ofMean, m_ofToken, m_byModality, m_bySegment})
        connect(button, &QToolButton::toggled, this, [this](bool isDown) { // another one goes up at the same time
            if (isDown)
                rebuild();
        });
    connect(m_parameters, &QToolButton::toggled, this, &LayerFlowView::rebuild);
    connect(m_form, &ParameterForm::changed, this, [this] {
        m_settings.insert_or_assign(&m_form->settings().analysis(), m_form->settings());
        rebuild();
    });
    const auto rebuildIfSeen = [this] {
        if (isVisible())
            rebuild();
    };
    connect(&context.statistics(), &StatisticsModel::changed, this, rebuildIfSeen);
    connect(&m_series, &AnalysisRunners::changed, this, rebuildIfSeen);
    connect(&m_strip->button(), &QPushButton::clicked, this, [this] {
        if (!isOfMass())
            m_series.isRunning() ? m_series.cancel() : m_series.start();
    });
}

void LayerFlowView::buildControls()
{
    auto* controls = new QHBoxLayout;
    controls->setSpacing(4);
    addChoices(*controls, {m_mass, m_rollout, m_relevance}, this);
    controls->addSpacing(10);
    addChoices(*controls, {m_ofMean, m_ofToken}, this);
    controls->addSpacing(10);
    addChoices(*controls, {m_byModality, m_bySegment}, this);
    controls->addStretch(1);
    m_message->setWordWrap(true);
    m_message->setTextFormat(Qt::PlainText);
    m_message->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_message->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* scroll = new QScrollArea;
    scroll->setWidget(m_canvas);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->viewport()->setAutoFillBackground(false);
    m_canvas->setAutoFillBackground(false);
    m_pages->addWidget(scroll);
    m_pages->addWidget(m_message);
    m_form->setFixedWidth(kFormWidth);
    m_form->hide();
    m_parameters->hide();
    auto* middle = new QHBoxLayout;
    middle->setSpacing(12);
    middle->addWidget(m_pages, 1);
    middle->addWidget(m_form);
    auto* bottom = new QHBoxLayout;
    bottom->setSpacing(6);
    bottom->addWidget(m_strip, 1);
    bottom->addWidget(m_parameters);
    bottom->addWidget(m_again);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(10, 4, 8, 4);
    layout->setSpacing(5);
    layout->addLayout(controls);
    layout->addLayout(middle, 1);
    layout->addLayout(bottom);
}

void LayerFlowView::captureChanged()
{
    rebuild();
}

void LayerFlowView::selectionChanged()
{
    rebuild();
}

std::vector<LayerFlowView::Block> LayerFlowView::blocks() const
{
    std::vector<Block> blocks;
    const std::optional<ShownMap> shown = selection().shown();
    if (!selection().capture() || !shown)
        return blocks;
    const Capture& capture = *selection().capture();
    const std::string axis = queryAxisOf(capture, shown->map).id;
    for (GroupChoice& group : groupChoices(capture)) {
        if (group.isComposed() && group.id != shown->group)
            continue; // a product says nothing that its steps do not; it is read when it is looked at
        std::optional<StatisticsWish> wish = StatisticsWish{group.id, {}, "ordinary", {}};
        if (group.isComposed())
            wish->first = shown->map.first;
        const MapChoice map{group.sites.front(), HeadChoice::mean(), wish->first};
        if (m_ofToken->isChecked()) {
            wish->query = shown->query;
            if (!shown->query || queryAxisOf(capture, map).id != axis)
                wish.reset();
        }
        blocks.push_back({std::move(group), std::move(wish)});
    }
    return blocks;
}

std::vector<LayerFlowScene::Part> LayerFlowView::partsOf(const TokenAxis& keys) const
{
    std::vector<LayerFlowScene::Part> parts;
    const bool bySegment = m_bySegment->isChecked();
    for (const AxisPart& part : bySegment ? segmentsOf(keys) : modalitiesOf(keys))
        parts.push_back({QString::fromStdString(part.id), QString::fromStdString(part.title), QColor()});
    return parts;
}

/// The statistics that hold the masses of partsOf; empty where the whole axis is one part.
std::vector<std::string> LayerFlowView::columnsOf(const TokenAxis& keys) const
{
    std::vector<std::string> columns;
    for (const LayerFlowScene::Part& part : partsOf(keys))
        columns.push_back(m_bySegment->isChecked() ? "mass:" + part.id.toStdString() : part.id.toStdString() + "_mass");
    if (m_bySegment->isChecked() && columns.size() < 2)
        columns.clear();
    return columns;
}

void LayerFlowView::fillLayers(LayerFlowScene::Group& scene, const Block& block) const
{
    const auto result = context().statistics().result(*block.wish);
    if (!result)
        return;
    const std::vector<std::string> columns = columnsOf(selection().capture()->keyAxis(block.group.sites.front()));
    for (LayerFlowScene::Layer& layer : scene.layers) {
        std::vector<double> sums(scene.parts.size());
        int heads = 0;
        for (const HeadSummary& head : result->heads) {
            if (head.head.site != layer.site || std::isnan(head.values.front()))
                continue; // a head without any weight for these queries
            ++heads;
            for (std::size_t part = 0; part < sums.size(); ++part)
                sums[part] += columns.empty() ? 1 : head.values[result->column(columns[part])];
        }
        if (heads == 0)
            continue;
        for (double& sum : sums)
            sum /= heads;
        layer.masses = std::move(sums);
    }
}

LayerFlowScene::Group LayerFlowView::groupScene(const Block& block) const
{
    const Capture& capture = *selection().capture();
    LayerFlowScene::Group scene;
    scene.id = block.group.id;
    scene.title = QString::fromStdString(block.group.title);
    if (!block.wish) {
        scene.note = selection().shown()->query ? tr("The current token is no query here.")
                                                : tr("Point at a token or keep one.");
        return scene;
    }
    scene.parts = partsOf(capture.keyAxis(block.group.sites.front()));
    for (const std::size_t site : block.group.sites)
        scene.layers.push_back({QStringLiteral("L%1").arg(capture.site(site).layer), site, {}, false});
    if (context().statistics().state(*block.wish) == StatisticsState::Failed) {
        scene.layers.clear();
        scene.note = context().statistics().failure(*block.wish);
        return scene;
    }
    fillLayers(scene, block);
    return scene;
}

void LayerFlowView::rebuild()
{
    LayerFlowScene scene = isOfMass() ? massScene() : seriesScene();
    colorParts(scene, m_bySegment->isChecked());
    const Selection& current = selection().selection();
    for (LayerFlowScene::Group& group : scene.groups)
        for (LayerFlowScene::Layer& layer : group.layers)
            layer.current = group.id == current.group && layer.site == current.map.site;
    m_canvas->setScene(std::move(scene));
    showReadout(m_canvas->pointedAt());
}

LayerFlowScene LayerFlowView::massScene()
{
    m_series.want({});
    m_again->withdraw();
    m_parameters->hide();
    m_form->hide();
    m_pages->setCurrentIndex(0);
    const std::vector<Block> shown = blocks();
    std::vector<StatisticsWish> wishes;
    for (const Block& block : shown)
        if (block.wish)
            wishes.push_back(*block.wish);
    context().statistics().wish(this, isVisible() ? wishes : std::vector<StatisticsWish>());
    LayerFlowScene scene;
    for (const Block& block : shown)
        scene.groups.push_back(groupScene(block));
    m_strip->showProgress(wishes, shown.empty()
                                      ? tr("Run a model or open a capture with attention to see where it goes.")
                                      : tr("share of attention mass, mean over heads · %1").arg(whoseRows()) +
                                            storedPartNote(*selection().capture()));
    return scene;
}

QString LayerFlowView::whoseRows() const
{
    const std::optional<ShownMap> shown = selection().shown();
    if (!m_ofToken->isChecked())
        return tr("mean over all queries but special tokens");
    if (!shown || !shown->query)
        return tr("no token");
    const Capture& capture = *selection().capture();
    const QueryName name =
        queryName(capture, queryAxisOf(capture, shown->map).id, *shown->query, context().options().predictingRow);
    return name.kind == RowKind::Own ? name.token : QStringLiteral("%1 (%2)").arg(name.token, rowKindLabel(name.kind));
}

void LayerFlowView::showReadout(const std::optional<LayerFlowPlace>& place)
{
    if (!place || place->group >= m_canvas->scene().groups.size()) {
        m_strip->setHint({});
        m_canvas->setToolTip({});
        return;
    }
    const LayerFlowScene::Group& group = m_canvas->scene().groups[place->group];
    const LayerFlowScene::Layer& layer = group.layers[place->layer];
    QStringList masses;
    for (std::size_t part = 0; part < layer.masses.size(); ++part) {
        const QString text = QStringLiteral("%1 %2").arg(group.parts[part].title, flowText(layer.masses[part]));
        masses << (place->part == part ? QStringLiteral("<b>%1</b>").arg(text.toHtmlEscaped()) : text.toHtmlEscaped());
    }
    m_strip->setHint(QStringLiteral("%1 · %2: %3")
                         .arg(group.title.toHtmlEscaped(), layer.label,
                              masses.isEmpty() ? tr("not read") : masses.join(QStringLiteral(", "))));
    m_canvas->setToolTip(flowPlaceText(m_canvas->scene(), *place));
}

void LayerFlowView::choose(const LayerFlowPlace& place)
{
    const LayerFlowScene::Group& group = m_canvas->scene().groups[place.group];
    if (place.layer >= group.layers.size() || group.id.empty())
        return;
    const Capture& capture = *selection().capture();
    Selection next = selection().selection();
    if (const auto other = next.group == group.id ? std::nullopt : groupChoice(capture, group.id))
        next = selectionForGroup(capture, next, *other);
    if (const std::optional<std::size_t> site = group.layers[place.layer].site) { // else its steps choose the layer
        const HeadChoice head = next.map.head;
        const bool exists = head.isMean() || capture.site(*site).holdsHead(head.head);
        next.map = next.map.with({*site, exists ? head : HeadChoice::mean()});
    }
    selection().setSelection(next);
}

void LayerFlowView::showEvent(QShowEvent* event)
{
    View::showEvent(event);
    rebuild();
}

void LayerFlowView::hideEvent(QHideEvent* event)
{
    context().statistics().wish(this, {});
    m_series.want({});
    View::hideEvent(event);
}

} // namespace heedmap
