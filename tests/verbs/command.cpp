#include "tests/verbs/command.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "tests/core/base/temp_folder.h"

#include <cstdlib>
#include <cstring>
#include <sys/wait.h>

namespace heedmap::test {

namespace {

std::string quoted(const std::string& word)
{
    std::string text = "'";
    for (const char character : word)
        text += character == '\'' ? std::string("'\\''") : std::string(1, character);
    return text + "'";
}

} // namespace

CommandResult heedmapCommand(const std::vector<std::string>& words)
{
    const char* folder = std::getenv("HEEDMAP_BIN_DIR");
    if (!folder)
        throw Error(ErrorKind::NotFound, "HEEDMAP_BIN_DIR is not set; run these tests with ctest");
    const TempFolder temporary;
    std::string line = quoted(std::string(folder) + "/heedmap");
    for (const std::string& word : words)
        line += " " + quoted(word);
    line += " </dev/null >" + quoted(temporary.file("out")) + " 2>" + quoted(temporary.file("err"));
    const int status = std::system(line.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
            readTextFile(temporary.file("out"), 1 << 26), readTextFile(temporary.file("err"), 1 << 26)};
}

std::filesystem::path fixture(const std::string& name)
{
    return std::filesystem::path(HEEDMAP_SOURCE_DIR) / "tests/fixtures" / name;
}

NpyArray readNpy(const std::string& path)
{
    const std::string file = readTextFile(path, std::size_t{1} << 30);
    const std::size_t data = file.find('\n') + 1;
    const std::string header = file.substr(0, data);
    NpyArray array;
    std::size_t at = header.find("'shape': (") + 10;
    while (header[at] != ')') {
        char* end = nullptr;
        array.shape.push_back(std::strtoll(header.c_str() + at, &end, 10));
        at = header.find_first_not_of(", ", static_cast<std::size_t>(end - header.c_str()));
    }
    array.values.resize((file.size() - data) / sizeof(float));
    std::memcpy(array.values.data(), file.data() + data, array.values.size() * sizeof(float));
    return array;
}

} // namespace heedmap::test
