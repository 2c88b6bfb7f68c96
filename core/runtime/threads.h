#pragma once

#include <string>

namespace heedmap {

/// How many threads compute. See threads.cpp for the measurements behind the choice.
struct ThreadPolicy
{
    int elementwise = 1;    ///< ATen's own (OpenMP)
    int matrixProducts = 1; ///< OpenBLAS
    std::string blas;       ///< what OpenBLAS says it is; empty when another BLAS is installed
};

/// Sets the policy for the whole process and returns it. Call once, before the first computation, on the thread that
/// starts the engine. OPENBLAS_NUM_THREADS, OMP_NUM_THREADS and OPENBLAS_THREAD_TIMEOUT, where the user has set them,
/// win; the last is set where it is not.
ThreadPolicy configureThreads();

} // namespace heedmap
