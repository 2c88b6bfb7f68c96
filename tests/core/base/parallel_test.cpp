#include "core/base/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <stdexcept>
#include <vector>

namespace heedmap::test {
namespace {

TEST(InParallel, everyElementIsWorkedOnOnce)
{
    for (const std::int64_t count : {0, 1, 2, 7, 64, 1001}) {
        std::vector<std::atomic<int>> visits(static_cast<std::size_t>(count));
        inParallel(count, 1, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i)
                ++visits.at(static_cast<std::size_t>(i));
        });
        for (const std::atomic<int>& times : visits)
            EXPECT_EQ(times, 1) << "of " << count;
    }
}

TEST(InParallel, partsAreNotSmallerThanIsWorthAThread)
{
    std::mutex mutex;
    std::multiset<std::int64_t> sizes;
    inParallel(100, 51, [&](std::int64_t begin, std::int64_t end) {
        const std::lock_guard lock(mutex);
        sizes.insert(end - begin);
    });
    EXPECT_EQ(sizes, std::multiset<std::int64_t>{100});
}

TEST(InParallel, theErrorOfAnyPartIsThrownWhenAllHaveEnded)
{
    for (const std::int64_t broken : {0, 999}) {
        std::atomic<std::int64_t> done = 0;
        const auto work = [&](std::int64_t begin, std::int64_t end) {
            done += end - begin;
            if (begin <= broken && broken < end)
                throw std::runtime_error("broken");
        };
        EXPECT_THROW(inParallel(1000, 1, work), std::runtime_error);
        EXPECT_EQ(done, 1000);
    }
}

} // namespace
} // namespace heedmap::test
