#include "core/analysis/head_filter.h"

#include "core/base/error.h"
#include "core/base/utf8.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace heedmap {

namespace {

constexpr std::string_view kOperatorCharacters = "<>=";

std::string lowerCase(std::string_view text)
{
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(),
                           [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); });
    return lower;
}

/// Words, runs of operator characters being words of their own.
std::vector<std::string> wordsOf(std::string_view text)
{
    std::vector<std::string> words;
    bool open = false;
    bool inOperator = false;
    for (const char character : text) {
        if (character == ' ' || character == '\t') {
            open = false;
            continue;
        }
        const bool isOperator = kOperatorCharacters.find(character) != std::string_view::npos;
        if (!open || isOperator != inOperator)
            words.emplace_back();
        words.back() += character;
        open = true;
        inOperator = isOperator;
    }
    return words;
}

bool isOperatorWord(const std::string& word)
{
    return kOperatorCharacters.find(word.front()) != std::string_view::npos;
}

double numberOf(const std::string& text, const std::string& column)
{
    double value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        throw Error(ErrorKind::InvalidRequest, "{} is compared with a number, not with \"{}\"; write {} > 0.5", column,
                    printable(text), column);
    return value;
}

} // namespace

HeadFilter::HeadFilter(std::string_view text, const MapStatisticsResult& statistics)
{
    const std::vector<std::string> words = wordsOf(text);
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (isOperatorWord(words[i]))
            throw Error(ErrorKind::InvalidRequest, "\"{}\" needs a column before it; write entropy < 2", words[i]);
        if (i + 1 == words.size() || !isOperatorWord(words[i + 1])) {
            m_words.push_back(lowerCase(words[i]));
            continue;
        }
        const std::size_t column = statistics.column(words[i]);
        const std::vector<std::pair<std::string, Operator>> operators{
            {"<", Operator::Less},    {"<=", Operator::LessOrEqual},
            {">", Operator::Greater}, {">=", Operator::GreaterOrEqual},
            {"=", Operator::Equal},   {"==", Operator::Equal}};
        const auto found = std::ranges::find(operators, words[i + 1], &std::pair<std::string, Operator>::first);
        if (found == operators.end())
            throw Error(ErrorKind::InvalidRequest,
                        "\"{}\" compares nothing; there are <, <=, >, >= and =", words[i + 1]);
        m_comparisons.push_back({column, found->second, numberOf(i + 2 < words.size() ? words[i + 2] : "", words[i])});
        i += 2;
    }
}

bool HeadFilter::accepts(const std::string& label, const HeadSummary& head) const
{
    const std::string lower = lowerCase(label);
    const auto holds = [&](const Comparison& comparison) {
        const double value = head.values[comparison.column];
        switch (comparison.op) {
        case Operator::Less:
            return value < comparison.value;
        case Operator::LessOrEqual:
            return value <= comparison.value;
        case Operator::Greater:
            return value > comparison.value;
        case Operator::GreaterOrEqual:
            return value >= comparison.value;
        default:
            return value == comparison.value;
        }
    };
    return std::ranges::all_of(m_words,
                               [&](const std::string& word) { return lower.find(word) != std::string::npos; }) &&
           std::ranges::all_of(m_comparisons, holds);
}

} // namespace heedmap
