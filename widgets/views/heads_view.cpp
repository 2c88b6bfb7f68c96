#include "widgets/views/heads_view.h"

#include "widgets/context/map_labels.h"
#include "widgets/controls/head_grid_delegate.h"
#include "widgets/controls/head_grid_model.h"
#include "widgets/controls/head_set_bar.h"
#include "widgets/views/head_muting.h"

#include <QEvent>
#include <QHeaderView>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>

namespace heedmap {

namespace {

constexpr int kSmallestCell = 20;
constexpr int kLargestCell = 120;

/// A button and a list in one line.
QHBoxLayout* lineOf(std::initializer_list<QWidget*> widgets)
{
    auto* line = new QHBoxLayout;
    line->setSpacing(6);
    for (QWidget* widget : widgets)
        line->addWidget(widget, widget == *widgets.begin() ? 1 : 0);
    return line;
}

} // namespace

HeadsView::HeadsView(ViewContext& context, QWidget* parent)
    : View(context, parent), m_model(new HeadGridModel(this)), m_title(new QLabel), m_note(new QLabel),
      m_groups(new GroupCombo(context.selection())), m_firstFactors(new QComboBox), m_sorting(new QComboBox),
      m_direction(new QToolButton), m_savedSets(new HeadSetButton(context.selection())), m_grid(new QTableView),
      m_setBar(new HeadSetBar(context.selection()))
{
    m_note->setObjectName("muted");
    m_note->setWordWrap(true);
    m_note->setMinimumHeight(3 * fontMetrics().lineSpacing()); // the grid does not jump when the note grows
    m_note->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_title->setWordWrap(true);
    buildCombos();
    buildGrid();
    new HeadMuting(context, *m_grid, *m_model);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(10, 8, 10, 8);
    layout->setSpacing(6);
    layout->addWidget(m_title);
    layout->addWidget(m_groups);
    layout->addWidget(m_firstFactors);
    layout->addLayout(lineOf({m_sorting, m_direction, m_savedSets}));
    layout->addWidget(m_grid, 1);
    layout->addWidget(m_setBar);
    layout->addWidget(m_note);
    connect(m_firstFactors, &QComboBox::activated, this, [this](int index) {
        const QPoint factor = m_firstFactors->itemData(index).toPoint();
        selection().selectFirstFactor({static_cast<std::size_t>(factor.x()), HeadChoice{factor.y()}});
    });
    connect(m_sorting, &QComboBox::activated, this, &HeadsView::sortCells);
    connect(m_direction, &QToolButton::toggled, this, &HeadsView::sortCells);
    connect(&context.rows(), &RowProvider::arriving, this, [this] {
        if (isVisible())
            showRows(selection().shown());
    });
}

void HeadsView::buildCombos()
{
    m_firstFactors->setAccessibleName(tr("First step of the composed map"));
    m_firstFactors->setToolTip(tr("A composed map is the product of two maps; this is the head of the first one."));
    m_sorting->setAccessibleName(tr("Order of the heads"));
    m_direction->setText(QStringLiteral("↓"));
    m_direction->setCheckable(true);
    m_direction->setAccessibleName(tr("Lowest first"));
    m_direction->setToolTip(tr("Highest first (↓) or lowest first (↑)"));
    for (QComboBox* combo : std::initializer_list<QComboBox*>{m_groups, m_firstFactors, m_sorting}) {
        combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        combo->setMinimumContentsLength(12);
    }
}

void HeadsView::buildGrid()
{
    m_grid->setModel(m_model);
    m_grid->setItemDelegate(new HeadGridDelegate(m_grid));
    m_grid->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_grid->setShowGrid(false);
    m_grid->setFrameShape(QFrame::NoFrame);
    m_grid->setTabKeyNavigation(false);
    m_grid->setAccessibleName(tr("Heads: layers down, heads across"));
    m_grid->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_grid->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    for (QHeaderView* header : {m_grid->horizontalHeader(), m_grid->verticalHeader()}) {
        header->setSectionResizeMode(QHeaderView::Fixed);
        header->setMinimumSectionSize(8);
        header->setHighlightSections(false);
        header->setSectionsClickable(false);
    }
    m_grid->setMouseTracking(true);
    m_grid->viewport()->installEventFilter(this);
    connect(m_grid->selectionModel(), &QItemSelectionModel::selectionChanged, this, &HeadsView::chooseCells);
    connect(m_model, &HeadGridModel::rearranged, this, &HeadsView::showChosenCells);
    connect(m_grid, &QTableView::entered, this, [this](const QModelIndex& index) {
        m_pointed = m_model->cellAt(index);
        showNote();
    });
}

void HeadsView::captureChanged()
{
    m_groups->fill();
    selectionChanged();
}

void HeadsView::fillFirstFactors(const ShownMap& shown)
{
    const QSignalBlocker blocker(m_firstFactors);
    m_firstFactors->setVisible(shown.map.isComposed());
    m_firstFactors->clear();
    if (!shown.map.isComposed())
        return;
    const Capture& capture = *selection().capture();
    const std::optional<GroupChoice> group = groupChoice(capture, shown.group);
    if (!group)
        return;
    for (std::size_t site : group->firstSites)
        for (const int head : capture.site(site).headChoices()) {
            m_firstFactors->addItem(
                tr("first step: %1").arg(QString::fromStdString(headLabel(capture, site, HeadChoice{head}))),
                QPoint(static_cast<int>(site), head));
            if (*shown.map.first == MapChoice::Factor{site, HeadChoice{head}})
                m_firstFactors->setCurrentIndex(m_firstFactors->count() - 1);
        }
}

void HeadsView::selectionChanged()
{
    const std::optional<ShownMap> shown = selection().shown();
    const auto& capture = selection().capture();
    m_model->setGroup(capture, shown ? groupChoice(*capture, shown->group) : std::nullopt);
    m_groups->setEnabled(shown.has_value());
    if (shown) {
        fillFirstFactors(*shown);
        m_groups->showGroup(shown->group);
    } else {
        m_firstFactors->hide();
    }
    fillSorting(shown);
    showRows(shown);
    showTitle(shown);
    arrangeCells();
    showChosenCells();
    m_setBar->refresh();
    m_savedSets->refresh();
}

/// The statistics that say something about these keys; the chosen one stays chosen.
void HeadsView::fillSorting(const std::optional<ShownMap>& shown)
{
    const bool hasPictures = shown && hasPatches(keyAxisOf(*selection().capture(), shown->map));
    const QString chosen = m_sorting->currentData().toString();
    if (m_sorting->count() == 0 || hasPictures != m_sorting->property("pictures").toBool()) {
        m_sorting->setProperty("pictures", hasPictures);
        m_sorting->clear();
        m_sorting->addItem(tr("Sort: layer order"));
        for (const HeadStatistic& statistic : headStatistics())
            if (hasPictures || !statistic.ofPatches) {
                m_sorting->addItem(tr("Sort: %1").arg(QString::fromUtf8(statistic.title)),
                                   QString::fromLatin1(statistic.id));
                m_sorting->setItemData(m_sorting->count() - 1,
                                       QStringLiteral("%1 (%2)").arg(QString::fromUtf8(statistic.formula),
                                                                     QString::fromUtf8(statistic.unit)),
                                       Qt::ToolTipRole);
            }
        m_sorting->setCurrentIndex(std::max(0, m_sorting->findData(chosen)));
    }
    m_sorting->setEnabled(shown.has_value());
}

void HeadsView::showRows(const std::optional<ShownMap>& shown)
{
    HeatStyle style;
    style.colorMap = &context().colorMap();
    style.opacity = 1;
    style.opacityFollowsValue = false;
    const bool perMapLimits = context().options().limits == LimitsMode::PerMap;
    auto rows = context().rows().shownGroup();
    if (!rows && shown && shown->query) {
        rows = context().rows().arrivingGroup();
        if (!rows)
            return m_model->setPending();
    }
    if (rows) {
        const TokenAxis& keys = keyAxisOf(*selection().capture(), shown->map);
        style.scale = perMapLimits ? context().scaleFor({}, keys) : context().scaleOfHeads(rows, keys);
    }
    m_model->setRows(rows, style, perMapLimits);
}

void HeadsView::showTitle(const std::optional<ShownMap>& shown)
{
    if (!shown) {
        m_title->setText(tr("No heads yet"));
        m_rowKind = selection().capture() ? tr("This capture holds no attention.")
                                          : tr("Run a model or open a capture to see its heads.");
        return showNote();
    }
    const Capture& capture = *selection().capture();
    m_title->setText(mapLabel(capture, shown->map));
    if (!shown->query) {
        m_rowKind = tr("Hover or choose a token to see what every head does with it.");
        return showNote();
    }
    const QueryName name =
        queryName(capture, queryAxisOf(capture, shown->map).id, *shown->query, context().options().predictingRow);
    m_title->setText(tr("%1 · %2").arg(name.token, mapLabel(capture, shown->map)));
    m_rowKind = name.kind == RowKind::Own ? QString() : tr("generated token: %1").arg(rowKindLabel(name.kind));
    showNote();
}

void HeadsView::showNote()
{
    const bool exists = m_pointed && m_model->indexOf(m_pointed->site, m_pointed->head).isValid();
    m_note->setText(exists ? m_model->description(*m_pointed) : m_rowKind);
}

/// Selects the cells of the shown head or set. The cell the keyboard stands on stays, unless it is none of them.
void HeadsView::showChosenCells()
{
    const std::optional<ShownMap> shown = selection().shown();
    std::vector<SiteHead> heads;
    if (shown)
        heads = shown->map.members();
    selectCells(heads);
}

void HeadsView::selectCells(const std::vector<SiteHead>& heads)
{
    QModelIndexList wanted;
    for (const SiteHead& head : heads)
        if (const QModelIndex cell = m_model->indexOf(head.site, head.head); cell.isValid())
            wanted << cell;
    std::sort(wanted.begin(), wanted.end());
    QModelIndexList selected = m_grid->selectionModel()->selectedIndexes();
    std::sort(selected.begin(), selected.end());
    QItemSelectionModel& model = *m_grid->selectionModel();
    const bool currentFits = wanted.isEmpty() || wanted.contains(model.currentIndex());
    if (selected == wanted && currentFits)
        return;
    QItemSelection cells;
    for (const QModelIndex& cell : wanted) { // neighbours in a row become one range
        if (!cells.isEmpty() && cells.back().bottom() == cell.row() && cells.back().right() + 1 == cell.column())
            cells.back() = QItemSelectionRange(cells.back().topLeft(), cell);
        else
            cells.append(QItemSelectionRange(cell));
    }
    m_showing = true;
    if (!currentFits)
        model.setCurrentIndex(wanted.back(), QItemSelectionModel::NoUpdate);
    model.select(cells, QItemSelectionModel::ClearAndSelect);
    m_showing = false;
}

void HeadsView::chooseCells()
{
    if (m_showing)
        return;
    std::vector<SiteHead> heads;
    for (const QModelIndex& index : m_grid->selectionModel()->selectedIndexes())
        if (const std::optional<SiteHead> cell = m_model->cellAt(index))
            heads.push_back(*cell);
    selection().selectHeads(std::move(heads), m_setBar->reduction());
    showChosenCells();
}

void HeadsView::sortCells()
{
    m_direction->setText(m_direction->isChecked() ? QStringLiteral("↑") : QStringLiteral("↓"));
    arrangeCells();
    showChosenCells();
    m_grid->scrollToTop();
}

void HeadsView::arrangeCells()
{
    const QString chosen = m_sorting->currentData().toString();
    m_direction->setVisible(!chosen.isEmpty());
    m_grid->setAccessibleName(chosen.isEmpty() ? tr("Heads: layers down, heads across") : tr("Heads, ranked"));
    for (QHeaderView* header : {m_grid->horizontalHeader(), m_grid->verticalHeader()})
        header->setVisible(chosen.isEmpty());
    m_grid->setVerticalScrollBarPolicy(chosen.isEmpty() ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOn);
    if (chosen.isEmpty())
        arrangeLayers();
    else
        arrangeRanked();
}

void HeadsView::arrangeLayers()
{
    m_model->setOrder({});
    const int columns = m_model->columnCount();
    if (columns == 0)
        return;
    const int width = std::clamp(m_grid->viewport()->width() / columns, kSmallestCell, kLargestCell);
    const int height = std::clamp(static_cast<int>(width / m_model->cellShape()), kSmallestCell / 2, kLargestCell);
    m_grid->horizontalHeader()->setDefaultSectionSize(width);
    m_grid->verticalHeader()->setDefaultSectionSize(height);
    m_model->setPictureSize(HeadGridDelegate::pictureSize({width, height}) * devicePixelRatio());
}

/// As many columns as captions fit; the scroll bar is always there, so that the width does not depend on the height.
void HeadsView::arrangeRanked()
{
    const int available = m_grid->viewport()->width();
    const int columns = std::max(1, available / HeadGridDelegate::captionWidth(m_grid->font()));
    const HeadStatistic& statistic = headStatistic(m_sorting->currentData().toString().toStdString());
    m_model->setOrder({&statistic, m_direction->isChecked(), columns});
    const int width = std::min(available / columns, kLargestCell);
    const int picture = std::clamp(static_cast<int>(width / m_model->cellShape()), kSmallestCell / 2, kLargestCell);
    m_grid->horizontalHeader()->setDefaultSectionSize(width);
    m_grid->verticalHeader()->setDefaultSectionSize(picture + HeadGridDelegate::captionHeight(m_grid->font()));
    m_model->setPictureSize(HeadGridDelegate::pictureSize({width, picture}) * devicePixelRatio());
}

void HeadsView::resizeEvent(QResizeEvent* event)
{
    View::resizeEvent(event);
    arrangeCells();
    showChosenCells();
}

bool HeadsView::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::Resize) { // a scroll bar came or went
        arrangeCells();
        showChosenCells();
    }
    if (event->type() == QEvent::Leave) {
        m_pointed.reset();
        showNote();
    }
    return View::eventFilter(watched, event);
}

} // namespace heedmap
