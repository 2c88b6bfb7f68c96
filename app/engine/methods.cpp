#include "app/engine/methods.h"

#include "core/base/utf8.h"

#include <functional>

namespace heedmap {

namespace {

/// What LibTorch throws, in our terms: its messages carry a backtrace, and its allocator has no type of its own.
Error errorFromLibrary(const std::exception& failure)
{
    const std::string text = failure.what();
    if (text.find("can't allocate memory") != std::string::npos)
        return {ErrorKind::TooLarge,
                "There is not enough memory for this; close other programs or use a smaller model or input."};
    return {ErrorKind::Internal, "The computation failed: " + printable(text.substr(0, text.find('\n')), 400)};
}

Method computing(const char* name, std::function<Json(const Json&, RequestContext&)> compute)
{
    return {name, Lane::Computing,
            [compute = std::move(compute)](const Json& params, const auto& request) -> std::optional<Json> {
                try {
                    return compute(params, *request);
                } catch (const ProtocolError&) {
                    throw;
                } catch (const Error& failure) {
                    if (failure.kind() != ErrorKind::Internal)
                        throw;
                    throw errorFromLibrary(failure);
                } catch (const std::bad_alloc&) {
                    throw;
                } catch (const std::exception& failure) {
                    throw errorFromLibrary(failure);
                }
            }};
}

Method reading(const char* name, std::function<Json(const Json&, RequestContext&)> handle)
{
    return {name, Lane::Reading, [handle = std::move(handle)](const Json& params, const auto& request) {
                return std::optional(handle(params, *request));
            }};
}

} // namespace

std::vector<Method> engineMethods(EngineState& state)
{
    return {
        reading("initialize", [](const Json& params, auto&) { return initialize(params); }),
        {"input/put", Lane::Reading,
         [&state](const Json& params, const auto& request) { return state.intake.put(params, request); }},
        computing("model/open", [&state](const Json& params, auto&) { return openModel(state, params); }),
        computing("model/close", [&state](const Json& params, auto&) { return closeModel(state, params); }),
        computing("run/plan", [&state](const Json& params, auto&) { return planRun(state, params); }),
        computing("run/start",
                  [&state](const Json& params, auto& request) { return startRun(state, params, request); }),
        computing("speech/rerank",
                  [&state](const Json& params, auto& request) { return rerankCandidates(state, params, request); }),
        reading("capture/get",
                [&state](const Json& params, auto& request) { return getCapture(state, params, request); }),
    };
}

} // namespace heedmap
