#pragma once

#include "core/base/dtype.h"
#include "core/base/tensor_view.h"
#include "core/capture/manifest.h"

#include <map>
#include <string>

namespace heedmap {

struct TensorInfo
{
    DType dtype = DType::F32;
    Shape shape;
};

/// Checks that every tensor a manifest names exists with the shape and type of FORMAT.md. `where` names the capture.
/// Errors: InvalidFile.
void checkTensors(const Manifest& manifest, const std::map<std::string, TensorInfo>& tensors, const std::string& where);

} // namespace heedmap
