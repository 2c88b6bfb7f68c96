#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace heedmap {

/// A word and when it was really spoken, in seconds of the recording.
struct ReferenceWord
{
    std::string text;
    double startSeconds = 0;
    double endSeconds = 0;

    bool operator==(const ReferenceWord&) const = default;
};

/// Comma-separated values with a first line that names the columns, in any order and among others: "word" (or "text"),
/// "start" and "end" (or "start_seconds" and "end_seconds"); without such a line, word, start, end. Errors: as csvRows,
/// and InvalidFile for a line without them, times that are no numbers, and words that end before they begin.
std::vector<ReferenceWord> referenceWordsFromCsv(std::string_view text, const std::string& where);

/// For every one of `words` the place among `reference` of the same word, in order, by the fewest insertions,
/// deletions and substitutions (Levenshtein 1966); absent where it stands for none or for another word. Upper and lower
/// case of ASCII letters are the same, and ASCII punctuation around a word is not part of it. Errors: TooLarge beyond
/// 2^26 pairs.
std::vector<std::optional<std::size_t>> matchedWords(std::span<const std::string> words,
                                                     std::span<const ReferenceWord> reference);

} // namespace heedmap
