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

bool isBlank(char character)
{
    return character == ' ' || character == '\t';
}

bool isOperatorCharacter(char character)
{
    return kOperatorCharacters.find(character) != std::string_view::npos;
}

/// A filter's text, taken from its front.
class FilterText
{
public:
    explicit FilterText(std::string_view text) : m_rest(text) { skipBlanks(); }

    bool isEmpty() const { return m_rest.empty(); }

    /// Empty where an operator stands.
    std::string takeWord()
    {
        return take(std::ranges::find_if(m_rest, [](char c) { return isBlank(c) || isOperatorCharacter(c); }));
    }

    /// Empty where a word stands.
    std::string takeOperator() { return take(std::ranges::find_if_not(m_rest, isOperatorCharacter)); }

    /// The longest of these that stands before an operator; ids may hold blanks and operators ("mass:<s>"). Otherwise
    /// as takeWord.
    std::string takeColumn(std::span<const MapStatistic> columns)
    {
        std::size_t longest = 0;
        for (const MapStatistic& column : columns)
            if (m_rest.starts_with(column.id) && isBeforeOperator(column.id.size()))
                longest = std::max(longest, column.id.size());
        return longest > 0 ? take(m_rest.begin() + static_cast<std::ptrdiff_t>(longest)) : takeWord();
    }

private:
    bool isBeforeOperator(std::size_t length) const
    {
        const std::size_t next = m_rest.find_first_not_of(" \t", length);
        return next != std::string_view::npos && isOperatorCharacter(m_rest[next]);
    }

    std::string take(std::string_view::iterator end)
    {
        const auto length = static_cast<std::size_t>(end - m_rest.begin());
        std::string taken(m_rest.substr(0, length));
        m_rest.remove_prefix(length);
        skipBlanks();
        return taken;
    }

    void skipBlanks() { m_rest.remove_prefix(std::min(m_rest.find_first_not_of(" \t"), m_rest.size())); }

    std::string_view m_rest;
};

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
    for (FilterText rest(text); !rest.isEmpty();) {
        const std::string word = rest.takeColumn(statistics.columns);
        const std::string comparison = rest.takeOperator();
        if (word.empty())
            throw Error(ErrorKind::InvalidRequest, "\"{}\" needs a column before it; write entropy < 2", comparison);
        if (comparison.empty()) {
            m_words.push_back(lowerCase(word));
            continue;
        }
        const std::size_t column = statistics.column(word);
        const Operator op = operatorNamed(comparison);
        m_comparisons.push_back({column, op, numberOf(rest.takeWord(), printable(word))});
    }
}

HeadFilter::Operator HeadFilter::operatorNamed(const std::string& name)
{
    static const std::vector<std::pair<std::string, Operator>> kOperators{
        {"<", Operator::Less},    {"<=", Operator::LessOrEqual},
        {">", Operator::Greater}, {">=", Operator::GreaterOrEqual},
        {"=", Operator::Equal},   {"==", Operator::Equal}};
    const auto found = std::ranges::find(kOperators, name, &std::pair<std::string, Operator>::first);
    if (found == kOperators.end())
        throw Error(ErrorKind::InvalidRequest, "\"{}\" compares nothing; there are <, <=, >, >= and =", name);
    return found->second;
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
