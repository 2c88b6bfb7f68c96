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

void addOutput(const CaptureOutput& output, const TokenAxis& axis, std::vector<CapturedText>& texts)
{
    CapturedText text{output.id, true, axis.id, output.text, {}};
    for (const GeneratedToken& token : output.tokens) {
        const bool special = token.inputRow && axis.isSpecial(*token.inputRow);
        if (!special && token.span && !token.span->empty())
            text.tokens.push_back({token.predictingRow, *token.span, token.text});
    }
    texts.push_back(std::move(text));
}

} // namespace

std::string CapturedText::words(const TextSpan& span) const
{
    return std::string(slice(text, span.begin, span.end));
}

std::vector<CapturedText> capturedTexts(const Capture& capture)
{
    const Manifest& manifest = capture.manifest();
    std::set<std::string> queryAxes;
    for (const AttentionSite& site : manifest.sites)
        queryAxes.insert(site.queryAxis);
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
