#pragma once

#include "app/session/run_job.h"

#include <CLI/App.hpp>

#include <filesystem>
#include <string>

namespace heedmap {

/// The options that say what to run, shared by the verbs that run a model: --model --image --audio --text.
struct RunArguments
{
    std::string model; ///< empty: the shipped one
    std::string image;
    std::string audio;
    std::string text;

    void declare(CLI::App& verb);
    /// Errors: as readRunSpec, and InvalidRequest for a text that is not UTF-8.
    RunSpec spec(const std::filesystem::path& capture) const;
};

} // namespace heedmap
