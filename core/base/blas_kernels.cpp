#include "core/base/blas_kernels.h"

#include <cstdlib>
#include <unistd.h>

// Debian 12's OpenBLAS 0.3.21 takes AMD processors with AVX-512 for Haswell. Beside other work on 2 cores of an EPYC
// (Zen 5), a run of a BLIP of base size took 3.9 s with Haswell's kernels and 2.5 s with SkylakeX's; alone on the
// machine a run of the shipped model 10.2 and 8.5 ms. Later versions choose as we do here.

namespace heedmap {

const char* blasKernels()
{
#ifdef __x86_64__
    __builtin_cpu_init();
    const bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    if (wide && __builtin_cpu_is("amd"))
        return "SkylakeX";
#endif
    return nullptr;
}

void startOverWithBlasKernels(char** argv)
{
    const char* kernels = blasKernels();
    if (!kernels || std::getenv(kBlasKernelsVariable))
        return;
    ::setenv(kBlasKernelsVariable, kernels, 1);
    ::execv("/proc/self/exe", argv); // returns only when it failed: the slower kernels will do
}

} // namespace heedmap
