#include "core/base/parallel.h"

#include <algorithm>
#include <future>
#include <thread>
#include <vector>

namespace heedmap {

void inParallel(std::int64_t count, std::int64_t least,
                const std::function<void(std::int64_t begin, std::int64_t end)>& work)
{
    if (count < 1)
        return;
    const auto processors = static_cast<std::int64_t>(std::max(1U, std::thread::hardware_concurrency()));
    const std::int64_t parts = std::clamp<std::int64_t>(count / std::max<std::int64_t>(least, 1), 1, processors);
    const auto beginOf = [&](std::int64_t part) { return part * (count / parts) + std::min(part, count % parts); };
    std::vector<std::future<void>> others; // waited for by their destructors when this thread's own part throws
    for (std::int64_t part = 1; part < parts; ++part)
        others.push_back(std::async(std::launch::async, work, beginOf(part), beginOf(part + 1)));
    work(0, beginOf(1));
    for (std::future<void>& other : others)
        other.get();
}

} // namespace heedmap
