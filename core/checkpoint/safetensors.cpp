#include "core/checkpoint/safetensors.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/json.h"
#include "core/base/utf8.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

namespace heedmap {

namespace {

constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kMaxRank = 32;
constexpr int kHeaderDepth = 3; // header, tensor, shape

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

DType parseDType(const Json& entry, const std::string& where)
{
    constexpr std::array<std::string_view, 7> kUnread{"C64",     "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ",
                                                      "F6_E2M3", "F6_E3M2", "F4"};
    const std::string name = jsonString(entry, "dtype", where);
    if (const std::optional<DType> dtype = dtypeFromName(name))
        return *dtype;
    if (std::ranges::find(kUnread, name) != kUnread.end())
        throw Error(ErrorKind::Unsupported, "{} has the type {}; convert the file to F32, F16 or BF16", where, name);
    throw Error(ErrorKind::InvalidFile, "{} has the unknown type \"{}\"", where, printable(name));
}

Shape parseShape(const Json& entry, const std::string& where)
{
    const Json& extents = jsonArray(entry, "shape", where);
    if (extents.size() > kMaxRank)
        throw Error(ErrorKind::InvalidFile, "{} has {} dimensions; at most {} are read", where, extents.size(),
                    kMaxRank);
    Shape shape;
    for (const Json& extent : extents) {
        if (!extent.is_number_integer())
            throw Error(ErrorKind::InvalidFile, "the shape of {} has an entry that is not an integer: {}", where,
                        printable(extent.dump()));
        if (extent.is_number_unsigned() ? extent.get<std::uint64_t>() > INT64_MAX : extent.get<std::int64_t>() < 0)
            throw Error(ErrorKind::InvalidFile, "the shape of {} has the impossible dimension {}", where,
                        extent.dump());
        shape.push_back(extent.get<std::int64_t>());
    }
    return shape;
}

ByteRange parseByteRange(const Json& entry, const std::string& name, const std::string& where, std::uint64_t dataBytes)
{
    const Json& offsets = jsonArray(entry, "data_offsets", where);
    if (offsets.size() != 2 || !offsets[0].is_number_unsigned() || !offsets[1].is_number_unsigned())
        throw Error(ErrorKind::InvalidFile, "\"data_offsets\" of {} is not a pair of non-negative integers", where);
    const ByteRange range{offsets[0].get<std::uint64_t>(), offsets[1].get<std::uint64_t>(), &name};
    if (range.begin > range.end)
        throw Error(ErrorKind::InvalidFile, "the data of {} ends at byte {}, before its start at byte {}", where,
                    range.end, range.begin);
    if (range.end > dataBytes)
        throw Error(ErrorKind::InvalidFile,
                    "the data of {} ends at byte {}, but the file holds {} bytes of data; it was cut short or is "
                    "damaged",
                    where, range.end, dataBytes);
    return range;
}

/// The tensor's size in bytes by shape and type, which must be what its byte range holds.
void checkSize(const TensorView& tensor, const ByteRange& range, const std::string& where)
{
    std::size_t wanted = 0;
    try {
        wanted = checkedByteCount(tensor.shape, itemSize(tensor.dtype));
    } catch (const Error& failure) {
        throw Error(failure.kind(), "{}: {}", where, failure.what());
    }
    if (wanted != range.end - range.begin)
        throw Error(ErrorKind::InvalidFile, "{} needs {} bytes for the shape {} of type {}, but its data has {}", where,
                    wanted, shapeText(tensor.shape), dtypeName(tensor.dtype), range.end - range.begin);
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

std::map<std::string, std::string> parseMetadata(const Json& entry, const std::string& path)
{
    std::map<std::string, std::string> metadata;
    if (!entry.is_object())
        throw Error(ErrorKind::InvalidFile, "\"__metadata__\" of {} is not an object", path);
    for (const auto& [key, value] : entry.items()) {
        if (!value.is_string())
            throw Error(ErrorKind::InvalidFile, "the metadata \"{}\" of {} is not a string", printable(key), path);
        metadata.emplace(key, value.get<std::string>());
    }
    return metadata;
}

void parseTensors(const Json& header, std::size_t dataStart, SafetensorsFile& result)
{
    const std::string path = result.file->path().string();
    const std::span<const std::byte> data = result.file->bytes().subspan(dataStart);
    std::vector<ByteRange> ranges;
    for (const auto& [name, entry] : header.items()) {
        if (name == "__metadata__") {
            result.metadata = parseMetadata(entry, path);
            continue;
        }
        const std::string where = fmt::format("the tensor \"{}\" in {}", printable(name), path);
        TensorView& tensor = result.tensors[name];
        tensor.dtype = parseDType(entry, where);
        tensor.shape = parseShape(entry, where);
        const ByteRange range = parseByteRange(entry, result.tensors.find(name)->first, where, data.size());
        checkSize(tensor, range, where);
        tensor.bytes = data.subspan(range.begin, range.end - range.begin);
        tensor.file = result.file;
        ranges.push_back(range);
    }
    checkCoverage(std::move(ranges), data.size(), path);
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
    const Json header = parseJson(text, "the header of " + path.string(), kHeaderDepth);
    parseTensors(header, kLengthBytes + text.size(), result);
    result.headerSha256 = sha256Hex(asBytes(text));
    return result;
}

} // namespace heedmap
