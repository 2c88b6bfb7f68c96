#include "core/protocol/input_intake.h"

#include <utility>

namespace heedmap {

std::optional<Json> InputIntake::put(const Json& params, const std::shared_ptr<RequestContext>& request)
{
    const std::string where = "the params of input/put";
    const auto [id, byteCount] = readParams([&] {
        refuseUnknownMembers(params, {"id", "byte_count"}, where);
        return std::pair(jsonString(params, "id", where), jsonInteger(params, "byte_count", where, 0, INT64_MAX));
    });
    if (m_store.announce(id, static_cast<std::size_t>(byteCount)) == InputStore::Put::Known)
        return Json{{"id", id}, {"known", true}};
    Waiting& waiting = m_waiting[id].emplace_back();
    waiting.request = request;
    waiting.onCancel = std::make_unique<CancelCallback>(
        request->stopToken(), [this, id = id, cancelled = request.get()] { cancel(id, cancelled); });
    return std::nullopt;
}

void InputIntake::take(const Frame& blob)
{
    try {
        if (!m_store.append(blob.blobId, blob.blobOffset, std::as_bytes(std::span(blob.body))))
            return;
        for (const auto& request : waitingFor(blob.blobId))
            request->reply({{"id", blob.blobId}});
    } catch (const std::exception& failure) {
        m_store.abandon(blob.blobId);
        for (const auto& request : waitingFor(blob.blobId))
            request->fail(failure);
    }
}

/// Those that still wait for an input; they are forgotten here.
std::vector<std::shared_ptr<RequestContext>> InputIntake::waitingFor(const std::string& id)
{
    std::vector<std::shared_ptr<RequestContext>> requests;
    if (const auto node = m_waiting.extract(id))
        for (const Waiting& waiting : node.mapped())
            if (waiting.request)
                requests.push_back(waiting.request);
    return requests;
}

/// Runs in the reading thread, inside the cancelled request's own stop callback.
void InputIntake::cancel(const std::string& id, const RequestContext* request)
{
    const auto found = m_waiting.find(id);
    if (found == m_waiting.end())
        return;
    bool wanted = false;
    for (Waiting& waiting : found->second) {
        if (waiting.request.get() == request)
            std::exchange(waiting.request, nullptr)->fail(Error(ErrorKind::Cancelled, "The request was cancelled."));
        wanted = wanted || waiting.request;
    }
    if (!wanted)
        m_store.abandon(id);
}

} // namespace heedmap
