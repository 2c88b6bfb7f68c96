#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <functional>
#include <span>
#include <string>

namespace heedmap {

/// What the program returns to the shell.
enum ExitCode
{
    kDone = 0,
    kFailed = 1,
    kWrongUse = 2
};

/// The Qt application a verb needs, made before it runs.
enum class VerbApplication
{
    Core,    ///< event loop only
    Headless ///< fonts and painting, no display
};

/// One word of the command line: `heedmap NAME …`.
struct Verb
{
    const char* name;
    const char* summary;
    VerbApplication application;
    /// Declares the verb's arguments on its subcommand and returns what carries it out. The action writes results to
    /// standard output and throws Error: InvalidRequest means wrong use.
    std::function<std::function<int()>(CLI::App&)> declare;
};

/// Every verb, in the order of --help. A new verb is one file pair and one line in verb.cpp.
std::span<const Verb> verbs();

} // namespace heedmap
