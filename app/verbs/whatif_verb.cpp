#include "app/verbs/whatif_verb.h"

#include "app/verbs/intervention_arguments.h"
#include "app/verbs/run_arguments.h"
#include "app/verbs/run_to_capture.h"
#include "core/base/error.h"
#include "core/capture/capture.h"

#include <QTemporaryDir>

#include <cmath>
#include <memory>
#include <optional>

namespace heedmap {

namespace {

struct WhatifArguments
{
    RunArguments run;
    InterventionArguments interventions;
    bool json = false;
};

/// One question answered twice: by the model as it is, and changed.
struct Comparison
{
    Manifest before;
    Manifest after;
};

/// The output that holds generated text, or null.
const CaptureOutput* generatedText(const Manifest& manifest)
{
    for (const CaptureOutput& output : manifest.outputs)
        if (output.isText && !output.tokens.empty())
            return &output;
    return nullptr;
}

/// Natural logarithm of the probability of token `id` in the place of the first generated one. The row that predicts
/// it has seen the same tokens in every run.
std::optional<double> firstTokenLogProbability(const Manifest& manifest, std::int64_t id)
{
    const CaptureOutput* text = generatedText(manifest);
    if (!text)
        return std::nullopt;
    for (const TokenAlternative& alternative : text->tokens.front().alternatives)
        if (alternative.id == id)
            return alternative.logProbability;
    return text->tokens.front().id == id ? std::optional(text->tokens.front().logProbability) : std::nullopt;
}

Comparison compare(const WhatifArguments& arguments)
{
    const QTemporaryDir folder;
    if (!folder.isValid())
        throw Error(ErrorKind::Io, "cannot make a temporary folder: {}", folder.errorString().toStdString());
    const auto manifestOf = [&folder](const char* name) {
        return Capture::open(folder.filePath(name).toStdString())->manifest();
    };
    VerbEngine engine;
    RunSpec spec = arguments.run.spec(folder.filePath("before.heed").toStdString());
    runToCapture(engine, spec);
    Comparison comparison{manifestOf("before.heed"), {}};
    spec.interventions = arguments.interventions.on(comparison.before);
    spec.capturePath = folder.filePath("after.heed");
    if (const CaptureOutput* text = generatedText(comparison.before)) // exact, however far down it falls
        spec.options["score_tokens"] = Json::array({text->tokens.front().id});
    runToCapture(engine, spec);
    comparison.after = manifestOf("after.heed");
    return comparison;
}

Json firstTokenJson(const Comparison& comparison)
{
    const CaptureOutput* text = generatedText(comparison.before);
    if (!text)
        return nullptr;
    const GeneratedToken& token = text->tokens.front();
    Json json = {{"id", token.id}, {"text", token.text}};
    for (const auto& [name, manifest] : {std::pair("before", &comparison.before), {"after", &comparison.after}})
        if (const std::optional<double> value = firstTokenLogProbability(*manifest, token.id))
            json[name] = {{"log_probability", *value}, {"probability", std::exp(*value)}};
    return json;
}

Json jsonFrom(const Comparison& comparison)
{
    Json labels = Json::array();
    for (const Intervention& intervention : comparison.after.interventions)
        labels.push_back(interventionLabel(intervention, comparison.after));
    return {{"interventions", jsonFromInterventions(comparison.after.interventions)},
            {"labels", labels},
            {"before", jsonFromOutputs(comparison.before.outputs)},
            {"after", jsonFromOutputs(comparison.after.outputs)},
            {"first_token", firstTokenJson(comparison)}};
}

std::string percent(double logProbability)
{
    return fmt::format("{:.2f} %", 100 * std::exp(logProbability));
}

void printOutputs(const std::string& heading, const Manifest& manifest)
{
    for (const CaptureOutput& output : manifest.outputs) {
        if (output.isText)
            fmt::print("{:<7} {}\n", heading, output.text);
        else
            fmt::print("{}\n", heading);
        for (const Score& score : output.scores)
            fmt::print("  {:<22} {:.6f}\n", score.name, score.value);
        for (const GeneratedToken& token : output.tokens) {
            fmt::print("  {:<12} {:>9}  ", token.text, percent(token.logProbability));
            for (const TokenAlternative& alternative : token.alternatives)
                if (alternative.id != token.id)
                    fmt::print("  {} {}", alternative.text, percent(alternative.logProbability));
            fmt::print("\n");
        }
    }
}

void print(const Comparison& comparison)
{
    for (const Intervention& intervention : comparison.after.interventions)
        fmt::print("{}\n", interventionLabel(intervention, comparison.after));
    fmt::print("\n");
    printOutputs("before", comparison.before);
    printOutputs("after", comparison.after);
    const CaptureOutput* text = generatedText(comparison.before);
    if (!text)
        return;
    const GeneratedToken& token = text->tokens.front();
    const std::optional<double> after = firstTokenLogProbability(comparison.after, token.id);
    fmt::print("\n\"{}\" as the first token: {} before, {} after\n", token.text, percent(token.logProbability),
               after ? percent(*after) : "unknown");
}

int runWhatif(const WhatifArguments& arguments)
{
    if (arguments.interventions.empty())
        throw Error(ErrorKind::InvalidRequest, "say what to change: --mute SITE:HEADS or --hide AXIS:POSITIONS");
    const Comparison comparison = compare(arguments);
    if (arguments.json)
        fmt::print("{}\n", jsonFrom(comparison).dump(2));
    else
        print(comparison);
    return kDone;
}

} // namespace

Verb whatifVerb()
{
    return {"whatif", "Mute heads or hide positions, and compare the answer before and after", VerbApplication::Core,
            [](CLI::App& verb) {
                const auto arguments = std::make_shared<WhatifArguments>();
                arguments->run.declare(verb);
                arguments->interventions.declare(verb);
                verb.add_flag("--json", arguments->json, "Print both outputs as JSON");
                return [arguments] { return runWhatif(*arguments); };
            }};
}

} // namespace heedmap
