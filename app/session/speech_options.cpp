#include "app/session/speech_options.h"

#include <algorithm>

namespace heedmap {

Json optionsOf(const SpeechOptions& options, const SpeechChoices& choices)
{
    Json json = Json::object();
    if (choices.languages.contains(options.language))
        json["language"] = options.language.toStdString();
    if (const int beams = std::min(options.beams, choices.mostBeams); beams > 1)
        json["beams"] = beams;
    if (options.timestamps)
        json["timestamps"] = true;
    return json;
}

} // namespace heedmap
