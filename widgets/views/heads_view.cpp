#include "widgets/views/heads_view.h"

#include "widgets/context/map_labels.h"
#include "widgets/controls/head_grid_model.h"
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

} // namespace

HeadsView::HeadsView(ViewContext& context, QWidget* parent)
    : View(context, parent), m_model(new HeadGridModel(this)), m_title(new QLabel), m_note(new QLabel),
      m_groups(new QComboBox), m_firstFactors(new QComboBox), m_grid(new QTableView)
{
    m_note->setObjectName("muted");
    m_note->setWordWrap(true);
    m_title->setWordWrap(true);
    m_groups->setAccessibleName(tr("Map: who looks at what"));
    m_groups->setToolTip(tr("Who looks at what"));
    m_firstFactors->setAccessibleName(tr("First step of the composed map"));
    m_firstFactors->setToolTip(tr("A composed map is the product of two maps; this is the head of the first one."));
    for (QComboBox* combo : {m_groups, m_firstFactors}) {
        combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        combo->setMinimumContentsLength(12);
    }
    buildGrid();
    new HeadMuting(context, *m_grid, *m_model);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(10, 8, 10, 8);
    layout->setSpacing(6);
    layout->addWidget(m_title);
    layout->addWidget(m_groups);
    layout->addWidget(m_firstFactors);
    layout->addWidget(m_grid, 1);
    layout->addWidget(m_note);
    connect(m_groups, &QComboBox::activated, this,
            [this](int index) { selection().selectGroup(m_groups->itemData(index).toString().toStdString()); });
    connect(m_firstFactors, &QComboBox::activated, this, [this](int index) {
        const QPoint factor = m_firstFactors->itemData(index).toPoint();
        selection().selectFirstFactor({static_cast<std::size_t>(factor.x()), HeadChoice{factor.y()}});
    });
}

void HeadsView::buildGrid()
{
    m_grid->setModel(m_model);
    m_grid->setItemDelegate(new HeadGridDelegate(m_grid));
    m_grid->setSelectionMode(QAbstractItemView::SingleSelection);
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
    m_grid->viewport()->installEventFilter(this);
    connect(m_grid->selectionModel(), &QItemSelectionModel::currentChanged, this, &HeadsView::chooseCell);
}

void HeadsView::captureChanged()
{
    fillGroups();
    selectionChanged();
}

void HeadsView::fillGroups()
{
    const QSignalBlocker blocker(m_groups);
    m_groups->clear();
    if (!selection().capture())
        return;
    for (const GroupChoice& group : groupChoices(*selection().capture())) {
        const QString title = QString::fromStdString(group.title);
        m_groups->addItem(group.isComposed() ? tr("%1 (composed)").arg(title) : title,
                          QString::fromStdString(group.id));
    }
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
        for (int head = HeadChoice::kMean; head < capture.site(site).heads; ++head) {
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
        m_groups->setCurrentIndex(m_groups->findData(QString::fromStdString(shown->group)));
    } else {
        m_firstFactors->hide();
    }
    HeatStyle style;
    style.colorMap = &context().colorMap();
    style.opacity = 1;
    style.opacityFollowsValue = false;
    const auto rows = context().rows().shownGroup();
    if (rows)
        style.scale = context().scaleFor({}, keyAxisOf(*capture, shown->map));
    m_model->setRows(rows, style, context().options().limits == LimitsMode::PerMap);
    showTitle(shown);
    showCurrentCell(shown);
    arrangeCells();
}

void HeadsView::showTitle(const std::optional<ShownMap>& shown)
{
    if (!shown) {
        m_title->setText(tr("No heads yet"));
        m_note->setText(selection().capture() ? tr("This capture holds no attention.")
                                              : tr("Run a model or open a capture to see its heads."));
        return;
    }
    const Capture& capture = *selection().capture();
    m_title->setText(mapLabel(capture, shown->map));
    if (!shown->query) {
        m_note->setText(tr("Hover or choose a token to see what every head does with it."));
        return;
    }
    const QueryName name =
        queryName(capture, queryAxisOf(capture, shown->map).id, *shown->query, context().options().predictingRow);
    m_title->setText(tr("%1 · %2").arg(name.token, mapLabel(capture, shown->map)));
    m_note->setText(name.kind == RowKind::Own ? QString() : tr("generated token: %1").arg(rowKindLabel(name.kind)));
}

void HeadsView::showCurrentCell(const std::optional<ShownMap>& shown)
{
    m_showing = true;
    const QModelIndex cell = shown ? m_model->indexOf(shown->map.site, shown->map.head) : QModelIndex();
    if (cell != m_grid->currentIndex() || !m_grid->selectionModel()->isSelected(cell))
        m_grid->selectionModel()->setCurrentIndex(cell, QItemSelectionModel::ClearAndSelect);
    m_showing = false;
}

void HeadsView::chooseCell(const QModelIndex& index)
{
    const std::optional<HeadGridModel::Cell> cell = m_model->cellAt(index);
    if (m_showing || !cell)
        return;
    selection().selectHead(cell->site, cell->head);
}

void HeadsView::arrangeCells()
{
    const int columns = m_model->columnCount();
    if (columns == 0)
        return;
    const int width = std::clamp(m_grid->viewport()->width() / columns, kSmallestCell, kLargestCell);
    const int height = std::clamp(static_cast<int>(width / m_model->cellShape()), kSmallestCell / 2, kLargestCell);
    m_grid->horizontalHeader()->setDefaultSectionSize(width);
    m_grid->verticalHeader()->setDefaultSectionSize(height);
}

void HeadsView::resizeEvent(QResizeEvent* event)
{
    View::resizeEvent(event);
    arrangeCells();
}

bool HeadsView::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::Resize)
        arrangeCells(); // a scroll bar came or went
    return View::eventFilter(watched, event);
}

} // namespace heedmap
