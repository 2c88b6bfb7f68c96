#include "core/base/files.h"
#include "core/base/json.h"
#include "core/checkpoint/safetensors.h"
#include "tests/core/base/expect_error.h"
#include "tests/core/base/temp_folder.h"
#include "tests/core/checkpoint/safetensors_builder.h"

#include <bit>
#include <cmath>
#include <set>

namespace heedmap {
namespace {

const std::filesystem::path kFixtures = HEEDMAP_SOURCE_DIR "/tests/fixtures/checkpoint";

std::string hexOf(const std::vector<std::byte>& bytes)
{
    std::string text;
    for (const std::byte value : bytes)
        text += fmt::format("{:02x}", std::to_integer<int>(value));
    return text;
}

void expectSameFloats(const std::vector<float>& actual, const Json& expectedBits, const std::string& name)
{
    ASSERT_EQ(actual.size(), expectedBits.size()) << name;
    for (std::size_t i = 0; i < actual.size(); ++i) {
        const auto bits = expectedBits[i].get<std::uint32_t>();
        if (std::isnan(std::bit_cast<float>(bits)))
            EXPECT_TRUE(std::isnan(actual[i])) << name << " element " << i;
        else
            EXPECT_EQ(std::bit_cast<std::uint32_t>(actual[i]), bits) << name << " element " << i;
    }
}

TEST(Safetensors, EveryTypeOfTheFormatReadsAsPythonReadsIt)
{
    const SafetensorsFile file = SafetensorsFile::open(kFixtures / "all_dtypes.safetensors");
    const Json expected = parseJson(readTextFile(kFixtures / "all_dtypes.json", 1 << 20), "all_dtypes.json")["tensors"];
    ASSERT_EQ(file.tensors.size(), expected.size());
    std::set<DType> seen;
    for (const auto& [name, tensor] : file.tensors) {
        ASSERT_TRUE(expected.contains(name)) << name;
        const Json& wanted = expected[name];
        EXPECT_EQ(dtypeName(tensor.dtype), wanted["dtype"].get<std::string>()) << name;
        EXPECT_EQ(tensor.shape, wanted["shape"].get<Shape>()) << name;
        EXPECT_EQ(hexOf(tensor.copyBytes()), wanted["hex"].get<std::string>()) << name;
        expectSameFloats(tensor.toFloats(), wanted["float_bits"], name);
        seen.insert(tensor.dtype);
    }
    EXPECT_EQ(seen.size(), 15u) << "the fixture no longer holds every type";
}

TEST(Safetensors, MetadataIsRead)
{
    const SafetensorsFile file = SafetensorsFile::open(kFixtures / "all_dtypes.safetensors");
    EXPECT_EQ(file.metadata, (std::map<std::string, std::string>{{"format", "pt"}}));
}

class HandMadeSafetensors : public testing::Test
{
protected:
    SafetensorsFile open(const std::string& header, const std::string& data)
    {
        return SafetensorsFile::open(m_folder.write("x.safetensors", safetensorsBytes(header, data)));
    }

    TempFolder m_folder;
};

TEST_F(HandMadeSafetensors, AFileWithoutTensors)
{
    EXPECT_TRUE(open("{}", "").tensors.empty());
}

TEST_F(HandMadeSafetensors, AHeaderPaddedWithSpaces)
{
    const SafetensorsFile file = open(R"({"t":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}       )", "\x05\x06");
    EXPECT_EQ(file.tensors.at("t").toFloats(), (std::vector<float>{5, 6}));
}

TEST_F(HandMadeSafetensors, TensorsInAnyOrderAndAtOddAddresses)
{
    // 2.0f and 1.0h, the former behind one byte
    const SafetensorsFile file = open(R"({"f":{"dtype":"F32","shape":[1,1],"data_offsets":[1,5]},)"
                                      R"("h":{"dtype":"F16","shape":[1],"data_offsets":[5,7]},)"
                                      R"("b":{"dtype":"BOOL","shape":[],"data_offsets":[0,1]}})",
                                      std::string("\x01\x00\x00\x00\x40\x00\x3c", 7));
    EXPECT_EQ(file.tensors.at("f").toFloats(), std::vector<float>{2.0f});
    EXPECT_EQ(file.tensors.at("h").toFloats(), std::vector<float>{1.0f});
    EXPECT_EQ(file.tensors.at("b").toFloats(), std::vector<float>{1.0f});
}

TEST_F(HandMadeSafetensors, EmptyTensorsBetweenOthers)
{
    const SafetensorsFile file = open(R"({"z":{"dtype":"F32","shape":[0,7],"data_offsets":[1,1]},)"
                                      R"("y":{"dtype":"I64","shape":[7,0],"data_offsets":[1,1]},)"
                                      R"("a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                                      R"("b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]},)"
                                      R"("e":{"dtype":"U8","shape":[0],"data_offsets":[2,2]}})",
                                      "12");
    EXPECT_EQ(file.tensors.size(), 5u);
    EXPECT_EQ(file.tensors.at("z").elementCount(), 0);
    EXPECT_TRUE(file.tensors.at("z").toFloats().empty());
    EXPECT_EQ(file.tensors.at("b").toFloats(), std::vector<float>{'2'});
}

TEST_F(HandMadeSafetensors, AViewKeepsTheFileMapped)
{
    TensorView view;
    {
        const SafetensorsFile file = open(R"({"t":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})", "\x07");
        view = file.tensors.at("t");
    }
    EXPECT_EQ(view.toFloats(), std::vector<float>{7});
}

TEST_F(HandMadeSafetensors, TheHeaderHashIsOfTheHeaderAlone)
{
    const std::string header = R"({"t":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}} )";
    EXPECT_EQ(open(header, "1").headerSha256, sha256Hex(asBytes(header)));
    EXPECT_EQ(open(header, "2").headerSha256, sha256Hex(asBytes(header)));
}

TEST_F(HandMadeSafetensors, AFileCutShortWhileMappedIsAnError)
{
    const std::size_t count = 1 << 20;
    const SafetensorsFile file =
        open(fmt::format(R"({{"t":{{"dtype":"U8","shape":[{0}],"data_offsets":[0,{0}]}}}})", count),
             std::string(count, '\1'));
    std::filesystem::resize_file(file.file->path(), 4096);
    expectError(ErrorKind::InvalidFile, {file.file->path().string(), "cut short while it was open"},
                [&] { file.tensors.at("t").toFloats(); });
}

} // namespace
} // namespace heedmap
