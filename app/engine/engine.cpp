#include "app/engine/engine.h"

#include "app/engine/methods.h"
#include "core/models/architectures.h"

namespace heedmap {

int serveEngine(int in, int out)
{
    EngineState state;
    Server server(in, out, engineMethods(state), [&state](const Frame& blob) { state.intake.take(blob); });
    return server.run();
}

Json initialize(const Json& params)
{
    const std::string where = "the params of initialize";
    const std::int64_t protocol =
        readParams([&] { return jsonInteger(params, "protocol", where, INT64_MIN, INT64_MAX); });
    if (protocol != rpc::kVersion)
        throw Error(ErrorKind::Unsupported,
                    "This engine speaks protocol {}, not {}; use heedmap and heedmap-engine of one release.",
                    rpc::kVersion, protocol);
    Json types = Json::array();
    for (const Architecture& architecture : architectures())
        types.push_back(architecture.modelType);
    return {{"protocol", rpc::kVersion},
            {"engine", {{"name", "heedmap-engine"}, {"version", HEEDMAP_VERSION}}},
            {"architectures", types}};
}

} // namespace heedmap
