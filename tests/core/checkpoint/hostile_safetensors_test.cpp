#include "core/checkpoint/safetensors.h"
#include "tests/core/base/expect_error.h"
#include "tests/core/base/temp_folder.h"
#include "tests/core/checkpoint/safetensors_builder.h"

#include <string>
#include <sys/stat.h>
#include <vector>

namespace heedmap {
namespace {

class HostileSafetensors : public testing::Test
{
protected:
    /// Opening a file of these bytes fails like this, and the message names the file.
    void expectRefused(const std::string& bytes, std::vector<std::string> parts,
                       ErrorKind kind = ErrorKind::InvalidFile)
    {
        const std::filesystem::path path = m_folder.write("x.safetensors", bytes);
        parts.push_back(path.string());
        expectError(kind, parts, [&] { SafetensorsFile::open(path); });
    }

    /// The header {"t": `entry`} over `dataBytes` zeros.
    void expectEntryRefused(const std::string& entry, std::size_t dataBytes, std::vector<std::string> parts,
                            ErrorKind kind = ErrorKind::InvalidFile)
    {
        parts.push_back("\"t\"");
        expectRefused(safetensorsBytes("{\"t\":" + entry + "}", std::string(dataBytes, '\0')), parts, kind);
    }

    TempFolder m_folder;
};

TEST_F(HostileSafetensors, AnEmptyFile)
{
    expectRefused("", {"is empty"});
}

TEST_F(HostileSafetensors, ATruncatedHeaderLength)
{
    expectRefused(std::string("\x02\0\0\0\0\0\0", 7), {"7 bytes", "8-byte header length"});
}

TEST_F(HostileSafetensors, AGitLfsPointer)
{
    expectRefused("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 1537\n", {"git lfs pull"});
}

TEST_F(HostileSafetensors, AHeaderLengthOfZero)
{
    expectRefused(safetensorsBytes(0, "{}"), {"header length is zero"});
}

TEST_F(HostileSafetensors, AHeaderBeyondTheFile)
{
    expectRefused(safetensorsBytes(3, "{}"), {"header should have 3 bytes", "only 2 follow"});
    expectRefused(safetensorsBytes(UINT64_MAX, "{}"), {"header should have 18446744073709551615 bytes"});
    expectRefused(safetensorsBytes(UINT64_MAX - 7, "{}"), {"only 2 follow"}); // 8 + length wraps around to zero
}

TEST_F(HostileSafetensors, AHeaderOverTheLimit)
{
    const std::string header = "{}" + std::string(99, ' ');
    const std::filesystem::path path = m_folder.write("x.safetensors", safetensorsBytes(header));
    EXPECT_NO_THROW(SafetensorsFile::open(path, 101));
    expectError(ErrorKind::TooLarge, {path.string(), "101 bytes", "at most 100"},
                [&] { SafetensorsFile::open(path, 100); });
}

TEST_F(HostileSafetensors, AHeaderOverTheDefaultLimitIsRefusedBeforeItIsRead)
{
    const std::filesystem::path path = m_folder.write("x.safetensors", safetensorsBytes(100'000'001, "{"));
    std::filesystem::resize_file(path, 8 + 100'000'001); // sparse
    expectError(ErrorKind::TooLarge, {path.string(), "100000001 bytes", "at most 100000000"},
                [&] { SafetensorsFile::open(path); });
}

TEST_F(HostileSafetensors, AHeaderThatIsNotAnObject)
{
    expectRefused(safetensorsBytes("[]"), {"does not start with '{'"});
    expectRefused(safetensorsBytes(" {}"), {"does not start with '{'"}); // the format demands it first
}

TEST_F(HostileSafetensors, InvalidJson)
{
    expectRefused(safetensorsBytes("{\"a\":"), {"not valid JSON"});
    expectRefused(safetensorsBytes("{}{}"), {"not valid JSON"});
    expectRefused(safetensorsBytes(std::string("{}\0", 3)), {"not valid JSON"});
    expectRefused(safetensorsBytes("{'t':1}"), {"not valid JSON"});
}

TEST_F(HostileSafetensors, InvalidUtf8)
{
    const std::string bytes = safetensorsBytes("{\"\xff\xfe\":{}}");
    expectRefused(bytes, {"not valid JSON", "UTF-8"});
}

TEST_F(HostileSafetensors, DeepNesting)
{
    const std::string brackets(1'000'000, '[');
    expectRefused(safetensorsBytes("{\"t\":{\"shape\":" + brackets), {"nests deeper"});
    expectRefused(safetensorsBytes("{\"t\":" + brackets), {"not an object"});
    std::string objects = "{";
    for (int i = 0; i < 100'000; ++i)
        objects += "\"a\":{";
    expectRefused(safetensorsBytes(objects), {"unknown member \"a\""});
}

TEST_F(HostileSafetensors, MoreMetadataThanAnyoneWrites)
{
    std::string header = "{\"__metadata__\":{\"k\":\"\"";
    for (int i = 0; i < 10'000; ++i)
        header += ",\"" + std::to_string(i) + "\":\"\"";
    expectRefused(safetensorsBytes(header + "}}"), {"more than 10000 metadata entries"}, ErrorKind::TooLarge);
}

TEST_F(HostileSafetensors, DuplicateKeys)
{
    const std::string entry = R"({"dtype":"U8","shape":[1],"data_offsets":[0,1]})";
    expectRefused(safetensorsBytes("{\"t\":" + entry + ",\"t\":" + entry + "}", "x"), {"\"t\" twice"});
    expectEntryRefused(R"({"dtype":"U8","dtype":"I8","shape":[1],"data_offsets":[0,1]})", 1, {"\"dtype\" twice"});
    expectEntryRefused(R"({"dtype":"U8","shape":[1],"shape":[1],"data_offsets":[0,1]})", 1, {"\"shape\" twice"});
    expectRefused(safetensorsBytes(R"({"__metadata__":{"k":"1","k":"2"}})"), {"\"k\" twice"});
    expectRefused(safetensorsBytes(R"({"__metadata__":{},"__metadata__":{}})"), {"\"__metadata__\" twice"});
}

TEST_F(HostileSafetensors, MissingOrMistypedMembers)
{
    expectEntryRefused(R"([1])", 0, {"is not an object"});
    expectEntryRefused(R"({"shape":[1],"data_offsets":[0,1]})", 1, {"\"dtype\" is missing"});
    expectEntryRefused(R"({"dtype":"U8","data_offsets":[0,1]})", 1, {"\"shape\" is missing"});
    expectEntryRefused(R"({"dtype":"U8","shape":[1]})", 1, {"\"data_offsets\" is missing"});
    expectEntryRefused(R"({"dtype":8,"shape":[1],"data_offsets":[0,1]})", 1, {"\"dtype\"", "not a string"});
    expectEntryRefused(R"({"dtype":["U8"],"shape":[1],"data_offsets":[0,1]})", 1, {"\"dtype\"", "not a string"});
    expectEntryRefused(R"({"dtype":"U8","shape":[1],"data_offsets":[0,1],"stride":[1]})", 1,
                       {"unknown member \"stride\""});
    expectEntryRefused(R"(null)", 0, {"is not an object"});
    expectEntryRefused(R"({"dtype":"U8","shape":null,"data_offsets":[0,1]})", 1, {"\"shape\"", "not a list"});
    expectEntryRefused(R"({"dtype":"U8","shape":1,"data_offsets":[0,1]})", 1, {"\"shape\"", "not a list"});
    expectEntryRefused(R"({"dtype":"U8","shape":{},"data_offsets":[0,1]})", 1, {"\"shape\"", "not a list"});
    expectEntryRefused(R"({"dtype":"U8","shape":[1],"data_offsets":1})", 1, {"\"data_offsets\""});
}

TEST_F(HostileSafetensors, UnknownTypes)
{
    expectEntryRefused(R"({"dtype":"F33","shape":[1],"data_offsets":[0,4]})", 4, {"unknown type \"F33\""});
    expectEntryRefused(R"({"dtype":"f32","shape":[1],"data_offsets":[0,4]})", 4, {"unknown type \"f32\""});
}

TEST_F(HostileSafetensors, TypesOfTheFormatThatAreNotRead)
{
    for (const std::string dtype : {"F4", "F6_E2M3", "F6_E3M2", "F8_E8M0", "C64"})
        expectEntryRefused("{\"dtype\":\"" + dtype + "\",\"shape\":[8],\"data_offsets\":[0,8]}", 8,
                           {"type " + dtype, "convert"}, ErrorKind::Unsupported);
}

TEST_F(HostileSafetensors, ImpossibleShapes)
{
    const auto entry = [](const std::string& shape) {
        return R"({"dtype":"F32","data_offsets":[0,4],"shape":)" + shape + "}";
    };
    expectEntryRefused(entry("[-1]"), 4, {"impossible dimension -1"});
    expectEntryRefused(entry("[-1,-1]"), 4, {"impossible dimension -1"});
    expectEntryRefused(entry("[1.0]"), 4, {"not an integer"});
    expectEntryRefused(entry("[\"1\"]"), 4, {"not an integer"});
    expectEntryRefused(entry("[true]"), 4, {"not an integer"});
    expectEntryRefused(entry("[9223372036854775808]"), 4, {"impossible dimension 9223372036854775808"});
    expectEntryRefused(entry("[18446744073709551616]"), 4, {"not an integer"}); // beyond 64 bits: JSON reads a float
    std::string many = "[1";
    for (int i = 0; i < 32; ++i)
        many += ",1";
    expectEntryRefused(entry(many + "]"), 4, {"more than 32 dimensions"});
}

TEST_F(HostileSafetensors, OverflowingShapes)
{
    const auto entry = [](const std::string& shape) {
        return R"({"dtype":"F32","data_offsets":[0,4],"shape":)" + shape + "}";
    };
    expectEntryRefused(entry("[9223372036854775807]"), 4, {"too large to exist"});
    expectEntryRefused(entry("[4294967296,4294967296]"), 4, {"too large to exist"});                // 2^64: wraps to 0
    expectEntryRefused(entry("[4611686018427387905]"), 4, {"too large to exist"});                  // × 4 wraps to 4
    expectEntryRefused(entry("[2147483648,2147483648,4]"), 4, {"too large to exist"});              // 2^64
    expectEntryRefused(R"({"dtype":"F32","data_offsets":[0,0],"shape":[0,4611686018427387904,2]})", // empty, yet absurd
                       0, {"too large to exist"});
}

TEST_F(HostileSafetensors, ByteRangesThatDoNotFitTheShape)
{
    expectEntryRefused(R"({"dtype":"F32","shape":[2,3],"data_offsets":[0,20]})", 20,
                       {"needs 24 bytes", "[2, 3]", "F32", "has 20"});
    expectEntryRefused(R"({"dtype":"F16","shape":[2],"data_offsets":[0,8]})", 8, {"needs 4 bytes", "has 8"});
    expectEntryRefused(R"({"dtype":"U8","shape":[0],"data_offsets":[0,1]})", 1, {"needs 0 bytes", "has 1"});
    expectEntryRefused(R"({"dtype":"U8","shape":[],"data_offsets":[0,0]})", 0, {"needs 1 bytes", "has 0"});
}

TEST_F(HostileSafetensors, ByteRangesThatAreNoRanges)
{
    expectEntryRefused(R"({"dtype":"U8","shape":[1],"data_offsets":[1,0]})", 1, {"before its start"});
    expectEntryRefused(R"({"dtype":"U8","shape":[1],"data_offsets":[0]})", 1, {"not a pair"});
    expectEntryRefused(R"({"dtype":"U8","shape":[1],"data_offsets":[0,1,2]})", 1, {"not a pair"});
    expectEntryRefused(R"({"dtype":"U8","shape":[1],"data_offsets":[-1,0]})", 1, {"not a pair"});
    expectEntryRefused(R"({"dtype":"U8","shape":[1],"data_offsets":[0,1.0]})", 1, {"not a pair"});
    expectEntryRefused(R"({"dtype":"U8","shape":[1],"data_offsets":[0,18446744073709551617]})", 1, {"not a pair"});
}

TEST_F(HostileSafetensors, ByteRangesOutOfTheFile)
{
    expectEntryRefused(R"({"dtype":"U8","shape":[2],"data_offsets":[0,2]})", 1, {"ends at byte 2", "1 bytes of data"});
    expectEntryRefused(R"({"dtype":"U8","shape":[1],"data_offsets":[18446744073709551614,18446744073709551615]})", 1,
                       {"ends at byte 18446744073709551615"});
}

TEST_F(HostileSafetensors, OverlappingTensors)
{
    expectRefused(safetensorsBytes(R"({"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},)"
                                   R"("b":{"dtype":"U8","shape":[3],"data_offsets":[2,5]}})",
                                   "12345"),
                  {"\"a\" and \"b\" overlap"});
    expectRefused(safetensorsBytes(R"({"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},)"
                                   R"("b":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}})",
                                   "123"),
                  {"\"a\" and \"b\" overlap"});
    expectRefused(safetensorsBytes(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
                                   R"("b":{"dtype":"U8","shape":[0],"data_offsets":[2,2]}})",
                                   "1234"),
                  {"\"a\" and \"b\" overlap"}); // an empty tensor inside another one
}

TEST_F(HostileSafetensors, Holes)
{
    expectEntryRefused(R"({"dtype":"U8","shape":[1],"data_offsets":[1,2]})", 2, {"hole", "1 bytes before"});
    expectRefused(safetensorsBytes(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                                   R"("b":{"dtype":"U8","shape":[1],"data_offsets":[3,4]}})",
                                   "1234"),
                  {"hole", "2 bytes before", "\"b\""});
}

TEST_F(HostileSafetensors, DataAfterTheLastTensor)
{
    expectRefused(
        safetensorsBytes(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})", std::string("1\0\0\0", 4)),
        {"3 bytes after the last tensor"});
    expectRefused(safetensorsBytes("{}", "1"), {"1 bytes after the last tensor"});
}

TEST_F(HostileSafetensors, MetadataThatIsNotText)
{
    expectRefused(safetensorsBytes(R"({"__metadata__":{"format":1}})"), {"metadata \"format\"", "not a string"});
    expectRefused(safetensorsBytes(R"({"__metadata__":{"format":null}})"), {"metadata \"format\"", "not a string"});
    expectRefused(safetensorsBytes(R"({"__metadata__":{"format":["pt"]}})"), {"metadata \"format\"", "not a string"});
    expectRefused(safetensorsBytes(R"({"__metadata__":"pt"})"), {"\"__metadata__\"", "not an object"});
}

TEST_F(HostileSafetensors, ATensorNameOfMegabytesMakesAShortMessage)
{
    const std::string name(3'000'000, 'n');
    const std::filesystem::path path = m_folder.write("x.safetensors", safetensorsBytes("{\"" + name + "\":[]}"));
    try {
        SafetensorsFile::open(path);
        FAIL();
    } catch (const Error& error) {
        EXPECT_LT(std::string(error.what()).size(), 1000u);
    }
}

TEST_F(HostileSafetensors, ThingsThatAreNotFiles)
{
    expectError(ErrorKind::InvalidFile, {m_folder.path().string(), "not a regular file"},
                [&] { SafetensorsFile::open(m_folder.path()); });
    const std::filesystem::path fifo = m_folder.path() / "fifo";
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    expectError(ErrorKind::InvalidFile, {fifo.string(), "not a regular file"}, [&] { SafetensorsFile::open(fifo); });
    expectError(ErrorKind::InvalidFile, {"/dev/zero", "not a regular file"},
                [] { SafetensorsFile::open("/dev/zero"); });
    expectError(ErrorKind::NotFound, {"nowhere.safetensors"},
                [&] { SafetensorsFile::open(m_folder.path() / "nowhere.safetensors"); });
}

} // namespace
} // namespace heedmap
