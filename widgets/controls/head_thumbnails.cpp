#include "widgets/controls/head_thumbnails.h"

#include "core/render/strongest_patches.h"
#include "widgets/context/background.h"
#include "widgets/context/sound_windows.h"
#include "widgets/image/picture_image.h"

#include <QElapsedTimer>

#include <algorithm>
#include <future>
#include <iterator>
#include <utility>

namespace heedmap {

namespace {

/// Where no key is a patch, a thumbnail is a line of cells; longer rows are left to the stage.
constexpr std::int64_t kMostCellsInLine = 4096;
constexpr qint64 kPaintingMs = 8; ///< before what is painted is shown

/// One patch for each pixel, or fewer; opaque, so that showing it is a plain copy.
QImage imageOf(std::span<const float> values, int rows, int columns, QSize mostPixels, const HeatStyle& style)
{
    if (mostPixels.isEmpty())
        return imageFromHeat(renderHeat(values, rows, columns, style));
    const SmallPatches small = strongestPatches(values, rows, columns, mostPixels.height(), mostPixels.width());
    return opaqueImageFromHeat(renderHeat(small.values, small.rows, small.columns, style));
}

} // namespace

QImage paintedThumbnail(const ThumbnailOrder& order, const SiteHead& cell)
{
    const ShownSiteRows* rows = order.rows ? order.rows->siteRows(cell.site) : nullptr;
    if (!rows)
        return {};
    const std::span<const float> row = rows->shownRow(cell.head);
    const TokenAxis& keys = order.capture->keyAxis(cell.site);
    HeatStyle style = order.style;
    if (order.perMapLimits) {
        std::vector<float> weights;
        appendScaledWeights(keys, row, weights);
        style.scale = withSharedLimits(style.scale, weights);
    }
    if (const AxisSegment* patches = keys.patchSegment()) {
        const auto count =
            static_cast<std::size_t>(patches->grid.rows) * static_cast<std::size_t>(patches->grid.columns);
        return imageOf(row.subspan(static_cast<std::size_t>(patches->begin), count), patches->grid.rows,
                       patches->grid.columns, order.mostPixels, style);
    }
    if (hasSound(keys)) { // the recording from its begin to its end, as a strip
        const SoundPositions heard = heardPositions(*order.capture, keys);
        if (heard.count < 1 || heard.count > kMostCellsInLine)
            return {};
        return imageOf(row.subspan(static_cast<std::size_t>(heard.first), static_cast<std::size_t>(heard.count)), 1,
                       static_cast<int>(heard.count), order.mostPixels, style);
    }
    if (keys.length > kMostCellsInLine || keys.length < 1)
        return {};
    return imageOf(row, 1, static_cast<int>(keys.length), order.mostPixels, style);
}

/// Every second cell from `first` on, as many as there is time for.
HeadThumbnails::Painted HeadThumbnails::paintEverySecond(const ThumbnailOrder& order,
                                                         const std::vector<SiteHead>& cells, std::size_t first)
{
    QElapsedTimer timer;
    timer.start();
    Painted painted;
    painted.reserve((cells.size() + 1) / 2);
    for (std::size_t i = first; i < cells.size() && timer.elapsed() < kPaintingMs; i += 2)
        painted.emplace_back(cells[i], paintedThumbnail(order, cells[i]));
    return painted;
}

/// Those for which there is time, on two cores.
HeadThumbnails::Painted HeadThumbnails::paintSome(const ThumbnailOrder& order, const std::vector<SiteHead>& cells)
{
    auto others = std::async(std::launch::async, [&] { return paintEverySecond(order, cells, 1); });
    Painted painted = paintEverySecond(order, cells, 0);
    std::ranges::move(others.get(), std::back_inserter(painted));
    return painted;
}

HeadThumbnails::Key HeadThumbnails::keyOf(const SiteHead& cell)
{
    return (static_cast<Key>(cell.site) << 32) + cell.head.head;
}

void HeadThumbnails::clear()
{
    dropPictures();
    m_inSight.clear();
    m_asked.clear();
}

void HeadThumbnails::dropPictures()
{
    m_order = {};
    ++m_orderNumber;
    ++m_token;
    m_pictures.clear();
    m_wanted.clear();
}

void HeadThumbnails::setOrder(const ThumbnailOrder& order, std::size_t cells)
{
    if (!m_asked.empty())
        m_inSight = std::exchange(m_asked, {});
    if (!order.rows)
        return dropPictures();
    if (!m_order.rows || m_order.rows->request != order.rows->request || m_order.capture != order.capture)
        ++m_token;
    m_order = order;
    ++m_orderNumber;
    const std::int64_t keys = order.rows->sites.empty() ? 0 : order.rows->sites.front()->keys;
    m_atOnce = keys * static_cast<std::int64_t>(cells) <= m_keysAtOnce;
    if (m_atOnce) {
        for (const SiteHead& cell : std::exchange(m_wanted, {}))
            m_pictures[keyOf(cell)].wanted = false;
        return;
    }
    for (const SiteHead& cell : m_inSight)
        want(cell);
    startPainting();
}

bool HeadThumbnails::hasRows(const SiteHead& cell) const
{
    return m_order.rows && m_order.rows->siteRows(cell.site) != nullptr;
}

bool HeadThumbnails::isAwaited(const SiteHead& cell) const
{
    if (!m_order.rows)
        return false;
    if (m_atOnce)
        return !hasRows(cell);
    const auto found = m_pictures.constFind(keyOf(cell));
    return found == m_pictures.constEnd() || found->token != m_token;
}

QImage HeadThumbnails::picture(const SiteHead& cell)
{
    if (!m_order.rows)
        return {};
    Picture& picture = m_pictures[keyOf(cell)];
    if (picture.askedInOrder != m_orderNumber) {
        picture.askedInOrder = m_orderNumber;
        m_asked.push_back(cell);
    }
    if (picture.order == m_orderNumber)
        return picture.image;
    if (!m_atOnce) {
        want(cell);
        startPainting();
    } else if (hasRows(cell)) {
        picture.image = paintedThumbnail(m_order, cell);
        picture.order = m_orderNumber;
        picture.token = m_token;
    }
    return picture.image;
}

void HeadThumbnails::want(const SiteHead& cell)
{
    if (!std::exchange(m_pictures[keyOf(cell)].wanted, true))
        m_wanted.push_back(cell);
}

/// Of the wanted ones, those whose rows are there.
std::vector<SiteHead> HeadThumbnails::paintable() const
{
    std::vector<SiteHead> cells;
    std::ranges::copy_if(m_wanted, std::back_inserter(cells), [this](const SiteHead& cell) { return hasRows(cell); });
    return cells;
}

void HeadThumbnails::startPainting()
{
    if (m_painting || m_wanted.empty())
        return;
    std::vector<SiteHead> cells = paintable();
    if (cells.empty())
        return;
    m_painting = true;
    runInBackground(
        this, [order = m_order, cells = std::move(cells)] { return paintSome(order, cells); },
        [this, order = m_orderNumber](const Painted& painted) { take(order, painted); },
        [this](const Error&) { m_painting = false; }); // no memory for pictures: the cells stay empty
}

void HeadThumbnails::take(int order, const Painted& painted)
{
    m_painting = false;
    std::vector<SiteHead> cells;
    if (order == m_orderNumber) {
        for (const auto& [cell, image] : painted) {
            Picture& picture = m_pictures[keyOf(cell)];
            picture.image = image;
            picture.order = m_orderNumber;
            picture.token = m_token;
            picture.wanted = false;
            cells.push_back(cell);
        }
        std::erase_if(m_wanted, [this](const SiteHead& cell) { return !m_pictures[keyOf(cell)].wanted; });
    }
    startPainting();
    if (!cells.empty())
        emit this->painted(cells);
}

} // namespace heedmap
