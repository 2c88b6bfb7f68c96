#include "app/verbs/capture_verb.h"

#include "app/verbs/gradient_arguments.h"
#include "app/verbs/intervention_arguments.h"
#include "app/verbs/run_arguments.h"
#include "app/verbs/run_to_capture.h"
#include "app/verbs/storage_arguments.h"

#include <memory>

namespace heedmap {

namespace {

struct CaptureArguments
{
    RunArguments run;
    InterventionArguments interventions;
    GradientArguments gradients;
    StorageArguments storage;
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
    EngineClient client;
    RunSpec spec = arguments.run.spec(arguments.out);
    Json options = spec.options; // what is wrong with them is said before a model runs for the interventions
    arguments.gradients.addTo(options);
    arguments.storage.addTo(options);
    spec.interventions = interventionsFor(client, spec, arguments.interventions);
    spec.options = std::move(options);
    spec.announcesSize = true;
    const Json result = runToCapture(client, std::move(spec));
    if (arguments.json)
        fmt::print("{}\n", result.dump(2));
    else
        printOutputs(result.at("outputs"));
    return kDone;
}

} // namespace

Verb captureVerb()
{
    return {"capture", "Run a model on a picture and a text, and write what it attended to", VerbApplication::Core,
            [](CLI::App& verb) {
                const auto arguments = std::make_shared<CaptureArguments>();
                arguments->run.declare(verb);
                arguments->interventions.declare(verb);
                arguments->gradients.declare(verb);
                arguments->storage.declare(verb);
                verb.add_option("--out", arguments->out, "Capture file to write (.heed)")->required();
                verb.add_flag("--json", arguments->json, "Print the capture's id, size and outputs as JSON");
                return [arguments] { return capture(*arguments); };
            }};
}

} // namespace heedmap
