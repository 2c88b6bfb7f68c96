#pragma once

#include "core/capture/manifest.h"

#include <CLI/App.hpp>

#include <string>
#include <vector>

namespace heedmap {

/// The options that say what a run changes inside the model: --mute and --hide, each as often as wanted.
struct InterventionArguments
{
    std::vector<std::string> mutes; ///< SITE:HEADS
    std::vector<std::string> hides; ///< AXIS:POSITIONS

    /// Declares both and explains them in the verb's footer.
    void declare(CLI::App& verb);
    bool empty() const { return mutes.empty() && hides.empty(); }

    /// What they mean on a run like the unchanged one that `manifest` is of. Errors: InvalidRequest, with the nearest
    /// names.
    std::vector<Intervention> on(const Manifest& manifest) const;
};

} // namespace heedmap
