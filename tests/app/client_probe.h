#pragma once

#include "app/session/engine_client.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace heedmap {

/// Runs the event loop until `condition` holds. False when it does not within `seconds`.
bool waitUntil(const std::function<bool()>& condition, int seconds = 60);

/// What became of one request. Shared with the handlers, which may outlive the test.
struct Outcome
{
    std::optional<Json> result;
    std::optional<Error> error;
    int answers = 0;
    std::vector<std::string> stages;

    bool answered() const { return answers > 0; }
};

/// Handlers that write an outcome down.
EngineClient::Handlers recordInto(const std::shared_ptr<Outcome>& outcome);

/// Sends a request and waits for its answer.
Outcome ask(EngineClient& client, const QString& method, const Json& params = Json::object());

QString fakeEngine();
QString realEngine();

} // namespace heedmap
