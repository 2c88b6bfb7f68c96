#include "core/analysis/running_median.h"
#include "core/base/error.h"
#include "widgets/image/time_axis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <QStringList>

#include <cmath>

namespace heedmap {
namespace {

using testing::ElementsAre;

const TimeAxis kAxis({0, 30}, {0, 3}, 100, 600);

TEST(TimeAxis, secondsAndPixelsAreTheSamePlace)
{
    EXPECT_EQ(kAxis.x(0), 100);
    EXPECT_EQ(kAxis.x(1.5), 400);
    EXPECT_EQ(kAxis.seconds(700), 3);
    for (const double moment : {0.013, 1.7, 2.99})
        EXPECT_NEAR(kAxis.seconds(kAxis.x(moment)), moment, 1e-12);
}

TEST(TimeAxis, zoomsAroundTheMomentAtThePointer)
{
    const TimeAxis nearer = kAxis.zoomed(400, 2);
    EXPECT_NEAR(nearer.visible().length(), 1.5, 1e-12);
    EXPECT_NEAR(nearer.seconds(400), 1.5, 1e-12);
    const TimeAxis all = kAxis.zoomed(400, 1e-9);
    EXPECT_EQ(all.visible(), (TimeSpan{0, 30}));
    EXPECT_NEAR(kAxis.zoomed(400, 1e9).visible().length(), TimeAxis::kLeastSeconds, 1e-12);
}

TEST(TimeAxis, movesNoFurtherThanThereIsSound)
{
    EXPECT_NEAR(kAxis.panned(-200).visible().start, 1, 1e-12);
    EXPECT_EQ(kAxis.panned(200).visible(), (TimeSpan{0, 3}));
    EXPECT_NEAR(kAxis.panned(-1e9).visible().end, 30, 1e-9);
    const TimeAxis there = kAxis.revealing(20);
    EXPECT_TRUE(there.visible().contains(20));
    EXPECT_NEAR(there.visible().length(), 3, 1e-9);
    EXPECT_EQ(kAxis.revealing(2).visible(), kAxis.visible());
}

TEST(TimeAxis, emptySoundHasAnAxisAllTheSame)
{
    const TimeAxis none({0, 0}, {0, 0}, 0, 0);
    EXPECT_GT(none.pixelsPerSecond(), 0);
    EXPECT_FALSE(none.ticks(70).empty());
}

TEST(TimeAxis, ticksAreRoundMoments)
{
    QStringList named;
    for (const TimeAxis::Tick& tick : kAxis.ticks(90))
        if (!tick.label.isEmpty())
            named << tick.label;
    EXPECT_EQ(named, (QStringList{"0.0 s", "0.5 s", "1.0 s", "1.5 s", "2.0 s", "2.5 s", "3.0 s"}));
    const TimeAxis hour({0, 7200}, {0, 3600}, 0, 600);
    for (const TimeAxis::Tick& tick : hour.ticks(90))
        if (!tick.label.isEmpty()) {
            EXPECT_EQ(std::fmod(tick.seconds, 600), 0) << tick.label.toStdString();
        }
}

TEST(TimeAxis, momentsAreWrittenAsClocksDo)
{
    EXPECT_EQ(timeText(0.424), "0.42 s");
    EXPECT_EQ(timeText(59.996), "1:00.00");
    EXPECT_EQ(timeText(62.5), "1:02.50");
    EXPECT_EQ(timeText(75, 0), "1:15");
    EXPECT_EQ(spanText({0.4, 0.92}), "0.40–0.92 s");
}

/// numpy.median over windows of numpy.pad(…, mode="reflect"), as the reference smooths before it times tokens.
TEST(RunningMedian, mirrorsTheEnds)
{
    const std::vector<float> values{9, 1, 2, 8, 3};
    EXPECT_THAT(runningMedian(values, 3), ElementsAre(1, 2, 2, 3, 8));
    EXPECT_THAT(runningMedian(values, 1), ElementsAre(9, 1, 2, 8, 3));
    EXPECT_THAT(runningMedian(std::vector<float>{4, 5}, 7), ElementsAre(4, 5)) << "too short to be smoothed";
    EXPECT_THROW(runningMedian(values, 4), Error);
}

} // namespace
} // namespace heedmap
