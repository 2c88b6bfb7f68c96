#pragma once

#include "core/capture/map_choice.h"
#include "core/render/heat.h"
#include "widgets/context/group_rows.h"

#include <QHash>
#include <QImage>
#include <QObject>
#include <QSize>

#include <memory>
#include <vector>

namespace heedmap {

/// What the pictures of heads are painted from.
struct ThumbnailOrder
{
    std::shared_ptr<const Capture> capture;
    std::shared_ptr<const GroupRows> rows; ///< null: no pictures
    HeatStyle style;                       ///< thumbnails are opaque whatever it says
    bool perMapLimits = false;             ///< every picture has its own limits
    QSize mostPixels; ///< a larger picture shows the strongest patch under each pixel; empty: no limit
};

/// The small picture of a head's row; null where it has none. Thread-safe.
QImage paintedThumbnail(const ThumbnailOrder& order, const SiteHead& cell);

/// The pictures of many heads, painted on a worker: those that are asked for, a few milliseconds' worth at a time, so
/// that they appear one after another; what is painted for an order that is no longer wanted is dropped. Few and small
/// ones are painted when they are asked for. Lives in the GUI thread.
class HeadThumbnails : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// Pictures of the order before stay until theirs are painted. What was asked for lately is painted first.
    /// `cells`: how many there may be.
    void setOrder(const ThumbnailOrder& order, std::size_t cells);
    const ThumbnailOrder& order() const { return m_order; }
    void clear();

    /// The newest picture there is; one that is not painted yet is from now on wanted.
    QImage picture(const SiteHead& cell);
    /// Whether picture() shows another token's row, or nothing, and the right one is on its way.
    bool isAwaited(const SiteHead& cell) const;
    /// Whether everything that was asked for is painted for the order as it is.
    bool isDone() const { return m_wanted.empty(); }

    /// Keys painted at once when asked for; about half a millisecond. Tests set 0 to take the other path.
    void setKeysAtOnce(std::int64_t keys) { m_keysAtOnce = keys; }

signals:
    void painted(const std::vector<heedmap::SiteHead>& cells);

private:
    using Key = qint64;
    struct Picture
    {
        QImage image;
        int order = 0;         ///< it was painted for
        int token = 0;         ///< whose row it shows, as m_token
        int askedInOrder = -1; ///< when somebody last looked at it
        bool wanted = false;   ///< is in m_wanted
    };
    using Painted = std::vector<std::pair<SiteHead, QImage>>;

    static Key keyOf(const SiteHead& cell);
    static Painted paintEverySecond(const ThumbnailOrder& order, const std::vector<SiteHead>& cells, std::size_t first);
    static Painted paintSome(const ThumbnailOrder& order, const std::vector<SiteHead>& cells);
    void dropPictures();
    bool hasRows(const SiteHead& cell) const;
    void want(const SiteHead& cell);
    std::vector<SiteHead> paintable() const;
    void startPainting();
    void take(int order, const Painted& painted);

    ThumbnailOrder m_order;
    int m_orderNumber = 0;
    int m_token = 0; ///< counts the rows of different tokens, groups and captures
    bool m_atOnce = true;
    bool m_painting = false;
    std::int64_t m_keysAtOnce = std::int64_t{1} << 15;
    QHash<Key, Picture> m_pictures;
    std::vector<SiteHead> m_wanted;  ///< not painted yet; first come, first painted
    std::vector<SiteHead> m_asked;   ///< since the order was given
    std::vector<SiteHead> m_inSight; ///< asked for when something was asked for last
};

} // namespace heedmap
