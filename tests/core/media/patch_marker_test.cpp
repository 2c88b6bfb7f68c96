#include "core/base/files.h"
#include "core/media/image.h"
#include "core/media/image_preprocessor.h"
#include "tests/core/media/container_bytes.h"

#include <gtest/gtest.h>
#include <opencv2/imgcodecs.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

namespace heedmap {
namespace {

constexpr int kMarkerRadius = 2; // pixels around the marker's centre

/// A grey, gently varying stored picture as a lossless WebP file with an EXIF orientation; the marker is a white
/// square.
std::string storedFile(int width, int height, int orientation, std::optional<cv::Point> marker)
{
    cv::Mat pixels(height, width, CV_8UC3);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x)
            pixels.at<cv::Vec3b>(y, x) = {static_cast<uchar>(60 + x % 40), static_cast<uchar>(60 + y % 40), 80};
    }
    if (marker)
        pixels(cv::Rect(marker->x - kMarkerRadius, marker->y - kMarkerRadius, 2 * kMarkerRadius + 1,
                        2 * kMarkerRadius + 1))
            .setTo(cv::Scalar(255, 255, 255));
    std::vector<uchar> encoded;
    cv::imencode(".webp", pixels, encoded, {cv::IMWRITE_WEBP_QUALITY, 101}); // above 100: lossless
    const std::string picture(encoded.begin() + 12, encoded.end());
    return webpFile(webpCanvas(width, height, 0x08) + picture + webpChunk("EXIF", exifOrientation(orientation)));
}

/// Where a stored pixel is seen, read off the EXIF table by hand and independent of Affine.
cv::Point seenAt(cv::Point stored, int orientation, int width, int height)
{
    const int fromRight = width - 1 - stored.x;
    const int fromBottom = height - 1 - stored.y;
    switch (orientation) {
    case 1:
        return stored;
    case 2:
        return {fromRight, stored.y};
    case 3:
        return {fromRight, fromBottom};
    case 4:
        return {stored.x, fromBottom};
    case 5:
        return {stored.y, stored.x};
    case 6:
        return {fromBottom, stored.x};
    case 7:
        return {fromBottom, fromRight};
    default:
        return {stored.y, fromRight};
    }
}

/// A chain by its numbers: the picture is resized to `resized` pixels, then its centre of `input` pixels is cut out.
struct Chain
{
    const char* config;
    int patchSize;
    double filterSupport; ///< of the kernel, in pixels at its own scale
};

struct Axis
{
    int picture, resized, input, patchSize;
    double support;

    int cropBegin() const { return static_cast<int>(std::floor((resized - input) / 2.0)); }
    /// Patches whose pixels can see picture pixels [first, last]; widened by the kernel's support.
    std::set<int> reached(int first, int last) const
    {
        const double scale = static_cast<double>(picture) / resized;
        const double reach = support * std::max(scale, 1.0);
        std::set<int> patches;
        for (int pixel = 0; pixel < input / patchSize * patchSize; ++pixel) {
            const double centre = (pixel + cropBegin() + 0.5) * scale;
            if (centre + reach + 1 > first && centre - reach - 1 < last + 1)
                patches.insert(pixel / patchSize);
        }
        return patches;
    }
    /// The patch under the middle of a picture pixel, or -1 outside the crop.
    int under(int pixel) const
    {
        const double at = ((pixel + 0.5) * resized / picture - cropBegin()) / patchSize;
        return at >= 0 && at < input / patchSize ? static_cast<int>(at) : -1;
    }
};

/// Largest change of any value in each patch.
std::vector<float> patchChanges(const PixelValues& before, const PixelValues& after, const PatchGrid& grid,
                                int patchSize)
{
    std::vector<float> changes(grid.patchCount());
    for (int channel = 0; channel < 3; ++channel) {
        for (int y = 0; y < grid.rows * patchSize; ++y) {
            for (int x = 0; x < grid.columns * patchSize; ++x) {
                const std::size_t at = (static_cast<std::size_t>(channel) * before.height + y) * before.width + x;
                float& change = changes[y / patchSize * grid.columns + x / patchSize];
                change = std::max(change, std::abs(after.values[at] - before.values[at]));
            }
        }
    }
    return changes;
}

struct MarkerRun
{
    Axis x, y;
    cv::Point seen;
    PatchGrid grid;
    std::vector<float> changes;
};

MarkerRun runMarker(const Chain& chain, int width, int height, int orientation, cv::Point marker)
{
    const auto preprocessor = ImagePreprocessor::fromConfig(parseJson(chain.config, "test"));
    const auto pixelsOf = [&](std::optional<cv::Point> painted) {
        const std::string file = storedFile(width, height, orientation, painted);
        return preprocessor.apply(decodeImage(asBytes(file), "marker").upright);
    };
    const PixelValues before = pixelsOf(std::nullopt);
    const PixelValues after = pixelsOf(marker);
    const int uprightWidth = orientation >= 5 ? height : width;
    const int uprightHeight = orientation >= 5 ? width : height;
    const bool keepsAspect = std::string(chain.config).find("shortest_edge") != std::string::npos;
    int resizedWidth = 48, resizedHeight = 48;
    if (keepsAspect) { // the shorter side becomes 48
        resizedWidth = uprightWidth <= uprightHeight ? 48 : 48 * uprightWidth / uprightHeight;
        resizedHeight = uprightWidth <= uprightHeight ? 48 * uprightHeight / uprightWidth : 48;
    }
    MarkerRun run;
    run.x = {uprightWidth, resizedWidth, before.width, chain.patchSize, chain.filterSupport};
    run.y = {uprightHeight, resizedHeight, before.height, chain.patchSize, chain.filterSupport};
    run.seen = seenAt(marker, orientation, width, height);
    run.grid = before.patchGrid(chain.patchSize);
    run.changes = patchChanges(before, after, run.grid, chain.patchSize);
    return run;
}

void expectOnlyReachedPatchesChange(const MarkerRun& run)
{
    const std::set<int> columns = run.x.reached(run.seen.x - kMarkerRadius, run.seen.x + kMarkerRadius);
    const std::set<int> rows = run.y.reached(run.seen.y - kMarkerRadius, run.seen.y + kMarkerRadius);
    for (int patch = 0; patch < run.grid.patchCount(); ++patch) {
        const bool reached = columns.contains(patch % run.grid.columns) && rows.contains(patch / run.grid.columns);
        EXPECT_TRUE(reached || run.changes[patch] == 0.0f) << "patch " << patch << " changed by " << run.changes[patch];
    }
}

void checkMarker(const Chain& chain, int width, int height, int orientation, cv::Point marker)
{
    SCOPED_TRACE(std::string(chain.config) + " orientation " + std::to_string(orientation) + " marker at " +
                 std::to_string(marker.x) + ", " + std::to_string(marker.y));
    const MarkerRun run = runMarker(chain, width, height, orientation, marker);
    expectOnlyReachedPatchesChange(run);

    const int column = run.x.under(run.seen.x);
    const int row = run.y.under(run.seen.y);
    const PointF middle{run.seen.x + 0.5, run.seen.y + 0.5};
    const std::optional<int> found = run.grid.patchFromPicture(middle);
    if (column < 0 || row < 0) {
        EXPECT_EQ(found, std::nullopt);
        return;
    }
    const int predicted = row * run.grid.columns + column;
    EXPECT_EQ(found, predicted);
    const RectF rect = run.grid.pictureRectFromPatch(predicted);
    EXPECT_TRUE(middle.x >= rect.x && middle.x < rect.x + rect.width);
    EXPECT_TRUE(middle.y >= rect.y && middle.y < rect.y + rect.height);
    const auto largest = std::max_element(run.changes.begin(), run.changes.end());
    EXPECT_GT(*largest, 0.3f);
    EXPECT_EQ(largest - run.changes.begin(), predicted);
}

/// Patches are 48 / 8 = 6 a side: over 150 × 90 stored pixels a patch covers 25 × 15 (or, turned, 15 × 25) of them.
constexpr Chain kSquareBicubic{R"({"image_processor_type": "BlipImageProcessor", "size": 48})", 8, 2.0};
constexpr Chain kSquareBilinear{R"({"image_processor_type": "ViTImageProcessor", "size": 48})", 8, 1.0};
constexpr Chain kCropped{R"({"image_processor_type": "CLIPImageProcessor", "size": {"shortest_edge": 48},
                             "crop_size": {"height": 40, "width": 32}})",
                         8, 2.0};

class PatchMarker : public testing::TestWithParam<int>
{};

TEST_P(PatchMarker, ChangesThePredictedPatchOfAReducedPicture)
{
    for (const Chain& chain : {kSquareBicubic, kSquareBilinear}) {
        for (const cv::Point marker : {cv::Point(12, 7), cv::Point(137, 7), cv::Point(12, 82), cv::Point(62, 22)})
            checkMarker(chain, 150, 90, GetParam(), marker);
    }
}

TEST_P(PatchMarker, ChangesThePredictedPatchOfAnEnlargedPicture)
{
    // 36 × 24 → 48 × 48: a patch covers 6 × 4 pixels, the marker 5 × 5 of them
    checkMarker(kSquareBicubic, 36, 24, GetParam(), cv::Point(9, 10));
    checkMarker(kSquareBicubic, 36, 24, GetParam(), cv::Point(33, 2));
}

TEST_P(PatchMarker, FollowsTheCrop)
{
    // 160 × 96, shorter side to 48: a resized pixel covers 2 × 2; patches of 16 × 16 pixels, cut from the middle
    for (const cv::Point marker : {cv::Point(80, 56), cv::Point(3, 3), cv::Point(157, 50), cv::Point(56, 72)})
        checkMarker(kCropped, 160, 96, GetParam(), marker);
}

INSTANTIATE_TEST_SUITE_P(Orientations, PatchMarker, testing::Range(1, 9));

} // namespace
} // namespace heedmap
