#include "core/protocol/message.h"

#include "core/base/nearest_names.h"
#include "core/base/utf8.h"

#include <algorithm>
#include <new>
#include <vector>

namespace heedmap {

namespace {

constexpr std::size_t kMaxIdBytes = 256;

bool isId(const Json& json)
{
    return (json.is_string() && json.get_ref<const std::string&>().size() <= kMaxIdBytes) || json.is_number_integer();
}

Json paramsOf(const Json& json, const std::string& method)
{
    const auto found = json.find("params");
    if (found == json.end() || found->is_null())
        return Json::object();
    if (!found->is_object())
        throw ProtocolError(rpc::kInvalidParams, "the params of {} are not an object with named members",
                            printable(method));
    return *found;
}

ErrorReply errorReplyFromJson(const Json& json, const Json& id)
{
    const Json& error = json["error"];
    if (!error.is_object() || !error.contains("code") || !error["code"].is_number_integer())
        throw ProtocolError(rpc::kInvalidRequest, "an error reply without an integer \"code\"");
    ErrorReply reply{id, 0, "unknown error", ErrorKind::Internal};
    reply.code = static_cast<int>(std::clamp<std::int64_t>(error["code"].get<std::int64_t>(), INT32_MIN, INT32_MAX));
    if (error.contains("message") && error["message"].is_string())
        reply.message = error["message"].get<std::string>();
    const Json data = error.value("data", Json());
    if (data.is_object() && data.contains("kind") && data["kind"].is_string())
        reply.kind = errorKindFromName(data["kind"].get<std::string>());
    return reply;
}

Message replyFromJson(const Json& json)
{
    const Json id = json.value("id", Json());
    if (json.contains("error") && (isId(id) || id.is_null()))
        return errorReplyFromJson(json, id);
    if (!json.contains("result") || !isId(id))
        throw ProtocolError(rpc::kInvalidRequest,
                            "neither a request nor a reply: \"method\", \"result\" and \"error\" "
                            "are missing, or \"id\" is neither an integer nor a string of at most {} bytes",
                            kMaxIdBytes);
    return Reply{id, json["result"]};
}

Json jsonFromMessage(const Message& message)
{
    Json json = {{"jsonrpc", "2.0"}};
    if (const auto* request = std::get_if<Request>(&message)) {
        json.update({{"id", request->id}, {"method", request->method}, {"params", request->params}});
    } else if (const auto* notification = std::get_if<Notification>(&message)) {
        json.update({{"method", notification->method}, {"params", notification->params}});
    } else if (const auto* reply = std::get_if<Reply>(&message)) {
        json.update({{"id", reply->id}, {"result", reply->result}});
    } else {
        const auto& error = std::get<ErrorReply>(message);
        json["id"] = error.id;
        json["error"] = {
            {"code", error.code}, {"message", error.message}, {"data", {{"kind", errorKindName(error.kind)}}}};
    }
    return json;
}

} // namespace

Json parseMessageBody(std::string_view body)
{
    try {
        return parseJson(body, "a message", rpc::kMaxJsonDepth);
    } catch (const Error& failure) {
        throw ProtocolError(rpc::kParseError, "{}", failure.what());
    }
}

Message messageFromJson(const Json& json)
{
    if (!json.is_object())
        throw ProtocolError(rpc::kInvalidRequest, "a message is not a JSON object (batches are not supported)");
    if (!json.contains("jsonrpc") || json["jsonrpc"] != "2.0")
        throw ProtocolError(rpc::kInvalidRequest, "a message without \"jsonrpc\": \"2.0\"");
    if (!json.contains("method"))
        return replyFromJson(json);
    if (!json["method"].is_string())
        throw ProtocolError(rpc::kInvalidRequest, "\"method\" is not a string");
    const auto method = json["method"].get<std::string>();
    if (!json.contains("id"))
        return Notification{method, paramsOf(json, method)};
    if (!isId(json["id"]))
        throw ProtocolError(rpc::kInvalidRequest, "\"id\" is neither an integer nor a string of at most {} bytes",
                            kMaxIdBytes);
    return Request{json["id"], method, paramsOf(json, method)};
}

Json messageIdOf(const Json& json)
{
    if (!json.is_object() || !json.contains("id") || !isId(json["id"]))
        return nullptr;
    return json["id"];
}

std::string textFromMessage(const Message& message)
{
    return jsonFromMessage(message).dump(-1, ' ', false, Json::error_handler_t::replace);
}

int errorCode(const std::exception& failure)
{
    if (const auto* protocol = dynamic_cast<const ProtocolError*>(&failure))
        return protocol->code();
    const auto* error = dynamic_cast<const Error*>(&failure);
    if (!error)
        return dynamic_cast<const std::bad_alloc*>(&failure) ? rpc::kApplicationError : rpc::kInternalError;
    switch (error->kind()) {
    case ErrorKind::Cancelled:
        return rpc::kCancelled;
    case ErrorKind::Internal:
        return rpc::kInternalError;
    default:
        return rpc::kApplicationError;
    }
}

ErrorReply errorReply(const Json& id, const std::exception& failure)
{
    ErrorReply reply{id, errorCode(failure), failure.what(), ErrorKind::Internal};
    if (const auto* error = dynamic_cast<const Error*>(&failure)) {
        reply.kind = error->kind();
    } else if (dynamic_cast<const std::bad_alloc*>(&failure)) {
        reply.kind = ErrorKind::TooLarge;
        reply.message = "There is not enough memory for this; close other programs or use a smaller model or input.";
    }
    return reply;
}

Error errorFromReply(const ErrorReply& reply)
{
    switch (reply.code) {
    case rpc::kCancelled:
        return {ErrorKind::Cancelled, reply.message};
    case rpc::kParseError:
    case rpc::kInvalidRequest:
    case rpc::kMethodNotFound:
    case rpc::kInvalidParams:
        return {ErrorKind::InvalidRequest, reply.message};
    case rpc::kInternalError:
        return {ErrorKind::Internal, reply.message};
    default:
        return {reply.kind, reply.message};
    }
}

void refuseUnknownMembers(const Json& object, std::initializer_list<std::string> known, const std::string& where)
{
    if (!object.is_object())
        throw ProtocolError(rpc::kInvalidParams, "{} is not an object", where);
    const std::vector<std::string> names(known);
    for (const auto& [key, value] : object.items())
        if (std::ranges::find(names, key) == names.end())
            throw ProtocolError(rpc::kInvalidParams, "{} has no member \"{}\"{}", where, printable(key),
                                didYouMean(key, names));
}

} // namespace heedmap
