#include "widgets/context/mode_sides.h"

#include "widgets/context/map_labels.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace heedmap {

namespace {

constexpr std::size_t kMostOffPicture = 3;
constexpr double kWorthSaying = 0.005; ///< smaller entries are 0.00

QString tr(const char* text)
{
    return QCoreApplication::translate("heedmap::Modes", text);
}

bool isPatch(const TokenAxis& axis, std::int64_t position)
{
    return axis.segmentAt(position).kind == SegmentKind::PatchGrid;
}

void fillPicture(ModeSide& side, const TokenAxis& axis, const Eigen::VectorXd& values,
                 const std::vector<std::int64_t>& positions)
{
    side.atPosition.assign(static_cast<std::size_t>(axis.length), 0);
    for (std::size_t i = 0; i < positions.size(); ++i) {
        const double value = values[static_cast<Eigen::Index>(i)];
        side.atPosition[static_cast<std::size_t>(positions[i])] = value;
        if (isPatch(axis, positions[i]))
            side.limit = std::max(side.limit, std::abs(value));
    }
    for (const ModeEntry& entry : side.strongest)
        if (!isPatch(axis, entry.position) && std::abs(entry.value) >= kWorthSaying &&
            side.offPicture.size() < kMostOffPicture)
            side.offPicture.push_back(entry);
}

} // namespace

std::vector<Eigen::Index> strongestEntries(const Eigen::VectorXd& values, std::size_t count)
{
    std::vector<Eigen::Index> order(static_cast<std::size_t>(values.size()));
    std::iota(order.begin(), order.end(), Eigen::Index{0});
    count = std::min(count, order.size());
    std::ranges::partial_sort(order, order.begin() + static_cast<std::ptrdiff_t>(count),
                              [&](Eigen::Index a, Eigen::Index b) {
                                  const double sizeOfA = std::abs(values[a]);
                                  const double sizeOfB = std::abs(values[b]);
                                  return sizeOfA != sizeOfB ? sizeOfA > sizeOfB : a < b;
                              });
    order.resize(count);
    return order;
}

ModeSide querySideOf(const Capture& capture, const MapModes& modes, const ModeSubspace& subspace)
{
    const StackedMap& map = modes.map;
    const TokenAxis& axis = queryAxisOf(capture, map.parts.front());
    const Eigen::VectorXd values = subspaceSide(modes.modes.queries, subspace);
    const bool isStacked = map.parts.size() > 1;
    const bool sameSite =
        std::ranges::all_of(map.parts, [&](const MapChoice& part) { return part.site == map.parts.front().site; });
    ModeSide side;
    side.axis = axis.id;
    side.isOnPicture = hasPatches(axis) && !isStacked;
    side.isSigned = subspace.isSingle();
    for (const Eigen::Index row : strongestEntries(values, kMostModeEntries)) {
        ModeEntry entry{map.queryOf(row), {}, positionLabel(axis, map.queryOf(row)), values[row]};
        if (isStacked) {
            const MapChoice& part = map.partOf(row);
            entry.head = SiteHead{part.site, part.head};
            entry.label +=
                QStringLiteral(" ") + (sameSite ? QStringLiteral("H%1").arg(part.head.head)
                                                : QString::fromStdString(headLabel(capture, part.site, part.head)));
        }
        side.strongest.push_back(std::move(entry));
    }
    if (!side.isOnPicture) {
        side.limit = side.strongest.empty() ? 0 : std::abs(side.strongest.front().value);
        return side;
    }
    std::vector<std::int64_t> positions(static_cast<std::size_t>(axis.length));
    std::iota(positions.begin(), positions.end(), std::int64_t{0});
    fillPicture(side, axis, values, positions);
    return side;
}

ModeSide keySideOf(const Capture& capture, const MapModes& modes, const ModeSubspace& subspace)
{
    return sideOfKeys(capture, modes.map, subspaceSide(modes.modes.keys, subspace), subspace.isSingle());
}

ModeSide sideOfKeys(const Capture& capture, const StackedMap& map, const Eigen::VectorXd& values, bool isSigned)
{
    const TokenAxis& axis = keyAxisOf(capture, map.parts.front());
    ModeSide side;
    side.axis = axis.id;
    side.isOnPicture = hasPatches(axis);
    side.isSigned = isSigned;
    for (const Eigen::Index column : strongestEntries(values, kMostModeEntries)) {
        const std::int64_t position = map.keys[static_cast<std::size_t>(column)];
        side.strongest.push_back({position, {}, positionLabel(axis, position), values[column]});
    }
    if (side.isOnPicture)
        fillPicture(side, axis, values, map.keys);
    else
        side.limit = side.strongest.empty() ? 0 : std::abs(side.strongest.front().value);
    return side;
}

QString modeName(const ModeSubspace& subspace)
{
    const auto first = subspace.first + 1;
    const auto last = subspace.first + subspace.dimension;
    if (subspace.isSingle())
        return tr("mode %1").arg(first);
    if (subspace.continues)
        return tr("modes %1–%2 and further (one subspace)").arg(first).arg(last);
    return tr("modes %1–%2 (one subspace)").arg(first).arg(last);
}

QString stackName(const Capture& capture, const StackedMap& map)
{
    const MapChoice& first = map.parts.front();
    if (map.parts.size() == 1)
        return mapLabel(capture, first);
    const bool sameSite =
        std::ranges::all_of(map.parts, [&](const MapChoice& part) { return part.site == first.site; });
    return sameSite ? tr("%1 heads of layer %2 stacked").arg(map.parts.size()).arg(capture.site(first.site).layer)
                    : tr("%1 heads stacked").arg(map.parts.size());
}

QString modeFacts(const SvdModes& modes, const ModeSubspace& subspace)
{
    QStringList values;
    for (std::int64_t i = 0; i < std::min<std::int64_t>(subspace.dimension, 3); ++i)
        values << QString::number(modes.values[subspace.first + i], 'g', 3);
    if (subspace.dimension > 3)
        values << QStringLiteral("…");
    return tr("σ %1 · energy %2 %")
        .arg(values.join(QStringLiteral(", ")), QString::number(100 * modes.energy(subspace), 'f', 1));
}

QString effectiveRankText(const SvdModes& modes)
{
    const NumberRange rank = modes.effectiveRank();
    const QString low = QString::number(rank.low, 'f', 1);
    const QString high = QString::number(rank.high, 'f', 1);
    return low == high ? tr("effective rank %1").arg(low) : tr("effective rank %1 to %2").arg(low, high);
}

} // namespace heedmap
