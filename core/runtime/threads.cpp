#include "core/runtime/threads.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstdlib>
#include <dlfcn.h>
#include <thread>

// ATen computes elementwise operations on OpenMP threads and hands matrix products to BLAS, which Debian's
// libopenblas0-pthread computes on threads of its own. OpenMP's idle threads spin and take the cores from OpenBLAS's.
//
// Measured with LibTorch 1.13.1 and OpenBLAS 0.3.21 (its Cooper Lake kernels) on 2 cores, with other work on the
// machine: processor time of all threads, median of 25 rounds in which the four settings took turns (ATen + OpenBLAS
// threads):
//
//                                            1 + 1    1 + 2    2 + 1    2 + 2
//   linear 577 × 768 → 3072                  11.6     12.7     23.8     24.5 ms
//   GELU 577 × 3072                           1.0      1.0     14.3     13.9 ms
//   softmax 12 × 577 × 577                    2.8      2.8     14.4     14.0 ms
//   a ViT-B block's products and activations 46.7     52.2    142.1    158.7 ms
//   feed-forward of one decoded token         1.5      2.1     12.0     12.6 ms
//
// A second ATen thread at least doubles the work and saves little: nine tenths of a block are matrix products. So ATen
// gets one thread and OpenBLAS all cores, which costs a tenth more work and shares it between the cores.
//
// libopenblas0-pthread or -openmp (one pool for both)? Linear 577 × 768 → 3072, GELU and the linear layer back take the
// same time within a tenth on the machine alone. But beside a compiler on both cores a run of the shipped model took
// 0.03 to 1.0 s with pthread and 1.3 to 1.5 s with openmp, whose threads wait for each other spinning. A window, and
// whatever else a user runs, is always beside the engine: pthread.
//
// OpenBLAS's idle threads spin for 2²⁶ ticks of the processor's clock (27 ms) before they sleep, and so between two
// products all the time, beside what we compute on threads of our own (core/base/parallel.h) and beside other programs.
// Transcription with capture at the size of Whisper tiny, 2 cores, median of two times 8 (wall time): 2²⁶ 338 ms, 2²⁰
// 293, 2¹⁸ 287, 2¹⁴ 299, 2⁴ 299 ms; with the shipped model, whose products are small, 2¹⁴ and less take 1 to 2 ms more
// of 11. 2²⁰ it is: 0.4 ms.

namespace heedmap {

namespace {

constexpr const char* kSpinning = "OPENBLAS_THREAD_TIMEOUT";
constexpr const char* kSpinningTicks = "20";

using SetThreads = void (*)(int);
using GetConfig = char* (*)();

template <typename Function>
Function symbol(const char* name)
{
    return reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
}

bool isSet(const char* variable)
{
    const char* value = std::getenv(variable);
    return value && *value;
}

/// OpenBLAS reads its environment when it is loaded, before main: made to read it again, and to start its threads anew.
void shortenIdleSpinning()
{
    const auto readEnvironment = symbol<void (*)()>("openblas_read_env");
    const auto endThreads = symbol<int (*)()>("blas_thread_shutdown_");
    const auto startThreads = symbol<int (*)()>("blas_thread_init");
    if (isSet(kSpinning) || !readEnvironment || !endThreads || !startThreads)
        return;
    ::setenv(kSpinning, kSpinningTicks, 1);
    readEnvironment();
    endThreads();
    startThreads();
}

} // namespace

ThreadPolicy configureThreads()
{
    ThreadPolicy policy;
    if (!isSet("OMP_NUM_THREADS"))
        at::set_num_threads(1);
    policy.elementwise = at::get_num_threads();
    // Looked up at run time: any BLAS may stand behind libblas.so.3.
    const auto setThreads = symbol<SetThreads>("openblas_set_num_threads");
    const auto getThreads = symbol<int (*)()>("openblas_get_num_threads");
    const auto getConfig = symbol<GetConfig>("openblas_get_config");
    if (!setThreads || !getThreads || !getConfig)
        return policy;
    if (!isSet("OPENBLAS_NUM_THREADS") && !isSet("OMP_NUM_THREADS"))
        setThreads(std::max(1, static_cast<int>(std::thread::hardware_concurrency())));
    policy.matrixProducts = getThreads();
    shortenIdleSpinning();
    policy.blas = getConfig();
    return policy;
}

} // namespace heedmap
