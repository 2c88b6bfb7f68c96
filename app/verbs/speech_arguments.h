#pragma once

#include "core/base/json.h"

#include <CLI/App.hpp>

#include <optional>
#include <string>

namespace heedmap {

/// The options that say how speech is written down: --language --task --beam --timestamps.
struct SpeechArguments
{
    std::string language;
    std::string task;
    std::optional<int> beams;
    bool timestamps = false;

    void declare(CLI::App& verb);
    /// Into the options of run/start. Errors: InvalidRequest for a language that is not UTF-8.
    void addTo(Json& options) const;
};

} // namespace heedmap
