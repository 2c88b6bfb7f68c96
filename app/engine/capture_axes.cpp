#include "app/engine/capture_axes.h"

#include "app/engine/token_spans.h"

#include <algorithm>

namespace heedmap {

namespace {

AxisSegment segment(SegmentKind kind, std::int64_t begin, std::int64_t length)
{
    AxisSegment result;
    result.kind = kind;
    result.begin = begin;
    result.length = length;
    return result;
}

AxisToken axisToken(const Tokenizer& tokenizer, std::int32_t id, std::optional<TextSpan> span)
{
    return {tokenText(tokenizer, id), id, span, isSpecialToken(tokenizer, id)};
}

std::vector<AxisSegment> pictureSegments(const RunAxis& axis, const RunOrder& order)
{
    AxisSegment specials = segment(SegmentKind::Special, 0, axis.leadingSpecials);
    for (int i = 0; i < axis.leadingSpecials; ++i)
        specials.tokens.push_back({i == 0 ? "CLS" : "special " + std::to_string(i), {}, {}, true});
    AxisSegment patches = segment(SegmentKind::PatchGrid, axis.leadingSpecials, std::int64_t{axis.rows} * axis.columns);
    patches.input = axis.input;
    patches.grid = order.picture->pixels.patchGrid(axis.patchSize);
    if (patches.grid.rows != axis.rows || patches.grid.columns != axis.columns)
        throw Error(ErrorKind::Internal, "the model has {} × {} patches, the picture {} × {}", axis.rows, axis.columns,
                    patches.grid.rows, patches.grid.columns);
    if (axis.leadingSpecials == 0)
        return {patches};
    return {specials, patches};
}

AxisSegment soundSegment(const RunAxis& axis)
{
    AxisSegment result = segment(SegmentKind::Frames, 0, axis.length);
    result.input = axis.input;
    result.startSeconds = axis.startSeconds;
    result.secondsPerPosition = axis.secondsPerPosition;
    return result;
}

/// The first `length` positions of the axis as tokens of the request's text. The text's own special tokens may have
/// been replaced by others, position by position.
AxisSegment inputTextSegment(const RunAxis& axis, const RunOrder& order, std::int64_t length)
{
    AxisSegment result = segment(SegmentKind::Text, 0, length);
    result.input = axis.input;
    const Encoding& encoding = order.text->encoding;
    for (std::int64_t i = 0; i < length; ++i) {
        const auto at = static_cast<std::size_t>(i);
        const bool special = at >= encoding.ids.size() || encoding.special[at];
        std::optional<TextSpan> span;
        if (!special && !encoding.offsets[at].empty())
            span = encoding.offsets[at];
        AxisToken token = axisToken(*order.loaded.tokenizer, axis.tokenIds[at], span);
        token.special = special;
        result.tokens.push_back(std::move(token));
    }
    return result;
}

std::vector<AxisSegment> generatedSegments(const RunAxis& axis, const RunOrder& order, const DecodedOutput& output)
{
    std::vector<AxisSegment> segments;
    const std::int64_t given = axis.input.empty() ? 0 : axis.promptLength;
    if (given > 0)
        segments.push_back(inputTextSegment(axis, order, given));
    if (axis.length == given)
        return segments;
    AxisSegment generated = segment(SegmentKind::Text, given, axis.length - given);
    generated.output = axis.id;
    for (auto i = static_cast<std::size_t>(given); i < axis.tokenIds.size(); ++i)
        generated.tokens.push_back(axisToken(*order.loaded.tokenizer, axis.tokenIds[i], output.spans[i]));
    segments.push_back(std::move(generated));
    return segments;
}

CaptureOutput generatedOutput(const RunOrder& order, const GeneratedText& generated, const DecodedOutput& output)
{
    const Tokenizer& tokenizer = *order.loaded.tokenizer;
    CaptureOutput result;
    result.id = generated.axisId;
    result.text = output.text;
    result.pass = generated.passId;
    result.axis = generated.axisId;
    result.score = generated.score;
    result.replayMaxLogitDifference = generated.replayMaxLogitDifference;
    const std::size_t given = output.ids.size() - generated.tokens.size();
    for (std::size_t i = 0; i < generated.tokens.size(); ++i) {
        const GeneratedTokenResult& from = generated.tokens[i];
        GeneratedToken token{from.id,
                             tokenText(tokenizer, from.id),
                             output.spans[given + i],
                             from.logProbability,
                             from.predictingRow,
                             from.inputRow,
                             {}};
        for (const TokenChoice& choice : from.alternatives)
            token.alternatives.push_back({choice.id, tokenText(tokenizer, choice.id), choice.logProbability});
        result.tokens.push_back(std::move(token));
    }
    return result;
}

CaptureOutput scoresOutput(const RunScores& scores)
{
    CaptureOutput result;
    result.id = scores.id;
    result.isText = false;
    result.scores = scores.values;
    return result;
}

DecodedOutput decoded(const RunOrder& order, const RunResult& result, const GeneratedText& generated)
{
    const auto axis = std::ranges::find(result.axes, generated.axisId, &RunAxis::id);
    if (axis == result.axes.end())
        throw Error(ErrorKind::Internal, "the generated text has no axis");
    DecodedOutput output;
    output.ids.assign(axis->tokenIds.begin(), axis->tokenIds.begin() + axis->promptLength);
    for (const GeneratedTokenResult& token : generated.tokens)
        output.ids.push_back(token.id);
    output.text = order.loaded.tokenizer->decode(output.ids);
    output.spans = spansInDecodedText(*order.loaded.tokenizer, output.ids, output.text);
    return output;
}

} // namespace

DecodedOutputs decodedOutputs(const RunOrder& order, const RunResult& result)
{
    DecodedOutputs outputs;
    for (const GeneratedText& generated : result.generated)
        outputs[generated.axisId] = decoded(order, result, generated);
    return outputs;
}

TokenAxis captureAxis(const RunAxis& axis, const RunOrder& order, const DecodedOutputs& outputs)
{
    TokenAxis result;
    result.id = axis.id;
    result.length = axis.length;
    switch (axis.kind) {
    case RunAxis::Kind::Sound:
        result.segments = {soundSegment(axis)};
        break;
    case RunAxis::Kind::Picture:
        result.segments = pictureSegments(axis, order);
        break;
    case RunAxis::Kind::Input:
        result.segments = {inputTextSegment(axis, order, axis.length)};
        break;
    case RunAxis::Kind::Generated:
        result.segments = generatedSegments(axis, order, outputs.at(axis.id));
        break;
    }
    return result;
}

std::vector<CaptureOutput> captureOutputs(const RunOrder& order, const RunResult& result, const DecodedOutputs& outputs)
{
    std::vector<CaptureOutput> list;
    for (const GeneratedText& generated : result.generated)
        list.push_back(generatedOutput(order, generated, outputs.at(generated.axisId)));
    for (const SpeechSegment& segment : result.segments)
        list.at(segment.text)
            .segments.push_back({segment.begin, segment.end, segment.startSeconds, segment.endSeconds});
    if (result.scores)
        list.push_back(scoresOutput(*result.scores));
    return list;
}

} // namespace heedmap
