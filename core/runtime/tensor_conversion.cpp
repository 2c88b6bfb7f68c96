#include "core/runtime/tensor_conversion.h"

#include "core/base/error.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <memory>

namespace heedmap {

namespace {

bool isUsableInPlace(const TensorView& view)
{
    const auto address = reinterpret_cast<std::uintptr_t>(view.bytes.data());
    return view.dtype == DType::F32 && view.file && address % alignof(float) == 0;
}

} // namespace

at::Tensor tensorFromView(const TensorView& view)
{
    if (isUsableInPlace(view)) {
        // ATen has no read-only tensors; nothing in runtime or models writes to a weight.
        void* data = const_cast<std::byte*>(view.bytes.data());
        return at::from_blob(
            data, view.shape, [file = view.file](void*) {}, at::kFloat);
    }
    constexpr DType kReadable[] = {DType::F64, DType::F32, DType::F16, DType::BF16};
    if (std::ranges::find(kReadable, view.dtype) == std::end(kReadable))
        throw Error(ErrorKind::Unsupported,
                    "a weight of type {} is not read; convert the checkpoint to F32, F16 or BF16",
                    dtypeName(view.dtype));
    at::Tensor copy = at::empty(view.shape, at::kFloat);
    view.copyFloats(0, {copy.data_ptr<float>(), static_cast<std::size_t>(copy.numel())});
    return copy;
}

FloatTensor floatTensorFrom(const at::Tensor& tensor)
{
    const at::Tensor dense = (tensor.requires_grad() ? tensor.detach() : tensor).to(at::kFloat).contiguous();
    const std::span<const float> values(dense.data_ptr<float>(), static_cast<std::size_t>(dense.numel()));
    return {dense.sizes().vec(), FloatValues(std::make_shared<const at::Tensor>(dense), values)};
}

at::Tensor idTensor(std::span<const std::int32_t> ids)
{
    at::Tensor tensor = at::empty({static_cast<std::int64_t>(ids.size())}, at::kLong);
    std::copy(ids.begin(), ids.end(), tensor.data_ptr<std::int64_t>());
    return tensor;
}

} // namespace heedmap
