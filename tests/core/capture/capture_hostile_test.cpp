#include "core/base/error.h"
#include "core/base/files.h"
#include "core/capture/attention.h"
#include "core/checkpoint/safetensors.h"
#include "tests/core/capture/capture_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>

using namespace heedmap;
using namespace heedmap::test;
using testing::HasSubstr;

namespace {

const std::filesystem::path kFixtures = HEEDMAP_SOURCE_DIR "/tests/fixtures/capture";

void writeBytes(const std::filesystem::path& path, const std::string& bytes)
{
    std::filesystem::remove(path); // truncating a file just written would wait for the disk
    std::ofstream(path, std::ios::binary | std::ios::trunc)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// A safetensors file from a header's JSON text and the tensor data.
std::string fileOf(const std::string& header, const std::string& data)
{
    const std::uint64_t length = header.size();
    std::string bytes(8, '\0');
    std::memcpy(bytes.data(), &length, 8);
    return bytes + header + data;
}

struct FileParts
{
    std::string header;
    std::string data;
};

FileParts partsOf(const std::filesystem::path& path)
{
    const std::string bytes = readTextFile(path, 10'000'000);
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), 8);
    return {bytes.substr(8, length), bytes.substr(8 + length)};
}

/// Opens a file that may be anything and reads what can be read. True when it was a capture after all. Whatever is
/// thrown but an Error, and every sanitizer report, fails the test.
bool useHostileFile(const std::filesystem::path& path)
{
    try {
        const auto capture = Capture::open(path);
        for (std::size_t site = 0; site < capture->manifest().sites.size(); ++site) {
            const MapChoice map{site, {0}, {}};
            const TokenAxis& queries = queryAxisOf(*capture, map);
            readRow(*capture, map, queries.length - 1);
            readAllHeads(*capture, site, 0);
            for (const std::int64_t position : {std::int64_t{0}, queries.length / 2, queries.length - 1}) {
                queries.label(position);
                queries.isSpecial(position);
            }
        }
        for (const CaptureInput& input : capture->manifest().inputs)
            capture->inputBytes(input);
        return true;
    } catch (const Error& error) {
        EXPECT_STRNE(error.what(), "");
        return false;
    }
}

class HostileCapture : public testing::Test
{
protected:
    void expectRefused(ErrorKind kind, const std::string& message)
    {
        try {
            Capture::open(m_path);
            ADD_FAILURE() << "accepted; expected: " << message;
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), kind) << error.what();
            EXPECT_THAT(error.what(), HasSubstr(message));
            EXPECT_THAT(error.what(), HasSubstr("x.heed"));
        }
    }

    /// Changes the header of an example and writes the result to m_path.
    template <typename Change>
    void writeChanged(const std::string& example, Change change)
    {
        const FileParts parts = partsOf(kFixtures / example);
        Json header = Json::parse(parts.header);
        change(header);
        writeBytes(m_path, fileOf(header.dump(), parts.data));
    }

    TempFolder m_folder;
    const std::filesystem::path m_path = m_folder.file("x.heed");
};

TEST_F(HostileCapture, RefusesWhatIsNoCapture)
{
    std::filesystem::copy_file(kFixtures / "blip.expected.safetensors", m_path);
    expectRefused(ErrorKind::InvalidFile, "not a capture");
    writeChanged("blip.heed", [](Json& header) { header["__metadata__"]["format"] = "pt"; });
    expectRefused(ErrorKind::InvalidFile, "not a capture");
    writeChanged("blip.heed", [](Json& header) { header["__metadata__"].erase("heed"); });
    expectRefused(ErrorKind::InvalidFile, "not a capture");
    writeBytes(m_path, "");
    expectRefused(ErrorKind::InvalidFile, "empty");
    EXPECT_THROW(Capture::open(m_folder.file("none.heed")), Error);
    EXPECT_THROW(Capture::open(m_folder.path()), Error);
}

TEST_F(HostileCapture, RefusesAManifestThatIsNotJson)
{
    for (const std::string manifest :
         {"", "{", "[]", "7", "{\"version\": 1, \"version\": 1}", "{\"version\": 1e999}"}) {
        writeChanged("blip.heed", [&](Json& header) { header["__metadata__"]["heed"] = manifest; });
        expectRefused(ErrorKind::InvalidFile, "");
    }
    writeChanged("blip.heed", [](Json& header) {
        header["__metadata__"]["heed"] = std::string(100'000, '[') + std::string(100'000, ']');
    });
    expectRefused(ErrorKind::InvalidFile, "nests deeper");
}

TEST_F(HostileCapture, RefusesTensorsThatDoNotFitTheirSites)
{
    writeChanged("blip.heed", [](Json& header) { header["question/0/cross"]["shape"] = {4, 37, 8}; });
    expectRefused(ErrorKind::InvalidFile, "[4, 37, 8], not [4, 8, 37]");
    writeChanged("blip.heed", [](Json& header) { header["vision/0/self/k"]["shape"] = {2, 37 * 16, 1}; });
    expectRefused(ErrorKind::InvalidFile, "not [2, 37, 16]");
    writeChanged("blip.heed", [](Json& header) { header["vision/0/self/q"]["shape"] = {2, 37 * 16}; });
    expectRefused(ErrorKind::InvalidFile, "[2, 592], not [2, 37, head_dim]");
    writeChanged("blip.heed", [](Json& header) { header["question/0/cross"]["dtype"] = "I32"; });
    expectRefused(ErrorKind::InvalidFile, "has the type I32");
    writeChanged("blip.heed", [](Json& header) {
        header["other"] = header["question/0/cross"];
        header.erase("question/0/cross");
    });
    expectRefused(ErrorKind::InvalidFile, "\"question/0/cross\", which is missing");
    writeChanged("joint.heed", [](Json& header) { header["keep"]["dtype"] = "I8"; });
    expectRefused(ErrorKind::InvalidFile, "has the type I8");
    writeChanged("joint.heed", [](Json& header) { header["keep"]["shape"] = {225}; });
    expectRefused(ErrorKind::InvalidFile, "[225], not [15, 15]");
    writeChanged("blip.heed", [](Json& header) { header["inputs/picture"]["shape"] = {1, 5}; });
    expectRefused(ErrorKind::InvalidFile, "[1, 5], not [5]");
}

TEST_F(HostileCapture, NamesInMessagesStayOnOneLine)
{
    writeChanged("weights_only.heed", [](Json& header) {
        Json manifest = Json::parse(header["__metadata__"]["heed"].get<std::string>());
        manifest["sites"][0]["weights"] = "a\nb\x1b[31m" + std::string(100'000, 'x');
        header["__metadata__"]["heed"] = manifest.dump();
    });
    try {
        Capture::open(m_path);
        ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
        EXPECT_LT(std::strlen(error.what()), 1000);
        EXPECT_THAT(error.what(), testing::Not(testing::ContainsRegex("[\n\x1b]")));
    }
}

TEST_F(HostileCapture, ALongAxisNeedsItsTensors)
{
    writeChanged("weights_only.heed", [](Json& header) {
        Json manifest = Json::parse(header["__metadata__"]["heed"].get<std::string>());
        manifest["axes"]["slots"] = {{"length", 16'777'216},
                                     {"segments", {{{"kind", "unknown"}, {"length", 16'777'216}}}}};
        header["__metadata__"]["heed"] = manifest.dump();
    });
    expectRefused(ErrorKind::InvalidFile, "not [8, 3, 16777216]");
}

TEST_F(HostileCapture, AMapBeyondMemoryIsRefusedWhileItsRowsAreRead)
{
    // 100 000 × 100 000 pairs behind two small tensors
    writeCapture(
        m_path, manifestOf({plainAxis("axis", 100'000)}, {queriesKeysSite("site", "axis", "axis", 1, 1)}),
        {{"site/q", {1, 100'000, 1}, randomFloats(100'000, 1)}, {"site/k", {1, 100'000, 1}, randomFloats(100'000, 2)}});
    const auto capture = Capture::open(m_path);
    EXPECT_EQ(readRow(*capture, {}, 99'999).size(), 100'000);
    try {
        readMap(*capture, {});
        ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::TooLarge);
    }
}

TEST_F(HostileCapture, AFileCutShortWhileOpenIsAClearError)
{
    AttentionSite dense = queriesKeysSite("dense", "q", "k", 1, 1);
    dense.mask = {DenseMask{"mask"}};
    const std::vector<AttentionSite> sites = {weightsSite("weights", "q", "k", 2),
                                              queriesKeysSite("scores", "q", "k", 2, 1), dense};
    {
        CaptureWriter writer(m_path);
        const auto add = [&](const std::string& name, const Shape& shape) {
            writer.addTensor(name, DType::F32, shape, bytesOf(randomFloats(checkedByteCount(shape, 1), 1)));
        };
        add("weights", {2, 100, 900});
        add("scores/q", {2, 100, 64});
        add("scores/k", {1, 900, 64});
        add("dense/q", {1, 100, 64});
        add("dense/k", {1, 900, 64});
        writer.addTensor("mask", DType::U8, {100, 900}, asBytes(std::string(90'000, '\1')));
        writer.addTensor("picture", DType::U8, {100'000}, asBytes(std::string(100'000, 'p')));
        Manifest manifest = manifestOf({plainAxis("q", 100), plainAxis("k", 900)}, sites);
        CaptureInput picture;
        picture.id = "picture";
        picture.kind = InputKind::Image;
        picture.byteCount = 100'000;
        picture.width = picture.height = 10;
        picture.tensor = "picture";
        manifest.inputs = {picture};
        writer.finish(manifest);
    }
    for (std::size_t site = 0; site < 3; ++site) {
        std::filesystem::copy_file(m_path, m_folder.file("cut.heed"),
                                   std::filesystem::copy_options::overwrite_existing);
        const auto capture = Capture::open(m_folder.file("cut.heed"));
        EXPECT_NO_THROW(readRow(*capture, {site, {0}, {}}, 99));
        std::filesystem::resize_file(m_folder.file("cut.heed"), 300'000);
        const auto refuses = [&](auto call) {
            try {
                call();
                ADD_FAILURE() << "no error for site " << site;
            } catch (const Error& error) {
                EXPECT_EQ(error.kind(), ErrorKind::InvalidFile);
                EXPECT_THAT(error.what(), HasSubstr("cut short"));
            }
        };
        refuses([&] { readRow(*capture, {site, {0}, {}}, 99); });
        refuses([&] { readMap(*capture, {site, HeadChoice::mean(), {}}); });
        refuses([&] { readColumn(*capture, {site, {0}, {}}, 899); });
        refuses([&] { readAllHeads(*capture, site, 99); });
        refuses([&] { capture->inputBytes(capture->manifest().inputs[0]); });
    }
}

TEST_F(HostileCapture, FilesCutAnywhereAreRefused)
{
    const std::string bytes = readTextFile(kFixtures / "joint.heed", 10'000'000);
    for (std::size_t size = 0; size < bytes.size(); size += 97) {
        writeBytes(m_path, bytes.substr(0, size));
        EXPECT_FALSE(useHostileFile(m_path)) << size;
    }
}

TEST_F(HostileCapture, ChangedHeaderBytesNeverCrash)
{
    std::mt19937 random(20261121);
    int opened = 0;
    for (const char* example : {"blip.heed", "joint.heed", "whisper.heed", "weights_only.heed"}) {
        const std::string bytes = readTextFile(kFixtures / example, 10'000'000);
        const std::size_t headerEnd = 8 + partsOf(kFixtures / example).header.size();
        for (int round = 0; round < 500; ++round) {
            std::string changed = bytes;
            for (std::uint32_t change = random() % 3; change < 3; ++change) {
                const std::size_t position = random() % 8 == 0 ? random() % 8 : random() % headerEnd;
                // digits and structure reach further than any byte does
                const char kinds[] = {static_cast<char>(random()), static_cast<char>('0' + random() % 10),
                                      "{}[],:\""[random() % 7]};
                changed[position] = kinds[random() % 3];
            }
            writeBytes(m_path, changed);
            opened += useHostileFile(m_path);
        }
    }
    EXPECT_GT(opened, 50) << "changes that keep the file whole are part of the test";
}

/// Every value inside a JSON document.
void collectValues(Json& json, std::vector<Json*>& values)
{
    for (Json& child : json) {
        values.push_back(&child);
        if (child.is_structured())
            collectValues(child, values);
    }
}

TEST_F(HostileCapture, ChangedManifestValuesNeverCrash)
{
    const Json hostile[] = {0,
                            -1,
                            1,
                            2,
                            15,
                            16,
                            4096,
                            16'777'216,
                            INT64_MAX,
                            UINT64_MAX,
                            1e300,
                            -1e-300,
                            0.5,
                            "",
                            "picture",
                            "sequence",
                            Json::array(),
                            Json::object(),
                            Json::array({0, 1}),
                            Json::array({5, 2}),
                            nullptr,
                            true};
    std::mt19937 random(7);
    int opened = 0;
    for (const char* example : {"blip.heed", "joint.heed", "whisper.heed", "weights_only.heed"}) {
        const FileParts parts = partsOf(kFixtures / example);
        Json header = Json::parse(parts.header);
        const Json manifest = Json::parse(header["__metadata__"]["heed"].get<std::string>());
        for (int round = 0; round < 700; ++round) {
            Json changed = manifest;
            std::vector<Json*> values;
            collectValues(changed, values);
            Json& target = *values[random() % values.size()];
            const Json* other = values[random() % values.size()];
            target = random() % 3 == 0 ? Json(*other) : hostile[random() % std::size(hostile)];
            header["__metadata__"]["heed"] = changed.dump();
            writeBytes(m_path, fileOf(header.dump(), parts.data));
            opened += useHostileFile(m_path);
        }
    }
    EXPECT_GT(opened, 50);
}

} // namespace
