#include "core/analysis/patch_components.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

namespace heedmap {
namespace {

/// A grid of patches that are keys 0, 1, …, frame after frame.
std::vector<PatchPlace> grid(int rows, int columns, int frames = 1)
{
    std::vector<PatchPlace> patches;
    for (int frame = 0; frame < frames; ++frame)
        for (int row = 0; row < rows; ++row)
            for (int column = 0; column < columns; ++column)
                patches.push_back({patches.size(), {}, {column + 0.5, row + 0.5}, frame});
    return patches;
}

std::optional<double> entropyOf(const std::vector<PatchPlace>& patches, const std::vector<double>& row)
{
    return PatchComponents(patches).entropyOf(Eigen::Map<const Eigen::ArrayXd>(row.data(), std::ssize(row)));
}

TEST(PatchComponents, OnePlaceHasNoEntropyHoweverLarge)
{
    EXPECT_NEAR(*entropyOf(grid(3, 4), {0, 1, 1, 0,   //
                                        0, 1, 2, 0,   //
                                        0, 0, 0, 1}), // corner to corner
                0, 1e-12);
    EXPECT_NEAR(*entropyOf(grid(3, 4), {1, 0, 1, 0,   //
                                        1, 0, 1, 0,   //
                                        1, 1, 1, 0}), // the two arms meet at the end
                0, 1e-12);
}

TEST(PatchComponents, PlacesApartShareWhatIsAboveTheMean)
{
    EXPECT_NEAR(*entropyOf(grid(3, 4), {1, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0}), std::numbers::ln2, 1e-12);
    // The mean is 0.5: 2.5 and 0.5 are left.
    EXPECT_NEAR(*entropyOf(grid(1, 8), {3, 0, 0, 0, 0, 0, 1, 0}), -5.0 / 6 * std::log(5.0 / 6) + std::log(6.0) / 6,
                1e-12);
    EXPECT_NEAR(*entropyOf(grid(1, 3, 2), {0, 0, 1, 1, 0, 0}), std::numbers::ln2, 1e-12); // of two frames
    EXPECT_NEAR(*entropyOf(grid(2, 3), {0, 0, 1, 1, 0, 0}), std::numbers::ln2, 1e-12); // no neighbours round the edge
}

TEST(PatchComponents, AnEvenRowHasNone)
{
    EXPECT_FALSE(entropyOf(grid(3, 3), std::vector<double>(9, 0.1)));
    EXPECT_FALSE(entropyOf(grid(1, 1), {1}));
}

TEST(PatchComponents, PlacesWithoutMeaningAreTakenAsTheyAre)
{
    std::vector<PatchPlace> patches = grid(1, 4);
    for (PatchPlace& patch : patches)
        patch.inPatches = {std::numeric_limits<double>::quiet_NaN(), 1e300};
    EXPECT_NEAR(*entropyOf(patches, {1, 0, 0, 1}), 0, 1e-12); // all in one place
}

} // namespace
} // namespace heedmap
