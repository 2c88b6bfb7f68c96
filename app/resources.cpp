#include "app/resources.h"

#include "core/base/error.h"

#include <array>

namespace heedmap {

namespace {

std::filesystem::path programFolder()
{
    std::error_code failure;
    const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", failure);
    return failure ? std::filesystem::path() : program.parent_path();
}

bool holdsResources(const std::filesystem::path& folder)
{
    std::error_code failure;
    return std::filesystem::is_directory(folder / "models", failure);
}

} // namespace

std::filesystem::path resourceFolder()
{
    const std::array<std::filesystem::path, 2> candidates{programFolder().parent_path() / "share" / "heedmap",
                                                          std::filesystem::path(HEEDMAP_SOURCE_DIR) / "resources"};
    for (const std::filesystem::path& candidate : candidates)
        if (holdsResources(candidate))
            return candidate;
    throw Error(ErrorKind::NotFound,
                "the shipped models and samples are in neither {} nor {}; install Heedmap again, or start it from its "
                "source tree",
                candidates[0].string(), candidates[1].string());
}

std::filesystem::path shippedModelFolder()
{
    return resourceFolder() / "models" / "scenes";
}

std::filesystem::path shippedSpeechModelFolder()
{
    return resourceFolder() / "models" / "spoken";
}

} // namespace heedmap
