#include "core/media/image_preprocessor.h"

#include <benchmark/benchmark.h>

namespace heedmap {
namespace {

/// A photograph's size to BLIP's 384 × 384: resize as Pillow does, rescale, normalise. The argument is megapixels.
void preprocessForBlip(benchmark::State& state)
{
    const Json config{{"image_processor_type", "BlipImageProcessor"}, {"size", {{"height", 384}, {"width", 384}}}};
    const ImagePreprocessor preprocessor = ImagePreprocessor::fromConfig(config);
    Image picture{4000, static_cast<int>(state.range(0)) * 250, {}};
    picture.rgb.resize(static_cast<std::size_t>(picture.width) * picture.height * 3);
    for (std::size_t i = 0; i < picture.rgb.size(); ++i)
        picture.rgb[i] = static_cast<std::uint8_t>(i * 2654435761u >> 24);
    for (auto _ : state)
        benchmark::DoNotOptimize(preprocessor.apply(picture));
}
BENCHMARK(preprocessForBlip)->Arg(1)->Arg(12)->Unit(benchmark::kMillisecond);

} // namespace
} // namespace heedmap
