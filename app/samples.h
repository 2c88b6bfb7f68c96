#pragma once

#include <string>
#include <vector>

namespace heedmap {

/// A shipped picture with a question about it, written and perhaps spoken; or a recording alone.
struct Sample
{
    std::string title;
    std::string picturePath;   ///< absolute; empty: the recording is all there is
    std::string recordingPath; ///< absolute; empty: none
    std::string question;      ///< about the picture; what is said, where there is a recording
    std::string written;       ///< what the shipped speech model hears in the recording
    std::string expected;      ///< the true answer
    std::string
        modelAnswers; ///< what the shipped model says or writes; differs from `expected` in the samples it gets wrong

    bool isWrong() const { return modelAnswers != expected; }
};

/// resources/samples/samples.json, in display order. Errors: NotFound, InvalidFile.
std::vector<Sample> readSamples();

} // namespace heedmap
