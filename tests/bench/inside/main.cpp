#include "core/runtime/threads.h"

#include <benchmark/benchmark.h>

int main(int argc, char** argv)
{
    heedmap::configureThreads(); // as the engine does
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 2;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
