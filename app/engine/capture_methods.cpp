#include "app/engine/methods.h"

namespace heedmap {

Json getCapture(EngineState& state, const Json& params, RequestContext& request)
{
    const std::string where = "the params of capture/get";
    std::string id;
    std::int64_t offset = 0;
    std::int64_t length = 0;
    readParams([&] {
        refuseUnknownMembers(params, {"id", "offset", "length"}, where);
        id = jsonString(params, "id", where);
        offset = jsonInteger(params, "offset", where, 0, INT64_MAX);
        length = jsonInteger(params, "length", where, 0, kBlobFrameBytes);
    });
    const std::vector<std::byte> bytes =
        state.captures.read(id, static_cast<std::uint64_t>(offset), static_cast<std::size_t>(length));
    request.sendBlob(id, static_cast<std::uint64_t>(offset), bytes);
    return {{"id", id}, {"offset", offset}, {"length", bytes.size()}, {"byte_count", state.captures.byteCount(id)}};
}

} // namespace heedmap
