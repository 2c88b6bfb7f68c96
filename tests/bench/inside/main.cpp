#include "core/base/blas_kernels.h"
#include "core/runtime/threads.h"

#include <benchmark/benchmark.h>

int main(int argc, char** argv)
{
    heedmap::startOverWithBlasKernels(argv); // computes as the engine does
    heedmap::configureThreads();
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 2;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
