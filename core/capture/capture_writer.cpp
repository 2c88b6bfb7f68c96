#include "core/capture/capture_writer.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/utf8.h"
#include "core/capture/capture_tensors.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace heedmap {

namespace {

constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kMaxHeaderBytes = 100'000'000;
constexpr std::size_t kMoveBytes = std::size_t{1} << 20;

std::size_t roundedUp(std::size_t bytes)
{
    return (bytes + 7) / 8 * 8;
}

/// A rename is on disk only once its folder is. Some file systems cannot sync a folder; that is no reason to fail.
void syncFolder(const std::filesystem::path& file)
{
    const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return;
    ::fsync(descriptor);
    ::close(descriptor);
}

} // namespace

CaptureWriter::CaptureWriter(const std::filesystem::path& path, std::size_t headerReserve)
    : m_path(path), m_partial(path.string() + ".partial"),
      m_reserve(roundedUp(std::min(headerReserve, kMaxHeaderBytes)))
{
    m_descriptor = ::open(m_partial.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (m_descriptor < 0)
        fail(errno);
    takeOver();
}

// The lock ends with its process, so that the partial file of a writer that was killed is taken over, and that of a
// living one is left alone.
void CaptureWriter::takeOver()
{
    struct stat ours = {};
    struct stat named = {};
    const bool locked = ::flock(m_descriptor, LOCK_EX | LOCK_NB) == 0;
    const bool same = locked && ::fstat(m_descriptor, &ours) == 0 && ::stat(m_partial.c_str(), &named) == 0 &&
                      ours.st_ino == named.st_ino && ours.st_dev == named.st_dev;
    if (!same) {
        ::close(m_descriptor);
        m_descriptor = -1;
        throw Error(ErrorKind::Io, "{} is being written by another run; wait for it or choose another name",
                    m_path.string());
    }
    if (::ftruncate(m_descriptor, 0) != 0)
        fail(errno);
}

CaptureWriter::~CaptureWriter()
{
    discard();
}

void CaptureWriter::discard() noexcept
{
    if (m_descriptor < 0)
        return;
    ::close(m_descriptor);
    ::unlink(m_partial.c_str());
    m_descriptor = -1;
}

void CaptureWriter::fail(int code)
{
    discard();
    if (code == ENOSPC || code == EDQUOT)
        throw Error(ErrorKind::Io, "disk full while writing {}; free some space or choose another folder",
                    m_path.string());
    throw Error(ErrorKind::Io, "cannot write {}: {}", m_path.string(), std::strerror(code));
}

void CaptureWriter::checkOpen() const
{
    if (m_descriptor < 0)
        throw Error(ErrorKind::InvalidRequest, "{} is finished or could not be written; nothing can be added to it",
                    m_path.string());
}

std::size_t CaptureWriter::dataStart() const
{
    return kLengthBytes + m_reserve;
}

void CaptureWriter::writeAt(std::span<const std::byte> bytes, std::size_t offset)
{
    while (!bytes.empty()) {
        const ssize_t written = ::pwrite(m_descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            fail(errno);
        bytes = bytes.subspan(static_cast<std::size_t>(written));
        offset += static_cast<std::size_t>(written);
    }
}

void CaptureWriter::checkName(const std::string& name) const
{
    if (name.empty() || name == "__metadata__" || !isValidUtf8(name))
        throw Error(ErrorKind::InvalidRequest, "\"{}\" cannot be the name of a tensor", printable(name));
    if (std::ranges::find(m_entries, name, &Entry::name) != m_entries.end())
        throw Error(ErrorKind::InvalidRequest, "the tensor \"{}\" was written twice", printable(name));
}

void CaptureWriter::addTensor(const std::string& name, DType dtype, const Shape& shape,
                              std::span<const std::byte> bytes)
{
    checkOpen();
    checkName(name);
    if (checkedByteCount(shape, itemSize(dtype)) != bytes.size())
        throw Error(ErrorKind::InvalidRequest, "{} bytes do not fill the tensor \"{}\" of type {} and shape {}",
                    bytes.size(), printable(name), dtypeName(dtype), shapeText(shape));
    writeAt(bytes, dataStart() + m_written);
    m_entries.push_back({name, dtype, shape, m_written, m_written + bytes.size()});
    m_written += bytes.size();
}

void CaptureWriter::streamTensor(const std::string& name, DType dtype, const Shape& shape,
                                 const std::function<void(const TensorSink&)>& produce)
{
    checkOpen();
    checkName(name);
    const std::size_t wanted = checkedByteCount(shape, itemSize(dtype));
    std::size_t written = 0;
    const auto checkFilled = [&](bool fits) {
        if (fits)
            return;
        discard();
        throw Error(ErrorKind::InvalidRequest,
                    "what was written does not fill the tensor \"{}\" of type {} and shape {}", printable(name),
                    dtypeName(dtype), shapeText(shape));
    };
    try {
        produce([&](std::span<const std::byte> bytes) {
            checkFilled(bytes.size() <= wanted - written);
            writeAt(bytes, dataStart() + m_written + written);
            written += bytes.size();
        });
    } catch (...) {
        discard();
        throw;
    }
    checkFilled(written == wanted);
    m_entries.push_back({name, dtype, shape, m_written, m_written + wanted});
    m_written += wanted;
}

std::string CaptureWriter::checkedHeader(const Manifest& manifest) const
{
    std::map<std::string, TensorInfo> tensors;
    for (const Entry& entry : m_entries)
        tensors[entry.name] = {entry.dtype, entry.shape};
    const Json json = jsonFromManifest(manifest);
    const std::string where = "the manifest for " + m_path.string();
    try {
        checkTensors(manifestFromJson(json, where), tensors, m_path.string());
        Json header = {{"__metadata__", {{"format", "heed"}, {"heed", json.dump()}}}};
        for (const Entry& entry : m_entries)
            header[entry.name] = {
                {"dtype", dtypeName(entry.dtype)}, {"shape", entry.shape}, {"data_offsets", {entry.begin, entry.end}}};
        return header.dump();
    } catch (const Json::exception& failure) {
        throw Error(ErrorKind::InvalidRequest, "{} has a text that is not UTF-8: {}", where, printable(failure.what()));
    }
}

void CaptureWriter::makeRoom(std::size_t headerBytes)
{
    if (headerBytes <= m_reserve)
        return;
    const std::size_t shift = roundedUp(headerBytes) - m_reserve;
    std::vector<std::byte> chunk(std::min(kMoveBytes, m_written));
    for (std::size_t end = m_written; end > 0;) { // from the back, so that nothing is overwritten before it has moved
        const std::size_t count = std::min(end, chunk.size());
        end -= count;
        for (std::size_t filled = 0; filled < count;) {
            const ssize_t got = ::pread(m_descriptor, chunk.data() + filled, count - filled,
                                        static_cast<off_t>(dataStart() + end + filled));
            if (got < 0 && errno == EINTR)
                continue;
            if (got <= 0)
                fail(got < 0 ? errno : EIO);
            filled += static_cast<std::size_t>(got);
        }
        writeAt(std::span(chunk).first(count), dataStart() + end + shift);
    }
    m_reserve += shift;
}

void CaptureWriter::publish()
{
    if (::fsync(m_descriptor) != 0 || ::rename(m_partial.c_str(), m_path.c_str()) != 0)
        fail(errno);
    ::close(m_descriptor);
    m_descriptor = -1;
    syncFolder(m_path);
}

void CaptureWriter::finish(const Manifest& manifest)
{
    checkOpen();
    std::string header = checkedHeader(manifest);
    if (header.size() > kMaxHeaderBytes)
        throw Error(ErrorKind::TooLarge, "the header of {} would have {} bytes; at most {} can be read",
                    m_path.string(), header.size(), kMaxHeaderBytes);
    makeRoom(header.size());
    header.resize(m_reserve, ' ');
    std::byte length[kLengthBytes];
    for (std::size_t i = 0; i < kLengthBytes; ++i)
        length[i] = static_cast<std::byte>(header.size() >> (8 * i));
    writeAt(asBytes(header), kLengthBytes);
    writeAt(length, 0);
    publish();
}

} // namespace heedmap
