#include "widgets/controls/head_grid_model.h"

#include "widgets/context/map_labels.h"
#include "widgets/context/sound_windows.h"
#include "widgets/image/picture_image.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace heedmap {

namespace {

constexpr int kPatienceMs = 80; ///< shorter than that, dimming pictures would be a flicker

bool sameStyle(const HeatStyle& a, const HeatStyle& b)
{
    const auto ofScale = [](const ValueScale& scale) {
        return std::tuple(scale.timesUniform, scale.curve, scale.keyCount, scale.low, scale.high, scale.rule,
                          scale.withoutSpecial, scale.sample, scale.rankBelowLow, scale.rankOfHigh);
    };
    return a.colorMap == b.colorMap && a.opacity == b.opacity && a.opacityFollowsValue == b.opacityFollowsValue &&
           a.samplesPerPatch == b.samplesPerPatch && ofScale(a.scale) == ofScale(b.scale);
}

} // namespace

HeadGridModel::HeadGridModel(QObject* parent)
    : QAbstractTableModel(parent), m_thumbnails(new HeadThumbnails(this)), m_ranking(new HeadRanking(this))
{
    m_patience.setSingleShot(true);
    m_patience.setInterval(kPatienceMs);
    connect(&m_patience, &QTimer::timeout, this, [this] {
        if (!isUpToDate())
            announceAll();
    });
    connect(m_thumbnails, &HeadThumbnails::painted, this, &HeadGridModel::announceAll);
    connect(m_ranking, &HeadRanking::changed, this, [this] {
        arrange();
        emit rearranged();
    });
}

void HeadGridModel::setGroup(std::shared_ptr<const Capture> capture, const std::optional<GroupChoice>& group)
{
    const bool same =
        capture == m_capture && group.has_value() == m_group.has_value() && (!group || group->id == m_group->id);
    if (same)
        return;
    beginResetModel();
    m_capture = std::move(capture);
    m_group = group;
    m_rows.reset();
    m_pending = false;
    m_thumbnails->clear();
    m_ranking->setOrder(nullptr, nullptr, nullptr);
    m_keys = m_group ? std::make_shared<const KeyRoles>(m_capture->keyAxis(m_group->sites.front())) : nullptr;
    m_cells = cellsByLayer();
    m_columns = m_group ? headColumns() + 1 : 0;
    endResetModel();
    arrange();
}

void HeadGridModel::setRows(std::shared_ptr<const GroupRows> rows, const HeatStyle& style, bool perMapLimits)
{
    if (rows == m_rows && sameStyle(style, m_style) && perMapLimits == m_perMapLimits && !m_pending)
        return;
    m_rows = std::move(rows);
    m_style = style;
    m_perMapLimits = perMapLimits;
    m_pending = false;
    paintAnew();
    m_ranking->setOrder(m_order.statistic, m_rows, m_keys);
    if (isRanked())
        arrange();
}

/// Pictures painted on a worker announce themselves. Those before stay in sight meanwhile: nothing need be redrawn.
void HeadGridModel::paintAnew()
{
    m_thumbnails->setOrder({m_capture, m_rows, m_style, m_perMapLimits, m_pictureSize}, m_cells.size());
    if (m_thumbnails->isDone())
        announceAll();
    else
        beginWaiting();
}

void HeadGridModel::beginWaiting()
{
    if (!std::exchange(m_waiting, true))
        m_patience.start();
}

void HeadGridModel::setPictureSize(QSize pixels)
{
    if (pixels == m_pictureSize)
        return;
    m_pictureSize = pixels;
    if (m_rows)
        paintAnew();
}

void HeadGridModel::setPending()
{
    if (m_pending || !m_rows)
        return;
    m_pending = true;
    beginWaiting();
}

bool HeadGridModel::isUpToDate() const
{
    return !m_pending && m_rows && m_rows->complete && m_thumbnails->isDone() &&
           (!isRanked() || m_ranking->isCurrent());
}

void HeadGridModel::setKeysAtOnce(std::int64_t keys)
{
    m_thumbnails->setKeysAtOnce(keys);
    m_ranking->setKeysAtOnce(keys);
}

void HeadGridModel::announceAll()
{
    m_waiting = m_waiting && !isUpToDate();
    if (!m_cells.empty())
        emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

void HeadGridModel::setOrder(const HeadGridOrder& order)
{
    if (order == m_order)
        return;
    m_order = order;
    m_ranking->setOrder(m_order.statistic, m_rows, m_keys);
    arrange();
}

/// Puts the cells in order; the model is reset only when its shape changes.
void HeadGridModel::arrange()
{
    if (!m_group)
        return;
    std::vector<RankedCell> cells = isRanked() ? rankedCells() : cellsByLayer();
    const int columns = isRanked() ? std::clamp(m_order.columns, 1, static_cast<int>(cells.size())) : headColumns() + 1;
    const bool sameShape = columns == m_columns && cells.size() == m_cells.size();
    if (!sameShape)
        beginResetModel();
    m_cells = std::move(cells);
    m_columns = columns;
    if (!sameShape)
        endResetModel();
    else
        announceAll();
}

std::vector<HeadGridModel::RankedCell> HeadGridModel::cellsByLayer() const
{
    std::vector<RankedCell> cells;
    if (!m_group)
        return cells;
    const int columns = headColumns();
    for (const std::size_t site : m_group->sites) {
        for (int head = 0; head < columns; ++head) {
            const bool exists = m_capture->site(site).holdsHead(head);
            cells.push_back({exists ? std::optional(Cell{site, HeadChoice{head}}) : std::nullopt, std::nullopt});
        }
        cells.push_back({Cell{site, HeadChoice::mean()}, std::nullopt});
    }
    return cells;
}

/// Heads alone; where no values are known they stay by layer, and those of the token before stay until new ones are.
std::vector<HeadGridModel::RankedCell> HeadGridModel::rankedCells() const
{
    const bool known = m_ranking->knownStatistic() == m_order.statistic;
    std::vector<RankedCell> cells;
    for (const std::size_t site : m_group->sites)
        for (const int head : m_capture->site(site).headNumbers()) {
            const Cell cell{site, HeadChoice{head}};
            cells.push_back({cell, known ? m_ranking->valueOf(cell) : std::nullopt});
        }
    std::ranges::stable_sort(cells, [this](const RankedCell& a, const RankedCell& b) {
        return m_order.lowestFirst ? a.value.value_or(0) < b.value.value_or(0)
                                   : a.value.value_or(0) > b.value.value_or(0);
    });
    return cells;
}

QString HeadGridModel::rankText(const RankedCell& cell)
{
    if (!cell.value)
        return {};
    const double value = *cell.value;
    return QString::number(value, 'f', value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3);
}

QString HeadGridModel::cellName(const Cell& cell) const
{
    return QStringLiteral("L%1·H%2").arg(m_capture->site(cell.site).layer).arg(cell.head.head);
}

bool HeadGridModel::isAwaited(const Cell& cell) const
{
    return m_pending || m_thumbnails->isAwaited(cell) || (isRanked() && m_rows && !m_ranking->isCurrent());
}

int HeadGridModel::headColumns() const
{
    int heads = 0;
    if (m_group)
        for (std::size_t site : m_group->sites)
            heads = std::max(heads, m_capture->site(site).heads);
    return heads;
}

int HeadGridModel::rowCount(const QModelIndex& parent) const
{
    if (parent.isValid() || m_columns == 0)
        return 0;
    return (static_cast<int>(m_cells.size()) + m_columns - 1) / m_columns;
}

int HeadGridModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : m_columns;
}

const HeadGridModel::RankedCell* HeadGridModel::placeAt(const QModelIndex& index) const
{
    if (!index.isValid() || index.column() >= m_columns)
        return nullptr;
    const auto place = static_cast<std::size_t>(index.row()) * static_cast<std::size_t>(m_columns) +
                       static_cast<std::size_t>(index.column());
    return place < m_cells.size() ? &m_cells[place] : nullptr;
}

std::optional<HeadGridModel::Cell> HeadGridModel::cellAt(const QModelIndex& index) const
{
    const RankedCell* place = placeAt(index);
    return place ? place->cell : std::nullopt;
}

QModelIndex HeadGridModel::indexOf(std::size_t site, HeadChoice head) const
{
    const auto found = std::ranges::find_if(m_cells, [&](const RankedCell& ranked) {
        return ranked.cell == Cell{site, head};
    });
    if (found == m_cells.end())
        return {};
    const auto place = static_cast<int>(found - m_cells.begin());
    return index(place / m_columns, place % m_columns);
}

double HeadGridModel::cellShape() const
{
    if (!m_group)
        return 1;
    const AxisSegment* patches = m_capture->keyAxis(m_group->sites.front()).patchSegment();
    if (!patches)
        return 3;
    const QRectF outline = transformFromAffine(patches->grid.pictureFromGrid)
                               .mapRect(QRectF(0, 0, patches->grid.columns, patches->grid.rows));
    return outline.isEmpty() ? 1 : std::clamp(outline.width() / outline.height(), 0.4, 3.0);
}

QString HeadGridModel::description(const Cell& cell) const
{
    QString name = QString::fromStdString(headLabel(*m_capture, cell.site, cell.head));
    if (const std::optional<double> value = isRanked() ? m_ranking->valueOf(cell) : std::nullopt)
        name += tr(", %1 %2 %3")
                    .arg(QString::fromUtf8(m_order.statistic->title), rankText({cell, value}),
                         QString::fromUtf8(m_order.statistic->unit));
    const ShownSiteRows* rows = m_rows ? m_rows->siteRows(cell.site) : nullptr;
    if (!rows)
        return name;
    const TokenAxis& keys = m_capture->keyAxis(cell.site);
    std::vector<float> weights;
    appendScaledWeights(keys, rows->shownRow(cell.head), weights);
    const double strongest = weights.empty() ? 0 : *std::max_element(weights.begin(), weights.end());
    const QString value = valueText(m_style.scale, strongest);
    if (hasSound(keys)) {
        const std::span<const float> row = rows->shownRow(cell.head);
        const auto place =
            std::ranges::max_element(row, {}, [](float weight) { return weight == weight ? weight : -1; });
        return tr("%1, strongest: %2 at %3")
            .arg(name, value, row.empty() ? QString() : positionLabel(keys, place - row.begin()));
    }
    if (!hasPatches(keys))
        return tr("%1, strongest: %2").arg(name, value);
    return tr("%1, strongest patch: %2, off the picture: %3")
        .arg(name, value, probabilityText(massOffPatches(keys, rows->row(cell.head))));
}

QVariant HeadGridModel::data(const QModelIndex& index, int role) const
{
    const RankedCell* place = placeAt(index);
    if (!place || !place->cell)
        return {};
    const Cell& cell = *place->cell;
    switch (role) {
    case Qt::DecorationRole:
        return m_thumbnails->picture(cell);
    case FullPictureRole:
        return paintedThumbnail({m_capture, m_rows, m_style, m_perMapLimits, {}}, cell);
    case Qt::DisplayRole:
        return isRanked() ? cellName(cell) + u' ' + rankText(*place) : QString();
    case Qt::AccessibleTextRole:
        return description(cell);
    case Qt::ToolTipRole:
        return description(cell) + u'\n' + QString::fromStdString(m_capture->site(cell.site).key());
    case NameRole:
        return isRanked() ? cellName(cell) : QString();
    case ValueRole:
        return rankText(*place);
    case PendingRole:
        return isAwaited(cell);
    case DimmedRole:
        return !m_patience.isActive() && isAwaited(cell);
    default:
        return {};
    }
}

QVariant HeadGridModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignCenter);
    if (role != Qt::DisplayRole || !m_group || isRanked())
        return {};
    if (orientation == Qt::Horizontal)
        return section == headColumns() ? tr("mean") : QStringLiteral("H%1").arg(section);
    return QStringLiteral("L%1").arg(m_capture->site(m_group->sites[static_cast<std::size_t>(section)]).layer);
}

Qt::ItemFlags HeadGridModel::flags(const QModelIndex& index) const
{
    return cellAt(index) ? Qt::ItemIsEnabled | Qt::ItemIsSelectable : Qt::NoItemFlags;
}

} // namespace heedmap
