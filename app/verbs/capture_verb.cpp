#include "app/verbs/capture_verb.h"

#include "app/verbs/gradient_arguments.h"
#include "app/verbs/intervention_arguments.h"
#include "app/verbs/run_arguments.h"
#include "app/verbs/run_to_capture.h"
#include "app/verbs/speech_arguments.h"
#include "app/verbs/storage_arguments.h"

#include <memory>
#include <optional>

namespace heedmap {

namespace {

struct CaptureArguments
{
    RunArguments run;
    InterventionArguments interventions;
    GradientArguments gradients;
    StorageArguments storage;
    SpeechArguments speech;
    std::string out;
    bool json = false;
};

void printOutputs(const Json& outputs)
{
    for (const Json& output : outputs) {
        if (output.contains("text"))
            fmt::print("{}\n", output["text"].get<std::string>());
        for (const Json& score : output.value("values", Json::array()))
            fmt::print("{} {:.6f}\n", score["name"].get<std::string>(), score["value"].get<double>());
    }
}

int capture(const CaptureArguments& arguments)
{
    VerbEngine engine;
    RunSpec spec = arguments.run.spec(arguments.out);
    Json options = spec.options; // what is wrong with them is said before a model runs to know the tokens
    arguments.gradients.addTo(options);
    arguments.storage.addTo(options);
    arguments.speech.addTo(options);
    std::optional<Manifest> plain;
    if (!arguments.interventions.empty() || arguments.storage.needTokens())
        plain = manifestOfPlainRun(engine, spec);
    if (!arguments.interventions.empty())
        spec.interventions = arguments.interventions.on(*plain);
    arguments.storage.addQueriesTo(options, plain);
    spec.options = std::move(options);
    spec.announcesSize = true;
    const Json result = runToCapture(engine, std::move(spec));
    for (const Json& sentence : result.value("left_out", Json::array()))
        fmt::print(stderr, "{}\n", sentence.get<std::string>());
    if (arguments.json)
        fmt::print("{}\n", result.dump(2));
    else
        printOutputs(result.at("outputs"));
    return kDone;
}

} // namespace

Verb captureVerb()
{
    return {"capture", "Run a model on a picture, a recording or a text, and write what it attended to",
            VerbApplication::Core, [](CLI::App& verb) {
                const auto arguments = std::make_shared<CaptureArguments>();
                arguments->run.declare(verb);
                arguments->interventions.declare(verb);
                arguments->gradients.declare(verb);
                arguments->storage.declare(verb);
                arguments->speech.declare(verb);
                verb.add_option("--out", arguments->out, "Capture file to write (.heed)")->required();
                verb.add_flag("--json", arguments->json, "Print the capture's id, size and outputs as JSON");
                return [arguments] { return capture(*arguments); };
            }};
}

} // namespace heedmap
