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
    for (const Json& language : modelInfo.value("languages", Json::array()))
        inputs.speech.languages << QString::fromStdString(language.get<std::string>());
    inputs.speech.mostBeams = modelInfo.value("most_beams", 1);
    return inputs;
}

} // namespace heedmap
