#pragma once

#include "app/engine/engine_state.h"
#include "core/protocol/server.h"

#include <vector>

namespace heedmap {

/// The list of everything an engine answers to. A method is a handler and a line here. `state` must outlive the list.
std::vector<Method> engineMethods(EngineState& state);

// Handlers by family, each in its own file; parameters and results as in PROTOCOL.md.
Json initialize(const Json& params);
Json openModel(EngineState& state, const Json& params);
Json closeModel(EngineState& state, const Json& params);
Json planRun(EngineState& state, const Json& params);
Json startRun(EngineState& state, const Json& params, RequestContext& request);
Json rerankCandidates(EngineState& state, const Json& params, RequestContext& request);
Json getCapture(EngineState& state, const Json& params, RequestContext& request);

} // namespace heedmap
