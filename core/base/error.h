#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>

namespace heedmap {

/// What went wrong, as far as a caller may want to act on it. The message carries the rest.
enum class ErrorKind
{
    InvalidFile,    ///< A file's content breaks its format, or the file changed under us.
    NotFound,       ///< A named thing (file, tensor, site, model) does not exist.
    Unsupported,    ///< Well-formed, but something this program does not do.
    TooLarge,       ///< Beyond a stated limit.
    InvalidRequest, ///< The caller's argument or message is wrong.
    Io,             ///< The system refused to read or write (disk full, permission).
    Cancelled,      ///< The user asked to stop.
    Internal        ///< A broken promise inside the program.
};

/// Stable identifier used in the protocol and in JSON output, e.g. "invalid_file".
const char* errorKindName(ErrorKind kind);
ErrorKind errorKindFromName(const std::string& name);

/// The one exception type of core. `what()` is a sentence for the user: what was wrong, where, and what to do. It is
/// valid UTF-8 whatever bytes the file names and texts in it had.
class Error : public std::runtime_error
{
public:
    Error(ErrorKind kind, const std::string& message);

    template <typename... Args>
    Error(ErrorKind kind, fmt::format_string<Args...> format, Args&&... args)
        : Error(kind, fmt::format(format, std::forward<Args>(args)...))
    {}

    ErrorKind kind() const { return m_kind; }

private:
    ErrorKind m_kind;
};

} // namespace heedmap
