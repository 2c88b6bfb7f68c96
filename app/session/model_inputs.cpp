#include "app/session/model_inputs.h"

#include "core/base/utf8.h"

namespace heedmap {

namespace {

constexpr qsizetype kMostNotes = 64;
constexpr std::size_t kMostNoteBytes = 1000;

/// Of a stranger: an engine may say anything, of a folder from anywhere.
QStringList notesFrom(const Json& modelInfo)
{
    QStringList notes;
    const Json list = modelInfo.value("notes", Json::array());
    for (const Json& note : list)
        if (notes.size() < kMostNotes)
            notes << QString::fromStdString(printable(note.get_ref<const std::string&>(), kMostNoteBytes));
    return notes;
}

} // namespace

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
    inputs.notes = notesFrom(modelInfo);
    return inputs;
}

} // namespace heedmap
