#include "widgets/views/head_finder_view.h"

#include "core/base/error.h"
#include "widgets/context/map_labels.h"
#include "widgets/controls/head_set_bar.h"
#include "widgets/controls/statistic_map.h"
#include "widgets/controls/statistics_strip.h"
#include "widgets/controls/statistics_table_model.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QMenu>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>
#include <limits>
#include <string_view>

namespace heedmap {

namespace {

constexpr std::string_view kHiddenAtFirst[] = {"entropy_bits", "picture_entropy", "confidence_ordinary", "other_mass"};

/// What most people do not ask for: other units, other rules, and segments, of which there may be many.
bool isShownAtFirst(const std::string& id)
{
    return !id.starts_with("mass:") && std::ranges::find(kHiddenAtFirst, id) == std::end(kHiddenAtFirst);
}

} // namespace

HeadFinderView::HeadFinderView(ViewContext& context, QWidget* parent)
    : View(context, parent), m_model(new StatisticsTableModel(this)), m_proxy(new StatisticsProxyModel(*m_model, this)),
      m_groups(new GroupCombo(context.selection())), m_queries(new QComboBox), m_statistics(new QComboBox),
      m_filter(new QLineEdit), m_columns(new QToolButton), m_savedSets(new HeadSetButton(context.selection())),
      m_map(new StatisticMap), m_table(new QTableView), m_strip(new StatisticsStrip(context.statistics())),
      m_setBar(new HeadSetBar(context.selection()))
{
    buildControls();
    buildTable();
    arrange();
    connect(m_queries, &QComboBox::activated, this, &HeadFinderView::showResult);
    connect(m_statistics, &QComboBox::activated, this, [this] {
        sortBy(m_statistics->currentData().toString());
        showMap();
    });
    connect(m_filter, &QLineEdit::textChanged, this, [this] {
        applyFilter();
        showMap();
        showRemark();
        showChosenRows();
    });
    connect(m_map, &StatisticMap::chosen, this, &HeadFinderView::choose);
    connect(&context.statistics(), &StatisticsModel::changed, this, [this] {
        if (isVisible())
            showResult();
    });
}

void HeadFinderView::buildControls()
{
    m_queries->setAccessibleName(tr("Queries the statistics are taken over"));
    m_queries->setToolTip(tr("Queries the statistics are taken over"));
    m_statistics->setAccessibleName(tr("Statistic shown as colours"));
    for (QComboBox* combo : std::initializer_list<QComboBox*>{m_groups, m_queries, m_statistics}) {
        combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        combo->setMinimumContentsLength(11);
    }
    m_filter->setPlaceholderText(tr("Filter, such as picture_mass > 0.5 entropy < 3 L2"));
    m_filter->setAccessibleName(tr("Filter of the heads"));
    m_filter->setClearButtonEnabled(true);
    m_columns->setObjectName("choice");
    m_columns->setText(tr("Columns"));
    m_columns->setToolTip(tr("Which statistics the table shows"));
    m_columns->setPopupMode(QToolButton::InstantPopup);
    m_columns->setFocusPolicy(Qt::StrongFocus);
    m_columns->setMenu(new QMenu(m_columns));
    connect(m_columns->menu(), &QMenu::aboutToShow, this, &HeadFinderView::fillColumnsMenu);
}

void HeadFinderView::buildTable()
{
    m_table->setModel(m_proxy);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(0, Qt::AscendingOrder);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setShowGrid(false);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->setAccessibleName(tr("Statistics of every head"));
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 5);
    QHeaderView* header = m_table->horizontalHeader();
    header->setHighlightSections(false);
    header->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(header, &QHeaderView::customContextMenuRequested, this,
            [this, header](const QPoint& place) { m_columns->menu()->popup(header->mapToGlobal(place)); });
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &HeadFinderView::chooseRows);
    // Its own rows and columns may change while it is told of new heads.
    connect(m_model, &QAbstractItemModel::modelReset, this, &HeadFinderView::showColumns);
}

void HeadFinderView::arrange()
{
    auto* controls = new QHBoxLayout;
    controls->setSpacing(6);
    for (QWidget* widget :
         std::initializer_list<QWidget*>{m_groups, m_queries, m_statistics, m_filter, m_columns, m_savedSets})
        controls->addWidget(widget, widget == m_filter ? 1 : 0);
    auto* middle = new QHBoxLayout;
    middle->setSpacing(10);
    middle->addWidget(m_map, 2);
    middle->addWidget(m_table, 3);
    auto* below = new QHBoxLayout;
    below->setSpacing(10);
    below->addWidget(m_strip, 1);
    below->addWidget(m_setBar);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(10, 4, 8, 4);
    layout->setSpacing(5);
    layout->addLayout(controls);
    layout->addLayout(middle, 1);
    layout->addLayout(below);
}

void HeadFinderView::captureChanged()
{
    m_followed.reset();
    m_queriesOf.clear();
    m_groups->fill();
    selectionChanged();
}

void HeadFinderView::fillQueries(const ShownMap& shown)
{
    const Capture& capture = *selection().capture();
    const std::string& axis = queryAxisOf(capture, shown.map).id;
    if (axis == m_queriesOf)
        return;
    m_queriesOf = axis;
    const QString chosen = m_queries->currentData().toString();
    const QSignalBlocker blocker(m_queries);
    m_queries->clear();
    for (const AxisPart& set : querySetsOf(capture, axis))
        m_queries->addItem(tr("over %1 (%2)").arg(QString::fromStdString(set.title)).arg(set.positions.size()),
                           QString::fromStdString(set.id));
    m_queries->setCurrentIndex(std::max(0, m_queries->findData(chosen)));
}

void HeadFinderView::selectionChanged()
{
    const Followed now{selection().capture(), selection().selection(), context().options().colorMap};
    if (m_followed == now)
        return;
    m_followed = now;
    const Selection& current = selection().selection();
    const bool hasMap = selection().capture() && !current.group.empty();
    for (QWidget* widget : std::initializer_list<QWidget*>{m_groups, m_queries, m_statistics, m_filter, m_columns})
        widget->setEnabled(hasMap);
    if (hasMap) {
        m_groups->showGroup(current.group);
        fillQueries({current.group, current.map, {}});
    }
    showResult();
    m_setBar->refresh();
    m_savedSets->refresh();
}

std::optional<StatisticsWish> HeadFinderView::wish() const
{
    const Selection& current = selection().selection();
    if (!selection().capture() || current.group.empty())
        return std::nullopt;
    return StatisticsWish{current.group, current.map.first, m_queries->currentData().toString().toStdString(), {}};
}

void HeadFinderView::showResult()
{
    const std::optional<StatisticsWish> wanted = wish();
    StatisticsModel& statistics = context().statistics();
    statistics.wish(this, wanted ? std::vector{*wanted} : std::vector<StatisticsWish>());
    m_showing = true; // rows that come and go are not chosen by the user
    m_model->setStatistics(selection().capture(), wanted ? statistics.result(*wanted) : nullptr);
    m_showing = false;
    fillStatistics();
    applyFilter();
    showMap();
    showRemark();
    showChosenRows();
}

/// The statistics of these axes; the chosen one stays chosen.
void HeadFinderView::fillStatistics()
{
    std::vector<std::string> ids;
    if (m_model->statistics())
        for (const MapStatistic& column : m_model->statistics()->columns)
            ids.push_back(column.id);
    if (ids == m_listed)
        return;
    m_listed = ids;
    const QString chosen = m_statistics->currentData().toString();
    const QSignalBlocker blocker(m_statistics);
    m_statistics->clear();
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const MapStatistic& column = m_model->statistics()->columns[i];
        m_statistics->addItem(QString::fromStdString(column.title), QString::fromStdString(column.id));
        m_statistics->setItemData(static_cast<int>(i),
                                  m_model->headerData(static_cast<int>(i) + 1, Qt::Horizontal, Qt::ToolTipRole),
                                  Qt::ToolTipRole);
    }
    // Where all keys are of one kind, as moments are, their mass is 1 for every head and tells nothing.
    const bool hasOneKind =
        std::ranges::count_if(ids, [](const std::string& id) { return id.ends_with("_mass"); }) == 1;
    const int first = hasOneKind && ids.size() > 1 && ids.front().ends_with("_mass") ? 1 : 0;
    m_statistics->setCurrentIndex(std::max(first, m_statistics->findData(chosen)));
}

void HeadFinderView::fillColumnsMenu()
{
    QMenu& menu = *m_columns->menu();
    menu.clear();
    if (!m_model->statistics())
        return;
    for (const MapStatistic& column : m_model->statistics()->columns) {
        QAction* action = menu.addAction(
            QStringLiteral("%1  (%2)").arg(QString::fromStdString(column.title), QString::fromStdString(column.id)));
        action->setCheckable(true);
        action->setChecked(isShownAtFirst(column.id) != m_toggledColumns.contains(column.id));
        connect(action, &QAction::toggled, this, [this, id = column.id] {
            if (m_toggledColumns.erase(id) == 0)
                m_toggledColumns.insert(id);
            showColumns();
        });
    }
}

void HeadFinderView::showColumns()
{
    if (!m_model->statistics())
        return;
    for (int column = 0; column < m_model->columnCount(); ++column) {
        const MapStatistic* shown = m_model->statistic(column);
        m_table->setColumnHidden(column, shown && isShownAtFirst(shown->id) == m_toggledColumns.contains(shown->id));
        const QString widest = column == 0 ? QStringLiteral("L00 · H000")
                               : shown     ? QStringLiteral("00000.000")
                                           : QStringLiteral("“longest tok”");
        const QString title = m_model->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
        m_table->setColumnWidth(
            column, std::max(fontMetrics().horizontalAdvance(widest), fontMetrics().horizontalAdvance(title)) + 14);
    }
}

void HeadFinderView::sortBy(const QString& id)
{
    for (int column = 1; column < m_model->columnCount(); ++column)
        if (const MapStatistic* shown = m_model->statistic(column); shown && shown->id == id.toStdString())
            m_table->sortByColumn(column, Qt::DescendingOrder);
    m_table->scrollToTop();
}

void HeadFinderView::applyFilter()
{
    m_filterFault.clear();
    HeadFilter filter;
    if (m_model->statistics()) {
        try {
            filter = HeadFilter(m_filter->text().toStdString(), *m_model->statistics());
        } catch (const Error& error) { // half typed, perhaps: all heads are shown
            m_filterFault = QString::fromUtf8(error.what());
        }
    }
    m_showing = true;
    m_proxy->setHeadFilter(filter);
    m_showing = false;
}

std::vector<SiteHead> HeadFinderView::shownHeads() const
{
    const MapChoice& map = selection().selection().map;
    return map.members();
}

void HeadFinderView::showMap()
{
    StatisticMapScene scene;
    const std::optional<GroupChoice> group =
        selection().capture() ? groupChoice(*selection().capture(), selection().selection().group) : std::nullopt;
    const int column = m_statistics->currentIndex() + 1;
    const MapStatistic* statistic = m_model->statistic(column);
    if (group && statistic) {
        const Capture& capture = *selection().capture();
        const std::vector<SiteHead> chosen = shownHeads();
        std::map<std::size_t, std::size_t> layerOfSite;
        for (const std::size_t site : group->sites) {
            layerOfSite[site] = scene.layers.size();
            StatisticMapScene::Layer layer{QStringLiteral("L%1").arg(capture.site(site).layer), {}};
            for (int head = 0; head < capture.site(site).heads; ++head)
                layer.cells.push_back({{site, HeadChoice{head}},
                                       std::numeric_limits<double>::quiet_NaN(),
                                       true,
                                       false,
                                       capture.site(site).holdsHead(head)});
            scene.layers.push_back(std::move(layer));
        }
        const auto cellOf = [&](const SiteHead& head) -> StatisticMapScene::Cell* {
            const auto found = layerOfSite.find(head.site);
            return found == layerOfSite.end() || head.head.isMean()
                       ? nullptr
                       : &scene.layers[found->second].cells[static_cast<std::size_t>(head.head.head)];
        };
        for (int row = 0; row < m_model->rowCount(); ++row)
            if (StatisticMapScene::Cell* cell = cellOf(m_model->head(row).head)) {
                cell->value = m_model->value(row, column);
                cell->kept = m_proxy->mapFromSource(m_model->index(row, 0)).isValid();
            }
        for (const SiteHead& head : chosen)
            if (StatisticMapScene::Cell* cell = cellOf(head))
                cell->chosen = true;
        scene.title = QString::fromStdString(statistic->title);
        scene.unit = QString::fromStdString(statistic->unit);
        scene.colors = &context().colorMap();
        m_statistics->setToolTip(m_model->headerData(column, Qt::Horizontal, Qt::ToolTipRole).toString());
    }
    m_map->setScene(std::move(scene));
}

void HeadFinderView::showRemark()
{
    const std::optional<StatisticsWish> wanted = wish();
    QString remark = m_filterFault;
    if (!selection().capture())
        remark = tr("Run a model or open a capture to see what its heads do.");
    else if (!wanted)
        remark = tr("This capture holds no attention.");
    else if (remark.isEmpty() && m_model->statistics()) {
        const int all = m_model->rowCount();
        const int shown = m_proxy->rowCount();
        remark = shown == all ? tr("%1 heads").arg(all) : tr("%1 of %2 heads").arg(shown).arg(all);
        if (!m_model->statistics()->isSampled())
            remark += QStringLiteral(" · ") + QString::fromStdString(m_model->statistics()->coverage());
        if (const MapStatistic* statistic = m_model->statistic(m_statistics->currentIndex() + 1))
            remark += tr(" · colours: %1 (%2)")
                          .arg(QString::fromStdString(statistic->title), QString::fromStdString(statistic->unit));
    }
    m_strip->showProgress(wanted ? std::vector{*wanted} : std::vector<StatisticsWish>(), remark);
}

void HeadFinderView::showChosenRows()
{
    QItemSelection wanted;
    QModelIndex last;
    if (m_model->statistics())
        for (const SiteHead& head : shownHeads())
            if (const int row = m_model->rowOf(head); row >= 0)
                if (const QModelIndex index = m_proxy->mapFromSource(m_model->index(row, 0)); index.isValid()) {
                    wanted.select(index, index.siblingAtColumn(m_proxy->columnCount() - 1));
                    last = index;
                }
    QItemSelectionModel& model = *m_table->selectionModel();
    m_showing = true;
    if (last.isValid() && !wanted.contains(model.currentIndex()))
        model.setCurrentIndex(last, QItemSelectionModel::NoUpdate);
    model.select(wanted, QItemSelectionModel::ClearAndSelect);
    m_showing = false;
    if (last.isValid() && !m_table->hasFocus())
        m_table->scrollTo(last);
}

void HeadFinderView::chooseRows()
{
    if (m_showing)
        return;
    std::vector<SiteHead> heads;
    for (const QModelIndex& index : m_table->selectionModel()->selectedRows())
        heads.push_back(m_model->head(m_proxy->mapToSource(index).row()).head);
    choose(std::move(heads));
}

/// One head, or several as a set; none leaves everything as it is.
void HeadFinderView::choose(std::vector<SiteHead> heads)
{
    selection().selectHeads(std::move(heads), m_setBar->reduction());
    showChosenRows();
}

void HeadFinderView::showEvent(QShowEvent* event)
{
    View::showEvent(event);
    showResult();
}

void HeadFinderView::hideEvent(QHideEvent* event)
{
    context().statistics().wish(this, {});
    View::hideEvent(event);
}

} // namespace heedmap
