#pragma once

#include "core/base/json.h"
#include "core/media/image.h"
#include "core/media/patch_grid.h"

#include <array>
#include <vector>

namespace heedmap
{

/// What the model sees: [3, height, width] single precision, and where each of its pixels lies in the upright original.
struct PixelValues
{
    int width = 0;
    int height = 0;
    std::vector<float> values;
    Affine pictureFromPixels; ///< model pixel edges → upright picture pixel edges

    /// The grid of square patches of `patchSize` pixels a ViT cuts these pixels into (a remainder is not covered).
    PatchGrid patchGrid(int patchSize) const;
};

/// The resize → centre crop → rescale → normalise chain of a `preprocessor_config.json`, with Pillow's resampling
/// (antialiased, two passes of 8 bits), as the slow image processors of `transformers` 4.57 compute it.
class ImagePreprocessor
{
public:
    /// Errors: Unsupported for a processor type or a setting outside this chain, InvalidFile for malformed values.
    static ImagePreprocessor fromConfig(const Json& preprocessorConfig);

    PixelValues apply(const Image& upright) const;
    int width() const;  ///< of the model's input
    int height() const;

private:
    enum class Resample
    {
        Nearest = 0,
        Lanczos = 1,
        Bilinear = 2,
        Bicubic = 3,
        Box = 4,
        Hamming = 5
    };

    bool m_resize = true;
    int m_resizeWidth = 0;
    int m_resizeHeight = 0;
    Resample m_resample = Resample::Bicubic;
    bool m_rescale = true;
    double m_rescaleFactor = 1.0 / 255.0;
    bool m_normalize = true;
    std::array<double, 3> m_mean{};
    std::array<double, 3> m_std{1, 1, 1};
};

} // namespace heedmap
