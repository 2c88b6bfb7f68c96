#include "core/runtime/head_products.h"

#include "core/base/parallel.h"

#include <ATen/ATen.h>

namespace heedmap {

namespace {

constexpr std::int64_t kWorthVectors = 1 << 14; ///< elements of a head's matrix; measured: below, calls cost more
constexpr std::int64_t kWorthAThread = 1 << 18; ///< elements of softmax

bool isOneRow(const at::Tensor& a, const at::Tensor& b)
{
    return a.size(1) == 1 && b.size(1) * b.size(2) >= kWorthVectors;
}

/// A Bᵀ of every head, A one row.
at::Tensor rowProducts(const at::Tensor& a, const at::Tensor& b)
{
    at::Tensor result = at::empty({a.size(0), 1, b.size(1)}, a.options());
    for (std::int64_t head = 0; head < a.size(0); ++head) {
        at::Tensor row = result[head][0];
        at::mv_out(row, b[head], a[head][0]);
    }
    return result;
}

} // namespace

at::Tensor productsWithTransposed(const at::Tensor& a, const at::Tensor& b, double factor)
{
    at::Tensor result = isOneRow(a, b) ? rowProducts(a, b) : at::bmm(a, b.transpose(1, 2));
    return factor == 1 ? result : result.mul_(factor);
}

at::Tensor products(const at::Tensor& a, const at::Tensor& b)
{
    if (!isOneRow(a, b))
        return at::bmm(a, b);
    return rowProducts(a, b.transpose(1, 2));
}

void softmaxInPlace(at::Tensor& scores)
{
    const std::int64_t width = scores.size(-1);
    if (scores.numel() == 0)
        return;
    const at::Tensor rows = scores.view({-1, width});
    inParallel(rows.size(0), kWorthAThread / width + 1, [&](std::int64_t begin, std::int64_t end) {
        const at::NoGradGuard noGraph; // of this thread
        at::Tensor part = rows.narrow(0, begin, end - begin);
        at::_softmax_out(part, part, -1, false); // in place: a large map twice would not fit the caches
    });
}

} // namespace heedmap
