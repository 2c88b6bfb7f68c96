#include "core/checkpoint/safetensors.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/utf8.h"
#include "core/checkpoint/safetensors_header.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <vector>

namespace heedmap {

namespace {

constexpr std::size_t kLengthBytes = 8;

/// A tensor's place in the data section.
struct ByteRange
{
    std::uint64_t begin;
    std::uint64_t end;
    const std::string* name;
};

std::uint64_t littleEndian64(const std::byte* bytes)
{
    std::uint64_t value = 0;
    for (int i = 7; i >= 0; --i)
        value = value << 8 | std::to_integer<std::uint64_t>(bytes[i]);
    return value;
}

/// What a clone without Git LFS leaves in place of the file.
bool isLfsPointer(const MappedFile& file)
{
    constexpr std::string_view kStart = "version https://git-lfs.github.com/spec/";
    return file.size() > kStart.size() &&
           file.read([&] { return std::memcmp(file.bytes().data(), kStart.data(), kStart.size()) == 0; });
}

/// The header's JSON text, once its length is known to be possible.
std::string headerText(const MappedFile& file, std::size_t maxHeaderBytes)
{
    const std::string path = file.path().string();
    if (file.size() == 0)
        throw Error(ErrorKind::InvalidFile, "{} is empty; download or copy it again", path);
    if (file.size() < kLengthBytes)
        throw Error(ErrorKind::InvalidFile,
                    "{} has {} bytes, too few for a safetensors file, which starts with an 8-byte header length", path,
                    file.size());
    if (isLfsPointer(file))
        throw Error(ErrorKind::InvalidFile,
                    "{} is only a Git LFS pointer to the weights; run \"git lfs pull\" in its folder", path);
    const std::uint64_t length = file.read([&] { return littleEndian64(file.bytes().data()); });
    if (length == 0)
        throw Error(ErrorKind::InvalidFile, "{} is not a safetensors file: its header length is zero", path);
    if (length > file.size() - kLengthBytes)
        throw Error(ErrorKind::InvalidFile,
                    "{} is cut short or not a safetensors file: its header should have {} bytes, but only {} follow",
                    path, length, file.size() - kLengthBytes);
    if (length > maxHeaderBytes)
        throw Error(ErrorKind::TooLarge, "the header of {} has {} bytes; at most {} are read", path, length,
                    maxHeaderBytes);
    return file.read([&] {
        return std::string(reinterpret_cast<const char*>(file.bytes().data()) + kLengthBytes,
                           static_cast<std::size_t>(length));
    });
}

void checkOffsets(const TensorEntry& entry, std::uint64_t dataBytes, const std::string& where)
{
    if (entry.begin > entry.end)
        throw Error(ErrorKind::InvalidFile, "the data of {} ends at byte {}, before its start at byte {}", where,
                    entry.end, entry.begin);
    if (entry.end > dataBytes)
        throw Error(ErrorKind::InvalidFile,
                    "the data of {} ends at byte {}, but the file holds {} bytes of data; it was cut short or is "
                    "damaged",
                    where, entry.end, dataBytes);
}

/// The size by shape and type must be what the byte range holds.
void checkSize(const TensorEntry& entry, const std::string& where)
{
    std::size_t wanted = 0;
    try {
        wanted = checkedByteCount(entry.shape, itemSize(entry.dtype));
    } catch (const Error& failure) {
        throw Error(failure.kind(), "{}: {}", where, failure.what());
    }
    if (wanted != entry.end - entry.begin)
        throw Error(ErrorKind::InvalidFile, "{} needs {} bytes for the shape {} of type {}, but its data has {}", where,
                    wanted, shapeText(entry.shape), dtypeName(entry.dtype), entry.end - entry.begin);
}

/// The ranges must cover the data section once, from its first byte to its last.
void checkCoverage(std::vector<ByteRange> ranges, std::uint64_t dataBytes, const std::string& path)
{
    std::ranges::sort(ranges, {}, [](const ByteRange& range) { return std::pair(range.begin, range.end); });
    std::uint64_t covered = 0;
    const std::string* previous = nullptr;
    for (const ByteRange& range : ranges) {
        if (range.begin < covered)
            throw Error(ErrorKind::InvalidFile, "the tensors \"{}\" and \"{}\" overlap in {}", printable(*previous),
                        printable(*range.name), path);
        if (range.begin > covered)
            throw Error(ErrorKind::InvalidFile, "{} has a hole: {} bytes before the tensor \"{}\" belong to no tensor",
                        path, range.begin - covered, printable(*range.name));
        covered = range.end;
        previous = range.name;
    }
    if (covered != dataBytes)
        throw Error(ErrorKind::InvalidFile, "{} has {} bytes after the last tensor that belong to no tensor", path,
                    dataBytes - covered);
}

std::map<std::string, TensorView> viewsOf(const std::map<std::string, TensorEntry>& entries,
                                          const std::shared_ptr<const MappedFile>& file, std::size_t dataStart)
{
    const std::string path = file->path().string();
    const std::span<const std::byte> data = file->bytes().subspan(dataStart);
    std::map<std::string, TensorView> views;
    std::vector<ByteRange> ranges;
    for (const auto& [name, entry] : entries) {
        const std::string where = fmt::format("the tensor \"{}\" in {}", printable(name), path);
        checkOffsets(entry, data.size(), where);
        checkSize(entry, where);
        views.emplace(name,
                      TensorView{entry.dtype, entry.shape, data.subspan(entry.begin, entry.end - entry.begin), file});
        ranges.push_back({entry.begin, entry.end, &name});
    }
    checkCoverage(std::move(ranges), data.size(), path);
    return views;
}

} // namespace

SafetensorsFile SafetensorsFile::open(const std::filesystem::path& path, std::size_t maxHeaderBytes)
{
    SafetensorsFile result;
    result.file = MappedFile::open(path);
    const std::string text = headerText(*result.file, maxHeaderBytes);
    if (text.front() != '{')
        throw Error(ErrorKind::InvalidFile, "{} is not a safetensors file: its header does not start with '{{'",
                    path.string());
    SafetensorsHeader header = parseSafetensorsHeader(text, path.string());
    result.tensors = viewsOf(header.tensors, result.file, kLengthBytes + text.size());
    result.metadata = std::move(header.metadata);
    result.headerSha256 = sha256Hex(asBytes(text));
    return result;
}

} // namespace heedmap
