#pragma once

#include <cstdint>
#include <functional>

namespace heedmap {

/// Calls work(begin, end) for parts that together are [0, count), none smaller than `least` but where count is: at the
/// same time on as many threads as there are processors, this one among them. Starting a thread takes some 30 µs:
/// `least` is chosen for work that is longer. Errors: what a part threw, when all parts have ended.
void inParallel(std::int64_t count, std::int64_t least,
                const std::function<void(std::int64_t begin, std::int64_t end)>& work);

} // namespace heedmap
