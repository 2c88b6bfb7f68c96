#include "core/base/files.h"

#include "core/base/error.h"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

namespace heedmap {

namespace {

struct FileDescriptor
{
    int value;
    ~FileDescriptor()
    {
        if (value >= 0)
            ::close(value);
    }
};

[[noreturn]] void throwWriteError(const std::filesystem::path& path, int code)
{
    if (code == ENOSPC || code == EDQUOT)
        throw Error(ErrorKind::Io, "disk full while writing {}; free some space or choose another folder",
                    path.string());
    throw Error(ErrorKind::Io, "cannot write {}: {}", path.string(), std::strerror(code));
}

/// Returns 0, or the errno of the call that failed.
int writeAll(int descriptor, std::span<const std::byte> bytes)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return errno;
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return 0;
}

/// A pipe, a terminal or /dev/null cannot be replaced by a file.
void writeToDevice(const std::filesystem::path& path, std::span<const std::byte> bytes)
{
    const FileDescriptor file{::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY)};
    const int code = file.value < 0 ? errno : writeAll(file.value, bytes);
    if (code != 0)
        throwWriteError(path, code);
}

/// A new file in `folder` under a name nobody else uses. Its path goes to `path`. Returns -1 with errno set on failure.
int createPartialFile(const std::filesystem::path& folder, std::filesystem::path& path)
{
    static std::atomic<unsigned> counter{0};
    for (;;) {
        path = folder / fmt::format(".heedmap-{}-{}.partial", ::getpid(), counter++);
        const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor >= 0 || errno != EEXIST)
            return descriptor;
    }
}

/// Returns 0, or the errno of the call that failed; then nothing has changed.
int replaceFile(const std::filesystem::path& path, std::span<const std::byte> bytes)
{
    std::filesystem::path partial;
    const FileDescriptor file{createPartialFile(path.parent_path(), partial)};
    if (file.value < 0)
        return errno;
    int code = writeAll(file.value, bytes);
    if (code == 0 && ::fsync(file.value) != 0)
        code = errno;
    if (code == 0 && ::rename(partial.c_str(), path.c_str()) != 0)
        code = errno;
    if (code != 0)
        ::unlink(partial.c_str());
    return code;
}

} // namespace

std::vector<std::byte> readFile(const std::filesystem::path& path, std::size_t maxBytes)
{
    const FileDescriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (file.value < 0)
        throw Error(errno == ENOENT ? ErrorKind::NotFound : ErrorKind::Io, "cannot open {}: {}", path.string(),
                    std::strerror(errno));
    struct stat status = {};
    if (fstat(file.value, &status) != 0 || !S_ISREG(status.st_mode))
        throw Error(ErrorKind::InvalidFile, "{} is not a regular file", path.string());
    if (static_cast<std::size_t>(status.st_size) > maxBytes)
        throw Error(ErrorKind::TooLarge, "{} has {} bytes; at most {} are read", path.string(), status.st_size,
                    maxBytes);

    std::vector<std::byte> content(static_cast<std::size_t>(status.st_size));
    std::size_t filled = 0;
    while (filled < content.size()) {
        const ssize_t count = ::read(file.value, content.data() + filled, content.size() - filled);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            throw Error(ErrorKind::Io, "cannot read {}: {}", path.string(), std::strerror(errno));
        if (count == 0)
            break; // it shrank meanwhile; what is there is what there is
        filled += static_cast<std::size_t>(count);
    }
    content.resize(filled);
    return content;
}

std::string readTextFile(const std::filesystem::path& path, std::size_t maxBytes)
{
    const std::vector<std::byte> content = readFile(path, maxBytes);
    return {reinterpret_cast<const char*>(content.data()), content.size()};
}

void writeFileAtomically(const std::filesystem::path& path, std::span<const std::byte> bytes)
{
    std::error_code ignored;
    const std::filesystem::file_type type = std::filesystem::status(path, ignored).type();
    if (type == std::filesystem::file_type::character || type == std::filesystem::file_type::fifo)
        return writeToDevice(path, bytes);
    const std::filesystem::path target =
        std::filesystem::is_symlink(path, ignored) && type != std::filesystem::file_type::not_found
            ? std::filesystem::canonical(path, ignored)
            : path;
    if (const int code = replaceFile(target, bytes))
        throwWriteError(path, code);
}

std::string sha256Hex(std::span<const std::byte> bytes)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), digest, &length, EVP_sha256(), nullptr) != 1)
        throw Error(ErrorKind::Internal, "SHA-256 is not available in this OpenSSL");
    std::string text;
    for (unsigned int i = 0; i < length; ++i)
        text += fmt::format("{:02x}", digest[i]);
    return text;
}

std::span<const std::byte> asBytes(const std::string& text)
{
    return std::as_bytes(std::span(text));
}

} // namespace heedmap
