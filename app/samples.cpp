#include "app/samples.h"

#include "app/resources.h"
#include "core/base/error.h"
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
    const auto fileOf = [&](const Json& entry, const char* key) {
        const std::string name = jsonString(entry, key, where, "");
        return name.empty() ? name : (folder / name).string();
    };
    std::vector<Sample> samples;
    for (const Json& entry : entries) {
        const Sample sample{jsonString(entry, "title", where),
                            fileOf(entry, "picture"),
                            fileOf(entry, "recording"),
                            jsonString(entry, "question", where),
                            jsonString(entry, "written", where, ""),
                            jsonString(entry, "expected", where),
                            jsonString(entry, "model_answers", where)};
        if (sample.picturePath.empty() && sample.recordingPath.empty())
            throw Error(ErrorKind::InvalidFile, "{}: the sample “{}” has neither a picture nor a recording", where,
                        sample.title);
        samples.push_back(sample);
    }
    return samples;
}

} // namespace heedmap
