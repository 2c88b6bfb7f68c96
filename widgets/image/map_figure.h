#pragma once

#include "core/capture/attention.h"
#include "core/capture/capture.h"
#include "core/render/value_scale.h"
#include "widgets/image/figure.h"

#include <string>
#include <vector>

namespace heedmap {

/// How a figure outside the window is drawn.
struct RenderOptions
{
    std::string colorMap = "viridis";
    bool timesUniform = true;
    ValueCurve curve = ValueCurve::Logarithmic;
    bool sharedLimits = true; ///< over all heads and layers of the map's group for this query; otherwise this map's own
    LimitsRule limitsRule = LimitsRule::Automatic;
    double low = 0; ///< limits by hand, in the displayed unit
    double high = 1;
    bool withoutSpecial =
        false; ///< rows renormalised over the keys that are no special tokens, and the caption says so
    double opacity = 0.8;
    bool predictingRow = true; ///< what the caption calls the row of a generated token; DisplayOptions::predictingRow
    int samplesPerPatch = 1;   ///< above 1: interpolated, and the caption says so
    int pictureWidth = 720;    ///< pixels of 1/96 inch the picture is drawn wide
};

/// The picture with rows of a map as heat: one token in the colour map with its colour bar and the mass beside the
/// picture, several (at most as many as kTokenColors) blended with a legend, the last one being the current one that
/// limits are taken for. A caption states model, site, head, tokens, row kind, scale, limits and reduction. A map whose
/// keys are no patches is drawn as labelled bars, one token only. Reads at once; any thread. Errors: InvalidRequest (no
/// such head or query, no or too many queries, limits by hand that are none, a row with nothing left without special
/// tokens), NotFound (colour map), InvalidFile, TooLarge.
Figure figureOfMap(const Capture& capture, const MapChoice& map, const std::vector<std::int64_t>& queries,
                   const RenderOptions& options = {});

} // namespace heedmap
