#pragma once

#include "core/capture/capture.h"
#include "core/capture/map_choice.h"

namespace heedmap {

/// Multiplications behind one row of a map, to decide whether it may be read between two frames.
double costOfRow(const Capture& capture, const MapChoice& map);

} // namespace heedmap
