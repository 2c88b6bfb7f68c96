#include "app/verbs/speech_arguments.h"

#include "core/base/error.h"
#include "core/base/utf8.h"

namespace heedmap {

void SpeechArguments::declare(CLI::App& verb)
{
    verb.add_option("--language", language, "What is spoken: en, english. Without it the model finds out");
    verb.add_option("--task", task, "Write it in its own language, or in English")
        ->check(CLI::IsMember({"transcribe", "translate"}));
    verb.add_option("--beam", beams, "Candidates a search keeps; 1 takes the most probable token each time")
        ->check(CLI::Range(1, 64));
    verb.add_flag("--timestamps", timestamps, "Write when each part was said; long recordings always do");
}

void SpeechArguments::addTo(Json& options) const
{
    if (!isValidUtf8(language))
        throw Error(ErrorKind::InvalidRequest, "the language is not valid UTF-8");
    if (!language.empty())
        options["language"] = language;
    if (!task.empty())
        options["task"] = task;
    if (beams)
        options["beams"] = *beams;
    if (timestamps)
        options["timestamps"] = true;
}

} // namespace heedmap
