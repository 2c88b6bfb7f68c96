#pragma once

#include "core/base/files.h"
#include "core/base/json.h"
#include "core/media/image.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace heedmap {

/// tests/fixtures/media, written by make_media_fixtures.py there.
inline std::filesystem::path mediaFixture(const std::string& file)
{
    return std::filesystem::path(HEEDMAP_SOURCE_DIR) / "tests/fixtures/media" / file;
}

inline std::vector<std::byte> readFixture(const std::string& file)
{
    return readFile(mediaFixture(file), std::size_t{4} << 20);
}

inline const Json& mediaManifest()
{
    static const Json manifest =
        parseJson(readTextFile(mediaFixture("manifest.json"), std::size_t{1} << 20), "manifest.json");
    return manifest;
}

/// `count` values of an expected array at a byte offset of a .bin file.
template <typename T>
std::vector<T> expectedValues(const std::string& file, const Json& offset, std::size_t count)
{
    const std::vector<std::byte> bytes = readFixture(file);
    const auto begin = offset.get<std::size_t>();
    std::vector<T> values(count);
    if (begin + count * sizeof(T) > bytes.size()) {
        ADD_FAILURE() << file << " is too short";
        return values;
    }
    std::memcpy(values.data(), bytes.data() + begin, count * sizeof(T));
    return values;
}

/// The same picture as formula_picture of the script.
inline Image formulaPicture(int width, int height)
{
    Image image;
    image.width = width;
    image.height = height;
    for (std::uint32_t y = 0; y < static_cast<std::uint32_t>(height); ++y) {
        for (std::uint32_t x = 0; x < static_cast<std::uint32_t>(width); ++x) {
            for (std::uint32_t c = 0; c < 3; ++c) {
                const std::uint32_t noise = (x * 2654435761u + y * 2246822519u + c * 3266489917u) >> 15;
                const std::uint32_t smooth = x * (3 + c) + y * (5 - c);
                const std::uint32_t checks = ((x / 8 + y / 8) & 1) * 255;
                const bool noisy = (x / 16 + y / 16) % 3 == 0;
                const std::uint32_t value = noisy ? noise : (x / 16) % 2 == 0 ? smooth : checks;
                image.rgb.push_back(static_cast<std::uint8_t>(value));
            }
        }
    }
    return image;
}

/// Largest difference of two equally long lists of levels.
inline int largestDifference(const std::vector<std::uint8_t>& one, const std::vector<std::uint8_t>& other)
{
    EXPECT_EQ(one.size(), other.size());
    int largest = 0;
    for (std::size_t i = 0; i < std::min(one.size(), other.size()); ++i)
        largest = std::max(largest, std::abs(one[i] - other[i]));
    return largest;
}

} // namespace heedmap
