#include "app/verbs/rerank_report.h"

#include "core/base/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace heedmap {

namespace {

constexpr std::size_t kMostShown = 200; // characters of a text
constexpr std::size_t kSpanWidth = 15;

/// Left-aligned by what is seen, not by bytes.
std::string padded(const std::string& text, std::size_t width)
{
    const std::size_t seen = codePointCount(text);
    return text + std::string(width > seen ? width - seen : 0, ' ');
}

double number(const Json& json, const char* key)
{
    return json.at(key).get<double>();
}

std::string spanText(double from, double to)
{
    return fmt::format("{:.2f} – {:.2f} s", from, to);
}

std::string candidateLine(const Json& candidate, std::size_t rank)
{
    return fmt::format("{:4}  {:8.4f}  {:8.4f}  {:8.3f}  {:9.3f}  {}{}\n", rank + 1, number(candidate, "score"),
                       number(candidate, "mean_log_probability"), number(candidate, "coverage"),
                       number(candidate, "monotonicity"),
                       printable(candidate.at("text").get<std::string>(), kMostShown),
                       candidate.contains("index") ? "" : "   (the model's own)");
}

/// Some of a candidate's words.
struct WordsShown
{
    std::size_t rank = 0;
    std::string text = "–"; ///< of no words
    std::string rest;       ///< what is known of them
};

WordsShown wordsShown(const Json& candidates, std::size_t rank, const Json& place)
{
    WordsShown shown;
    shown.rank = rank;
    const Json& words = candidates.at(rank).at("words");
    const auto first = place.at("first_word").get<std::size_t>();
    const auto count = place.at("word_count").get<std::size_t>();
    if (count == 0)
        return shown;
    shown.text.clear();
    double logProbability = 0;
    double from = number(words.at(first), "listens_from_seconds");
    double to = number(words.at(first), "listens_to_seconds");
    for (std::size_t i = first; i < first + count; ++i) {
        const Json& word = words.at(i);
        shown.text += (i == first ? "" : " ") + printable(word.at("text").get<std::string>(), kMostShown);
        logProbability += number(word, "log_probability");
        from = std::min(from, number(word, "listens_from_seconds"));
        to = std::max(to, number(word, "listens_to_seconds"));
    }
    shown.rest = fmt::format(
        "{:8.3f}  {}  {}", logProbability,
        padded(spanText(number(words.at(first), "start_seconds"), number(words.at(first + count - 1), "end_seconds")),
               kSpanWidth),
        spanText(from, to));
    return shown;
}

std::string differencesText(const Json& answer)
{
    std::vector<std::vector<WordsShown>> places;
    std::size_t width = 5;
    for (const Json& difference : answer.at("differences")) {
        std::vector<WordsShown>& lines = places.emplace_back();
        lines.push_back(wordsShown(answer.at("candidates"), 0, difference));
        for (const Json& other : difference.at("others"))
            lines.push_back(wordsShown(answer.at("candidates"), other.at("rank").get<std::size_t>(), other));
        for (const WordsShown& line : lines)
            width = std::max(width, codePointCount(line.text));
    }
    if (places.empty())
        return {};
    std::string text =
        fmt::format("\nWhere they differ\n\nrank  {}   log p  time              listens\n", padded("words", width));
    for (const std::vector<WordsShown>& lines : places) {
        for (const WordsShown& line : lines) {
            const std::string cells = fmt::format("{:4}  {}{}", line.rank + 1, padded(line.text, width), line.rest);
            text += cells.substr(0, cells.find_last_not_of(' ') + 1) + '\n';
        }
        text += '\n';
    }
    return text +
           "log p: of the words' tokens together. time: by warping. listens: the middle half of the attention.\n";
}

} // namespace

std::string rankingText(const Json& answer)
{
    std::string text = "rank     score  acoustic  coverage  monotonic  text\n";
    const Json& candidates = answer.at("candidates");
    for (std::size_t rank = 0; rank < candidates.size(); ++rank)
        text += candidateLine(candidates[rank], rank);
    const Json& weights = answer.at("weights");
    text += fmt::format("\nscore = acoustic + {:g} × coverage + {:g} × monotonic; acoustic: mean log-probability of a "
                        "token, end token included.\n",
                        number(weights, "coverage"), number(weights, "monotonicity"));
    return text + differencesText(answer);
}

} // namespace heedmap
