#pragma once

#include <string>
#include <vector>

namespace heedmap {

/// A shipped picture with a question about it.
struct Sample
{
    std::string title;
    std::string picturePath; ///< absolute
    std::string question;
    std::string expected;     ///< the true answer
    std::string modelAnswers; ///< what the shipped model says; differs from `expected` in the samples it gets wrong

    bool isWrong() const { return modelAnswers != expected; }
};

/// resources/samples/samples.json, in display order. Errors: NotFound, InvalidFile.
std::vector<Sample> readSamples();

} // namespace heedmap
