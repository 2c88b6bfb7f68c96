#include "app/engine/candidate_report.h"

#include "app/engine/capture_axes.h"
#include "core/analysis/word_differences.h"
#include "core/base/error.h"
#include "core/base/utf8.h"

#include <algorithm>
#include <map>

namespace heedmap {

namespace {

constexpr int kMedianWidth = 7; // of a checkpoint that names no alignment heads; the reference's default

/// The sound's axis, as far as times need it.
struct SoundScale
{
    double startSeconds = 0;
    double secondsPerPosition = 0;

    double seconds(double position) const { return startSeconds + position * secondsPerPosition; }
};

SoundScale scaleOf(const RunResult& result)
{
    const auto axis = std::ranges::find(result.axes, RunAxis::Kind::Sound, &RunAxis::kind);
    if (axis == result.axes.end())
        throw Error(ErrorKind::Internal, "the candidates have no sound");
    return {axis->startSeconds, axis->secondsPerPosition};
}

std::vector<TokenSeconds> tokenSecondsOf(const AlignmentWeights& weights, int medianWidth, const SoundScale& scale)
{
    const std::vector<float> matrix = alignmentMatrix(weights, medianWidth);
    const std::vector<std::int64_t> begins = tokenBegins(warpingPath(matrix, weights.tokens, weights.positions));
    std::vector<TokenSeconds> seconds;
    for (std::size_t token = 0; token < begins.size(); ++token) {
        const std::int64_t end = token + 1 < begins.size() ? begins[token + 1] : weights.positions;
        seconds.push_back({scale.seconds(static_cast<double>(begins[token])), scale.seconds(static_cast<double>(end))});
    }
    return seconds;
}

/// Tokens of each word: those of blanks belong to the word after them, or to the last.
std::vector<JudgedWord> wordsOf(const CaptureOutput& output, const std::vector<TokenSeconds>& seconds)
{
    const std::vector<SpokenWord> spoken = spokenWords(output, seconds);
    std::vector<JudgedWord> words;
    for (const SpokenWord& word : spoken) {
        JudgedWord& judged = words.emplace_back();
        judged.text = slice(output.text, word.span.begin, word.span.end);
        judged.startSeconds = word.startSeconds;
        judged.endSeconds = word.endSeconds;
    }
    std::size_t place = 0;
    for (std::size_t token = 0; token < output.tokens.size() && !words.empty(); ++token) {
        const std::optional<TextSpan>& span = output.tokens[token].span;
        if (!span)
            continue;
        while (place + 1 < words.size() && span->begin >= spoken[place].span.end)
            ++place;
        if (words[place].endToken == 0)
            words[place].firstToken = token;
        words[place].endToken = token + 1;
        words[place].logProbability += output.tokens[token].logProbability;
    }
    return words;
}

/// What the word listens to: the sum of its tokens' rows.
void addMass(JudgedWord& word, std::span<const float> attention, std::size_t positions, const SoundScale& scale)
{
    std::vector<double> mass(positions);
    double total = 0;
    double within = 0;
    for (std::size_t token = word.firstToken; token < word.endToken; ++token)
        for (std::size_t p = 0; p < positions; ++p) {
            const double value = attention[token * positions + p];
            const double middle = scale.seconds(static_cast<double>(p) + 0.5);
            mass[p] += value;
            total += value;
            within += middle >= word.startSeconds && middle < word.endSeconds ? value : 0;
        }
    const PositionSpan half = middleHalf(mass);
    word.listensFrom = scale.seconds(half.begin);
    word.listensTo = scale.seconds(half.end);
    word.massInSpan = total > 0 ? within / total : 0;
}

std::string trimmed(const std::string& text)
{
    const std::size_t begin = text.find_first_not_of(' ');
    return begin == std::string::npos ? std::string() : text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

JudgedCandidate judged(CaptureOutput output, const AlignmentWeights& weights, const std::vector<bool>& speech,
                       int medianWidth, const SoundScale& scale)
{
    JudgedCandidate candidate;
    candidate.seconds = tokenSecondsOf(weights, medianWidth, scale);
    candidate.words = wordsOf(output, candidate.seconds);
    for (const GeneratedToken& token : output.tokens)
        candidate.sumLogProbability += token.logProbability;
    candidate.meanLogProbability = candidate.sumLogProbability / static_cast<double>(output.tokens.size());
    const std::vector<float> attention = meanOverHeads(weights);
    const std::size_t positions = speech.size();
    for (JudgedWord& word : candidate.words)
        addMass(word, attention, positions, scale);
    // The end token says nothing that could be heard.
    candidate.listening = listeningMeasures(std::span(attention).first(attention.size() - positions), speech);
    candidate.text = trimmed(output.text);
    candidate.output = std::move(output);
    return candidate;
}

Json jsonFromTokens(const JudgedCandidate& candidate)
{
    Json list = Json::array();
    for (std::size_t i = 0; i < candidate.output.tokens.size(); ++i) {
        const GeneratedToken& token = candidate.output.tokens[i];
        list.push_back({{"id", token.id},
                        {"text", token.text},
                        {"log_probability", token.logProbability},
                        {"start_seconds", candidate.seconds.at(i).start},
                        {"end_seconds", candidate.seconds.at(i).end}});
    }
    return list;
}

Json jsonFromWords(const std::vector<JudgedWord>& words)
{
    Json list = Json::array();
    for (const JudgedWord& word : words)
        list.push_back({{"text", word.text},
                        {"first_token", word.firstToken},
                        {"token_count", word.endToken - word.firstToken},
                        {"log_probability", word.logProbability},
                        {"start_seconds", word.startSeconds},
                        {"end_seconds", word.endSeconds},
                        {"listens_from_seconds", word.listensFrom},
                        {"listens_to_seconds", word.listensTo},
                        {"mass_in_span", word.massInSpan}});
    return list;
}

Json jsonFromCandidate(const JudgedCandidate& candidate, std::size_t rank)
{
    Json json = {{"rank", rank},
                 {"text", candidate.text},
                 {"score", candidate.score},
                 {"mean_log_probability", candidate.meanLogProbability},
                 {"sum_log_probability", candidate.sumLogProbability},
                 {"coverage", candidate.listening.coverage},
                 {"inside", candidate.listening.inside},
                 {"monotonicity", candidate.listening.monotonicity},
                 {"tokens", jsonFromTokens(candidate)},
                 {"words", jsonFromWords(candidate.words)}};
    if (candidate.index)
        json["index"] = *candidate.index;
    if (candidate.output.score)
        json["search_score"] = *candidate.output.score;
    return json;
}

std::vector<std::string> textsOf(const std::vector<JudgedWord>& words)
{
    std::vector<std::string> texts;
    for (const JudgedWord& word : words)
        texts.push_back(word.text);
    return texts;
}

/// Where others than the first have other words, by the place in the first.
Json jsonFromDifferences(const std::vector<JudgedCandidate>& ranking)
{
    std::map<std::pair<std::size_t, std::size_t>, Json> places;
    const std::vector<std::string> best = textsOf(ranking.front().words);
    for (std::size_t rank = 1; rank < ranking.size(); ++rank)
        for (const WordDifference& difference : wordDifferences(best, textsOf(ranking[rank].words)))
            places[{difference.begin, difference.end}].push_back(
                {{"rank", rank},
                 {"first_word", difference.otherBegin},
                 {"word_count", difference.otherEnd - difference.otherBegin}});
    Json list = Json::array();
    for (const auto& [place, others] : places)
        list.push_back({{"first_word", place.first}, {"word_count", place.second - place.first}, {"others", others}});
    return list;
}

} // namespace

std::vector<JudgedCandidate> judgedCandidates(const RunOrder& order, const RunResult& result,
                                              const std::vector<std::string>& given,
                                              const CandidateAttention& attention, const RankingWeights& weights)
{
    const SoundScale scale = scaleOf(result);
    const std::optional<Alignment>& alignment = order.loaded.model->facts().alignment;
    const std::vector<bool> speech = speechPositions(order.sound->features, attention.heard());
    std::vector<CaptureOutput> outputs = captureOutputs(order, result, decodedOutputs(order, result));
    std::vector<JudgedCandidate> ranking;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        const AlignmentWeights rows = attention.of(outputs[i].pass, outputs[i].tokens.front().predictingRow);
        const int medianWidth = alignment ? alignment->medianWidth : kMedianWidth;
        JudgedCandidate& candidate =
            ranking.emplace_back(judged(std::move(outputs[i]), rows, speech, medianWidth, scale));
        candidate.score = candidate.meanLogProbability + weights.coverage * candidate.listening.coverage +
                          weights.monotonicity * candidate.listening.monotonicity;
        if (i >= given.size())
            continue;
        candidate.index = i;
        candidate.text = given[i];
    }
    std::ranges::stable_sort(ranking, std::greater(), &JudgedCandidate::score);
    return ranking;
}

Json jsonFromRanking(const std::vector<JudgedCandidate>& ranking)
{
    Json candidates = Json::array();
    for (std::size_t rank = 0; rank < ranking.size(); ++rank)
        candidates.push_back(jsonFromCandidate(ranking[rank], rank));
    return {{"candidates", candidates}, {"differences", jsonFromDifferences(ranking)}};
}

} // namespace heedmap
