#pragma once

#include <cstddef>
#include <fstream>
#include <functional>
#include <string>

namespace heedmap::test {

/// A line of /proc/self/status in bytes.
inline std::size_t processMemory(const std::string& name)
{
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(name + ":"))
            return std::stoull(line.substr(name.size() + 1)) * 1024;
    return 0;
}

/// By how many bytes the resident memory of this program grew at most while `work` ran. 0 with AddressSanitizer, which
/// holds back what was freed, and where the system does not let a program count its peak anew.
inline std::size_t peakGrowth(const std::function<void()>& work)
{
    std::ofstream counter("/proc/self/clear_refs");
    const bool isCounted = static_cast<bool>(counter << "5" << std::flush); // the peak is that from now on
    const std::size_t before = processMemory("VmRSS");
    work();
    const std::size_t peak = isCounted ? processMemory("VmHWM") : 0;
#ifdef __SANITIZE_ADDRESS__
    return 0;
#else
    return peak > before ? peak - before : 0;
#endif
}

} // namespace heedmap::test
