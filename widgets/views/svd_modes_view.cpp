#include "widgets/views/svd_modes_view.h"

#include "widgets/context/map_labels.h"
#include "widgets/context/mode_sides.h"
#include "widgets/controls/mode_side_plot.h"
#include "widgets/controls/spectrum_plot.h"
#include "widgets/image/mode_figure.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QSignalBlocker>

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

constexpr std::int64_t kModesOfSmallMaps = 32;
constexpr std::int64_t kModesOfLargeMaps = 12;
constexpr double kLargeMap = 1 << 20; ///< weights
constexpr int kPatienceMs = 300;
constexpr int kSideWidth = 204;
constexpr int kNarrowestCombo = 60;

QLabel* mutedLabel()
{
    auto* label = new QLabel;
    label->setObjectName("muted");
    label->setWordWrap(true);
    return label;
}

} // namespace

SvdModesView::SvdModesView(ViewContext& context, QWidget* parent)
    : View(context, parent), m_provider(new ModeProvider(context.selection(), this)), m_spectrum(new SpectrumPlot),
      m_left(new ModeSidePlot), m_right(new ModeSidePlot), m_scopes(new QComboBox), m_centrings(new QComboBox),
      m_rebuilt(new QToolButton), m_facts(new QLabel), m_kept(new QLabel), m_keep(new QSlider(Qt::Horizontal)),
      m_similarTitle(mutedLabel()), m_similar(new QListWidget), m_search(new QPushButton),
      m_select(new QPushButton(tr("Select its &tokens"))), m_message(mutedLabel()),
      m_again(new QPushButton(tr("&Compute"))), m_progress(new QProgressBar), m_cancel(new QToolButton),
      m_side(new QWidget)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(10, 6, 10, 6);
    layout->setSpacing(6);
    layout->addLayout(buildControls());
    layout->addLayout(buildBody(), 1);
    connectControls();
}

QLayout* SvdModesView::buildControls()
{
    m_scopes->setAccessibleName(tr("Whose map"));
    m_scopes->setToolTip(tr("Whose map is taken apart. Several heads are stacked along their queries: "
                            "[heads × queries, keys]."));
    m_scopes->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    for (QComboBox* combo : {m_scopes, m_centrings})
        combo->setMinimumWidth(kNarrowestCombo); // a narrow view stays narrow, whatever their texts
    m_centrings->setAccessibleName(tr("Centring"));
    m_centrings->setToolTip(tr("What is subtracted from the map first"));
    for (const CentringInfo& info : heedmap::centrings())
        m_centrings->addItem(tr(info.title), QString::fromLatin1(info.id));
    m_centrings->setCurrentIndex(static_cast<int>(m_centring));
    m_rebuilt->setText(tr("Rebuilt row"));
    m_rebuilt->setCheckable(true);
    m_rebuilt->setToolTip(tr("The row of the current token beside what the kept modes alone make of it"));
    m_progress->setRange(0, 1000);
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Progress of the decomposition"));
    m_progress->setFixedWidth(110);
    m_cancel->setText(tr("Cancel"));
    auto* line = new QHBoxLayout;
    line->setSpacing(8);
    for (QWidget* widget : std::initializer_list<QWidget*>{m_scopes, m_centrings, m_rebuilt})
        line->addWidget(widget);
    line->addStretch(1);
    line->addWidget(m_message, 4);
    line->addWidget(m_again);
    line->addWidget(m_progress);
    line->addWidget(m_cancel);
    for (QWidget* widget : std::initializer_list<QWidget*>{m_message, m_again, m_progress, m_cancel})
        widget->hide();
    return line;
}

QLayout* SvdModesView::buildBody()
{
    m_facts->setWordWrap(true);
    m_keep->setAccessibleName(tr("Modes kept"));
    m_keep->setToolTip(tr("How many modes are kept; the least error any map of that rank has (Eckart and Young 1936)"));
    m_similar->setAccessibleName(tr("Heads with this mode"));
    m_similar->setFrameShape(QFrame::NoFrame);
    m_similar->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_similar->setMinimumHeight(fontMetrics().height()); // a low dock stays low
    m_select->setToolTip(tr("Keeps the tokens this mode is strongest on, at most %1, and its strongest patch or key")
                             .arg(kMostKeptQueries));
    auto* side = new QVBoxLayout(m_side);
    side->setContentsMargins(0, 0, 0, 0);
    side->setSpacing(3);
    side->addWidget(m_facts);
    side->addWidget(m_kept);
    side->addWidget(m_keep);
    side->addWidget(m_similarTitle);
    side->addWidget(m_search);
    side->addWidget(m_similar, 1);
    side->addWidget(m_select);
    m_side->setFixedWidth(kSideWidth);
    auto* body = new QHBoxLayout;
    body->setSpacing(14);
    body->addWidget(m_spectrum, 3);
    body->addWidget(m_left, 5);
    body->addWidget(m_right, 5);
    body->addWidget(m_side);
    return body;
}

void SvdModesView::connectControls()
{
    connect(m_provider, &ModeProvider::arrived, this, [this] {
        if (isVisible())
            refresh();
    });
    connect(m_scopes, &QComboBox::currentIndexChanged, this, [this](int index) {
        m_scopeId = m_scopeList[static_cast<std::size_t>(index)].id;
        refresh();
    });
    connect(m_centrings, &QComboBox::currentIndexChanged, this, [this](int index) {
        m_centring = heedmap::centrings()[static_cast<std::size_t>(index)].centring;
        refresh();
    });
    connect(m_spectrum, &SpectrumPlot::chosen, this, &SvdModesView::chooseSubspace);
    connect(m_rebuilt, &QToolButton::toggled, this, &SvdModesView::showPlots);
    connect(m_keep, &QSlider::valueChanged, this, [this] {
        showFacts();
        const QSignalBlocker blocker(m_rebuilt);
        m_rebuilt->setChecked(true);
        showPlots();
    });
    connect(m_similar, &QListWidget::itemClicked, this, &SvdModesView::goToSimilar);
    m_similar->installEventFilter(this); // itemActivated may come with the click, for a list made anew meanwhile
    connect(m_select, &QPushButton::clicked, this, &SvdModesView::selectTokens);
    connect(m_search, &QPushButton::clicked, this, [this] {
        m_mayBeDear = true;
        m_provider->retry();
        refresh();
    });
    connect(m_again, &QPushButton::clicked, this, [this] {
        m_provider->retry();
        refresh();
    });
    connect(m_cancel, &QToolButton::clicked, m_provider, &ModeProvider::cancel);
    m_patience.setSingleShot(true);
    connect(&m_patience, &QTimer::timeout, this, [this] {
        updateProgress();
        m_progress->show();
        m_cancel->show();
        m_ticks.start(100);
    });
    connect(&m_ticks, &QTimer::timeout, this, &SvdModesView::updateProgress);
    for (ModeSidePlot* plot : {m_left, m_right}) {
        connect(plot, &ModeSidePlot::hovered, this, [this, plot](const QString& axis, qint64 position) {
            const AxisPosition place{axis.toStdString(), position};
            const bool isQuery = plot == m_left && !m_rebuilt->isChecked();
            selection().setHover(isQuery ? Hover{place, {}} : Hover{{}, place});
        });
        connect(plot, &ModeSidePlot::left, this, [this] { selection().setHover({}); });
        connect(plot, &ModeSidePlot::clicked, this,
                [this, plot](const QString& axis, qint64 position, bool besideOthers) {
                    const AxisPosition place{axis.toStdString(), position};
                    if (plot == m_right || m_rebuilt->isChecked())
                        selection().toggleKey(position);
                    else if (besideOthers)
                        selection().addOrRemoveQuery(place);
                    else
                        selection().keepQuery(place);
                });
    }
}

bool SvdModesView::eventFilter(QObject* watched, QEvent* event)
{
    if (watched != m_similar || event->type() != QEvent::KeyPress)
        return View::eventFilter(watched, event);
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (key != Qt::Key_Return && key != Qt::Key_Enter)
        return false;
    goToSimilar(m_similar->currentItem());
    return true;
}

void SvdModesView::captureChanged()
{
    m_mayBeDear = false;
    m_chosen = 0;
    m_wantedMode.reset();
    refresh();
}

void SvdModesView::selectionChanged()
{
    refresh();
}

void SvdModesView::pictureChanged()
{
    if (shownModes())
        showPlots();
}

void SvdModesView::showEvent(QShowEvent* event)
{
    View::showEvent(event);
    refresh();
}

void SvdModesView::hideEvent(QHideEvent* event)
{
    m_provider->cancel();
    m_provider->retry(); // begun anew when shown
    m_patience.stop();
    m_ticks.stop();
    View::hideEvent(event);
}

std::vector<SvdModesView::Scope> SvdModesView::scopesOfSelection() const
{
    const auto& capture = selection().capture();
    if (!capture || selection().selection().group.empty())
        return {};
    const MapChoice& map = selection().selection().map;
    const std::optional<GroupChoice> group = groupChoice(*capture, selection().selection().group);
    if (!group)
        return {};
    std::vector<Scope> scopes;
    const auto stackOf = [&](const HeadSet& set) {
        std::vector<MapChoice> parts;
        for (const SiteHead& member : set.members)
            parts.push_back(map.with(member));
        return parts;
    };
    if (map.set)
        scopes.push_back({"shown", tr("%1 heads of the set stacked").arg(map.set->members.size()), stackOf(*map.set)});
    scopes.push_back({map.set ? "reduced" : "shown", mapLabel(*capture, map), {map}});
    HeadSet layer;
    for (const int head : capture->site(map.site).headNumbers())
        layer.members.push_back({map.site, HeadChoice{head}});
    scopes.push_back({"layer",
                      tr("layer %1: %2 heads stacked").arg(capture->site(map.site).layer).arg(layer.members.size()),
                      stackOf(layer)});
    for (const SavedHeadSet& saved : selection().headSets())
        if (const auto set = setIn(*capture, saved); set && holdsSet(*group, *set))
            scopes.push_back(
                {QStringLiteral("set:") + QString::fromStdString(saved.name),
                 tr("%1: %2 heads stacked").arg(QString::fromStdString(saved.name)).arg(set->members.size()),
                 stackOf(*set)});
    return scopes;
}

void SvdModesView::fillScopes()
{
    std::vector<Scope> scopes = scopesOfSelection();
    if (scopes == m_scopeList)
        return;
    m_scopeList = std::move(scopes);
    const QSignalBlocker blocker(m_scopes);
    m_scopes->clear();
    int current = 0;
    for (std::size_t i = 0; i < m_scopeList.size(); ++i) {
        m_scopes->addItem(m_scopeList[i].title);
        if (m_scopeList[i].id == m_scopeId)
            current = static_cast<int>(i);
    }
    m_scopes->setCurrentIndex(m_scopeList.empty() ? -1 : current);
}

std::optional<ModesRequest> SvdModesView::wantedRequest() const
{
    const int index = m_scopes->currentIndex();
    if (m_scopeList.empty() || index < 0)
        return std::nullopt;
    const std::vector<MapChoice>& parts = m_scopeList[static_cast<std::size_t>(index)].parts;
    const bool isLarge = stackedSize(*selection().capture(), parts) > kLargeMap;
    return ModesRequest{parts, false, m_centring, context().options().withoutSpecial,
                        isLarge ? kModesOfLargeMaps : kModesOfSmallMaps};
}

void SvdModesView::refresh()
{
    fillScopes();
    const std::optional<ModesRequest> request = wantedRequest();
    if (!request) {
        showResult(nullptr);
        return showMessage(tr("Open a capture, or run a model, to see the modes of its maps."), false);
    }
    std::shared_ptr<const ModesResult> result = m_provider->modes(*request);
    if (!result && !m_provider->failure().isEmpty())
        showMessage(m_provider->failure(), false);
    else if (!result && m_provider->isCancelled())
        showMessage(tr("Cancelled."), true);
    else
        showMessage({}, false);
    showResult(std::move(result));
    std::vector<ModesRequest> wanted{*request};
    if (std::optional<ModesRequest> search = searchRequest())
        wanted.push_back(std::move(*search));
    m_provider->dropAllBut(wanted);
    showWaiting();
}

void SvdModesView::showMessage(const QString& message, bool offerAgain)
{
    m_message->setText(message);
    m_message->setVisible(!message.isEmpty());
    m_again->setVisible(offerAgain);
}

void SvdModesView::showWaiting()
{
    if (m_provider->isWorking()) {
        if (!m_patience.isActive() && !m_ticks.isActive())
            m_patience.start(kPatienceMs);
        return;
    }
    m_patience.stop();
    m_ticks.stop();
    m_progress->hide();
    m_cancel->hide();
}

void SvdModesView::updateProgress()
{
    m_progress->setValue(static_cast<int>(std::lround(1000 * m_provider->done())));
}

const ModeSubspace* SvdModesView::chosenSubspace() const
{
    const MapModes* modes = shownModes();
    return modes && m_chosen < modes->modes.subspaces.size() ? &modes->modes.subspaces[m_chosen] : nullptr;
}

void SvdModesView::showResult(std::shared_ptr<const ModesResult> result)
{
    if (result != m_result) {
        m_result = std::move(result);
        if (const MapModes* modes = shownModes()) {
            const auto& subspaces = modes->modes.subspaces;
            if (m_wantedMode)
                for (m_chosen = 0; m_chosen + 1 < subspaces.size() &&
                                   subspaces[m_chosen + 1].first <= static_cast<std::int64_t>(*m_wantedMode);)
                    ++m_chosen;
            m_chosen = subspaces.empty() ? 0 : std::min(m_chosen, subspaces.size() - 1);
            m_wantedMode.reset();
        }
        fillKeep();
        showFacts();
    }
    showPlots();
    showSimilar();
}

void SvdModesView::chooseSubspace(std::size_t subspace)
{
    m_chosen = subspace;
    const QSignalBlocker blocker(m_rebuilt);
    m_rebuilt->setChecked(false);
    showFacts();
    showPlots();
    showSimilar();
}

void SvdModesView::fillKeep()
{
    m_cuts = {0};
    if (const MapModes* modes = shownModes())
        for (const ModeSubspace& subspace : modes->modes.subspaces)
            m_cuts.push_back(subspace.first + subspace.dimension);
    const QSignalBlocker blocker(m_keep);
    const int before = m_keep->value();
    m_keep->setRange(0, static_cast<int>(m_cuts.size()) - 1);
    m_keep->setValue(before == 0 ? std::min(3, m_keep->maximum()) : std::min(before, m_keep->maximum()));
}

std::int64_t SvdModesView::keptModes() const
{
    return m_cuts.empty() ? 0 : m_cuts[static_cast<std::size_t>(m_keep->value())];
}

void SvdModesView::showFacts()
{
    const MapModes* modes = shownModes();
    const ModeSubspace* subspace = chosenSubspace();
    m_select->setEnabled(subspace != nullptr);
    m_keep->setEnabled(subspace != nullptr);
    m_kept->clear();
    m_facts->clear();
    if (!modes)
        return;
    QStringList facts;
    if (subspace)
        facts << QStringLiteral("%1: %2").arg(modeName(*subspace), modeFacts(modes->modes, *subspace));
    else
        facts << tr("Nothing is left of this map: it has no modes.");
    facts << effectiveRankText(modes->modes);
    if (modes->modes.nonFinite > 0)
        facts << tr("%1 weights are no numbers: taken as 0").arg(modes->modes.nonFinite);
    m_facts->setText(facts.join(u'\n'));
    m_facts->setToolTip(tr("effective rank: %1\nsubspaces: %2\nsigns: %3")
                            .arg(QString::fromUtf8(kEffectiveRankFormula), QString::fromUtf8(kModeSubspaceRule),
                                 QString::fromUtf8(kModeSignRule)));
    if (!subspace)
        return;
    const QString all =
        modes->modes.complete ? QString::number(modes->modes.rank) : tr("%1 computed").arg(modes->modes.modeCount());
    m_kept->setText(tr("keep %1 of %2 · error %3 %")
                        .arg(QString::number(keptModes()), all,
                             QString::number(100 * modes->modes.keptError(keptModes()), 'f', 1)));
}

} // namespace heedmap
