#pragma once

#include "core/base/tensor_view.h"

#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace heedmap {

/// A parsed safetensors file: named tensors inside one mapped file. Immutable.
/// Format: https://github.com/huggingface/safetensors#format
struct SafetensorsFile
{
    std::shared_ptr<const MappedFile> file;
    std::map<std::string, TensorView> tensors;
    std::map<std::string, std::string> metadata; ///< `__metadata__`
    std::string headerSha256;                    ///< of the header's JSON text, padding included

    /// Maps and checks the file; no tensor data is read. Checked before use: the header's length, JSON, keys, dtypes
    /// and shapes; byte ranges inside the file, matching shape × dtype, without overlap or hole, ending at the file's
    /// end. Errors: NotFound, Io, InvalidFile, TooLarge (a header over `maxHeaderBytes`), Unsupported (a type of the
    /// format that this program does not read), each naming the file and the tensor.
    static SafetensorsFile open(const std::filesystem::path& path, std::size_t maxHeaderBytes = 100'000'000);
};

} // namespace heedmap
