#pragma once

#include "core/protocol/input_store.h"
#include "core/protocol/server.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace heedmap {

/// `input/put` and the blob frames that belong to it: requests stay open until their bytes are here. Used by a server's
/// reading thread alone; the store may be read by others meanwhile.
class InputIntake
{
public:
    explicit InputIntake(InputStore& store) : m_store(store) {}

    std::optional<Json> put(const Json& params, const std::shared_ptr<RequestContext>& request);
    void take(const Frame& blob);

private:
    using CancelCallback = std::stop_callback<std::function<void()>>;
    struct Waiting
    {
        std::shared_ptr<RequestContext> request; ///< null when cancelled
        std::unique_ptr<CancelCallback> onCancel;
    };

    std::vector<std::shared_ptr<RequestContext>> waitingFor(const std::string& id);
    void cancel(const std::string& id, const RequestContext* request);

    InputStore& m_store;
    std::map<std::string, std::vector<Waiting>> m_waiting; ///< by input
};

} // namespace heedmap
