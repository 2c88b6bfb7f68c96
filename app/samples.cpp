#include "app/samples.h"

#include "app/resources.h"
#include "core/base/files.h"
#include "core/base/json.h"

namespace heedmap {

std::vector<Sample> readSamples()
{
    const std::filesystem::path folder = resourceFolder() / "samples";
    const std::filesystem::path list = folder / "samples.json";
    const std::string where = list.string();
    constexpr std::size_t kMaxListBytes = 1 << 20;
    const Json entries = parseJson(readTextFile(list, kMaxListBytes), where);
    std::vector<Sample> samples;
    for (const Json& entry : entries)
        samples.push_back({jsonString(entry, "title", where), (folder / jsonString(entry, "picture", where)).string(),
                           jsonString(entry, "question", where), jsonString(entry, "expected", where),
                           jsonString(entry, "model_answers", where)});
    return samples;
}

} // namespace heedmap
