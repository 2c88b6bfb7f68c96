#pragma once

#include "app/session/run_job.h"
#include "core/base/json.h"

#include <filesystem>
#include <set>
#include <string>

namespace heedmap {

/// An engine that a verb keeps from run to run.
struct VerbEngine
{
    EngineClient client;
    std::set<QString> notedModels = {}; ///< folders whose notes the user has read already
};

/// What to run, from the names on a command line; an empty `picture` is none, an empty `capture` makes none. Errors:
/// NotFound, Io, TooLarge, and what readImageHeader refuses: no engine is started for what is no picture.
RunSpec readRunSpec(const std::filesystem::path& modelFolder, const std::filesystem::path& picture,
                    const std::string& text, const std::filesystem::path& capture);
/// Puts a recording into it. Errors: NotFound, Io, TooLarge, and what readAudioHeader refuses.
void readRecording(const std::filesystem::path& recording, RunSpec& spec);

/// Carries out one run from a command line: starts an engine, shows progress on standard error when that is a terminal,
/// says there, in a line each ("note: …"), what the model's files ask for without effect, once for each model of an
/// engine, stops cleanly on Ctrl+C (nothing half-written stays), and returns the answer of run/start. Needs a
/// QCoreApplication. Errors: whatever the run failed with.
Json runToCapture(RunSpec spec);
/// The same with an engine that is kept for the next run.
Json runToCapture(VerbEngine& engine, RunSpec spec);

/// Of a run like this one without interventions, one token long: its sites, axes and patches are known from a capture
/// alone, so one is made and thrown away. Errors: whatever the run fails with.
Manifest manifestOfPlainRun(VerbEngine& engine, RunSpec spec);

} // namespace heedmap
