#include "core/analysis/spoken_words.h"

#include "core/base/error.h"
#include "core/base/utf8.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace heedmap {

namespace {

bool isBlank(std::string_view character)
{
    return character == " " || character == "\t" || character == "\n" || character == "\r" || character == "\u00A0" ||
           character == "\u3000";
}

void addWords(const CaptureOutput& output, const std::vector<TokenSeconds>& seconds, const OutputSegment& segment,
              std::vector<SpokenWord>& words)
{
    const std::size_t length = codePointCount(output.text);
    const std::size_t before = words.size();
    for (std::size_t token = segment.begin; token < std::min(segment.end, seconds.size()); ++token) {
        const std::optional<TextSpan>& span = output.tokens[token].span;
        if (!span || span->begin >= span->end || span->end > length ||
            isBlank(slice(output.text, span->begin, span->begin + 1)))
            continue;
        if (words.size() == before || span->begin > words.back().span.end)
            words.push_back({*span, seconds[token].start, 0, {}, 0, {}});
        SpokenWord& word = words.back();
        word.span.end = std::max(word.span.end, span->end);
        word.endSeconds = seconds[token].end;
        word.tokens.push_back(token);
    }
}

double probabilityOf(const CaptureOutput& output, const SpokenWord& word)
{
    double sum = 0;
    for (const std::size_t token : word.tokens)
        sum += output.tokens[token].logProbability;
    return std::exp(sum / static_cast<double>(word.tokens.size()));
}

/// SpokenWord::attentionShare
std::optional<double> attentionShare(const OutputAlignment& alignment, const SpokenWord& word)
{
    const SoundRows& rows = alignment.rows;
    const auto positionAt = [&](double seconds) {
        return std::clamp<std::int64_t>(std::llround((seconds - rows.startSeconds) / rows.secondsPerPosition), 0,
                                        rows.positions);
    };
    const std::int64_t begin = std::min(positionAt(word.startSeconds), rows.positions - 1);
    const std::int64_t end = std::max(positionAt(word.endSeconds), begin + 1);
    double sum = 0;
    int counted = 0;
    for (std::size_t row = 0; row < rows.tokens.size(); ++row) {
        if (std::ranges::find(word.tokens, rows.tokens[row]) == word.tokens.end())
            continue;
        const auto first = alignment.mean.begin() + static_cast<std::ptrdiff_t>(row) * rows.positions;
        const double all = std::accumulate(first, first + rows.positions, 0.0);
        if (!(all > 0) || !std::isfinite(all))
            continue;
        sum += std::accumulate(first + begin, first + end, 0.0) / all;
        ++counted;
    }
    return counted > 0 ? std::optional(sum / counted) : std::nullopt;
}

std::vector<TokenSeconds> secondsFrom(const CaptureOutput& output, const OutputAlignment& alignment)
{
    const SoundRows& rows = alignment.rows;
    return secondsOfTokens(output, rows, tokenBegins(warpingPath(alignment.matrix, rows.count(), rows.positions)));
}

} // namespace

std::vector<TokenSeconds> tokenSeconds(const Capture& capture, const CaptureOutput& output, const Alignment& alignment,
                                       TimingRows which)
{
    return secondsFrom(output, alignOutput(capture, output, alignment, which));
}

std::vector<SpokenWord> spokenWords(const CaptureOutput& output, const std::vector<TokenSeconds>& seconds)
{
    std::vector<OutputSegment> segments = output.segments;
    if (segments.empty())
        segments.push_back({0, output.tokens.size(), 0, 0});
    std::vector<SpokenWord> words;
    for (const OutputSegment& segment : segments)
        addWords(output, seconds, {segment.begin, std::min(segment.end, output.tokens.size()), 0, 0}, words);
    for (SpokenWord& word : words)
        word.probability = probabilityOf(output, word);
    return words;
}

std::vector<TranscriptWord> transcriptWords(const Capture& capture, const Alignment& alignment, TimingRows which)
{
    const std::vector<std::size_t> transcripts = transcriptsOf(capture.manifest());
    if (transcripts.empty())
        throw Error(ErrorKind::InvalidRequest,
                    "{} holds no text that was heard in a recording, so nothing in it has a "
                    "time.",
                    printable(capture.path().filename().string()));
    std::vector<TranscriptWord> words;
    for (const std::size_t index : transcripts) {
        const CaptureOutput& output = capture.manifest().outputs[index];
        const OutputAlignment aligned = alignOutput(capture, output, alignment, which);
        for (SpokenWord& word : spokenWords(output, secondsFrom(output, aligned))) {
            word.attentionShare = attentionShare(aligned, word);
            words.push_back({output.id, std::string(slice(output.text, word.span.begin, word.span.end)), word});
        }
    }
    return words;
}

Json jsonFromWords(const std::vector<TranscriptWord>& words)
{
    Json list = Json::array();
    for (const TranscriptWord& word : words) {
        list.push_back({{"output", word.output},
                        {"text", word.text},
                        {"start_seconds", word.spoken.startSeconds},
                        {"end_seconds", word.spoken.endSeconds},
                        {"probability", word.spoken.probability}});
        if (word.spoken.attentionShare)
            list.back()["attention_share"] = *word.spoken.attentionShare;
    }
    return list;
}

} // namespace heedmap
