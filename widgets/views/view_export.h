#pragma once

#include "widgets/image/exporter.h"
#include "widgets/views/view.h"

namespace heedmap {

/// What a view shows now in a format; empty when it has nothing to show, or is hidden and out of date.
Exporter exporterOfView(View& view, ExportFormat format);

} // namespace heedmap
