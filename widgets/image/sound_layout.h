#pragma once

#include "widgets/image/sound_scene.h"
#include "widgets/image/time_axis.h"

#include <QFontMetricsF>
#include <QPointF>
#include <QRectF>

#include <array>
#include <optional>

namespace heedmap {

/// What is drawn below one another over one time axis.
enum class SoundLane
{
    Ruler,
    Waveform,
    Mel,
    Attention,
    Heads,
    Map,
    Tokens,
    Specials ///< tokens without a moment of their own, side by side
};
constexpr std::size_t kSoundLanes = 8;

/// Where the lanes are; their names stand at the left of them.
struct SoundLayout
{
    QRectF area;
    double left = 0;                       ///< of every lane
    std::array<QRectF, kSoundLanes> lanes; ///< empty ones are not shown

    const QRectF& lane(SoundLane lane) const { return lanes[static_cast<std::size_t>(lane)]; }
    std::optional<SoundLane> laneAt(QPointF place) const;
    /// From the first lane over time to the last one.
    QRectF overTime() const;
    double width() const { return area.right() - left; }
};

QString soundLaneName(SoundLane lane); ///< that stands at its left
SoundLayout layoutSound(const SoundScene& scene, const QRectF& area, const QFontMetricsF& metrics);
/// Height with which everything can be told apart.
double comfortableSoundHeight(const SoundScene& scene, const QFontMetricsF& metrics);

/// Row of a lane of heat at a height.
std::optional<std::size_t> soundRowAt(const QRectF& lane, std::size_t rows, double y);
QRectF soundRowRect(const QRectF& lane, std::size_t rows, std::size_t row);

/// A token with its time: a bar as long as it was spoken, and its text where there is room.
struct SoundTokenPlace
{
    std::size_t token = 0; ///< index among SoundScene::tokens
    QRectF bar;
    QRectF label; ///< empty: no room
};
/// Those in sight that have a time. A held label has its place; then what is kept, hovered or of the shown window has
/// the first choice.
std::vector<SoundTokenPlace> layoutSoundTokens(const SoundScene& scene, const TimeAxis& axis, const QRectF& lane,
                                               const QFontMetricsF& metrics);
/// Those of the shown window without a time, side by side; the last place may be of more than fit (no token).
struct SoundSpecialPlace
{
    std::optional<std::size_t> token;
    QString text;
    QRectF chip;
};
std::vector<SoundSpecialPlace> layoutSoundSpecials(const SoundScene& scene, const QRectF& lane,
                                                   const QFontMetricsF& metrics);
/// Whether a token stands among those with a time.
bool hasTimedBox(const SoundScene::Token& token);

/// The smaller font of times and of what stands aside, and its metrics.
QFont smallSoundFont(const QFont& font);

} // namespace heedmap
