#pragma once

#include "widgets/image/sound_layout.h"

#include <QPainter>

namespace heedmap {

// Each draws one lane with the painter's font, cut at the lane's edges.

/// What does not change while a pointer moves: waveform and log-mel.
void paintWaveform(QPainter& painter, const QRectF& lane, const TimeAxis& axis, const SoundScene& scene,
                   const SoundInk& ink);
void paintLogMel(QPainter& painter, const QRectF& lane, const TimeAxis& axis, const SoundScene& scene,
                 const SoundInk& ink);
void paintRuler(QPainter& painter, const QRectF& lane, const TimeAxis& axis, const SoundInk& ink);
/// Curves as steps, one a position; where several positions share a pixel, the strongest.
void paintSoundCurves(QPainter& painter, const QRectF& lane, const TimeAxis& axis, const SoundScene& scene,
                      const SoundInk& ink);
/// Rows of colours; where several positions or rows share a pixel, the strongest. Rectangles where shapes are written.
void paintSoundHeat(QPainter& painter, const QRectF& lane, const TimeAxis& axis, const SoundPositions& positions,
                    const SoundHeat& heat);
/// The warping path over the map's rows: when each token was spoken.
void paintWarpingPath(QPainter& painter, const QRectF& lane, const TimeAxis& axis, const SoundScene::Map& map,
                      const SoundInk& ink);
void paintSoundTokens(QPainter& painter, const QRectF& lane, const TimeAxis& axis, const SoundScene& scene,
                      const SoundInk& ink);
void paintSoundSpecials(QPainter& painter, const QRectF& lane, const SoundScene& scene, const SoundInk& ink);

/// Waveform and log-mel of a layout.
void paintSoundBackdrop(QPainter& painter, const SoundLayout& layout, const TimeAxis& axis, const SoundScene& scene,
                        const SoundInk& ink);
/// Everything else, over the backdrop: lanes, their names, and what marks a time in all of them.
void paintSoundLanes(QPainter& painter, const SoundLayout& layout, const TimeAxis& axis, const SoundScene& scene,
                     const SoundInk& ink);
/// What is heard now, over the lanes.
void paintSoundCursor(QPainter& painter, const SoundLayout& layout, const TimeAxis& axis, const SoundScene& scene,
                      const SoundInk& ink);
constexpr int kSoundCursorWidth = 2;

} // namespace heedmap
