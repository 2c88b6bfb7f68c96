#include "widgets/image/sound_layout.h"

#include <QCoreApplication>

#include <algorithm>
#include <numeric>

namespace heedmap {

namespace {

constexpr double kGap = 4;
constexpr double kNameGap = 8;
constexpr double kBarHeight = 6;
constexpr double kPadding = 4;
constexpr double kLeastBar = 3;
constexpr int kMostTracks = 3;
constexpr double kSmall = 0.8; ///< of the font: that of times

double smallHeight(const QFontMetricsF& metrics)
{
    return metrics.height() * 0.82;
}

double trackHeight(const QFontMetricsF& metrics)
{
    return metrics.height() + smallHeight(metrics) + 3;
}

/// Natural heights, and how much of what is over each lane takes.
struct Wish
{
    double height = 0;
    double least = 0;
    double share = 0;
};

Wish wishOf(SoundLane lane, const SoundScene& scene, const QFontMetricsF& metrics)
{
    const double line = metrics.height();
    switch (lane) {
    case SoundLane::Ruler:
        return {line + 5, line + 5, 0};
    case SoundLane::Waveform:
        return scene.recording ? Wish{46, 22, 1} : Wish{line + 4, line + 4, 0};
    case SoundLane::Mel:
        return scene.recording && !scene.isBelowPicture ? Wish{52, 22, 1.2} : Wish{};
    case SoundLane::Attention:
        return {72, 34, 1.6};
    case SoundLane::Heads:
        return scene.heads && scene.heads->heat.rows > 0
                   ? Wish{7.0 * static_cast<double>(scene.heads->heat.rows),
                          2.0 * static_cast<double>(std::min<std::size_t>(scene.heads->heat.rows, 12)), 1.5}
                   : Wish{};
    case SoundLane::Map:
        return scene.map && scene.map->heat.rows > 0
                   ? Wish{std::min(7.0 * static_cast<double>(scene.map->heat.rows), 120.0), 18, 1.2}
                   : Wish{};
    case SoundLane::Tokens: {
        const bool any = std::ranges::any_of(scene.tokens, hasTimedBox);
        const double two = kBarHeight + 2 + 2 * trackHeight(metrics);
        return any ? Wish{two, two, 0.35} : Wish{};
    }
    case SoundLane::Specials: {
        const bool any = std::ranges::any_of(
            scene.tokens, [](const SoundScene::Token& token) { return token.isOfShownWindow && !hasTimedBox(token); });
        return any && !scene.isBelowPicture ? Wish{line + 4, line + 4, 0} : Wish{};
    }
    }
    return {};
}

std::array<Wish, kSoundLanes> wishes(const SoundScene& scene, const QFontMetricsF& metrics)
{
    std::array<Wish, kSoundLanes> all;
    for (std::size_t i = 0; i < kSoundLanes; ++i)
        all[i] = wishOf(static_cast<SoundLane>(i), scene, metrics);
    return all;
}

double gapsOf(const std::array<Wish, kSoundLanes>& all)
{
    const auto shown = std::ranges::count_if(all, [](const Wish& wish) { return wish.height > 0; });
    return kGap * static_cast<double>(std::max<std::ptrdiff_t>(shown - 1, 0));
}

/// Shrinks towards what is least where there is too little room, and stretches where there is more.
std::array<double, kSoundLanes> heightsWithin(const std::array<Wish, kSoundLanes>& all, double room)
{
    double natural = 0;
    double least = 0;
    double shares = 0;
    for (const Wish& wish : all) {
        natural += wish.height;
        least += wish.least;
        shares += wish.height > 0 ? wish.share : 0;
    }
    std::array<double, kSoundLanes> heights{};
    for (std::size_t i = 0; i < kSoundLanes; ++i) {
        const Wish& wish = all[i];
        if (room >= natural)
            heights[i] = wish.height + (wish.height > 0 && shares > 0 ? wish.share / shares * (room - natural) : 0);
        else if (natural > least)
            heights[i] = wish.least + (wish.height - wish.least) * std::max(0.0, room - least) / (natural - least);
        else
            heights[i] = wish.least;
    }
    return heights;
}

/// Of a token's text and, below it, its time.
double widthOfLabel(const SoundScene::Token& token, const QFontMetricsF& metrics)
{
    const double time = kSmall * metrics.horizontalAdvance(QStringLiteral("%1").arg(token.time->start, 0, 'f', 2));
    return std::max({metrics.horizontalAdvance(token.text), time, kPadding}) + 2 * kPadding;
}

/// Below the bar's begin, or further right where others stand there, as long as it begins below the bar; empty:
/// nowhere.
QRectF freePlace(const std::vector<QRectF>& taken, const QRectF& bar, const QRectF& track, double width)
{
    const double last = track.right() - width;
    QRectF label(std::clamp(bar.left(), track.left(), std::max(track.left(), last)), track.top(), width,
                 track.height());
    const auto isInTheWay = [&](const QRectF& other) { return other.adjusted(-2, 0, 2, 0).intersects(label); };
    for (auto other = std::ranges::find_if(taken, isInTheWay); other != taken.end();
         other = std::ranges::find_if(taken, isInTheWay)) {
        label.moveLeft(other->right() + 2.5);
        if (label.left() > bar.right() || label.left() > last)
            return {};
    }
    return label;
}

/// Its place is taken first, where the lane still has that place.
template <typename Rooms>
void holdLabel(const std::optional<SoundScene::HeldLabel>& held, const Rooms& roomOf,
               std::vector<SoundTokenPlace>& places, std::vector<std::vector<QRectF>>& taken)
{
    if (!held)
        return;
    const auto found = std::ranges::find(places, held->token, &SoundTokenPlace::token);
    for (std::size_t track = 0; found != places.end() && track < taken.size(); ++track)
        if (roomOf(static_cast<int>(track)).contains(held->place)) {
            found->label = held->place;
            taken[track].push_back(held->place);
        }
}

} // namespace

QString soundLaneName(SoundLane lane)
{
    switch (lane) {
    case SoundLane::Ruler:
        return {};
    case SoundLane::Waveform:
        return QCoreApplication::translate("heedmap::SoundPainter", "waveform");
    case SoundLane::Mel:
        return QCoreApplication::translate("heedmap::SoundPainter", "log-mel");
    case SoundLane::Attention:
        return QCoreApplication::translate("heedmap::SoundPainter", "attention");
    case SoundLane::Heads:
        return QCoreApplication::translate("heedmap::SoundPainter", "heads");
    case SoundLane::Map:
        return QCoreApplication::translate("heedmap::SoundPainter", "tokens");
    case SoundLane::Tokens:
        return QCoreApplication::translate("heedmap::SoundPainter", "spoken");
    case SoundLane::Specials:
        return QCoreApplication::translate("heedmap::SoundPainter", "special");
    }
    return {};
}

std::optional<SoundLane> SoundLayout::laneAt(QPointF place) const
{
    for (std::size_t i = 0; i < kSoundLanes; ++i)
        if (!lanes[i].isEmpty() && lanes[i].adjusted(0, -kGap / 2, 0, kGap / 2).contains(place))
            return static_cast<SoundLane>(i);
    return std::nullopt;
}

QRectF SoundLayout::overTime() const
{
    QRectF all;
    for (const SoundLane part : {SoundLane::Ruler, SoundLane::Waveform, SoundLane::Mel, SoundLane::Attention,
                                 SoundLane::Heads, SoundLane::Map, SoundLane::Tokens})
        if (!lane(part).isEmpty())
            all = all.united(lane(part));
    return all;
}

double comfortableSoundHeight(const SoundScene& scene, const QFontMetricsF& metrics)
{
    const std::array<Wish, kSoundLanes> all = wishes(scene, metrics);
    return gapsOf(all) +
           std::accumulate(all.begin(), all.end(), 0.0, [](double sum, const Wish& wish) { return sum + wish.height; });
}

SoundLayout layoutSound(const SoundScene& scene, const QRectF& area, const QFontMetricsF& metrics)
{
    SoundLayout layout;
    layout.area = area;
    double names = 0;
    for (std::size_t i = 0; i < kSoundLanes; ++i)
        names = std::max(names, metrics.horizontalAdvance(soundLaneName(static_cast<SoundLane>(i))));
    layout.left = area.left() + std::min(names + kNameGap, area.width() / 3);
    const std::array<Wish, kSoundLanes> all = wishes(scene, metrics);
    const std::array<double, kSoundLanes> heights = heightsWithin(all, area.height() - gapsOf(all));
    double y = area.top();
    for (std::size_t i = 0; i < kSoundLanes; ++i) {
        if (heights[i] <= 0)
            continue;
        layout.lanes[i] = QRectF(layout.left, y, std::max(0.0, layout.width()), heights[i]);
        y += heights[i] + kGap;
    }
    return layout;
}

QRectF soundRowRect(const QRectF& lane, std::size_t rows, std::size_t row)
{
    const double height = lane.height() / static_cast<double>(std::max<std::size_t>(rows, 1));
    return {lane.left(), lane.top() + height * static_cast<double>(row), lane.width(), height};
}

std::optional<std::size_t> soundRowAt(const QRectF& lane, std::size_t rows, double y)
{
    if (rows == 0 || lane.isEmpty() || y < lane.top() || y >= lane.bottom())
        return std::nullopt;
    return std::min(rows - 1, static_cast<std::size_t>((y - lane.top()) / lane.height() * static_cast<double>(rows)));
}

bool hasTimedBox(const SoundScene::Token& token)
{
    return token.kind == SoundTokenKind::Word && token.time.has_value();
}

QFont smallSoundFont(const QFont& font)
{
    QFont small = font;
    if (font.pixelSize() > 0)
        small.setPixelSize(std::max(8, font.pixelSize() * 4 / 5));
    else
        small.setPointSizeF(font.pointSizeF() * 0.8);
    return small;
}

std::vector<SoundTokenPlace> layoutSoundTokens(const SoundScene& scene, const TimeAxis& axis, const QRectF& lane,
                                               const QFontMetricsF& metrics)
{
    std::vector<SoundTokenPlace> places;
    for (std::size_t i = 0; i < scene.tokens.size(); ++i) {
        const SoundScene::Token& token = scene.tokens[i];
        if (!hasTimedBox(token))
            continue;
        const double left = axis.x(token.time->start);
        const double right = std::max(axis.x(token.time->end), left + kLeastBar);
        if (right >= lane.left() && left <= lane.right())
            places.push_back({i, QRectF(left, lane.top(), right - left, kBarHeight).intersected(lane), {}});
    }
    std::vector<std::size_t> order(places.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto rank = [&](std::size_t place) {
        const SoundScene::Token& token = scene.tokens[places[place].token];
        return token.frame.isValid() ? 0 : token.isOfShownWindow ? 1 : 2;
    };
    std::ranges::stable_sort(order, {}, rank);
    const double height = trackHeight(metrics);
    const int tracks = std::clamp(static_cast<int>((lane.height() - kBarHeight - 2 + 0.5) / height), 0, kMostTracks);
    std::vector<std::vector<QRectF>> taken(static_cast<std::size_t>(tracks));
    const double least = kSmall * metrics.horizontalAdvance(QStringLiteral("1.11")) + 2 * kPadding;
    const auto roomOf = [&](int track) {
        return QRectF(lane.left(), lane.top() + kBarHeight + 2 + track * height, lane.width(), height - 2);
    };
    holdLabel(scene.heldLabel, roomOf, places, taken);
    for (const std::size_t i : order) {
        if (!places[i].label.isEmpty())
            continue;
        std::optional<double> width; // to measure the tokens of an hour takes longer than to find that they do not fit
        for (int track = 0; track < tracks; ++track) {
            std::vector<QRectF>& row = taken[static_cast<std::size_t>(track)];
            const QRectF room = roomOf(track);
            if (!width && freePlace(row, places[i].bar, room, least).isEmpty())
                continue;
            if (!width)
                width = widthOfLabel(scene.tokens[places[i].token], metrics);
            const QRectF label = *width <= room.width() ? freePlace(row, places[i].bar, room, *width) : QRectF();
            if (label.isEmpty())
                continue;
            row.push_back(label);
            places[i].label = label;
            break;
        }
    }
    return places;
}

std::vector<SoundSpecialPlace> layoutSoundSpecials(const SoundScene& scene, const QRectF& lane,
                                                   const QFontMetricsF& metrics)
{
    std::vector<SoundSpecialPlace> places;
    const QString more = QStringLiteral("…");
    const double room = metrics.horizontalAdvance(more) + 2 * kPadding;
    double x = lane.left();
    for (std::size_t i = 0; i < scene.tokens.size(); ++i) {
        const SoundScene::Token& token = scene.tokens[i];
        if (!token.isOfShownWindow || hasTimedBox(token))
            continue;
        const double width = metrics.horizontalAdvance(token.text) + 2 * kPadding;
        if (x + width + room > lane.right()) {
            places.push_back({std::nullopt, more, QRectF(x, lane.top(), room, lane.height())});
            break;
        }
        places.push_back({i, token.text, QRectF(x, lane.top() + 1, width, lane.height() - 2)});
        x += width + kPadding;
    }
    return places;
}

} // namespace heedmap
