#include "app/verbs/capture_verb.h"

#include "app/resources.h"
#include "app/verbs/run_to_capture.h"
#include "core/base/error.h"
#include "core/base/utf8.h"

#include <memory>

namespace heedmap {

namespace {

struct CaptureArguments
{
    std::string model;
    std::string image;
    std::string text;
    std::string out;
    bool json = false;
};

RunSpec specFrom(const CaptureArguments& arguments)
{
    if (!isValidUtf8(arguments.text))
        throw Error(ErrorKind::InvalidRequest, "the text is not valid UTF-8; check the terminal's character set");
    const std::filesystem::path model =
        arguments.model.empty() ? shippedModelFolder() : std::filesystem::path(arguments.model);
    return readRunSpec(model, arguments.image, arguments.text, arguments.out);
}

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
    const Json result = runToCapture(specFrom(arguments));
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
                verb.add_option("--model", arguments->model, "Model folder; without it, the shipped model");
                verb.add_option("--image", arguments->image, "Picture (PNG, JPEG or WebP)")->required();
                verb.add_option("--text", arguments->text, "Question, caption or prompt");
                verb.add_option("--out", arguments->out, "Capture file to write (.heed)")->required();
                verb.add_flag("--json", arguments->json, "Print the capture's id, size and outputs as JSON");
                return [arguments] { return capture(*arguments); };
            }};
}

} // namespace heedmap
