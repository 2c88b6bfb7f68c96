#include "app/verbs/run_arguments.h"

#include "app/resources.h"
#include "app/verbs/run_to_capture.h"
#include "core/base/error.h"
#include "core/base/utf8.h"

namespace heedmap {

void RunArguments::declare(CLI::App& verb)
{
    verb.add_option("--model", model, "Model folder; without it, the shipped model");
    verb.add_option("--image", image, "Picture (PNG, JPEG or WebP), for a model that takes one");
    verb.add_option("--audio", audio, "Recording (WAV, FLAC, OGG, MP3 or AIFF), for a model that takes one");
    verb.add_option("--text", text, "Question, caption or prompt, for a model that takes one");
}

RunSpec RunArguments::spec(const std::filesystem::path& capture) const
{
    if (!isValidUtf8(text))
        throw Error(ErrorKind::InvalidRequest, "the text is not valid UTF-8; check the terminal's character set");
    RunSpec spec =
        readRunSpec(model.empty() ? shippedModelFolder() : std::filesystem::path(model), image, text, capture);
    if (!audio.empty())
        readRecording(audio, spec);
    return spec;
}

} // namespace heedmap
