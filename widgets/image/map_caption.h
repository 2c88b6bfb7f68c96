#pragma once

#include "core/capture/attention.h"
#include "core/capture/capture.h"
#include "core/render/value_scale.h"

#include <QStringList>

#include <string>
#include <vector>

namespace heedmap {

/// What a figure of a map states about itself.
struct MapCaption
{
    std::string group;
    MapChoice map;
    std::vector<std::int64_t> queries; ///< shown tokens; empty: all of them
    ValueScale scale;
    bool predictingRow = true;
    QString limits = {}; ///< where the scale's limits come from
    bool interpolated = false;
};

/// Lines for below a figure: tokens with row kind, map and head; model and site; reduction, scale and limits.
QStringList mapCaption(const Capture& capture, const MapCaption& caption);

/// "changed inside the model: mute L2 · H1 of question → picture"; empty for a run of the model as it is.
QString interventionsCaption(const Capture& capture);

} // namespace heedmap
