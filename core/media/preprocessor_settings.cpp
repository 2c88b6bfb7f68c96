#include "core/media/preprocessor_settings.h"

#include "core/base/error.h"
#include "core/base/utf8.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>

namespace heedmap {

namespace {

const std::string kWhere = "preprocessor_config.json";

constexpr std::array<double, 3> kClipMean{0.48145466, 0.4578275, 0.40821073};
constexpr std::array<double, 3> kClipStd{0.26862954, 0.26130258, 0.27577711};
constexpr std::array<double, 3> kHalf{0.5, 0.5, 0.5};

/// How a reference class of transformers 4.57 differs from the others.
struct ProcessorClass
{
    std::string_view name;
    bool keepsAspect; ///< an integer size is the shortest edge, not a square; "shortest_edge" is read
    bool crops;
    int defaultSize;
    ResampleFilter defaultFilter;
    std::array<double, 3> defaultMean;
    std::array<double, 3> defaultStd;
};

constexpr int kDefaultCrop = 224;

constexpr std::array<ProcessorClass, 6> kClasses{{
    {"Blip", false, false, 384, ResampleFilter::Bicubic, kClipMean, kClipStd},
    {"CLIP", true, true, 224, ResampleFilter::Bicubic, kClipMean, kClipStd},
    {"ViT", false, false, 224, ResampleFilter::Bilinear, kHalf, kHalf},
    {"DeiT", false, true, 256, ResampleFilter::Bicubic, kHalf, kHalf},
    {"Siglip", false, false, 224, ResampleFilter::Bicubic, kHalf, kHalf},
    {"Bit", true, true, 224, ResampleFilter::Bicubic, kClipMean, kClipStd},
}};

const Json* find(const Json& object, const char* key)
{
    const auto found = object.find(key);
    return found == object.end() ? nullptr : &*found;
}

/// The member unless it is missing or null, which both mean the class's default.
const Json* findSet(const Json& object, const char* key)
{
    const Json* value = find(object, key);
    return value && !value->is_null() ? value : nullptr;
}

Error malformed(const char* key, const char* wanted)
{
    return {ErrorKind::InvalidFile, "\"{}\" in {} is not {}", key, kWhere, wanted};
}

/// A null switch is off, as Python's None is; only a missing one takes the default.
bool readSwitch(const Json& config, const char* key, bool fallback)
{
    const Json* value = find(config, key);
    if (!value)
        return fallback;
    if (!value->is_null() && !value->is_boolean())
        throw malformed(key, "true or false");
    return value->is_boolean() && value->get<bool>();
}

std::string statedType(const Json& config, const std::string& typeIfMissing)
{
    for (const char* key : {"image_processor_type", "feature_extractor_type"}) {
        std::string type = jsonString(config, key, kWhere, "");
        if (!type.empty())
            return type;
    }
    return typeIfMissing;
}

const ProcessorClass& classFromType(const std::string& type)
{
    for (const std::string_view ending : {"ImageProcessorFast", "ImageProcessor", "FeatureExtractor"}) {
        const auto named = std::find_if(kClasses.begin(), kClasses.end(), [&](const ProcessorClass& candidate) {
            return type == std::string(candidate.name).append(ending);
        });
        if (named != kClasses.end())
            return *named;
    }
    std::string supported;
    for (const ProcessorClass& candidate : kClasses)
        supported += (supported.empty() ? "" : ", ") + std::string(candidate.name) + "ImageProcessor";
    throw Error(ErrorKind::Unsupported, "{} names the image processor \"{}\"; supported are {}", kWhere,
                printable(type), supported);
}

/// Settings of other classes change nothing here while they are off; anything else we do not know may change pixels.
void refuseUnknownSettings(const Json& config, const ProcessorClass& type)
{
    static constexpr std::array<std::string_view, 12> kRead{
        "do_resize",  "size",      "resample",  "do_rescale",     "rescale_factor",       "do_normalize",
        "image_mean", "image_std", "crop_size", "do_center_crop", "image_processor_type", "feature_extractor_type"};
    static constexpr std::array<std::string_view, 9> kWithoutEffect{
        "processor_class",   "do_convert_rgb", "_valid_processor_keys", "data_format",
        "input_data_format", "return_tensors", "default_to_square",     "device",
        "disable_grouping"};
    // Published BLIP folders carry these from another class; BlipImageProcessor does not read them.
    static constexpr std::array<std::string_view, 2> kWithoutEffectInBlip{"do_pad", "size_divisor"};
    const auto contains = [](const auto& list, const std::string& key) {
        return std::find(list.begin(), list.end(), key) != list.end();
    };
    for (const auto& [key, value] : config.items()) {
        const bool off = value.is_null() || (value.is_boolean() && !value.get<bool>());
        if (off || contains(kRead, key) || contains(kWithoutEffect, key) ||
            (type.name == "Blip" && contains(kWithoutEffectInBlip, key)))
            continue;
        throw Error(ErrorKind::Unsupported,
                    "{} sets \"{}\" to {}, which may change pixels and is not supported for {}ImageProcessor", kWhere,
                    printable(key), printable(value.dump(-1, ' ', false, Json::error_handler_t::replace), 60),
                    type.name);
    }
    if (!type.crops && readSwitch(config, "do_center_crop", false))
        throw Error(ErrorKind::Unsupported, "{} sets \"do_center_crop\", which {}ImageProcessor does not do", kWhere,
                    type.name);
}

/// The integer, if it lies within [low, high].
std::optional<int> integerWithin(const Json& value, int low, int high)
{
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(high))
        return std::nullopt;
    const auto number = value.get<std::int64_t>();
    return number >= low && number <= high ? std::optional(static_cast<int>(number)) : std::nullopt;
}

int readSide(const Json& value, const char* key)
{
    if (!value.is_number_integer())
        throw malformed(key, "made of integers");
    if (const std::optional<int> side = integerWithin(value, 1, kMaxModelSide))
        return *side;
    throw Error(ErrorKind::InvalidFile, "\"{}\" in {} is {}, but must lie between 1 and {}", key, kWhere, value.dump(),
                kMaxModelSide);
}

struct Size
{
    int width = 0;
    int height = 0;
    int shortestEdge = 0;
};

/// An integer, [height, width], {"height", "width"} or {"shortest_edge"}.
Size readSize(const Json& value, const char* key, bool mayKeepAspect)
{
    if (value.is_number()) {
        const int side = readSide(value, key);
        return mayKeepAspect ? Size{0, 0, side} : Size{side, side, 0};
    }
    if (value.is_array() && value.size() == 2)
        return {readSide(value[1], key), readSide(value[0], key), 0};
    if (value.is_object() && value.size() == 2 && value.contains("height") && value.contains("width"))
        return {readSide(value["width"], key), readSide(value["height"], key), 0};
    if (mayKeepAspect && value.is_object() && value.size() == 1 && value.contains("shortest_edge"))
        return {0, 0, readSide(value["shortest_edge"], key)};
    throw Error(ErrorKind::Unsupported, "\"{}\" in {} is {}; supported are an integer, [height, width], {}", key,
                kWhere, printable(value.dump(-1, ' ', false, Json::error_handler_t::replace)),
                mayKeepAspect ? R"({"height", "width"} and {"shortest_edge"})" : R"(and {"height", "width"})");
}

void readGeometry(const Json& config, const ProcessorClass& type, PreprocessorSettings& settings)
{
    settings.resize = readSwitch(config, "do_resize", true);
    const Json* stated = findSet(config, "size");
    const Size size = readSize(stated ? *stated : Json(type.defaultSize), "size", type.keepsAspect);
    settings.resizeWidth = size.width;
    settings.resizeHeight = size.height;
    settings.shortestEdge = size.shortestEdge;
    if (!type.crops)
        return;
    settings.centerCrop = readSwitch(config, "do_center_crop", true);
    const Json* crop = findSet(config, "crop_size");
    const Size cropSize = readSize(crop ? *crop : Json(kDefaultCrop), "crop_size", false);
    settings.cropWidth = cropSize.width;
    settings.cropHeight = cropSize.height;
}

ResampleFilter readFilter(const Json& config, ResampleFilter fallback)
{
    const Json* value = find(config, "resample");
    if (!value)
        return fallback;
    if (!value->is_number_integer())
        throw malformed("resample", "an integer from 0 to 5 (nearest, Lanczos, bilinear, bicubic, box, Hamming)");
    if (const std::optional<int> filter = integerWithin(*value, 0, 5))
        return static_cast<ResampleFilter>(*filter);
    throw Error(ErrorKind::Unsupported,
                "\"resample\" in {} is {}; supported are 0 to 5 (nearest, Lanczos, bilinear, bicubic, box, Hamming)",
                kWhere, value->dump());
}

double readFinite(const Json& value, const char* key)
{
    if (!value.is_number() || !std::isfinite(static_cast<float>(value.get<double>())))
        throw malformed(key, "made of finite numbers");
    return value.get<double>();
}

/// One number for all channels or three.
std::array<double, 3> readChannels(const Json& config, const char* key, const std::array<double, 3>& fallback)
{
    const Json* value = findSet(config, key);
    if (!value)
        return fallback;
    if (value->is_number()) {
        const double number = readFinite(*value, key);
        return {number, number, number};
    }
    if (!value->is_array() || value->size() != 3)
        throw malformed(key, "a number or a list of three");
    return {readFinite((*value)[0], key), readFinite((*value)[1], key), readFinite((*value)[2], key)};
}

void readArithmetic(const Json& config, const ProcessorClass& type, PreprocessorSettings& settings)
{
    settings.rescale = readSwitch(config, "do_rescale", true);
    if (const Json* factor = find(config, "rescale_factor"))
        settings.rescaleFactor = readFinite(*factor, "rescale_factor");
    settings.normalize = readSwitch(config, "do_normalize", true);
    settings.mean = readChannels(config, "image_mean", type.defaultMean);
    settings.std = readChannels(config, "image_std", type.defaultStd);
    for (const double deviation : settings.std) {
        if (settings.normalize && static_cast<float>(deviation) == 0.0f)
            throw Error(ErrorKind::InvalidFile, "\"image_std\" in {} is zero; pixels are divided by it", kWhere);
    }
}

} // namespace

PreprocessorSettings settingsFromConfig(const Json& config, const std::string& typeIfMissing)
{
    if (!config.is_object())
        throw Error(ErrorKind::InvalidFile, "{} is not a JSON object", kWhere);
    const ProcessorClass& type = classFromType(statedType(config, typeIfMissing));
    refuseUnknownSettings(config, type);
    PreprocessorSettings settings;
    readGeometry(config, type, settings);
    settings.filter = readFilter(config, type.defaultFilter);
    readArithmetic(config, type, settings);
    return settings;
}

} // namespace heedmap
