#pragma once

#include "core/base/dtype.h"

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>

#include <string>

namespace heedmap {

/// The option --dtype: what a capture stores its numbers in, "f32", "f16" or "bf16".
CLI::Option* declareStorageType(CLI::App& verb, std::string& text);
/// Precondition: a text that the option accepts.
DType storageTypeFromText(const std::string& text);

} // namespace heedmap
