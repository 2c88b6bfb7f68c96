#include "core/runtime/threads.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

namespace heedmap {
namespace {

TEST(ThreadPolicy, GivesTheCoresToMatrixProducts)
{
    if (std::getenv("OMP_NUM_THREADS") || std::getenv("OPENBLAS_NUM_THREADS"))
        GTEST_SKIP() << "the user's own setting wins";
    const ThreadPolicy policy = configureThreads();
    EXPECT_EQ(policy.elementwise, 1);
    EXPECT_EQ(at::get_num_threads(), 1);
    const int cores = static_cast<int>(std::thread::hardware_concurrency());
    EXPECT_EQ(policy.matrixProducts, policy.blas.empty() ? 1 : cores);
}

TEST(ThreadPolicy, MatrixProductsGoOnWhenIdleThreadsSleepSooner)
{
    const bool isOpenBlas = !configureThreads().blas.empty();
    EXPECT_EQ(isOpenBlas, std::getenv("OPENBLAS_THREAD_TIMEOUT") != nullptr);
    const at::Tensor product = at::mm(at::ones({300, 400}), at::ones({400, 500}));
    EXPECT_EQ(product.min().item<float>(), 400);
    EXPECT_EQ(product.max().item<float>(), 400);
}

} // namespace
} // namespace heedmap
