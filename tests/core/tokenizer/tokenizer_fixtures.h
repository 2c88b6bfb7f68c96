#pragma once

#include "core/base/json.h"

#include <gtest/gtest.h>

#include <cstdlib>
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

/// A folder that holds the given files and goes away with the object.
class TemporaryFolder
{
public:
    TemporaryFolder()
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "heedmap-tokenizer-XXXXXX").string();
        m_path = ::mkdtemp(pattern.data());
    }
    ~TemporaryFolder() { std::filesystem::remove_all(m_path); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const { return m_path; }
    const TemporaryFolder& with(const std::string& name, std::string_view content) const
    {
        std::ofstream(m_path / name, std::ios::binary) << content;
        return *this;
    }

private:
    std::filesystem::path m_path;
};

} // namespace heedmap::test
