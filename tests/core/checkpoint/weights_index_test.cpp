#include "core/base/files.h"
#include "core/base/json.h"
#include "core/checkpoint/weights_index.h"
#include "tests/core/base/expect_error.h"
#include "tests/core/base/temp_folder.h"
#include "tests/core/checkpoint/safetensors_builder.h"

#include <bit>

namespace heedmap {
namespace {

const std::filesystem::path kFixtures = HEEDMAP_SOURCE_DIR "/tests/fixtures/checkpoint";

/// A file of one-byte tensors with these one-letter names.
std::string fileOfBytes(const std::string& names)
{
    Json header = Json::object();
    for (std::size_t i = 0; i < names.size(); ++i)
        header[names.substr(i, 1)] = {{"dtype", "U8"}, {"shape", {1}}, {"data_offsets", {i, i + 1}}};
    return safetensorsBytes(header.dump(), names);
}

class ShardedWeights : public testing::Test
{
protected:
    /// Shard "1" holds a and b, shard "2" holds c.
    void SetUp() override
    {
        m_folder.write("1", fileOfBytes("ab"));
        m_folder.write("2", fileOfBytes("c"));
    }

    std::filesystem::path writeIndex(const std::string& text)
    {
        return m_folder.write("model.safetensors.index.json", text);
    }

    void expectRefused(const std::string& indexText, std::vector<std::string> parts,
                       ErrorKind kind = ErrorKind::InvalidFile)
    {
        parts.push_back(writeIndex(indexText).string());
        expectError(kind, parts, [&] { WeightsIndex::open(m_folder.path()); });
    }

    TempFolder m_folder;
};

TEST_F(ShardedWeights, AreOneIndex)
{
    writeIndex(R"({"metadata":{"total_size":3},"weight_map":{"a":"1","b":"1","c":"2"}})");
    const WeightsIndex index = WeightsIndex::open(m_folder.path());
    EXPECT_EQ(index.names(), (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(index.tensor("b").toFloats(), std::vector<float>{'b'});
    EXPECT_EQ(index.tensor("c").toFloats(), std::vector<float>{'c'});
    EXPECT_EQ(index.parameterCount(), 3);
    EXPECT_EQ(index.byteCount(), 3u);
    EXPECT_EQ(index.files(), (std::vector{m_folder.path() / "1", m_folder.path() / "2"}));
    EXPECT_EQ(index.headerHashes().size(), 2u);
}

TEST_F(ShardedWeights, AMissingShard)
{
    expectRefused(R"({"weight_map":{"a":"1","b":"1","c":"2","d":"3"}})",
                  {"shard", (m_folder.path() / "3").string(), "is missing"}, ErrorKind::NotFound);
}

TEST_F(ShardedWeights, ShardsOutsideTheFolder)
{
    const std::string whole = fileOfBytes("a");
    std::filesystem::create_directory(m_folder.path() / "sub");
    m_folder.write("sub/x", whole);
    const std::string absolute = m_folder.write("x", whole).string();
    for (const std::string& shard :
         {std::string("sub/x"), std::string("./x"), std::string("../x"), std::string(".."), std::string("."),
          std::string(""), std::string("sub\\\\x"), std::string("x\\u0000y"), absolute})
        expectRefused("{\"weight_map\":{\"a\":\"" + shard + "\"}}", {"plain file name in the same folder"});
}

TEST_F(ShardedWeights, AShardThatIsAFolder)
{
    std::filesystem::create_directory(m_folder.path() / "sub");
    writeIndex(R"({"weight_map":{"a":"sub"}})");
    expectError(ErrorKind::InvalidFile, {"sub", "not a regular file"}, [&] { WeightsIndex::open(m_folder.path()); });
}

TEST_F(ShardedWeights, ATensorListedInTheWrongShard)
{
    expectRefused(R"({"weight_map":{"a":"1","b":"2","c":"2"}})", {"\"b\" is in 1, but", "says it is in 2"});
}

TEST_F(ShardedWeights, ATensorThatTheIndexDoesNotList)
{
    expectRefused(R"({"weight_map":{"a":"1","c":"2"}})", {"\"b\" is in 1, but not listed"});
}

TEST_F(ShardedWeights, ATensorThatNoShardHas)
{
    expectRefused(R"({"weight_map":{"a":"1","b":"1","c":"2","d":"2"}})", {"\"d\" is in 2, but it is not there"});
}

TEST_F(ShardedWeights, ATensorInTwoShards)
{
    m_folder.write("2", fileOfBytes("bc"));
    expectRefused(R"({"weight_map":{"a":"1","b":"1","c":"2"}})", {"\"b\" is in 2, but", "says it is in 1"});
}

TEST_F(ShardedWeights, AMalformedIndex)
{
    expectRefused("", {"not valid JSON"});
    expectRefused("[]", {"not a JSON object"});
    expectRefused("{}", {"\"weight_map\" is missing"});
    expectRefused(R"({"weight_map":["1"]})", {"\"weight_map\"", "not an object"});
    expectRefused(R"({"weight_map":{"a":1}})", {"no file name for the tensor \"a\""});
    expectRefused(R"({"weight_map":{"a":null}})", {"no file name for the tensor \"a\""});
    expectRefused(R"({"weight_map":{}})", {"lists no tensor"});
    expectRefused(R"({"weight_map":{"a":"1","a":"2"}})", {"\"a\" twice"});
    expectRefused("7", {"not a JSON object"});
    expectRefused(R"({"weight_map":"1"})", {"\"weight_map\"", "not an object"});
    expectRefused(R"({"weight_map":{"a":["1"]}})", {"no file name for the tensor \"a\""});
    expectRefused(R"({"metadata":{"weight_map":{"a":"1"}}})", {"\"weight_map\" is missing"});
    expectRefused(R"({"weight_map":{"a":"1"},"weight_map":{}})", {"\"weight_map\" twice"});
    expectRefused("{\"metadata\":" + std::string(100'000, '['), {"nests deeper"});
}

TEST_F(ShardedWeights, AnIndexOverTheLimitIsRefusedBeforeItIsRead)
{
    std::filesystem::resize_file(writeIndex("{"), (100u << 20) + 1); // sparse
    expectError(ErrorKind::TooLarge, {"model.safetensors.index.json", "104857601 bytes", "at most 104857600"},
                [&] { WeightsIndex::open(m_folder.path()); });
}

TEST_F(ShardedWeights, ABrokenShardIsNamed)
{
    m_folder.write("2", fileOfBytes("c") + "x");
    writeIndex(R"({"weight_map":{"a":"1","b":"1","c":"2"}})");
    expectError(ErrorKind::InvalidFile, {(m_folder.path() / "2").string(), "1 bytes after the last tensor"},
                [&] { WeightsIndex::open(m_folder.path()); });
}

TEST_F(ShardedWeights, GiveWayToASingleFile)
{
    writeIndex("not even JSON"); // transformers prefers model.safetensors as well
    m_folder.write("model.safetensors", fileOfBytes("z"));
    EXPECT_EQ(WeightsIndex::open(m_folder.path()).names(), std::vector<std::string>{"z"});
}

TEST(WeightsIndex, ReadsAFolderThatTransformersSavedInShards)
{
    const Json expected = parseJson(readTextFile(kFixtures / "sharded.json", 1 << 20), "sharded.json");
    const WeightsIndex index = WeightsIndex::open(kFixtures / "sharded");
    ASSERT_GE(index.files().size(), 2u);
    ASSERT_EQ(index.files().size(), expected["files"].size());
    for (std::size_t i = 0; i < index.files().size(); ++i)
        EXPECT_EQ(index.files()[i].filename(), expected["files"][i].get<std::string>());
    ASSERT_EQ(index.names().size(), expected["tensors"].size());
    std::size_t count = 0;
    for (const auto& [name, bits] : expected["tensors"].items()) {
        std::vector<std::uint32_t> actual;
        for (const float value : index.tensor(name).toFloats())
            actual.push_back(std::bit_cast<std::uint32_t>(value));
        EXPECT_EQ(actual, bits.get<std::vector<std::uint32_t>>()) << name;
        count += bits.size();
    }
    EXPECT_EQ(index.parameterCount(), static_cast<std::int64_t>(count));
    EXPECT_EQ(index.byteCount(), count * 4);
}

TEST(WeightsIndex, AMissingTensorComesWithTheNearestNames)
{
    const WeightsIndex index = WeightsIndex::open(kFixtures / "sharded");
    EXPECT_FALSE(index.contains("bert.encoder.layer.0.attention.self.qury.weight"));
    expectError(ErrorKind::NotFound,
                {"\"bert.encoder.layer.0.attention.self.qury.weight\"", (kFixtures / "sharded").string(),
                 "did you mean bert.encoder.layer.0.attention.self.query.weight"},
                [&] { index.tensor("bert.encoder.layer.0.attention.self.qury.weight"); });
}

TEST(WeightsIndex, AFolderWithoutWeights)
{
    const TempFolder folder;
    expectError(ErrorKind::NotFound, {folder.path().string(), "model.safetensors"},
                [&] { WeightsIndex::open(folder.path()); });
}

TEST(WeightsIndex, APickleIsRefusedWithTheCommandThatConvertsIt)
{
    const TempFolder folder;
    const std::filesystem::path quoted = folder.path() / "it's";
    std::filesystem::create_directory(quoted);
    for (const char* name : {"pytorch_model.bin", "pytorch_model.bin.index.json"}) {
        folder.write(std::string("it's/") + name, "\x80\x02}q.");
        expectError(ErrorKind::Unsupported,
                    {"pickle", "cd '" + folder.path().string() + "/it'\\''s' && python3 -c ", "torch.load(",
                     "weights_only=True", "save_file(", "'model.safetensors'"},
                    [&] { WeightsIndex::open(quoted); });
        std::filesystem::remove(quoted / name);
    }
}

TEST(WeightsIndex, ADanglingLinkIsNotFound)
{
    const TempFolder folder;
    std::filesystem::create_symlink("blob", folder.path() / "model.safetensors");
    expectError(ErrorKind::NotFound, {"model.safetensors"}, [&] { WeightsIndex::open(folder.path()); });
    folder.write("blob", fileOfBytes("a"));
    EXPECT_TRUE(WeightsIndex::open(folder.path()).contains("a")); // as in a download cache: links to blobs
}

} // namespace
} // namespace heedmap
