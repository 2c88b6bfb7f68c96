#pragma once

namespace heedmap {

/// The variable by which a process tells OpenBLAS which processor's kernels to take. Read once, while the library is
/// loaded, which is before main: it must stand in the environment a process is started with.
inline constexpr const char* kBlasKernelsVariable = "OPENBLAS_CORETYPE";

/// What to set it to on this processor; null where OpenBLAS finds the right kernels itself.
const char* blasKernels();

/// Starts the program over with the variable set, where it should be and is not (what the user has set wins). Returns
/// when there is nothing to do, or when starting over fails. Call first of all in main, before any thread.
void startOverWithBlasKernels(char** argv);

} // namespace heedmap
