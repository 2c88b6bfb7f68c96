#pragma once

#include "core/base/error.h"
#include "core/base/json.h"

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace heedmap {

/// Error codes of PROTOCOL.md, "Errors".
namespace rpc {
constexpr int kParseError = -32700;
constexpr int kInvalidRequest = -32600;
constexpr int kMethodNotFound = -32601;
constexpr int kInvalidParams = -32602;
constexpr int kInternalError = -32603;
constexpr int kCancelled = -32800;
constexpr int kApplicationError = -32000;
constexpr int kMaxJsonDepth = 64;
constexpr int kVersion = 1; ///< of the engine protocol
} // namespace rpc

/// A message broke JSON-RPC itself; answered with `code`. Its kind is InvalidRequest.
class ProtocolError : public Error
{
public:
    template <typename... Args>
    ProtocolError(int code, fmt::format_string<Args...> format, Args&&... args)
        : Error(ErrorKind::InvalidRequest, fmt::format(format, std::forward<Args>(args)...)), m_code(code)
    {}

    int code() const { return m_code; }

private:
    int m_code;
};

/// The four JSON-RPC messages. `id` is an integer or a string of at most 256 bytes; null only in an ErrorReply to what
/// had no legible id.
struct Request
{
    Json id;
    std::string method;
    Json params = Json::object(); ///< always an object
};

struct Notification
{
    std::string method;
    Json params = Json::object(); ///< always an object
};

struct Reply
{
    Json id;
    Json result;
};

struct ErrorReply
{
    Json id;
    int code = rpc::kInternalError;
    std::string message;
    ErrorKind kind = ErrorKind::Internal;
};

using Message = std::variant<Request, Notification, Reply, ErrorReply>;

/// Parses one body. Errors: ProtocolError with kParseError (not UTF-8, not JSON, nested too deeply).
Json parseMessageBody(std::string_view body);
/// Errors: ProtocolError with kInvalidRequest or, for `params`, kInvalidParams.
Message messageFromJson(const Json& json);
/// The id of a message that could not be understood, or null.
Json messageIdOf(const Json& json);
/// One line of UTF-8; stray bytes become U+FFFD.
std::string textFromMessage(const Message& message);

int errorCode(const std::exception& failure);
/// The reply a failure is answered with. std::bad_alloc is TooLarge, unknown exceptions are Internal.
ErrorReply errorReply(const Json& id, const std::exception& failure);
/// What the other side of `errorReply` throws or reports.
Error errorFromReply(const ErrorReply& reply);

/// Runs `read`, which takes members out of `params` with the functions of core/base/json.h; their complaints about a
/// member become kInvalidParams.
template <typename Read>
auto readParams(Read&& read)
{
    try {
        return read();
    } catch (const ProtocolError&) {
        throw;
    } catch (const Error& failure) {
        if (failure.kind() != ErrorKind::InvalidFile)
            throw;
        throw ProtocolError(rpc::kInvalidParams, "{}", failure.what());
    }
}

/// Refuses what is no object, and members of `object` outside `known`. `where` names the object. Errors: ProtocolError
/// with kInvalidParams and the nearest known name.
void refuseUnknownMembers(const Json& object, std::initializer_list<std::string> known, const std::string& where);

} // namespace heedmap
