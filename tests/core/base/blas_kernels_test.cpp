#include "core/base/blas_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

namespace heedmap {
namespace {

/// The kernel's list of what the processor can do, apart from what the compiler's built-ins say.
TEST(BlasKernels, AreNamedForAmdProcessorsWithAvx512Only)
{
    std::ifstream file("/proc/cpuinfo");
    std::string processor(std::istreambuf_iterator<char>(file), {});
    processor.resize(std::min(processor.size(), processor.find("\n\n")));
    const bool amd = processor.find("AuthenticAMD") != std::string::npos;
    bool wide = true;
    for (const char* flag : {" avx512f", " avx512bw", " avx512dq", " avx512vl"})
        wide = wide && processor.find(flag) != std::string::npos;
    EXPECT_EQ(std::string(blasKernels() ? blasKernels() : ""), amd && wide ? "SkylakeX" : "");
}

} // namespace
} // namespace heedmap
