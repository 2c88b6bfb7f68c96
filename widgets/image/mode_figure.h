#pragma once

#include "core/base/number_table.h"
#include "widgets/context/mode_provider.h"
#include "widgets/image/figure.h"

#include <QImage>

#include <memory>
#include <string>

namespace heedmap {

/// A map's modes with what a figure of them says.
struct ModeFigureParts
{
    std::string group;                         ///< site group or composition
    std::shared_ptr<const ModesResult> result; ///< of one map
    std::size_t subspace = 0;                  ///< index into its subspaces
    bool withoutSpecial = false;
    QImage picture; ///< upright, or null
};

/// The spectrum, and what one of its subspaces is among the queries and the keys: bars, or a signed map on the faded
/// picture. Captions state model, map, stacking, centring, signs, limits and how much of the map the mode is. Owns all
/// it paints. Precondition: the subspace exists.
Figure figureOfMode(const Capture& capture, const ModeFigureParts& parts);
/// The vectors of all modes with their singular values: a row for each mode, a column for each query (of each stacked
/// head) and each key.
NumberTable tableOfModes(const Capture& capture, const ModeFigureParts& parts);

/// The lines of a caption about the map and how it was taken apart.
QStringList modesCaption(const Capture& capture, const ModeFigureParts& parts);
/// The size of the picture an axis's patches lie on, in its own pixels.
QSizeF modePictureSize(const Capture& capture, const TokenAxis& axis);

} // namespace heedmap
