#pragma once

#include "core/capture/attention.h"
#include "core/capture/capture.h"
#include "core/render/value_scale.h"

#include <QColor>
#include <QImage>

#include <string>

namespace heedmap {

/// How a figure outside the window is drawn.
struct RenderOptions
{
    std::string colorMap = "viridis";
    bool timesUniform = true;
    ValueCurve curve = ValueCurve::Logarithmic;
    bool sharedLimits = true; ///< over all heads and layers of the map's group for this query; otherwise this map's own
    double opacity = 0.8;
    bool predictingRow = true; ///< what the caption calls the row of a generated token; DisplayOptions::predictingRow
    int samplesPerPatch = 1;   ///< above 1: interpolated, and the caption says so
    int pictureWidth = 720;    ///< pixels the picture is drawn wide
    QColor background = Qt::white;
    QColor ink = QColor(0x22, 0x25, 0x2a);
};

/// The picture with one row of a map as heat, its colour bar, the mass beside the picture, and a caption that states
/// model, site, head, token, row kind, scale and limits. A map whose keys are no patches is drawn as labelled bars.
/// Needs a QGuiApplication (the offscreen platform will do), no display; any thread. Errors: InvalidRequest (no such
/// head or query), NotFound (colour map), InvalidFile, TooLarge.
QImage renderMapImage(const Capture& capture, const MapChoice& map, qint64 query, const RenderOptions& options = {});

} // namespace heedmap
