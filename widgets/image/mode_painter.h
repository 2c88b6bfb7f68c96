#pragma once

#include "widgets/context/mode_sides.h"
#include "widgets/image/stage_painter.h"

#include <QColor>
#include <QPainter>
#include <QRectF>

#include <optional>
#include <vector>

namespace heedmap {

/// Colours of the theme, or of paper.
struct ModeInk
{
    QColor ink;
    QColor fainter;
    QColor accent;
};

/// Red for what is more, blue for what is less: the bars' colours, those of the signed map at 80 % of its limit.
QColor signedColor(bool isPositive);

/// Singular values as bars from the largest on; bars of one subspace touch. Bars without vectors are fainter, and those
/// of `chosen` in the accent colour. As many bars as fit. Uses the painter's font.
void paintSpectrum(QPainter& painter, const QRectF& area, const SvdModes& modes, std::size_t chosen,
                   const ModeInk& ink);
/// The mode (index of its singular value) whose bar stands at `x`, high or low; absent beside the bars.
std::optional<std::int64_t> spectrumModeAt(const QRectF& area, const SvdModes& modes, double x);

/// The entries a list of bars of this height shows: the strongest, the most positive on top.
std::vector<ModeEntry> barsInSight(const ModeSide& side, double height, double lineHeight);
/// Labels at the left, signed bars around a common zero, values at their ends.
void paintSignedBars(QPainter& painter, const QRectF& area, std::span<const ModeEntry> bars, bool isSigned,
                     std::span<const std::int64_t> marked, const ModeInk& ink);
/// Height of one bar with its label, for this font.
double signedBarHeight(const QFontMetricsF& metrics);

/// A picture as a quiet background: grey and near white.
QImage fadedPicture(const QImage& picture);
/// The patches of a side in the colours of core/render/diverging_color.h, symmetric limits ±limit (a side without
/// signs uses the red half), over `faded`; patches fade into it towards 0.
StageScene sceneOfSide(const TokenAxis& axis, const ModeSide& side, double limit, const QImage& faded,
                       const QSizeF& pictureSize);
/// The scene on white with thin patch borders; gives where it is.
QTransform paintModeMap(QPainter& painter, const QRectF& area, const StageScene& scene, const TokenAxis& axis);
/// "−0.31 to 0.31" with a bar of colours.
void paintSignedScale(QPainter& painter, const QRectF& area, double limit, bool isSigned, const ModeInk& ink);

/// One side with its title, ready to be painted without the capture.
struct ModeSideScene
{
    QString title;
    ModeSide side;
    TokenAxis axis;
    StageScene scene;                      ///< of a side on the picture
    std::vector<std::int64_t> marked = {}; ///< positions that are outlined, or whose label is bold
};
/// `limit`: of the colours; the side's own where it is 0.
ModeSideScene modeSideScene(const QString& title, ModeSide side, const TokenAxis& axis, const QImage& faded,
                            const QSizeF& pictureSize, double limit = 0);
/// Where its parts were painted.
struct ModeSidePlaces
{
    std::vector<ModeEntry> bars; ///< from `body`'s top down, `line` high each
    double line = 0;
    QRectF body;
    QTransform deviceFromPicture; ///< of a side on the picture
};
/// Title, bars or map with its scale, and what lies off the picture.
ModeSidePlaces paintModeSide(QPainter& painter, const QRectF& area, const ModeSideScene& scene, const ModeInk& ink);
/// "off the picture: “CLS” 0.93"; empty where everything is a patch.
QString offPictureText(const ModeSide& side);
/// 0.82, −0.18: two decimals, an exponent where they would be none.
QString signedValueText(double value);

} // namespace heedmap
