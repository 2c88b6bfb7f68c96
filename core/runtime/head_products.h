#pragma once

#include <ATen/core/Tensor.h>

namespace heedmap {

// What attention does to every head: products and softmax, outside autograd's graph. A single row, as in every step of
// decoding, is multiplied by matrix-vector products: BLAS would copy all of the other factor into its blocks first.

/// factor · A Bᵀ of every head: [heads, rows, width], [heads, others, width] → [heads, rows, others].
at::Tensor productsWithTransposed(const at::Tensor& a, const at::Tensor& b, double factor);
/// A B of every head: [heads, rows, inner], [heads, inner, width] → [heads, rows, width].
at::Tensor products(const at::Tensor& a, const at::Tensor& b);
/// Softmax over the last dimension of dense [heads, rows, others], in place; large ones on all processors.
void softmaxInPlace(at::Tensor& scores);

} // namespace heedmap
