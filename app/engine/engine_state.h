#pragma once

#include "app/engine/kept_captures.h"
#include "app/engine/loaded_models.h"
#include "core/protocol/input_intake.h"

namespace heedmap {

/// What the methods of one engine share.
struct EngineState
{
    InputStore inputs;
    InputIntake intake{inputs}; ///< reading thread
    KeptCaptures captures;
    LoadedModels models; ///< computing thread
};

} // namespace heedmap
