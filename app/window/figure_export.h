#pragma once

#include "core/capture/attention.h"
#include "widgets/image/map_figure.h"

#include <QString>

#include <memory>

namespace heedmap {

/// Draws a figure and writes it as PNG; `path` holds its old content or all of the new one. Any thread.
/// Errors: as renderMapImage, Io.
void exportFigure(const Capture& capture, const MapChoice& map, qint64 query, const RenderOptions& options,
                  const QString& path);

} // namespace heedmap
