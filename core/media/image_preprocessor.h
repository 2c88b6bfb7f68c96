#pragma once

#include "core/base/json.h"
#include "core/media/image.h"
#include "core/media/patch_grid.h"
#include "core/media/preprocessor_settings.h"

#include <string>
#include <vector>

namespace heedmap {

/// What the model sees: [3, height, width] single precision, and where each of its pixels lies in the upright original.
struct PixelValues
{
    int width = 0;
    int height = 0;
    std::vector<float> values;
    Affine pictureFromPixels; ///< model pixel edges → upright picture pixel edges

    /// The grid of square patches of `patchSize` pixels a ViT cuts these pixels into (a remainder is not covered).
    /// Errors: InvalidRequest when not one patch fits.
    PatchGrid patchGrid(int patchSize) const;
};

/// The resize → centre crop → rescale → normalise chain of a `preprocessor_config.json`, with Pillow's resampling
/// (antialiased, two passes of 8 bits), as the slow image processors of `transformers` 4.57 compute it: equal to them
/// bit for bit. One difference on purpose: pictures of 1 or 3 pixels height, whose rows the reference may take for
/// channels, are treated like all others. Immutable and thread-safe.
class ImagePreprocessor
{
public:
    /// Reads a configuration (see preprocessor_settings.h for what is supported). `typeIfMissing` is the processor of a
    /// folder that names none, e.g. "BlipImageProcessor". Errors: Unsupported for a processor type or a setting outside
    /// this chain, InvalidFile for malformed values.
    static ImagePreprocessor fromConfig(const Json& preprocessorConfig, const std::string& typeIfMissing = {});

    explicit ImagePreprocessor(const PreprocessorSettings& settings) : m_settings(settings) {}

    /// Errors: InvalidRequest for an empty picture, TooLarge when the aspect ratio makes the resized picture exceed
    /// kMaxImagePixels.
    PixelValues apply(const Image& upright) const;

    /// Size of the model's input in pixels; 0 when it depends on the picture (no fixed resize and no crop).
    int width() const;
    int height() const;

private:
    Image resized(const Image& upright) const;

    PreprocessorSettings m_settings;
};

} // namespace heedmap
