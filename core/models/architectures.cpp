#include "core/models/architectures.h"

#include "core/base/error.h"
#include "core/models/blip.h"
#include "core/models/whisper.h"

#include <array>

namespace heedmap {

std::span<const Architecture> architectures()
{
    static constexpr std::array list = {
        Architecture{"blip", "BLIP (Li et al. 2022)", loadBlip},
        Architecture{"whisper", "Whisper (Radford et al. 2022)", loadWhisper},
    };
    return list;
}

std::unique_ptr<Model> loadModel(std::shared_ptr<const Checkpoint> checkpoint)
{
    std::string known;
    for (const Architecture& architecture : architectures()) {
        if (checkpoint->modelType() == architecture.modelType)
            return architecture.load(std::move(checkpoint));
        known += (known.empty() ? "" : ", ") + std::string(architecture.modelType);
    }
    throw Error(ErrorKind::Unsupported, "{} is of model type \"{}\"; supported model types are {}", checkpoint->name(),
                checkpoint->modelType(), known);
}

} // namespace heedmap
