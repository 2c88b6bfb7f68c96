#pragma once

#include "core/base/tensor_view.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace heedmap {

/// What a safetensors header says about one tensor. `begin` and `end` are byte offsets into the data section.
struct TensorEntry
{
    DType dtype = DType::F32;
    Shape shape;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

struct SafetensorsHeader
{
    std::map<std::string, TensorEntry> tensors;
    std::map<std::string, std::string> metadata; ///< `__metadata__`
};

/// Reads the JSON text of a header, which may be hostile: nothing of it is kept that is not part of the result. `path`
/// names the file in messages. Whether the offsets fit the file and the shapes is not looked at.
/// Errors: InvalidFile, Unsupported (a type of the format that this program does not read), TooLarge (more than a
/// million tensors or 10 000 metadata entries).
SafetensorsHeader parseSafetensorsHeader(std::string_view text, const std::string& path);

} // namespace heedmap
