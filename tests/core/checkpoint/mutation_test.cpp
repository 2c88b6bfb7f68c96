#include "core/base/error.h"
#include "core/base/files.h"
#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/safetensors.h"
#include "tests/core/base/temp_folder.h"

#include <gtest/gtest.h>

#include <cctype>
#include <random>

namespace heedmap {
namespace {

const std::filesystem::path kFixtures = HEEDMAP_SOURCE_DIR "/tests/fixtures/checkpoint";

/// Damages files the way bad disks, bad downloads and bad people do. The same seed damages the same way everywhere.
class Mutator
{
public:
    explicit Mutator(std::uint32_t seed) : m_random(seed) {}

    std::string mutated(std::string bytes)
    {
        const std::size_t count = 1 + below(3);
        for (std::size_t i = 0; i < count && !bytes.empty(); ++i)
            mutateOnce(bytes);
        return bytes;
    }

private:
    std::size_t below(std::size_t limit) { return m_random() % limit; } // distributions differ between libraries

    void mutateOnce(std::string& bytes)
    {
        const std::size_t at = below(bytes.size());
        switch (below(8)) {
        case 0:
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
            break;
        case 1:
            bytes[at] = static_cast<char>(below(256));
            break;
        case 2:
            bytes.resize(at);
            break;
        case 3:
            bytes.erase(at, 1 + below(16));
            break;
        case 4:
            bytes.insert(at, bytes.substr(below(bytes.size()), 1 + below(64)));
            break;
        case 5: // something that means something to a parser
            bytes.insert(at, std::string(1, "{}[]\",:-.e\\0"[below(12)]));
            break;
        default:
            changeDigit(bytes, at);
        }
    }

    /// The most telling damage: shapes and offsets stay numbers.
    void changeDigit(std::string& bytes, std::size_t from)
    {
        while (from < bytes.size() && !std::isdigit(static_cast<unsigned char>(bytes[from])))
            ++from;
        if (from < bytes.size())
            bytes[from] = static_cast<char>('0' + below(10));
    }

    std::mt19937 m_random;
};

struct Outcomes
{
    int opened = 0;
    int refused = 0;
};

/// Runs `open`, which may succeed or throw Error; anything else ends the test.
template <typename Open>
void tally(Outcomes& outcomes, const std::filesystem::path& folder, Open&& open)
{
    try {
        open();
        ++outcomes.opened;
    } catch (const Error& error) {
        ++outcomes.refused;
        EXPECT_NE(std::string(error.what()).find(folder.string()), std::string::npos) << error.what();
        EXPECT_LT(std::string(error.what()).size(), 2000u);
    }
}

TEST(Mutations, ADamagedSafetensorsFileOpensOrIsRefused)
{
    const std::string original = readTextFile(kFixtures / "all_dtypes.safetensors", 1 << 20);
    const TempFolder folder;
    Mutator mutator(20240607);
    Outcomes outcomes;
    for (int i = 0; i < 5000; ++i) {
        const std::filesystem::path path = folder.write("x.safetensors", mutator.mutated(original));
        tally(outcomes, folder.path(), [&] {
            const SafetensorsFile file = SafetensorsFile::open(path);
            for (const auto& [name, tensor] : file.tensors) // every byte that a view promises is there
                ASSERT_EQ(tensor.toFloats().size(), static_cast<std::size_t>(tensor.elementCount()));
        });
    }
    EXPECT_GT(outcomes.opened, 100); // damage inside the data
    EXPECT_GT(outcomes.refused, 2500);
}

TEST(Mutations, ADamagedFolderOpensOrIsRefused)
{
    const TempFolder folder;
    std::filesystem::copy(kFixtures / "sharded", folder.path());
    Mutator mutator(7);
    Outcomes outcomes;
    for (const char* name : {"config.json", "model.safetensors.index.json", "model-00001-of-00003.safetensors"}) {
        const std::string original = readTextFile(folder.path() / name, 1 << 20);
        for (int i = 0; i < 1000; ++i) {
            folder.write(name, mutator.mutated(original));
            tally(outcomes, folder.path(), [&] { Checkpoint::open(folder.path()); });
        }
        folder.write(name, original);
    }
    EXPECT_GT(outcomes.opened, 100);
    EXPECT_GT(outcomes.refused, 1000);
}

} // namespace
} // namespace heedmap
