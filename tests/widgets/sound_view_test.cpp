#include "tests/widgets/painted_capture.h"
#include "tests/widgets/sound_view_fixture.h"
#include "widgets/views/stage_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heedmap {
namespace {

using namespace test;
using testing::HasSubstr;

TEST_F(SoundViewTest, hoveringATokenShowsItsCurve)
{
    show();
    EXPECT_TRUE(scene().curves.empty());
    hover(box("ball"));
    EXPECT_EQ(selection().hover().query, (AxisPosition{"transcript", kRedRow})) << "its predicting row";
    ASSERT_EQ(scene().curves.size(), 1u);
    const auto peak = std::ranges::max_element(scene().curves[0].heights) - scene().curves[0].heights.begin();
    EXPECT_EQ(peak, heardPosition(0, 0, kRedRow));
    // The strongest position is filled up to the top of the lane, the ones beside it are not.
    const QRectF attention = lane(SoundLane::Attention);
    const double second = (double(peak) + 0.5) * kSecondsPerPosition;
    const QPointF high(canvas().axis().x(second), attention.top() + 0.3 * attention.height());
    const QPointF beside(canvas().axis().x(second + kSecondsPerPosition), high.y());
    EXPECT_NE(pixel(high), pixel(beside));
    EXPECT_GT(pixel(high).red(), pixel(beside).red()) << "the mark's orange";
    EXPECT_THAT(canvas().toolTip().toStdString(), HasSubstr("written with probability 0.8000"));
    send(QEvent::Leave, {});
    QEvent leave(QEvent::Leave);
    QApplication::sendEvent(&canvas(), &leave);
    EXPECT_EQ(selection().hover(), Hover());
}

TEST_F(SoundViewTest, heightsAreThoseOfTheScaleAndNeverSmoothedUnlessAsked)
{
    show();
    selection().keepQuery({"transcript", kBallRow});
    ASSERT_EQ(scene().curves.size(), 1u);
    const std::vector<float> exact = scene().curves[0].heights;
    const auto heard = static_cast<std::size_t>(heardPosition(0, 0, kBallRow));
    const ValueScale scale =
        m_context.scaleFor(m_context.rows().shownRow(), selection().capture()->manifest().axis("sound"));
    EXPECT_NEAR(exact[heard], scale.position(0.62), 1e-6);
    EXPECT_NEAR(exact[heard + 1], scale.position(0.02), 1e-6);
    EXPECT_EQ(m_view->smoothButton().text(), "&Median of 7 positions");
    m_view->smoothButton().click();
    EXPECT_NEAR(scene().curves[0].heights[heard], scale.position(0.02), 1e-6) << "a lone peak is no median";
    EXPECT_THAT(scene().attentionNote.toStdString(), HasSubstr("median of 7 positions"));
    EXPECT_THAT(m_view->figure()->caption.join('\n').toStdString(), HasSubstr("smoothed: median of 7"));
    EXPECT_NEAR(m_view->numbers()->values[heard], 0.62, 1e-6) << "numbers are the model's own";
    m_view->smoothButton().click();
    EXPECT_EQ(scene().curves[0].heights, exact);
    EXPECT_THAT(m_view->figure()->caption.join('\n').toStdString(), HasSubstr("curves as they are"));
}

TEST_F(SoundViewTest, hoveringAMomentColoursTokensByHowMuchTheyLookAtIt)
{
    show();
    const std::int64_t heard = heardPosition(0, 0, kRedRow); // of the row that predicts "ball"
    hover(at(SoundLane::Waveform, (double(heard) + 0.5) * kSecondsPerPosition));
    EXPECT_EQ(selection().hover().key, (AxisPosition{"sound", heard}));
    ASSERT_TRUE(scene().moment);
    EXPECT_NEAR(scene().moment->start, double(heard) * kSecondsPerPosition, 1e-9);
    const QColor ball = scene().tokens[token("ball")].fill;
    const QColor red = scene().tokens[token("red")].fill;
    ASSERT_TRUE(ball.isValid() && red.isValid());
    EXPECT_EQ(ball, QColor(m_context.colorMap().at(1).r, m_context.colorMap().at(1).g, m_context.colorMap().at(1).b));
    EXPECT_NE(ball, red);
    EXPECT_THAT(canvas().toolTip().toStdString(), HasSubstr("looked at by “ball” 0.6200"));
    EXPECT_EQ(pixel(box("ball") - QPointF(0, lane(SoundLane::Tokens).height() / 8)).rgb() != 0, true);
}

TEST_F(SoundViewTest, timesComeFromTheShownHeadAndSaySo)
{
    show({.reach = 2}); // a lone peak is lost in the median of 7 that times are smoothed with
    DisplayOptions options = m_context.options();
    options.predictingRow = false; // by these rows the head hears one word after the other
    m_context.setOptions(options);
    EXPECT_THAT(m_view->statement().toStdString(), HasSubstr("times by L0 · H0"));
    ASSERT_TRUE(scene().tokens[token("ball")].time);
    const double before = scene().tokens[token("ball")].time->start;
    EXPECT_NEAR(before, 0.1 * double(heardPosition(0, 0, kBallRow)), 0.35);
    selection().selectHead(selection().capture()->manifest().sitesOfGroup("transcript_sound")[0], HeadChoice{1});
    EXPECT_THAT(m_view->statement().toStdString(), HasSubstr("times by L0 · H1"));
    EXPECT_NE(scene().tokens[token("ball")].time->start, before);
    EXPECT_FALSE(hasTimedBox(scene().tokens[token("<|start|>")]));
    EXPECT_FALSE(hasTimedBox(scene().tokens[token("<|end|>")]));
    EXPECT_FALSE(layoutSoundSpecials(scene(), lane(SoundLane::Specials), QFontMetricsF(canvas().font())).empty());
}

TEST_F(SoundViewTest, timesAreThoseOfTheModelsAlignmentHeadsWhereItNamesSome)
{
    show({.withAlignment = true, .reach = 2});
    EXPECT_THAT(m_view->statement().toStdString(), HasSubstr("times by alignment head L1 · H1"));
    EXPECT_EQ(m_view->smoothButton().text(), "&Median of 3 positions");
    const double before = scene().tokens[token("ball")].time->start;
    EXPECT_NEAR(before, kSecondsPerPosition * double(heardPosition(1, 1, kRedRow)), 0.35) << "its predicting row";
    selection().selectHead(selection().capture()->manifest().sitesOfGroup("transcript_sound")[0], HeadChoice{0});
    EXPECT_EQ(scene().tokens[token("ball")].time->start, before);
    // The path runs through the rows that are drawn: the one that predicts "ball".
    ASSERT_TRUE(scene().map && scene().map->path[1]);
    EXPECT_EQ(scene().map->path[1]->start, before);
}

TEST_F(SoundViewTest, timesAreReadOnAWorkerWhereTheyAreDear)
{
    m_view->reader().setImmediateCost(0);
    show();
    EXPECT_TRUE(waitFor([this] { return scene().tokens[token("ball")].time && scene().map; }));
    EXPECT_THAT(m_view->statement().toStdString(), HasSubstr("times by L0 · H0"));
}

TEST_F(SoundViewTest, theTokenMapHasARowForEveryTokenAndThePathOfTheTimes)
{
    show();
    ASSERT_TRUE(scene().map);
    ASSERT_EQ(scene().map->heat.rows, 3u); // red, ball, end
    EXPECT_EQ(scene().map->names, (QStringList{"red", "ball", "<|end|>"}));
    const QRectF area = lane(SoundLane::Map);
    const double heard = (double(heardPosition(0, 0, kRedRow)) + 0.5) * kSecondsPerPosition;
    hover({canvas().axis().x(heard), soundRowRect(area, 3, 1).center().y()});
    EXPECT_EQ(selection().hover().query, (AxisPosition{"transcript", kRedRow}));
    EXPECT_EQ(selection().hover().key, (AxisPosition{"sound", heardPosition(0, 0, kRedRow)}));
    EXPECT_THAT(canvas().toolTip().toStdString(), HasSubstr("0.6200"));
    m_view->mapButton().click();
    EXPECT_TRUE(lane(SoundLane::Map).isEmpty());
}

TEST_F(SoundViewTest, mapsWithoutASideOfSoundSaySoAndMomentsAreAskedThemselvesInTheEncoder)
{
    show({}, "transcript_transcript");
    hover(box("ball"));
    EXPECT_THAT(scene().attentionNote.toStdString(), HasSubstr("looks at no sound"));
    EXPECT_TRUE(scene().curves.empty());
    selection().selectGroup("sound_sound");
    selection().setHover({});
    hover(at(SoundLane::Waveform, 0.55));
    EXPECT_EQ(selection().hover().query, (AxisPosition{"sound", 5}));
    ASSERT_EQ(scene().curves.size(), 1u);
    ASSERT_TRUE(scene().moment);
    EXPECT_NEAR(scene().moment->start, 0.5, 1e-9);
}

TEST_F(SoundViewTest, theWaveformIsTheRecording)
{
    show();
    ASSERT_TRUE(scene().envelope);
    EXPECT_NEAR(scene().envelope->peak, 0.5, 1e-3);
    const QRectF area = lane(SoundLane::Waveform);
    const double quarter = area.center().y() - area.height() / 4; // the tone reaches the lane's edges, silence does not
    const QImage image = canvas().grab().toImage();
    const auto inkAt = [&](double seconds) {
        return image.pixelColor(QPointF(canvas().axis().x(seconds), quarter).toPoint());
    };
    EXPECT_NE(inkAt(0.75), inkAt(0.25));
    EXPECT_EQ(inkAt(0.25), inkAt(1.3));
    EXPECT_TRUE(waitFor([this] { return scene().mel != nullptr; }));
    EXPECT_EQ(scene().mel->features.bins, 80);
    const QImage mel = canvas().grab().toImage();
    const auto melAt = [&](double seconds, double height) {
        const QRectF here = lane(SoundLane::Mel);
        return qGray(mel.pixel(QPointF(canvas().axis().x(seconds), here.bottom() - height * here.height()).toPoint()));
    };
    EXPECT_GT(melAt(0.75, 0.14), melAt(0.25, 0.14)); // 440 Hz, the 12th of 80 bins
}

TEST_F(SoundViewTest, withoutTheRecordingEverythingElseWorks)
{
    show({}, "transcript_sound", false);
    EXPECT_TRUE(lane(SoundLane::Mel).isEmpty());
    EXPECT_FALSE(m_view->playButton().isEnabled());
    EXPECT_FALSE(m_view->playText().isEmpty());
    hover(box("red"));
    EXPECT_EQ(scene().curves.size(), 1u);
    EXPECT_TRUE(m_view->figure());
}

TEST_F(SoundViewTest, numbersHaveTheSecondsOfEveryPosition)
{
    show();
    EXPECT_FALSE(m_view->numbers());
    selection().keepQuery({"transcript", kBallRow});
    const std::optional<NumberTable> table = m_view->numbers();
    ASSERT_TRUE(table);
    ASSERT_EQ(table->columns.names, (std::vector<std::string>{"key", "key_position", "start_seconds", "end_seconds"}));
    EXPECT_EQ(table->columns.labels[3], (std::vector<std::string>{"0.30 s", "3", "0.3", "0.4"}));
    EXPECT_FALSE(csvFromTable(*table).empty());
    const QByteArray svg = svgFromFigure(*m_view->figure());
    EXPECT_TRUE(svg.contains("ball"));
    EXPECT_FALSE(imageFromFigure(*m_view->figure()).isNull());
}

TEST_F(SoundViewTest, takesTheStagesPlaceForSound)
{
    StageView stage(m_context);
    EXPECT_TRUE(stage.isWanted());
    EXPECT_FALSE(m_view->isWanted());
    show();
    EXPECT_FALSE(stage.isWanted());
    EXPECT_TRUE(m_view->isWanted());
    m_context.selection().setCapture(makeCapture(m_folder), initialSelection(*makeCapture(m_folder)));
    EXPECT_TRUE(stage.isWanted());
    EXPECT_FALSE(m_view->isWanted());
}

TEST(SoundWindows, theFirstMapShownIsWordsOverSound)
{
    const QTemporaryDir folder;
    const auto capture = makeSpoken(folder, {.windows = 2});
    const Selection first = initialSelection(*capture);
    EXPECT_EQ(first.group, "transcript_sound");
    const std::vector<SoundWindow> windows = soundWindows(*capture);
    ASSERT_EQ(windows.size(), 2u);
    EXPECT_EQ(windows[1].positions.positionAt(2.25), 2);
    EXPECT_FALSE(windows[1].positions.positionAt(1.99));
    EXPECT_NEAR(windows[1].heard.end, 3.6, 1e-9);
    EXPECT_NEAR(recordingEnd(*capture), 3.6, 1e-9);
    const auto other = mapForQueryAxis(*capture, {first.group, first.map, {}}, "transcript.2");
    ASSERT_TRUE(other);
    EXPECT_EQ(other->group, "transcript.2_sound.2");
}

} // namespace
} // namespace heedmap
