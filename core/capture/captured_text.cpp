#include "core/capture/captured_text.h"

#include "core/base/utf8.h"

#include <algorithm>
#include <set>

namespace heedmap {

namespace {

CapturedText& textNamed(std::vector<CapturedText>& texts, const CaptureInput& input, const std::string& axis)
{
    for (CapturedText& text : texts)
        if (!text.isOutput && text.id == input.id && text.axis == axis)
            return text;
    texts.push_back({input.id, false, axis, input.text, {}});
    return texts.back();
}

/// Given texts: their tokens stand on the axis themselves.
void addInputs(const Manifest& manifest, const TokenAxis& axis, std::vector<CapturedText>& texts)
{
    for (const AxisSegment& segment : axis.segments) {
        const CaptureInput* input = segment.kind == SegmentKind::Text ? manifest.input(segment.input) : nullptr;
        if (!input)
            continue;
        CapturedText& text = textNamed(texts, *input, axis.id);
        for (std::size_t i = 0; i < segment.tokens.size(); ++i)
            if (const AxisToken& token = segment.tokens[i]; !token.special && token.span && !token.span->empty())
                text.tokens.push_back({segment.begin + static_cast<std::int64_t>(i), *token.span, token.text});
    }
}

/// Whether a generated token stands for a part of its text.
bool standsForText(const GeneratedToken& token, const TokenAxis& axis)
{
    const bool special = token.inputRow && axis.isSpecial(*token.inputRow);
    return !special && token.span && !token.span->empty();
}

void addOutput(const CaptureOutput& output, const TokenAxis& axis, std::vector<CapturedText>& texts)
{
    CapturedText text{output.id, true, axis.id, output.text, {}};
    for (const GeneratedToken& token : output.tokens)
        if (standsForText(token, axis))
            text.tokens.push_back({token.predictingRow, *token.span, token.text});
    texts.push_back(std::move(text));
}

} // namespace

namespace {

std::set<std::string> queryAxesOf(const Manifest& manifest)
{
    std::set<std::string> axes;
    for (const AttentionSite& site : manifest.sites)
        axes.insert(site.queryAxis);
    return axes;
}

/// The tokens of an output that count, in one go each.
std::vector<OutputSegment> segmentsOf(const CaptureOutput& output)
{
    return output.segments.empty() ? std::vector<OutputSegment>{{0, output.tokens.size(), 0, 0}} : output.segments;
}

/// Where the tokens of a segment stand in their text, all together; empty when they stand for none.
TextSpan spanOf(const CaptureOutput& output, const OutputSegment& segment)
{
    if (output.segments.empty())
        return {0, codePointCount(output.text)};
    std::optional<TextSpan> all;
    for (std::size_t i = segment.begin; i < segment.end; ++i)
        if (const std::optional<TextSpan>& span = output.tokens[i].span; span && !span->empty())
            all = all ? TextSpan{std::min(all->begin, span->begin), std::max(all->end, span->end)} : *span;
    return all.value_or(TextSpan{});
}

/// A text that is put together of what was said in one go and then in another.
class WholeText
{
public:
    /// The rest of an output's text is not said twice, whatever the spans of a file's tokens are.
    void add(const CaptureOutput& output, const TokenAxis& axis, std::optional<std::size_t> window)
    {
        std::size_t read = 0; // of the output's text
        std::string_view rest = output.text;
        for (const OutputSegment& segment : segmentsOf(output)) {
            TextSpan said = spanOf(output, segment);
            said.begin = std::max(said.begin, read);
            if (said.begin >= said.end)
                continue;
            rest.remove_prefix(slice(rest, 0, said.begin - read).size());
            const std::string_view words = slice(rest, 0, said.end - said.begin);
            const std::size_t begin = append(words);
            rest.remove_prefix(words.size());
            read = said.end;
            if (window)
                addTokens(output, axis, segment, said, begin, *window);
        }
    }

    std::string text;
    std::vector<TextRow> tokens;

private:
    /// → where the words stand.
    std::size_t append(std::string_view words)
    {
        if (!text.empty()) {
            text += ' ';
            ++m_length;
        }
        const std::size_t begin = m_length;
        text += words;
        m_length += codePointCount(words);
        return begin;
    }

    void addTokens(const CaptureOutput& output, const TokenAxis& axis, const OutputSegment& segment,
                   const TextSpan& said, std::size_t begin, std::size_t window)
    {
        for (std::size_t i = segment.begin; i < segment.end; ++i) {
            const GeneratedToken& token = output.tokens[i];
            if (!standsForText(token, axis) || token.span->end <= std::max(token.span->begin, said.begin))
                continue;
            const std::size_t first = std::max(token.span->begin, said.begin) - said.begin;
            tokens.push_back(
                {token.predictingRow, {begin + first, begin + token.span->end - said.begin}, token.text, window});
        }
    }

    std::size_t m_length = 0; ///< of the text, in code points
};

} // namespace

bool CapturedText::isAlong(const std::string& axisId) const
{
    return axisId == axis || std::ranges::find(laterAxes, axisId) != laterAxes.end();
}

std::optional<std::size_t> CapturedText::tokenAt(const std::string& axisId, std::int64_t row) const
{
    for (std::size_t i = 0; i < tokens.size(); ++i)
        if (tokens[i].row == row && axisOfWindow(tokens[i].window) == axisId)
            return i;
    return std::nullopt;
}

std::optional<CapturedText> heardText(const Capture& capture)
{
    const Manifest& manifest = capture.manifest();
    const auto recording = std::ranges::find(manifest.inputs, InputKind::Audio, &CaptureInput::kind);
    if (recording == manifest.inputs.end())
        return std::nullopt;
    const std::set<std::string> queryAxes = queryAxesOf(manifest);
    std::vector<std::string> axes;
    WholeText whole;
    for (const CaptureOutput& output : manifest.outputs) {
        if (!output.isText || output.rank != 0)
            continue;
        const bool hasMaps = queryAxes.contains(output.axis);
        if (hasMaps)
            axes.push_back(output.axis);
        whole.add(output, manifest.axis(output.axis), hasMaps ? std::optional(axes.size() - 1) : std::nullopt);
    }
    CapturedText heard{recording->id, true, axes.empty() ? std::string() : axes.front(), std::move(whole.text),
                       std::move(whole.tokens)};
    heard.isWholeRecording = true;
    if (!axes.empty())
        heard.laterAxes.assign(axes.begin() + 1, axes.end());
    return heard;
}

std::string CapturedText::words(const TextSpan& span) const
{
    return std::string(slice(text, span.begin, span.end));
}

std::vector<CapturedText> capturedTexts(const Capture& capture)
{
    const Manifest& manifest = capture.manifest();
    const std::set<std::string> queryAxes = queryAxesOf(manifest);
    std::vector<CapturedText> texts;
    for (const std::string& axis : queryAxes)
        addInputs(manifest, manifest.axis(axis), texts);
    for (const CaptureOutput& output : manifest.outputs)
        if (output.isText && queryAxes.contains(output.axis))
            addOutput(output, manifest.axis(output.axis), texts);
    std::erase_if(texts, [](const CapturedText& text) { return text.tokens.empty(); });
    return texts;
}

} // namespace heedmap
