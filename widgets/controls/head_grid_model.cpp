#include "widgets/controls/head_grid_model.h"

#include "widgets/context/map_labels.h"
#include "widgets/image/picture_image.h"

#include <QGuiApplication>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

/// Where no key is a patch, a thumbnail is a line of cells; longer rows are left to the stage.
constexpr std::int64_t kMostCellsInLine = 4096;

} // namespace

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
    endResetModel();
}

void HeadGridModel::setRows(std::shared_ptr<const GroupRows> rows, const HeatStyle& style, bool perMapLimits)
{
    m_rows = std::move(rows);
    m_style = style;
    m_perMapLimits = perMapLimits;
    if (rowCount() > 0)
        emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
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
    return parent.isValid() || !m_group ? 0 : static_cast<int>(m_group->sites.size());
}

int HeadGridModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() || !m_group ? 0 : headColumns() + 1;
}

std::optional<HeadGridModel::Cell> HeadGridModel::cellAt(const QModelIndex& index) const
{
    if (!index.isValid() || !m_group || index.row() >= rowCount())
        return std::nullopt;
    const std::size_t site = m_group->sites[static_cast<std::size_t>(index.row())];
    if (index.column() == headColumns())
        return Cell{site, HeadChoice::mean()};
    if (index.column() >= m_capture->site(site).heads)
        return std::nullopt;
    return Cell{site, HeadChoice{index.column()}};
}

QModelIndex HeadGridModel::indexOf(std::size_t site, HeadChoice head) const
{
    if (!m_group)
        return {};
    const auto found = std::find(m_group->sites.begin(), m_group->sites.end(), site);
    if (found == m_group->sites.end())
        return {};
    return index(static_cast<int>(found - m_group->sites.begin()), head.isMean() ? headColumns() : head.head);
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

QImage HeadGridModel::thumbnail(const Cell& cell) const
{
    const ShownSiteRows* rows = m_rows ? m_rows->siteRows(cell.site) : nullptr;
    if (!rows)
        return {};
    const std::span<const float> row = rows->shownRow(cell.head);
    const TokenAxis& keys = m_capture->keyAxis(cell.site);
    HeatStyle style = m_style;
    if (m_perMapLimits) {
        std::vector<float> weights;
        appendScaledWeights(keys, row, weights);
        style.scale = withSharedLimits(style.scale, weights);
    }
    if (const AxisSegment* patches = keys.patchSegment()) {
        const auto count =
            static_cast<std::size_t>(patches->grid.rows) * static_cast<std::size_t>(patches->grid.columns);
        return imageFromHeat(renderHeat(row.subspan(static_cast<std::size_t>(patches->begin), count),
                                        patches->grid.rows, patches->grid.columns, style));
    }
    if (keys.length > kMostCellsInLine || keys.length < 1)
        return {};
    return imageFromHeat(renderHeat(row, 1, static_cast<int>(keys.length), style));
}

QString HeadGridModel::description(const Cell& cell) const
{
    const QString name = QString::fromStdString(headLabel(*m_capture, cell.site, cell.head));
    const ShownSiteRows* rows = m_rows ? m_rows->siteRows(cell.site) : nullptr;
    if (!rows)
        return name;
    const TokenAxis& keys = m_capture->keyAxis(cell.site);
    std::vector<float> weights;
    appendScaledWeights(keys, rows->shownRow(cell.head), weights);
    const double strongest = weights.empty() ? 0 : *std::max_element(weights.begin(), weights.end());
    const QString value = valueText(m_style.scale, strongest);
    if (!hasPatches(keys))
        return tr("%1, strongest: %2").arg(name, value);
    return tr("%1, strongest patch: %2, off the picture: %3")
        .arg(name, value, probabilityText(massOffPatches(keys, rows->row(cell.head))));
}

QVariant HeadGridModel::data(const QModelIndex& index, int role) const
{
    const std::optional<Cell> cell = cellAt(index);
    if (!cell)
        return {};
    if (role == Qt::DecorationRole)
        return thumbnail(*cell);
    if (role == Qt::AccessibleTextRole)
        return description(*cell);
    if (role == Qt::ToolTipRole)
        return description(*cell) + u'\n' + QString::fromStdString(m_capture->site(cell->site).key());
    return {};
}

QVariant HeadGridModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignCenter);
    if (role != Qt::DisplayRole || !m_group)
        return {};
    if (orientation == Qt::Horizontal)
        return section == headColumns() ? tr("mean") : QStringLiteral("H%1").arg(section);
    return QStringLiteral("L%1").arg(m_capture->site(m_group->sites[static_cast<std::size_t>(section)]).layer);
}

Qt::ItemFlags HeadGridModel::flags(const QModelIndex& index) const
{
    return cellAt(index) ? Qt::ItemIsEnabled | Qt::ItemIsSelectable : Qt::NoItemFlags;
}

void HeadGridDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    if (!(index.flags() & Qt::ItemIsEnabled))
        return;
    const QRect cell = option.rect.adjusted(2, 2, -2, -2);
    const QImage image = index.data(Qt::DecorationRole).value<QImage>();
    painter->save();
    painter->setRenderHint(QPainter::SmoothPixmapTransform, false);
    if (image.isNull())
        painter->fillRect(cell,
                          QGuiApplication::palette().color(QPalette::Button)); // a style sheet clears the view's own
    else
        painter->drawImage(cell, image);
    if (option.state & QStyle::State_Selected) {
        painter->setPen(QPen(option.palette.color(QPalette::Highlight), 2));
        painter->drawRect(option.rect.adjusted(1, 1, -1, -1));
    }
    painter->restore();
}

} // namespace heedmap
