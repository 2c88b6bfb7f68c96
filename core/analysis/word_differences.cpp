#include "core/analysis/word_differences.h"

#include <algorithm>

namespace heedmap {

namespace {

/// Length of the longest common subsequence of what comes from word i and other j on. [words + 1, others + 1]
std::vector<std::size_t> commonLengths(std::span<const std::string> words, std::span<const std::string> others)
{
    const std::size_t width = others.size() + 1;
    std::vector<std::size_t> lengths((words.size() + 1) * width);
    for (std::size_t i = words.size(); i-- > 0;)
        for (std::size_t j = others.size(); j-- > 0;)
            lengths[i * width + j] = words[i] == others[j]
                                         ? lengths[(i + 1) * width + j + 1] + 1
                                         : std::max(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
    return lengths;
}

} // namespace

std::vector<WordDifference> wordDifferences(std::span<const std::string> words, std::span<const std::string> others)
{
    const std::vector<std::size_t> lengths = commonLengths(words, others);
    const std::size_t width = others.size() + 1;
    std::vector<WordDifference> differences;
    WordDifference open;
    const auto close = [&](std::size_t i, std::size_t j) {
        if (open.begin < i || open.otherBegin < j)
            differences.push_back({open.begin, i, open.otherBegin, j});
        open.begin = i + 1;
        open.otherBegin = j + 1;
    };
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < words.size() && j < others.size()) {
        if (words[i] == others[j]) {
            close(i++, j++);
        } else if (lengths[i * width + j + 1] >= lengths[(i + 1) * width + j]) {
            ++j;
        } else {
            ++i;
        }
    }
    close(words.size(), others.size());
    return differences;
}

} // namespace heedmap
