#pragma once

namespace heedmap {

/// Serves the engine protocol (core/protocol/PROTOCOL.md) until the input ends or `shutdown` is asked for. Returns the
/// exit status. The descriptors are not owned.
int serveEngine(int in, int out);

} // namespace heedmap
