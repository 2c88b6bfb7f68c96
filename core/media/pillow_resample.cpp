#include "core/media/pillow_resample.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

// Debian compiles for baseline x86-64, where a 32-bit multiply has no vector form; the loader picks the wide version.
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__SANITIZE_ADDRESS__)
#define HEEDMAP_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define HEEDMAP_WIDE
#endif

namespace heedmap {

namespace {

// 8 bits for the result and 2 for filters that overshoot leave 22 for the fraction.
constexpr int kPrecisionBits = 32 - 8 - 2;
constexpr int kChannels = 3;

double boxFilter(double x)
{
    return x > -0.5 && x <= 0.5 ? 1.0 : 0.0;
}

double bilinearFilter(double x)
{
    x = std::abs(x);
    return x < 1.0 ? 1.0 - x : 0.0;
}

double hammingFilter(double x)
{
    x = std::abs(x);
    if (x == 0.0)
        return 1.0;
    if (x >= 1.0)
        return 0.0;
    x = x * std::numbers::pi;
    return std::sin(x) / x * (0.54f + 0.46f * std::cos(x)); // single-precision constants, as in the source
}

double bicubicFilter(double x)
{
    constexpr double a = -0.5;
    x = std::abs(x);
    if (x < 1.0)
        return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
    if (x < 2.0)
        return (((x - 5) * x + 8) * x - 4) * a;
    return 0.0;
}

double sinc(double x)
{
    if (x == 0.0)
        return 1.0;
    x = x * std::numbers::pi;
    return std::sin(x) / x;
}

double lanczosFilter(double x)
{
    return -3.0 <= x && x < 3.0 ? sinc(x) * sinc(x / 3) : 0.0;
}

struct Filter
{
    double (*weight)(double);
    double support;
};

Filter filterOf(ResampleFilter name)
{
    switch (name) {
    case ResampleFilter::Lanczos:
        return {lanczosFilter, 3.0};
    case ResampleFilter::Bilinear:
        return {bilinearFilter, 1.0};
    case ResampleFilter::Bicubic:
        return {bicubicFilter, 2.0};
    case ResampleFilter::Box:
        return {boxFilter, 0.5};
    case ResampleFilter::Hamming:
        return {hammingFilter, 1.0};
    case ResampleFilter::Nearest:
        break;
    }
    throw Error(ErrorKind::Internal, "nearest-neighbour scaling has no filter weights");
}

/// One axis: output i is the sum over k < count[i] of input[first[i] + k] × weights[i × stride + k].
struct Axis
{
    int outputSize = 0;
    int stride = 0;
    std::vector<int> first;
    std::vector<int> count;
    std::vector<std::int32_t> weights; // [outputSize, stride], fixed point
};

std::int32_t fixedFromWeight(double weight)
{
    const double scaled = weight * (1 << kPrecisionBits);
    return static_cast<std::int32_t>(weight < 0 ? scaled - 0.5 : scaled + 0.5);
}

Axis axisWeights(int inputSize, int outputSize, Filter filter)
{
    const double scale = static_cast<double>(inputSize) / outputSize;
    const double filterScale = std::max(scale, 1.0);
    const double inverseScale = 1.0 / filterScale;
    const double support = filter.support * filterScale;

    Axis axis;
    axis.outputSize = outputSize;
    axis.stride = static_cast<int>(std::ceil(support)) * 2 + 1;
    axis.first.resize(outputSize);
    axis.count.resize(outputSize);
    axis.weights.resize(static_cast<std::size_t>(outputSize) * axis.stride);
    std::vector<double> exact(axis.stride);
    for (int i = 0; i < outputSize; ++i) {
        const double centre = (i + 0.5) * scale;
        const int first = std::max(static_cast<int>(centre - support + 0.5), 0);
        const int count = std::min(static_cast<int>(centre + support + 0.5), inputSize) - first;
        double sum = 0.0;
        for (int k = 0; k < count; ++k) {
            exact[k] = filter.weight((k + first - centre + 0.5) * inverseScale);
            sum += exact[k];
        }
        std::int32_t* weights = &axis.weights[static_cast<std::size_t>(i) * axis.stride];
        for (int k = 0; k < count; ++k)
            weights[k] = fixedFromWeight(sum != 0.0 ? exact[k] / sum : exact[k]);
        axis.first[i] = first;
        axis.count[i] = count;
    }
    return axis;
}

inline std::uint8_t clip8(std::int32_t sum)
{
    return static_cast<std::uint8_t>(std::clamp(sum >> kPrecisionBits, 0, 255));
}

/// [inputWidth, 3] → [outputSize, 3]
HEEDMAP_WIDE void resampleRow(const std::uint8_t* input, std::uint8_t* output, const Axis& axis)
{
    for (int i = 0; i < axis.outputSize; ++i) {
        const std::uint8_t* pixels = input + static_cast<std::size_t>(axis.first[i]) * kChannels;
        const std::int32_t* weights = &axis.weights[static_cast<std::size_t>(i) * axis.stride];
        std::int32_t red = 1 << (kPrecisionBits - 1);
        std::int32_t green = red;
        std::int32_t blue = red;
        for (int k = 0; k < axis.count[i]; ++k) {
            red += pixels[k * kChannels] * weights[k];
            green += pixels[k * kChannels + 1] * weights[k];
            blue += pixels[k * kChannels + 2] * weights[k];
        }
        output[i * kChannels] = clip8(red);
        output[i * kChannels + 1] = clip8(green);
        output[i * kChannels + 2] = clip8(blue);
    }
}

/// sums[i] += input[i] × weight
HEEDMAP_WIDE void addWeightedRow(const std::uint8_t* input, std::int32_t weight, std::int32_t* sums, int size)
{
    for (int i = 0; i < size; ++i)
        sums[i] += input[i] * weight;
}

Image emptyImage(int width, int height)
{
    Image image;
    image.width = width;
    image.height = height;
    image.rgb.resize(static_cast<std::size_t>(width) * height * kChannels);
    return image;
}

Image resampleHorizontally(const Image& picture, int width, Filter filter)
{
    const Axis axis = axisWeights(picture.width, width, filter);
    Image result = emptyImage(width, picture.height);
    for (int y = 0; y < picture.height; ++y)
        resampleRow(picture.pixel(0, y), &result.rgb[static_cast<std::size_t>(y) * width * kChannels], axis);
    return result;
}

Image resampleVertically(const Image& picture, int height, Filter filter)
{
    const Axis axis = axisWeights(picture.height, height, filter);
    Image result = emptyImage(picture.width, height);
    const int rowSize = picture.width * kChannels;
    std::vector<std::int32_t> sums(rowSize);
    for (int y = 0; y < height; ++y) {
        std::fill(sums.begin(), sums.end(), 1 << (kPrecisionBits - 1));
        const std::int32_t* weights = &axis.weights[static_cast<std::size_t>(y) * axis.stride];
        for (int k = 0; k < axis.count[y]; ++k)
            addWeightedRow(picture.pixel(0, axis.first[y] + k), weights[k], sums.data(), rowSize);
        std::transform(sums.begin(), sums.end(), &result.rgb[static_cast<std::size_t>(y) * rowSize], clip8);
    }
    return result;
}

/// Input index under each output centre; the running sum, not a product, is what the source rounds.
std::vector<int> nearestIndices(int inputSize, int outputSize)
{
    const double step = static_cast<double>(inputSize) / outputSize;
    double position = step * 0.5;
    std::vector<int> indices(outputSize);
    for (int& index : indices) {
        index = static_cast<int>(position);
        position += step;
    }
    return indices;
}

Image pickNearest(const Image& picture, int width, int height)
{
    const std::vector<int> columns = nearestIndices(picture.width, width);
    const std::vector<int> rows = nearestIndices(picture.height, height);
    Image result = emptyImage(width, height);
    std::uint8_t* output = result.rgb.data();
    for (const int row : rows) {
        for (const int column : columns) {
            // Where rounding carries the running sum past the edge, the source leaves black.
            if (column < picture.width && row < picture.height)
                std::copy_n(picture.pixel(column, row), kChannels, output);
            output += kChannels;
        }
    }
    return result;
}

/// Since Pillow 13 the cheaper pass runs first where the height shrinks much more than the width. The order shows in
/// the pixels, because the picture between the passes is rounded and clipped.
bool isVerticalFirst(const Image& picture, int width, int height)
{
    const std::int64_t lessHigh = static_cast<std::int64_t>(picture.height) - height;
    const std::int64_t lessWide = static_cast<std::int64_t>(picture.width) - width;
    return lessHigh > 0 && lessHigh > 2 * lessWide;
}

} // namespace

Image resizeAsPillow(const Image& picture, int width, int height, ResampleFilter filter)
{
    if (width < 1 || height < 1 || picture.width < 1 || picture.height < 1)
        throw Error(ErrorKind::InvalidRequest, "cannot resize a picture of {} × {} pixels to {} × {}", picture.width,
                    picture.height, width, height);
    const bool verticalFirst = isVerticalFirst(picture, width, height);
    const std::int64_t largest =
        std::max({static_cast<std::int64_t>(picture.width) * picture.height, static_cast<std::int64_t>(width) * height,
                  verticalFirst ? static_cast<std::int64_t>(picture.width) * height
                                : static_cast<std::int64_t>(width) * picture.height});
    if (largest > kMaxImagePixels)
        throw Error(ErrorKind::TooLarge,
                    "resizing a picture of {} × {} pixels to {} × {} takes more than {} megapixels on the way; crop it",
                    picture.width, picture.height, width, height, kMaxImagePixels / 1'000'000);
    if (filter == ResampleFilter::Nearest)
        return pickNearest(picture, width, height);
    if (width == picture.width && height == picture.height)
        return picture;
    Image once;
    const Image* current = &picture;
    const auto replace = [&](Image next) {
        once = std::move(next);
        current = &once;
    };
    const bool vertical = height != picture.height;
    if (vertical && verticalFirst)
        replace(resampleVertically(*current, height, filterOf(filter)));
    if (width != picture.width)
        replace(resampleHorizontally(*current, width, filterOf(filter)));
    if (vertical && !verticalFirst)
        replace(resampleVertically(*current, height, filterOf(filter)));
    if (current == &picture)
        return picture;
    return once;
}

} // namespace heedmap
