#pragma once

#include "core/base/json.h"

#include <filesystem>
#include <string>
#include <vector>

namespace heedmap::test {

struct CommandResult
{
    int status = -1; ///< exit status; 128 + signal when it was killed
    std::string output;
    std::string errors;

    Json json() const { return parseJson(output, "the program's output"); }
};

/// Runs build's `heedmap` with these words and waits for it.
CommandResult heedmapCommand(const std::vector<std::string>& words);

std::filesystem::path fixture(const std::string& name); ///< tests/fixtures/NAME

/// The elements and shape of a float32 .npy file.
struct NpyArray
{
    std::vector<float> values;
    std::vector<std::int64_t> shape;
};
NpyArray readNpy(const std::string& path);

} // namespace heedmap::test
