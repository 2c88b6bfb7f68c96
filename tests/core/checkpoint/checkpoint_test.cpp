#include "core/base/files.h"
#include "core/checkpoint/checkpoint.h"
#include "tests/core/base/expect_error.h"
#include "tests/core/base/temp_folder.h"
#include "tests/core/checkpoint/safetensors_builder.h"

namespace heedmap {
namespace {

const std::filesystem::path kFixtures = HEEDMAP_SOURCE_DIR "/tests/fixtures/checkpoint";
constexpr const char* kConfig = R"({"model_type":"blip","architectures":["BlipForQuestionAnswering"],"n":7})";
constexpr const char* kHeader = R"({"t":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})";

class CheckpointFolder : public testing::Test
{
protected:
    void SetUp() override
    {
        m_folder.write("config.json", kConfig);
        m_folder.write("model.safetensors", safetensorsBytes(kHeader, "1"));
    }

    std::shared_ptr<const Checkpoint> open() { return Checkpoint::open(m_folder.path()); }

    void expectConfigRefused(const std::string& text, std::vector<std::string> parts)
    {
        parts.push_back(m_folder.write("config.json", text).string());
        expectError(ErrorKind::InvalidFile, parts, [&] { open(); });
    }

    TempFolder m_folder;
};

TEST_F(CheckpointFolder, Opens)
{
    const auto checkpoint = open();
    EXPECT_EQ(checkpoint->folder(), m_folder.path());
    EXPECT_EQ(checkpoint->name(), m_folder.path().filename());
    EXPECT_EQ(checkpoint->modelType(), "blip");
    EXPECT_EQ(checkpoint->architecture(), "BlipForQuestionAnswering");
    EXPECT_EQ(checkpoint->config()["n"], 7);
    EXPECT_TRUE(checkpoint->preprocessorConfig().is_null());
    EXPECT_TRUE(checkpoint->generationConfig().is_null());
    EXPECT_TRUE(checkpoint->weights().contains("t"));
}

TEST_F(CheckpointFolder, ReadsTheOptionalFiles)
{
    m_folder.write("preprocessor_config.json", R"({"do_resize":true})");
    m_folder.write("generation_config.json", R"({"max_length":20})");
    EXPECT_EQ(open()->preprocessorConfig()["do_resize"], true);
    EXPECT_EQ(open()->generationConfig()["max_length"], 20);
}

TEST_F(CheckpointFolder, HasItsNameHoweverThePathIsWritten)
{
    const std::filesystem::path path = m_folder.path();
    for (const std::filesystem::path& written : {path / "", path / ".", path / "x" / "..", path / "." / ""}) {
        std::filesystem::create_directory(path / "x");
        EXPECT_EQ(Checkpoint::open(written)->name(), path.filename()) << written;
        EXPECT_EQ(Checkpoint::open(written)->folder(), path) << written;
    }
}

TEST_F(CheckpointFolder, IsTheOneThatTransformersSaved)
{
    const auto checkpoint = Checkpoint::open(kFixtures / "sharded");
    EXPECT_EQ(checkpoint->name(), "sharded");
    EXPECT_EQ(checkpoint->modelType(), "bert");
    EXPECT_EQ(checkpoint->architecture(), "BertForMaskedLM");
    EXPECT_EQ(checkpoint->config()["hidden_size"], 4);
    EXPECT_GE(checkpoint->weights().files().size(), 2u);
}

TEST_F(CheckpointFolder, HasAHashOfSettingsNamesAndShapes)
{
    const std::string expected =
        sha256Hex(asBytes(sha256Hex(asBytes(kConfig)) + "\n" + sha256Hex(asBytes(kHeader)) + "\n"));
    EXPECT_EQ(open()->headerHash(), expected);
    m_folder.write("model.safetensors", safetensorsBytes(kHeader, "2"));
    EXPECT_EQ(open()->headerHash(), expected); // other values, same names and shapes
    m_folder.write("model.safetensors", safetensorsBytes(kHeader + std::string(" "), "1"));
    EXPECT_NE(open()->headerHash(), expected);
    m_folder.write("model.safetensors", safetensorsBytes(kHeader, "1"));
    m_folder.write("config.json", kConfig + std::string(" "));
    EXPECT_NE(open()->headerHash(), expected);
}

TEST_F(CheckpointFolder, MustBeAFolder)
{
    expectError(ErrorKind::NotFound, {"there is no folder", "nowhere"},
                [&] { Checkpoint::open(m_folder.path() / "nowhere"); });
    expectError(ErrorKind::InvalidRequest, {"config.json is not a folder"},
                [&] { Checkpoint::open(m_folder.path() / "config.json"); });
    expectError(ErrorKind::NotFound, {"there is no folder"}, [&] { Checkpoint::open(""); });
}

TEST_F(CheckpointFolder, MustHoldAConfigAndWeights)
{
    std::filesystem::remove(m_folder.path() / "model.safetensors");
    expectError(ErrorKind::NotFound, {"no weights", m_folder.path().string()}, [&] { open(); });
    std::filesystem::remove(m_folder.path() / "config.json");
    expectError(ErrorKind::NotFound, {"config.json is missing", m_folder.path().string()}, [&] { open(); });
}

TEST_F(CheckpointFolder, TheConfigMustNameTypeAndArchitecture)
{
    expectConfigRefused(R"({"architectures":["A"]})", {"\"model_type\" is missing"});
    expectConfigRefused(R"({"architectures":["A"],"model_type":1})", {"\"model_type\"", "not a string"});
    expectConfigRefused(R"({"model_type":"blip"})", {"\"architectures\" is missing", "BlipForQuestionAnswering"});
    for (const std::string value : {"null", "[]", "\"A\"", "[\"A\",\"B\"]", "[1]", "{\"0\":\"A\"}"})
        expectConfigRefused("{\"model_type\":\"blip\",\"architectures\":" + value + "}",
                            {"\"architectures\"", "not a list of one name", value});
}

TEST_F(CheckpointFolder, TheConfigMustBeAJsonObject)
{
    expectConfigRefused("", {"not valid JSON"});
    expectConfigRefused("[]", {"not a JSON object"});
    expectConfigRefused("{\"model_type\":\"blip\",}", {"not valid JSON"});
    expectConfigRefused("{\"model_type\":\"\xc3\"}", {"not valid JSON"});
    expectConfigRefused(R"({"model_type":"a","model_type":"b"})", {"\"model_type\" twice"});
    expectConfigRefused("{\"a\":" + std::string(1'000'000, '['), {"nests deeper"});
}

TEST_F(CheckpointFolder, AnOptionalFileMustBeAJsonObjectAsWell)
{
    for (const char* name : {"preprocessor_config.json", "generation_config.json"}) {
        const std::filesystem::path path = m_folder.write(name, "7");
        expectError(ErrorKind::InvalidFile, {path.string(), "not a JSON object"}, [&] { open(); });
        std::filesystem::remove(path);
        std::filesystem::create_directory(path);
        expectError(ErrorKind::InvalidFile, {path.string(), "not a regular file"}, [&] { open(); });
        std::filesystem::remove(path);
    }
}

TEST_F(CheckpointFolder, AHugeConfigIsRefusedBeforeItIsRead)
{
    for (const char* name : {"generation_config.json", "config.json"}) {
        const std::filesystem::path path = m_folder.write(name, "{");
        std::filesystem::resize_file(path, (16u << 20) + 1); // sparse
        expectError(ErrorKind::TooLarge, {path.string(), "16777217 bytes", "at most 16777216"}, [&] { open(); });
    }
}

} // namespace
} // namespace heedmap
