#include "app/session/model_inputs.h"

namespace heedmap {

ModelInputs modelInputsFrom(const Json& modelInfo)
{
    ModelInputs inputs;
    const Json list = modelInfo.value("inputs", Json::array());
    for (const Json& input : list) {
        const std::string kind = input.value("kind", "");
        std::optional<ModelInputs::Entry>& entry = kind == "image"   ? inputs.picture
                                                   : kind == "audio" ? inputs.sound
                                                                     : inputs.text;
        if ((kind == "image" || kind == "audio" || kind == "text") && !entry)
            entry = {input.value("id", ""), QString::fromStdString(input.value("title", "")),
                     input.value("required", true)};
    }
    return inputs;
}

} // namespace heedmap
