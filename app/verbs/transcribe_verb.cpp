#include "app/verbs/transcribe_verb.h"

#include "app/verbs/run_to_capture.h"
#include "app/verbs/speech_arguments.h"
#include "app/verbs/transcript_format.h"
#include "core/base/error.h"

#include <QTemporaryDir>

#include <memory>

namespace heedmap {

namespace {

struct TranscribeArguments
{
    std::string model;
    std::string audio;
    SpeechArguments speech;
    bool words = false;
    std::string format = "text";
};

int transcribe(const TranscribeArguments& arguments)
{
    const QTemporaryDir folder;
    if (!folder.isValid())
        throw Error(ErrorKind::Io, "cannot make a temporary folder: {}", folder.errorString().toStdString());
    RunSpec spec = readRunSpec(arguments.model, {}, {}, folder.filePath(QStringLiteral("run.heed")).toStdString());
    readRecording(arguments.audio, spec);
    arguments.speech.addTo(spec.options);
    if (arguments.format != "text" && arguments.format != "json" && !arguments.words)
        spec.options["timestamps"] = true;
    // A run leaves a capture; nobody asked for this one, so it has as little as possible.
    spec.options["sites"] = {arguments.words ? "transcript*/*.encoder_attn"
                                             : "transcript/model.decoder.layers.0.encoder_attn"};
    spec.options["words"] = arguments.words;
    const Json answer = runToCapture(std::move(spec));
    const Json parts = answer.value(arguments.words ? "words" : "segments", Json::array());
    fmt::print("{}", transcriptText(parts, arguments.format));
    return kDone;
}

} // namespace

Verb transcribeVerb()
{
    return {"transcribe", "Write down what is said in a recording, and when", VerbApplication::Core,
            [](CLI::App& verb) {
                const auto arguments = std::make_shared<TranscribeArguments>();
                verb.add_option("--model", arguments->model, "Folder of a speech model")->required();
                verb.add_option("--audio", arguments->audio, "Recording (WAV, FLAC, OGG, MP3 or AIFF)")->required();
                arguments->speech.declare(verb);
                verb.add_flag("--words", arguments->words, "Word by word, each with its time");
                verb.add_option("--format", arguments->format, "text, json, srt, vtt or csv")
                    ->check(CLI::IsMember({"text", "json", "srt", "vtt", "csv"}))
                    ->capture_default_str();
                return [arguments] { return transcribe(*arguments); };
            }};
}

} // namespace heedmap
