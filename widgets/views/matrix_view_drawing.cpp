// What of the matrix is drawn: cells in sight, their pictures and their sums.

#include "core/render/heat.h"
#include "widgets/context/map_labels.h"
#include "widgets/controls/color_bar.h"
#include "widgets/image/picture_image.h"
#include "widgets/views/matrix_view.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <ranges>

namespace heedmap {

namespace {

constexpr int kTileColumns = 512;
constexpr std::size_t kMostImages = 600;
constexpr int kColouringMilliseconds = 4; // of a frame; what is left comes with the next ones

} // namespace

MatrixView::Sight MatrixView::sight() const
{
    const QRectF window = m_plot->window();
    const std::int64_t queries = queryAxisOf(capture(), m_map->map).length;
    const std::int64_t keys = keyAxisOf(capture(), m_map->map).length;
    const auto span = [](double from, double to, std::int64_t count, std::int64_t size) {
        const std::int64_t cells = (count + size - 1) / size;
        const auto first = static_cast<std::int64_t>(std::floor(from / double(size) + 1e-9));
        const auto last = static_cast<std::int64_t>(std::ceil(to / double(size) - 1e-9)) - 1;
        return std::pair(std::clamp<std::int64_t>(first, 0, cells - 1), std::clamp<std::int64_t>(last, 0, cells - 1));
    };
    Sight seen;
    std::tie(seen.firstRow, seen.lastRow) = span(window.top(), window.bottom(), queries, m_cell.queries());
    std::tie(seen.firstColumn, seen.lastColumn) = span(window.left(), window.right(), keys, m_cell.keys());
    return seen;
}

std::shared_ptr<const GroupWeights> MatrixView::sharedWeights()
{
    if (context().options().limits != LimitsMode::Shared || context().limitsSource() == LimitsSource::ByHand)
        return nullptr;
    const GroupWeightsRequest request{m_map->group, m_map->map.first, context().options().withoutSpecial};
    if (!isVisible()) // what is dear is not read for a view that nobody sees
        return m_groupWeights.known(m_mapCapture, request);
    auto weights = m_groupWeights.weights(m_mapCapture, request);
    if (m_groupWeights.isReading() && !m_ticks.isActive())
        m_ticks.start();
    return weights;
}

/// The scale is that of other views; limits are those of all heads' whole maps, this map's own, or set by hand.
void MatrixView::refreshLook()
{
    const TokenAxis& keys = keyAxisOf(capture(), m_map->map);
    const SampledRows* sample = m_strips.sample();
    Look look;
    m_shared = sample ? sharedWeights() : nullptr; // the picture first
    if (m_shared)
        look.scale = fittedTo(context().unitFor(keys), m_shared->sample);
    else
        look.scale = sample ? context().scaleForWholeMap(sample->weights, keys) : context().unitFor(keys);
    look.colorMap = QString::fromStdString(context().colorMap().name);
    look.pooling = m_pooling->currentIndex() == 0 ? Pooling::Largest : Pooling::Mean;
    const auto isSame = [](const ValueScale& a, const ValueScale& b) {
        return a.timesUniform == b.timesUniform && a.curve == b.curve && a.low == b.low && a.high == b.high &&
               a.keyCount == b.keyCount && a.sample == b.sample && a.withoutSpecial == b.withoutSpecial;
    };
    if (!isSame(look.scale, m_look.scale) || look.colorMap != m_look.colorMap || look.pooling != m_look.pooling)
        m_images.clear();
    m_look = look;
}

void MatrixView::draw()
{
    m_drawSoon.stop();
    refreshLook();
    drawTiles();
    showMargins();
    m_colorBar->setScale(context().colorMap(), m_look.scale);
    m_pooling->setEnabled(!m_cell.isExact());
    m_all->setEnabled(!m_plot->isWhole());
    showStatement();
    showMarks();
    if (isReading() && !m_slow.isActive() && !m_stop->isVisible())
        m_slow.start();
    if (!isReading() || m_stop->isVisible())
        showProgress();
}

void MatrixView::drawTiles()
{
    ++m_drawing;
    m_colourSoon.stop();
    m_colouring.start();
    m_colouredNow = 0;
    m_plot->setTiles(m_strips.sample() ? tilesInSight() : std::vector<MatrixTile>()); // no colours without limits
    if (m_images.size() > kMostImages)
        std::erase_if(m_images, [this](const auto& item) { return item.second.lastDrawing != m_drawing; });
}

/// The wanted cells, and under those that are not there yet the finest ones that are.
std::vector<MatrixTile> MatrixView::tilesInSight()
{
    const Sight seen = sight();
    const std::int64_t first = seen.firstRow / kStripRows;
    std::vector<MatrixTile> wanted;
    std::vector<bool> isMissing;
    for (std::int64_t band = first; band <= seen.lastRow / kStripRows; ++band) {
        const auto strip = m_strips.strip(m_cell, band);
        isMissing.push_back(!strip || !addTiles(wanted, strip));
    }
    std::vector<MatrixTile> under; // the finest first
    const auto known = std::ranges::count(isMissing, true) > 0 ? m_strips.coarser(m_cell)
                                                               : std::vector<std::shared_ptr<const MapStrip>>();
    for (const auto& strip : std::views::reverse(known)) {
        const std::int64_t bands = strip->cell.queries() / m_cell.queries(); // that it stands for
        const auto begin = std::clamp<std::int64_t>(strip->band * bands - first, 0, std::ssize(isMissing));
        const auto end = std::clamp<std::int64_t>((strip->band + 1) * bands - first, 0, std::ssize(isMissing));
        if (std::count(isMissing.begin() + begin, isMissing.begin() + end, true) > 0 && addTiles(under, strip))
            std::fill(isMissing.begin() + begin, isMissing.begin() + end, false);
    }
    std::ranges::reverse(under);
    std::ranges::move(wanted, std::back_inserter(under));
    return under;
}

/// False where not all of it is coloured yet.
bool MatrixView::addTiles(std::vector<MatrixTile>& tiles, const std::shared_ptr<const MapStrip>& strip)
{
    const QRectF window = m_plot->window();
    const double top = double(strip->band * kStripRows * strip->cell.queries());
    const double height =
        std::min(double(strip->rows * strip->cell.queries()), double(queryAxisOf(capture(), m_map->map).length) - top);
    if (top >= window.bottom() || top + height <= window.top())
        return true;
    bool isWhole = true;
    const double keys = double(keyAxisOf(capture(), m_map->map).length);
    for (int first = 0; first < strip->columns; first += kTileColumns) {
        const int columns = std::min(kTileColumns, strip->columns - first);
        const double left = double(first) * double(strip->cell.keys());
        const double right = std::min(keys, double(first + columns) * double(strip->cell.keys()));
        if (right <= window.left() || left >= window.right())
            continue;
        // The last cell of an axis may stand for fewer positions, and is drawn as narrow: its tile ends with the axis.
        MatrixTile tile;
        tile.image = imageOf(strip, first, columns);
        isWhole = isWhole && !tile.image.isNull();
        if (tile.image.isNull())
            continue;
        tile.area = QRectF(left, top, double(columns) * double(strip->cell.keys()),
                           double(strip->rows) * double(strip->cell.queries()));
        tiles.push_back(std::move(tile));
    }
    return isWhole;
}

/// Null where a frame has no time left for it: then there will be another drawing.
QImage MatrixView::imageOf(const std::shared_ptr<const MapStrip>& strip, int firstColumn, int columns)
{
    const auto found = m_images.find({strip, firstColumn});
    if (found != m_images.end()) {
        found->second.lastDrawing = m_drawing;
        return found->second.image;
    }
    if (m_colouredNow > 0 && m_colouring.elapsed() >= kColouringMilliseconds) {
        m_colourSoon.start(0);
        return {};
    }
    ++m_colouredNow;
    return m_images.emplace(std::pair(strip, firstColumn), TileImage{coloured(*strip, firstColumn, columns), m_drawing})
        .first->second.image;
}

QImage MatrixView::coloured(const MapStrip& strip, int firstColumn, int columns) const
{
    const std::vector<float>& values = strip.values(m_look.pooling);
    std::vector<float> part;
    for (int row = 0; row < strip.rows; ++row) {
        const auto begin = values.begin() + std::ptrdiff_t(row) * strip.columns + firstColumn;
        part.insert(part.end(), begin, begin + columns);
    }
    HeatStyle style;
    style.colorMap = &context().colorMap();
    style.scale = m_look.scale;
    style.opacity = 1;
    style.opacityFollowsValue = false;
    RgbaImage heat = renderHeat(part, strip.rows, columns, style);
    bool isBroken = false;
    for (std::size_t i = 0; i < part.size(); ++i)
        if (!std::isfinite(part[i])) {
            heat.rgba[4 * i + 3] = 0;
            isBroken = true;
        }
    return imageFromHeat(heat).convertToFormat(isBroken ? QImage::Format_ARGB32_Premultiplied : QImage::Format_RGB32);
}

bool MatrixView::isSightRead(const Sight& seen) const
{
    for (std::int64_t band = seen.firstRow / kStripRows; band <= seen.lastRow / kStripRows; ++band)
        if (!m_strips.strip(m_cell, band))
            return false;
    return true;
}

std::vector<float> MatrixView::cellsInSight(const Sight& seen) const
{
    std::vector<float> cells(static_cast<std::size_t>(seen.rows() * seen.columns()),
                             std::numeric_limits<float>::quiet_NaN());
    for (std::int64_t row = seen.firstRow; row <= seen.lastRow; ++row)
        if (const auto strip = m_strips.strip(m_cell, row / kStripRows)) {
            const std::vector<float>& values = strip->values(m_look.pooling);
            const auto begin = values.begin() + (row % kStripRows) * strip->columns + seen.firstColumn;
            std::copy(begin, begin + seen.columns(), cells.begin() + (row - seen.firstRow) * seen.columns());
        }
    return cells;
}

MatrixView::Sums MatrixView::sums(const Sight& seen) const
{
    const TokenAxis& queries = queryAxisOf(capture(), m_map->map);
    const std::int64_t keys = keyAxisOf(capture(), m_map->map).length;
    const double unread = std::numeric_limits<double>::quiet_NaN();
    Sums sums{std::vector<double>(static_cast<std::size_t>(seen.rows()), unread),
              std::vector<double>(static_cast<std::size_t>(seen.columns()), 0)};
    std::vector<double> keysOf(sums.columns.size(), double(m_cell.keys()));
    keysOf.back() = double(std::min(m_cell.keys(), keys - seen.lastColumn * m_cell.keys()));
    double queriesInSight = 0;
    for (std::int64_t row = seen.firstRow; row <= seen.lastRow; ++row) {
        double inRow = 0; // rows that are stored
        for (const auto& [begin, end] : queries.storedQueries.rangesWithin(
                 row * m_cell.queries(), std::min(queries.length, (row + 1) * m_cell.queries())))
            inRow += double(end - begin);
        if (inRow == 0)
            continue;
        queriesInSight += inRow;
        const auto strip = m_strips.strip(m_cell, row / kStripRows);
        if (!strip) {
            std::ranges::fill(sums.columns, unread);
            continue;
        }
        const float* means = strip->mean.data() + (row % kStripRows) * strip->columns + seen.firstColumn;
        double sum = 0;
        for (std::size_t column = 0; column < keysOf.size(); ++column) {
            const double mean = means[column];
            sum += mean * keysOf[column];
            sums.columns[column] += mean * inRow;
        }
        sums.rows[static_cast<std::size_t>(row - seen.firstRow)] = sum;
    }
    for (double& column : sums.columns)
        column /= queriesInSight;
    return sums;
}

QString MatrixView::columnSumTitle(double highest) const
{
    const QString most = QString::fromStdString(m_look.scale.formatDisplayed(m_look.scale.displayed(highest)));
    return tr("mean weight that a key gets from the queries in sight; tallest %1").arg(most);
}

void MatrixView::showMargins()
{
    const Sight seen = sight();
    const Sums found = sums(seen);
    const auto highestOf = [](const std::vector<double>& values) {
        double highest = 0;
        for (const double value : values)
            if (std::isfinite(value))
                highest = std::max(highest, value);
        return highest;
    };
    MatrixMargin columns{
        double(seen.firstColumn * m_cell.keys()), double(m_cell.keys()), found.columns, highestOf(found.columns), {}};
    columns.title = columns.highest > 0 ? columnSumTitle(columns.highest) : QString();
    MatrixMargin rows{double(seen.firstRow * m_cell.queries()), double(m_cell.queries()), found.rows,
                      std::max(1.0, highestOf(found.rows)), tr("mass in sight")};
    m_plot->setMargins(columns, rows);
}

} // namespace heedmap
