#include "core/base/instruction_set.h"

namespace heedmap {

namespace {

InstructionSet detected()
{
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("f16c"))
        return InstructionSet::Portable;
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")
               ? InstructionSet::Avx512
               : InstructionSet::Avx2;
#else
    return InstructionSet::Portable;
#endif
}

} // namespace

InstructionSet instructionSet()
{
    static const InstructionSet kWidest = detected();
    return kWidest;
}

} // namespace heedmap
