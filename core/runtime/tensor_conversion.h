#pragma once

#include "core/base/tensor_view.h"
#include "core/runtime/run_result.h"

#include <ATen/core/Tensor.h>

namespace heedmap {

/// A checkpoint tensor as single precision. F32 data at an address a float may have is used in place, the mapping kept
/// alive by the tensor, and must never be written; anything else (half precision, misaligned) is a converted copy.
/// Errors: InvalidFile (the file was cut short), Unsupported (anything but F64, F32, F16 and BF16).
at::Tensor tensorFromView(const TensorView& view);

/// A tensor of any strides as dense single precision. One that is so already is shared, not copied: nobody may write to
/// it afterwards.
FloatTensor floatTensorFrom(const at::Tensor& tensor);

/// [ids] of type int64.
at::Tensor idTensor(std::span<const std::int32_t> ids);

} // namespace heedmap
