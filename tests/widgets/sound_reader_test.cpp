#include "tests/app/window/wait.h"
#include "tests/widgets/spoken_capture.h"
#include "widgets/context/sound_reader.h"

#include <gtest/gtest.h>
#include <QTemporaryDir>

#include <memory>
#include <string>
#include <vector>

namespace heedmap {
namespace {

using namespace test;

class SoundReaderTest : public testing::Test
{
protected:
    /// Three tokens, one head, 20 positions and a median of 3: 3 · 20 · (1 + 3) at least.
    static constexpr double kCostOfTimes = 240;

    void open(int windows = 1)
    {
        const auto folder = std::make_shared<QTemporaryDir>();
        m_folders.push_back(folder);
        m_capture = makeSpoken(*folder, {.windows = windows, .withAlignment = true, .reach = 2});
        m_windows = soundWindows(*m_capture);
        m_reader.setCapture(m_capture, m_windows.size());
    }
    std::shared_ptr<const SoundTimes> times(std::size_t window)
    {
        return m_reader.times(m_windows[window], timedByModel(*m_capture, m_windows[window]).value());
    }

    std::vector<std::shared_ptr<QTemporaryDir>> m_folders;
    SoundReader m_reader;
    std::shared_ptr<const Capture> m_capture;
    std::vector<SoundWindow> m_windows;
};

TEST_F(SoundReaderTest, timesCostEveryWeightAndTheMedianAroundIt)
{
    open();
    m_reader.setImmediateCost(kCostOfTimes - 1);
    EXPECT_EQ(times(0), nullptr) << "on a worker";
    EXPECT_TRUE(waitFor([this] { return times(0) != nullptr; }));
    EXPECT_EQ(times(0)->tokens.size(), 3u);
}

TEST_F(SoundReaderTest, manyCheapThingsAtOnceAreDear)
{
    open(2);
    m_reader.setImmediateCost(2 * kCostOfTimes - 1);
    EXPECT_NE(times(0), nullptr);
    EXPECT_EQ(times(1), nullptr) << "both together are more than is done between two frames";
    EXPECT_TRUE(waitFor([this] { return times(1) != nullptr; }));
}

TEST_F(SoundReaderTest, aRebuildNeverDropsWhatItAsksForNext)
{
    open();
    std::vector<SoundWindow> windows(1500, m_windows[0]);
    for (std::size_t i = 0; i < windows.size(); ++i)
        windows[i].output = "transcript of hours, " + std::to_string(i);
    m_reader.setCapture(m_capture, windows.size());
    const TimedBy by = timedByModel(*m_capture, m_windows[0]).value();
    std::vector<std::shared_ptr<const SoundTimes>> first;
    for (const SoundWindow& window : windows)
        first.push_back(m_reader.times(window, by));
    for (std::size_t i = 0; i < windows.size(); ++i)
        ASSERT_EQ(m_reader.times(windows[i], by), first[i]) << i;
}

TEST_F(SoundReaderTest, capturesThatAreGoneAreNotKeptOpen)
{
    open();
    EXPECT_NE(times(0), nullptr);
    EXPECT_NE(m_reader.rows({m_windows[0].choice.sites.front(), HeadChoice{0}, {}}, {kRedRow}, false), nullptr);
    const std::weak_ptr<const Capture> before = m_capture;
    open();
    EXPECT_TRUE(before.expired());
    m_reader.setImmediateCost(0);
    EXPECT_EQ(times(0), nullptr); // its reading goes on
    const std::weak_ptr<const Capture> read = m_capture;
    m_capture.reset();
    m_reader.setCapture(nullptr, 0);
    EXPECT_TRUE(waitFor([&] { return read.expired(); }));
}

} // namespace
} // namespace heedmap
