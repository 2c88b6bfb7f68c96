#include "core/analysis/capture_command.h"

#include <fmt/format.h>

#include <algorithm>

namespace heedmap {

namespace {

/// In single quotes for a shell where it needs them.
std::string quoted(const std::string& text)
{
    const auto isPlain = [](unsigned char c) {
        return std::isalnum(c) || std::string("-_./:=,").find(c) != std::string::npos;
    };
    if (!text.empty() && std::ranges::all_of(text, isPlain))
        return text;
    std::string result = "'";
    for (const char character : text)
        result += character == '\'' ? std::string("'\\''") : std::string(1, character == '\n' ? ' ' : character);
    return result + "'";
}

bool namesOutput(const Manifest& manifest, const std::string& wanted)
{
    const std::string id = wanted.substr(0, wanted.find_first_of(":="));
    return std::ranges::any_of(manifest.outputs, [&](const CaptureOutput& output) {
        return output.id == id || std::ranges::find(output.scores, wanted, &Score::name) != output.scores.end();
    });
}

/// A stored target in full: "answer:0=red", or the name of a score.
std::string fullName(const GradientTarget& target)
{
    return target.step ? fmt::format("{}:{}={}", target.output, *target.step, target.tokenText) : target.score;
}

} // namespace

std::string gradientArgument(const Manifest& manifest, const std::string& wanted)
{
    if (!wanted.empty() && namesOutput(manifest, wanted))
        return wanted;
    for (const CaptureOutput& output : manifest.outputs) {
        const auto token = std::ranges::find(output.tokens, wanted, &GeneratedToken::text);
        if (token != output.tokens.end())
            return fmt::format("{}:{}", output.id, token - output.tokens.begin());
    }
    for (const CaptureOutput& output : manifest.outputs) {
        if (!output.tokens.empty())
            return output.id + ":0" + (wanted.empty() ? "" : "=" + wanted);
        if (!output.scores.empty())
            return output.scores.front().name;
    }
    return wanted.empty() ? "OUTPUT" : wanted;
}

bool holdsGradientsOf(const Manifest& manifest, const std::string& wanted)
{
    const std::optional<GradientTarget>& target = manifest.gradientTarget;
    if (!target || wanted.empty())
        return target.has_value();
    const std::string argument = gradientArgument(manifest, wanted);
    const std::string full = fullName(*target);
    if (!target->step)
        return argument == full || argument == target->output;
    const CaptureOutput* output = manifest.output(target->output);
    const auto step = static_cast<std::size_t>(*target->step);
    const bool isGenerated = output && step < output->tokens.size() && output->tokens[step].id == target->tokenId;
    const std::string place = fmt::format("{}:{}", target->output, *target->step);
    return argument == full || (isGenerated && (argument == place || (step == 0 && argument == target->output))) ||
           (step == 0 && argument == target->output + "=" + target->tokenText);
}

std::string captureCommand(const Capture& capture, AnalysisNeed need, const std::string& wanted)
{
    const Manifest& manifest = capture.manifest();
    std::string command = "heedmap capture --model " + quoted(manifest.model.name);
    for (const CaptureInput& input : manifest.inputs)
        if (input.kind == InputKind::Image)
            command += " --image " + quoted(input.name);
        else if (input.kind == InputKind::Text)
            command += " --text " + quoted(input.text);
    if (need == AnalysisNeed::ValueNorms)
        command += " --values";
    if (need == AnalysisNeed::Gradients)
        command += " --gradients " + quoted(gradientArgument(manifest, wanted));
    return command + " --out NEW.heed";
}

} // namespace heedmap
