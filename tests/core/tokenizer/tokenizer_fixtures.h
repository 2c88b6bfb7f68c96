#pragma once

#include "core/base/json.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace heedmap::test {

inline const std::filesystem::path kFixtures = std::filesystem::path(HEEDMAP_SOURCE_DIR) / "tests/fixtures/tokenizer";

inline std::vector<std::string> readLines(const std::filesystem::path& path)
{
    std::ifstream file(path);
    if (!file)
        throw std::runtime_error("cannot read " + path.string());
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);)
        lines.push_back(line);
    return lines;
}

/// The hard strings that every expected_*.jsonl refers to by index.
inline std::vector<std::string> hardStrings()
{
    std::vector<std::string> strings;
    for (const std::string& line : readLines(kFixtures / "strings.jsonl")) {
        const Json json = Json::parse(line);
        std::string text;
        if (json.is_string())
            text = json.get<std::string>();
        else
            for (int i = 0; i < json["count"].get<int>(); ++i)
                text += json["repeat"].get<std::string>();
        strings.push_back(text);
    }
    return strings;
}

/// ASCII spelling of a text for messages, long ones cut short.
inline std::string escaped(const std::string& text)
{
    const std::string all = Json(text).dump(-1, ' ', true);
    return all.size() <= 400 ? all : all.substr(0, 400) + "… (" + std::to_string(all.size()) + " characters)";
}

} // namespace heedmap::test
