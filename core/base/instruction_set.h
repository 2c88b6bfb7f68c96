#pragma once

namespace heedmap {

/// What the hot loops are compiled for; they take the widest the processor has.
enum class InstructionSet
{
    Portable, ///< any processor
    Avx2,     ///< AVX2, FMA and F16C
    Avx512    ///< those, and AVX-512 F, VL and DQ
};

/// The widest of this processor. Thread-safe.
InstructionSet instructionSet();

} // namespace heedmap
