#include "app/verbs/storage_type.h"

#include <algorithm>

namespace heedmap {

CLI::Option* declareStorageType(CLI::App& verb, std::string& text)
{
    return verb.add_option("--dtype", text, "What numbers are stored in: f32, f16 or bf16")
        ->check(CLI::IsMember({"f32", "f16", "bf16"}, CLI::ignore_case));
}

DType storageTypeFromText(const std::string& text)
{
    std::string name = text;
    std::ranges::transform(name, name.begin(), [](char c) { return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c; });
    return *dtypeFromName(name);
}

} // namespace heedmap
