#include "widgets/context/generated_steps.h"

#include <algorithm>

namespace heedmap {

namespace {

const CaptureOutput* outputOnAxis(const Capture& capture, const std::string& axis)
{
    for (const CaptureOutput* output : textOutputs(capture))
        if (output->axis == axis)
            return output;
    return nullptr;
}

} // namespace

std::vector<const CaptureOutput*> textOutputs(const Capture& capture)
{
    std::vector<const CaptureOutput*> outputs;
    for (const CaptureOutput& output : capture.manifest().outputs)
        if (output.isText)
            outputs.push_back(&output);
    std::stable_sort(outputs.begin(), outputs.end(),
                     [](const CaptureOutput* a, const CaptureOutput* b) { return a->rank < b->rank; });
    return outputs;
}

std::optional<std::int64_t> rowOfToken(const GeneratedToken& token, bool predictingRow)
{
    return predictingRow ? std::optional(token.predictingRow) : token.inputRow;
}

std::optional<std::size_t> tokenOfRow(const CaptureOutput& output, std::int64_t row, bool predictingRow)
{
    for (std::size_t token = 0; token < output.tokens.size(); ++token)
        if (rowOfToken(output.tokens[token], predictingRow) == row)
            return token;
    return std::nullopt;
}

std::optional<GradientTarget> targetOfRow(const Capture& capture, const std::string& axis,
                                          std::optional<std::int64_t> row, bool predictingRow)
{
    const auto targetOf = [](const CaptureOutput& output, std::size_t step) {
        const GeneratedToken& token = output.tokens[step];
        return GradientTarget{output.id, static_cast<std::int64_t>(step), token.id, token.text,
                              {},        GradientQuantity::Logit,         {}};
    };
    const std::vector<const CaptureOutput*> texts = textOutputs(capture);
    for (const CaptureOutput* output : texts)
        if (const auto step = row && output->axis == axis ? tokenOfRow(*output, *row, predictingRow) : std::nullopt)
            return targetOf(*output, *step);
    if (capture.manifest().gradientTarget)
        return capture.manifest().gradientTarget;
    if (!texts.empty() && !texts.front()->tokens.empty())
        return targetOf(*texts.front(), 0);
    for (const CaptureOutput& output : capture.manifest().outputs)
        if (!output.scores.empty())
            return GradientTarget{output.id, {}, 0, {}, output.scores.front().name, GradientQuantity::Logit, {}};
    return std::nullopt;
}

Selection withOtherRows(const Capture& capture, const Selection& selection, bool predictingRow)
{
    const CaptureOutput* output =
        selection.group.empty() ? nullptr : outputOnAxis(capture, queryAxisOf(capture, selection.map).id);
    if (!output)
        return selection;
    Selection result = selection;
    result.queries.clear();
    for (const std::int64_t query : selection.queries) {
        const std::optional<std::size_t> token = tokenOfRow(*output, query, !predictingRow);
        const auto row = token ? rowOfToken(output->tokens[*token], predictingRow) : std::optional(query);
        if (row && std::find(result.queries.begin(), result.queries.end(), *row) == result.queries.end())
            result.queries.push_back(*row);
    }
    return result;
}

} // namespace heedmap
