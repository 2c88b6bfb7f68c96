#include "core/base/error.h"
#include "core/media/preprocessor_settings.h"

#include <gtest/gtest.h>

namespace heedmap {
namespace {

PreprocessorSettings settingsOf(const std::string& members, const std::string& type = "BlipImageProcessor")
{
    return settingsFromConfig(parseJson("{" + members + "}", "test"), type);
}

void expectRefused(const std::string& members, ErrorKind kind, const std::string& words,
                   const std::string& type = "BlipImageProcessor")
{
    try {
        settingsOf(members, type);
        ADD_FAILURE() << "accepted: " << members;
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), kind) << error.what();
        EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
    }
}

TEST(PreprocessorSettings, UnknownTypesNameWhatIsSupported)
{
    for (const char* type : {"Qwen2VLImageProcessor", "BlipProcessor", "blipimageprocessor", "", "ImageProcessor"})
        expectRefused("", ErrorKind::Unsupported, "BlipImageProcessor, CLIPImageProcessor, ViTImageProcessor", type);
    expectRefused(R"("image_processor_type": "SamImageProcessor")", ErrorKind::Unsupported, "SamImageProcessor");
    EXPECT_THROW(settingsFromConfig(Json::array(), "BlipImageProcessor"), Error);
}

TEST(PreprocessorSettings, TheStatedTypeGoesBeforeTheFallback)
{
    EXPECT_EQ(settingsOf(R"("image_processor_type": "ViTImageProcessor")").resizeWidth, 224);
    EXPECT_EQ(settingsOf(R"("feature_extractor_type": "CLIPFeatureExtractor")").shortestEdge, 224);
    EXPECT_EQ(settingsOf("").resizeWidth, 384);
}

TEST(PreprocessorSettings, SettingsThatMayChangePixelsAreNeverIgnored)
{
    expectRefused(R"("do_pad": true)", ErrorKind::Unsupported, "do_pad", "ViTImageProcessor");
    expectRefused(R"("do_flip_channel_order": true)", ErrorKind::Unsupported, "do_flip_channel_order");
    expectRefused(R"("auto_map": {"AutoImageProcessor": "mine.Processor"})", ErrorKind::Unsupported, "auto_map");
    expectRefused(R"("use_square_size": true)", ErrorKind::Unsupported, "use_square_size", "CLIPImageProcessor");
    expectRefused(R"("do_center_crop": true)", ErrorKind::Unsupported, "do_center_crop");
    expectRefused(R"("crop_pct": 0.9)", ErrorKind::Unsupported, "crop_pct", "ViTImageProcessor");
    EXPECT_NO_THROW(settingsOf(R"("do_flip_channel_order": false, "pad_size": null, "do_center_crop": null)"));
    // Published BLIP folders carry these; the reference class does not read them (compared in the fixtures).
    EXPECT_NO_THROW(settingsOf(R"("do_pad": true, "size_divisor": 32, "processor_class": "BlipProcessor")"));
}

TEST(PreprocessorSettings, MalformedValuesAreRefused)
{
    expectRefused(R"("size": 0)", ErrorKind::InvalidFile, "between 1 and 4096");
    expectRefused(R"("size": -3)", ErrorKind::InvalidFile, "-3");
    expectRefused(R"("size": 4097)", ErrorKind::InvalidFile, "4097");
    expectRefused(R"("size": 18446744073709551615)", ErrorKind::InvalidFile, "18446744073709551615");
    expectRefused(R"("size": 3.5)", ErrorKind::InvalidFile, "integers");
    expectRefused(R"("size": {"height": "8", "width": 8})", ErrorKind::InvalidFile, "integers");
    expectRefused(R"("size": [1, 2, 3])", ErrorKind::Unsupported, "[1,2,3]");
    expectRefused(R"("size": {"shortest_edge": 8})", ErrorKind::Unsupported, "shortest_edge");
    expectRefused(R"("size": {"shortest_edge": 8, "longest_edge": 9})", ErrorKind::Unsupported, "longest_edge",
                  "CLIPImageProcessor");
    expectRefused(R"("crop_size": {"shortest_edge": 8})", ErrorKind::Unsupported, "crop_size", "CLIPImageProcessor");
    expectRefused(R"("resample": 6)", ErrorKind::Unsupported, "0 to 5");
    expectRefused(R"("resample": -1)", ErrorKind::Unsupported, "0 to 5");
    expectRefused(R"("resample": "bicubic")", ErrorKind::InvalidFile, "resample");
    expectRefused(R"("resample": null)", ErrorKind::InvalidFile, "resample");
    expectRefused(R"("do_resize": 1)", ErrorKind::InvalidFile, "true or false");
    expectRefused(R"("image_mean": [0.5, 0.5])", ErrorKind::InvalidFile, "image_mean");
    expectRefused(R"("image_mean": ["a", 0.5, 0.5])", ErrorKind::InvalidFile, "image_mean");
    expectRefused(R"("image_std": [0.5, 0, 0.5])", ErrorKind::InvalidFile, "zero");
    expectRefused(R"("image_std": 1e300)", ErrorKind::InvalidFile, "finite");
    expectRefused(R"("rescale_factor": "1/255")", ErrorKind::InvalidFile, "rescale_factor");
    expectRefused(R"("image_processor_type": 7)", ErrorKind::InvalidFile, "image_processor_type");
}

} // namespace
} // namespace heedmap
