#include "core/analysis/capture_command.h"

#include "core/base/error.h"
#include "core/base/nearest_names.h"
#include "core/base/utf8.h"

#include <fmt/format.h>

#include <algorithm>

namespace heedmap {

namespace {

/// In single quotes for a shell where it needs them, on one line: a capture says what it likes, and this is pasted.
std::string quoted(std::string text)
{
    std::ranges::replace_if(
        text, [](char c) { return c == '\n' || c == '\t' || c == '\r'; }, ' ');
    text = printable(text, text.size());
    const auto isPlain = [](unsigned char c) {
        return std::isalnum(c) || std::string("-_./:=,").find(c) != std::string::npos;
    };
    if (!text.empty() && std::ranges::all_of(text, isPlain))
        return text;
    std::string result = "'";
    for (const char character : text)
        result += character == '\'' ? std::string("'\\''") : std::string(1, character);
    return result + "'";
}

/// " --text VALUE"; what begins with a dash would be taken for an option of its own.
std::string option(const std::string& name, const std::string& value)
{
    return fmt::format(" {}{}{}", name, value.starts_with('-') ? "=" : " ", quoted(value));
}

/// "0,3-5"
std::string rangesOf(const std::vector<std::int64_t>& positions)
{
    std::string text;
    for (std::size_t first = 0; first < positions.size();) {
        std::size_t last = first;
        while (last + 1 < positions.size() && positions[last + 1] == positions[last] + 1)
            ++last;
        text += fmt::format("{}{}", text.empty() ? "" : ",", positions[first]);
        if (last > first)
            text += fmt::format("-{}", positions[last]);
        first = last + 1;
    }
    return text;
}

std::string optionOf(const Intervention& intervention)
{
    if (const auto* mute = std::get_if<MuteHead>(&intervention))
        return option("--mute", fmt::format("{}:{}", mute->site, mute->head));
    const auto& hide = std::get<HideKeys>(intervention);
    return option("--hide", hide.axis + ":" + rangesOf(hide.positions));
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
        if (!output.scores.empty() && wanted.empty())
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
    std::string command = "heedmap capture" + option("--model", manifest.model.name);
    for (const CaptureInput& input : manifest.inputs)
        if (input.kind == InputKind::Image)
            command += option("--image", input.name);
        else if (input.kind == InputKind::Text)
            command += option("--text", input.text);
    for (const Intervention& intervention : manifest.interventions)
        command += optionOf(intervention);
    if (need == AnalysisNeed::ValueNorms)
        command += " --values";
    if (need == AnalysisNeed::Gradients)
        command += option("--gradients", gradientArgument(manifest, wanted));
    return command + " --out NEW.heed";
}

void checkGradientTarget(const Manifest& manifest, const std::string& wanted)
{
    std::vector<std::string> known;
    for (const CaptureOutput& output : manifest.outputs) {
        if (!output.tokens.empty())
            return; // any word may be meant, at the first place
        known.push_back(output.id);
        for (const Score& score : output.scores)
            known.push_back(score.name);
    }
    if (wanted.empty() || known.empty() || namesOutput(manifest, wanted))
        return;
    for (std::string& name : known)
        name = printable(name);
    throw Error(ErrorKind::InvalidRequest, "there is no output or score \"{}\"; there are {}{}", printable(wanted),
                fmt::join(known, ", "), didYouMean(wanted, known));
}

} // namespace heedmap
