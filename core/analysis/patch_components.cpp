#include "core/analysis/patch_components.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

namespace heedmap {

namespace {

constexpr double kAboveMean = 1e-6; ///< of the mean: what rounding alone lifts above it does not count
constexpr double kFarthest = 1e9;   ///< places beyond are one

using Place = std::tuple<std::int64_t, std::int64_t, std::int64_t>; // frame, row, column

std::int64_t rounded(double steps)
{
    return std::isfinite(steps) ? std::llround(std::clamp(steps, -kFarthest, kFarthest)) : 0;
}

Place placeOf(const PatchPlace& patch, const PatchPlace& first)
{
    return {patch.frame, rounded(patch.inPatches.y - first.inPatches.y),
            rounded(patch.inPatches.x - first.inPatches.x)};
}

/// For every cell of an ascending list which cells before it touch it.
std::vector<std::array<std::int32_t, 4>> neighboursBefore(const std::vector<Place>& cells)
{
    std::vector<std::array<std::int32_t, 4>> before(cells.size(), {-1, -1, -1, -1});
    std::size_t above = 0; // follows the cell in the line above
    for (std::size_t cell = 0; cell < cells.size(); ++cell) {
        const auto [frame, row, column] = cells[cell];
        if (cell > 0 && cells[cell - 1] == Place(frame, row, column - 1))
            before[cell][0] = static_cast<std::int32_t>(cell - 1);
        while (above < cell && cells[above] < Place(frame, row - 1, column - 1))
            ++above;
        for (std::size_t i = 0; i < 3 && above + i < cell && cells[above + i] <= Place(frame, row - 1, column + 1); ++i)
            before[cell][1 + i] = static_cast<std::int32_t>(above + i);
    }
    return before;
}

/// Cells that were found to be connected, as trees.
class Trees
{
public:
    explicit Trees(std::size_t cells) : m_parents(cells) { std::iota(m_parents.begin(), m_parents.end(), 0); }

    std::int32_t rootOf(std::int32_t cell)
    {
        while (parentOf(cell) != cell) {
            parentOf(cell) = parentOf(parentOf(cell));
            cell = parentOf(cell);
        }
        return cell;
    }

    void join(std::int32_t a, std::int32_t b)
    {
        const auto [low, high] = std::minmax({rootOf(a), rootOf(b)});
        parentOf(high) = low;
    }

private:
    std::int32_t& parentOf(std::int32_t cell) { return m_parents[static_cast<std::size_t>(cell)]; }

    std::vector<std::int32_t> m_parents;
};

} // namespace

PatchComponents::PatchComponents(std::span<const PatchPlace> patches)
{
    std::vector<Place> places;
    for (const PatchPlace& patch : patches) {
        m_keys.push_back(static_cast<Eigen::Index>(patch.key));
        places.push_back(placeOf(patch, patches.front()));
    }
    std::vector<Place> cells = places;
    std::ranges::sort(cells);
    cells.erase(std::ranges::unique(cells).begin(), cells.end());
    for (const Place& place : places)
        m_cells.push_back(static_cast<std::int32_t>(std::ranges::lower_bound(cells, place) - cells.begin()));
    m_before = neighboursBefore(cells);
}

std::optional<double> PatchComponents::entropyOf(const Eigen::ArrayXd& row) const
{
    double mean = 0;
    for (const Eigen::Index key : m_keys)
        mean += row[key];
    mean /= static_cast<double>(m_keys.size());
    std::vector<double> masses(m_before.size()); // of each cell: Σ B
    double total = 0;
    for (std::size_t patch = 0; patch < m_keys.size(); ++patch)
        if (const double above = row[m_keys[patch]] - mean; above > kAboveMean * mean) {
            masses[static_cast<std::size_t>(m_cells[patch])] += above;
            total += above;
        }
    if (!(total > 0))
        return std::nullopt;
    Trees trees(masses.size());
    for (std::size_t cell = 0; cell < masses.size(); ++cell)
        for (const std::int32_t other : m_before[cell])
            if (masses[cell] > 0 && other >= 0 && masses[static_cast<std::size_t>(other)] > 0)
                trees.join(static_cast<std::int32_t>(cell), other);
    std::vector<double> components(masses.size());
    for (std::size_t cell = 0; cell < masses.size(); ++cell)
        components[static_cast<std::size_t>(trees.rootOf(static_cast<std::int32_t>(cell)))] += masses[cell];
    double entropy = 0;
    for (const double mass : components)
        if (mass > 0)
            entropy -= mass / total * std::log(mass / total);
    return std::max(0.0, entropy);
}

} // namespace heedmap
