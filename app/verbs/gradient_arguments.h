#pragma once

#include "core/base/json.h"

#include <CLI/App.hpp>

#include <string>

namespace heedmap {

/// The options that ask for more than attention: --values and --gradients.
struct GradientArguments
{
    bool values = false;
    std::string target; ///< OUTPUT[:STEP][=TOKEN] or a score; empty: no gradients

    /// Declares both and explains targets in the verb's footer.
    void declare(CLI::App& verb);
    /// Adds them to the options of a run (PROTOCOL.md, run/start). Errors: InvalidRequest.
    void addTo(Json& options) const;
};

} // namespace heedmap
