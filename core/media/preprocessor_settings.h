#pragma once

#include "core/base/json.h"
#include "core/media/pillow_resample.h"

#include <array>
#include <string>

namespace heedmap {

/// A `preprocessor_config.json` read: what the reference class would do, its defaults filled in.
struct PreprocessorSettings
{
    bool resize = true;
    int resizeWidth = 0; ///< 0 when the aspect ratio is kept
    int resizeHeight = 0;
    int shortestEdge = 0; ///< the shorter side after a resize that keeps the aspect ratio, else 0
    ResampleFilter filter = ResampleFilter::Bicubic;
    bool centerCrop = false;
    int cropWidth = 0;
    int cropHeight = 0;
    bool rescale = true;
    double rescaleFactor = 1.0 / 255.0;
    bool normalize = true;
    std::array<double, 3> mean{};
    std::array<double, 3> std{1, 1, 1};
};

/// Largest side of a model's input, and of a size or crop in a configuration.
constexpr int kMaxModelSide = 4096;

/// Types: the `image_processor_type` or legacy `feature_extractor_type` Blip, CLIP, ViT, DeiT, Siglip and Bit, with the
/// endings ImageProcessor, ImageProcessorFast (read as the slow class of the same name) or FeatureExtractor.
/// `typeIfMissing` serves folders that name none. Settings the class does not read are refused unless they are null,
/// false or known to change nothing. Errors: Unsupported (type, setting), InvalidFile (malformed value).
PreprocessorSettings settingsFromConfig(const Json& config, const std::string& typeIfMissing);

} // namespace heedmap
