#pragma once

#include "app/session/run_job.h"
#include "core/base/json.h"

namespace heedmap {

/// Carries out one run from a command line: starts an engine, shows progress on standard error when that is a terminal,
/// stops cleanly on Ctrl+C (nothing half-written stays), and returns the answer of run/start. Needs a QCoreApplication.
/// Errors: whatever the run failed with.
Json runToCapture(RunSpec spec);

} // namespace heedmap
