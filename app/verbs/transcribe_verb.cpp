#include "app/verbs/transcribe_verb.h"

#include "app/verbs/alignment_arguments.h"
#include "app/verbs/run_to_capture.h"
#include "app/verbs/speech_arguments.h"
#include "app/verbs/transcript_format.h"
#include "core/analysis/alignment_rows.h"
#include "core/base/error.h"
#include "core/capture/capture.h"

#include <QTemporaryDir>

#include <algorithm>
#include <memory>

namespace heedmap {

namespace {

struct TranscribeArguments
{
    std::string model;
    std::string audio;
    SpeechArguments speech;
    bool words = false;
    std::string rows = timingRowsNames().front();
    std::string format = "text";
};

int transcribe(const TranscribeArguments& arguments)
{
    const QTemporaryDir folder;
    if (!folder.isValid())
        throw Error(ErrorKind::Io, "cannot make a temporary folder: {}", folder.errorString().toStdString());
    const std::string path = folder.filePath(QStringLiteral("run.heed")).toStdString();
    RunSpec spec = readRunSpec(arguments.model, {}, {}, path);
    readRecording(arguments.audio, spec);
    arguments.speech.addTo(spec.options);
    if (arguments.format != "text" && arguments.format != "json" && !arguments.words)
        spec.options["timestamps"] = true;
    // A run leaves a capture; nobody asked for this one, so it has as little as possible.
    spec.options["sites"] = {arguments.words ? "transcript*/*.encoder_attn"
                                             : "transcript/model.decoder.layers.0.encoder_attn"};
    spec.options["words"] = arguments.words;
    spec.options["word_rows"] = arguments.rows;
    const Json answer = runToCapture(std::move(spec));
    const std::string parts = arguments.words ? "words" : "segments";
    const double seconds = recordingSeconds(Capture::open(path)->manifest());
    fmt::print("{}", transcriptText(answer.value(parts, Json::array()), arguments.format, parts, seconds));
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
                declareRows(verb, arguments->rows);
                verb.add_option("--format", arguments->format, "text, json, srt, vtt, textgrid or csv")
                    ->check(CLI::IsMember(transcriptFormats()))
                    ->capture_default_str();
                return [arguments] { return transcribe(*arguments); };
            }};
}

} // namespace heedmap
