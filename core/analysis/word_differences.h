#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace heedmap {

/// Words [begin, end) of one text where another has [otherBegin, otherEnd); one of the two may be empty.
struct WordDifference
{
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t otherBegin = 0;
    std::size_t otherEnd = 0;

    bool operator==(const WordDifference&) const = default;
};

/// What lies between the words of a longest common subsequence, in order; of several such, the one whose words come
/// earliest in the first text. Words are equal byte by byte. Takes time and memory by the product of the counts.
std::vector<WordDifference> wordDifferences(std::span<const std::string> words, std::span<const std::string> others);

} // namespace heedmap
