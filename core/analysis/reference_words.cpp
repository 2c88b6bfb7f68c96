#include "core/analysis/reference_words.h"

#include "core/base/csv_rows.h"
#include "core/base/error.h"
#include "core/base/utf8.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace heedmap {

namespace {

constexpr std::size_t kMostLines = 200'000;
constexpr std::size_t kMostPairs = std::size_t{1} << 26;

using Row = std::vector<std::string>;

std::optional<double> secondsFrom(std::string_view text)
{
    const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
    text = text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
    double value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc() || end != text.data() + text.size() || !std::isfinite(value) || value < 0)
        return std::nullopt;
    return value;
}

struct Columns
{
    std::size_t word = 0;
    std::size_t start = 1;
    std::size_t end = 2;
};

std::optional<std::size_t> columnCalled(const Row& names, const std::array<const char*, 2>& wanted)
{
    for (const char* name : wanted)
        if (const auto found = std::ranges::find(names, name); found != names.end())
            return static_cast<std::size_t>(found - names.begin());
    return std::nullopt;
}

std::optional<Columns> columnsNamed(const Row& names)
{
    const auto word = columnCalled(names, {"word", "text"});
    const auto start = columnCalled(names, {"start", "start_seconds"});
    const auto end = columnCalled(names, {"end", "end_seconds"});
    if (!word || !start || !end)
        return std::nullopt;
    return Columns{*word, *start, *end};
}

ReferenceWord wordFrom(const Row& row, const Columns& columns, const std::string& where)
{
    if (row.size() <= std::max({columns.word, columns.start, columns.end}))
        throw Error(ErrorKind::InvalidFile, "{} has {} fields; a word, its start and its end are needed", where,
                    row.size());
    const std::optional<double> start = secondsFrom(row[columns.start]);
    const std::optional<double> end = secondsFrom(row[columns.end]);
    if (!start || !end || *end < *start)
        throw Error(ErrorKind::InvalidFile,
                    "{} has the times \"{}\" and \"{}\", which are not seconds of a start and an end", where,
                    printable(row[columns.start]), printable(row[columns.end]));
    return {row[columns.word], *start, *end};
}

std::string comparable(std::string word)
{
    const auto isAround = [](char character) {
        return static_cast<unsigned char>(character) < 0x80 && !std::isalnum(static_cast<unsigned char>(character));
    };
    while (!word.empty() && isAround(word.back()))
        word.pop_back();
    word.erase(word.begin(), std::ranges::find_if_not(word, isAround));
    std::ranges::transform(word, word.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return word;
}

enum class Edit : std::uint8_t
{
    Pair, ///< the same word, or another one in its place
    Left, ///< a word the reference does not have
    Right ///< a word only the reference has
};

/// [words + 1, reference + 1]: how the cheapest way comes to each place.
std::vector<Edit> cheapestEdits(std::span<const std::string> words, std::span<const std::string> reference)
{
    const std::size_t width = reference.size() + 1;
    std::vector<Edit> edits((words.size() + 1) * width, Edit::Left);
    std::vector<std::size_t> before(width);
    for (std::size_t j = 0; j < width; ++j) {
        before[j] = j;
        edits[j] = Edit::Right;
    }
    std::vector<std::size_t> cost(width);
    for (std::size_t i = 1; i <= words.size(); ++i) {
        cost[0] = i;
        for (std::size_t j = 1; j < width; ++j) {
            const std::size_t pair = before[j - 1] + (words[i - 1] != reference[j - 1]);
            cost[j] = std::min({pair, before[j] + 1, cost[j - 1] + 1});
            edits[i * width + j] = cost[j] == pair ? Edit::Pair : cost[j] == before[j] + 1 ? Edit::Left : Edit::Right;
        }
        std::swap(before, cost);
    }
    return edits;
}

} // namespace

std::vector<ReferenceWord> referenceWordsFromCsv(std::string_view text, const std::string& where)
{
    const std::vector<Row> rows = csvRows(text, where, kMostLines);
    const std::optional<Columns> named = rows.empty() ? std::nullopt : columnsNamed(rows.front());
    std::vector<ReferenceWord> words;
    for (std::size_t i = named ? 1 : 0; i < rows.size(); ++i)
        words.push_back(wordFrom(rows[i], named.value_or(Columns{}), fmt::format("row {} of {}", i + 1, where)));
    if (words.empty())
        throw Error(ErrorKind::InvalidFile, "{} has no words; its lines are word,start,end", where);
    return words;
}

std::vector<std::optional<std::size_t>> matchedWords(std::span<const std::string> words,
                                                     std::span<const ReferenceWord> reference)
{
    if (!words.empty() && reference.size() > kMostPairs / words.size())
        throw Error(ErrorKind::TooLarge, "{} words of the transcript and {} of the reference are too many to compare",
                    words.size(), reference.size());
    std::vector<std::string> left;
    std::vector<std::string> right;
    for (const std::string& word : words)
        left.push_back(comparable(word));
    for (const ReferenceWord& word : reference)
        right.push_back(comparable(word.text));
    const std::vector<Edit> edits = cheapestEdits(left, right);
    std::vector<std::optional<std::size_t>> matches(words.size());
    for (std::size_t i = left.size(), j = right.size(); i > 0 || j > 0;) {
        const Edit edit = edits[i * (right.size() + 1) + j];
        if (edit == Edit::Pair && !left[i - 1].empty() && left[i - 1] == right[j - 1])
            matches[i - 1] = j - 1;
        i -= edit != Edit::Right;
        j -= edit != Edit::Left;
    }
    return matches;
}

} // namespace heedmap
