#include "core/base/error.h"

#include "core/base/utf8.h"

#include <array>
#include <utility>

namespace heedmap {

namespace {
constexpr std::array<std::pair<ErrorKind, const char*>, 8> kNames{{
    {ErrorKind::InvalidFile, "invalid_file"},
    {ErrorKind::NotFound, "not_found"},
    {ErrorKind::Unsupported, "unsupported"},
    {ErrorKind::TooLarge, "too_large"},
    {ErrorKind::InvalidRequest, "invalid_request"},
    {ErrorKind::Io, "io"},
    {ErrorKind::Cancelled, "cancelled"},
    {ErrorKind::Internal, "internal"},
}};
} // namespace

Error::Error(ErrorKind kind, const std::string& message) : std::runtime_error(repairedUtf8(message)), m_kind(kind) {}

const char* errorKindName(ErrorKind kind)
{
    for (const auto& [value, name] : kNames)
        if (value == kind)
            return name;
    return "internal";
}

ErrorKind errorKindFromName(const std::string& name)
{
    for (const auto& [value, known] : kNames)
        if (name == known)
            return value;
    return ErrorKind::Internal;
}

} // namespace heedmap
