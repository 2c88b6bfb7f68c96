#include "tests/widgets/sound_view_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <QPaintEvent>

namespace heedmap {
namespace {

using namespace test;
using testing::HasSubstr;

TEST_F(SoundViewTest, clicksKeepTokensAndMoments)
{
    show();
    click(box("red"));
    EXPECT_EQ(selection().selection().queries, std::vector<std::int64_t>{1});
    click(box("ball"), Qt::ControlModifier);
    EXPECT_EQ(selection().selection().queries, (std::vector<std::int64_t>{1, kRedRow}));
    send(QEvent::MouseMove, {2, 2});
    selection().setHover({});
    EXPECT_EQ(scene().curves.size(), 2u);
    EXPECT_NE(scene().curves[0].color, scene().curves[1].color);
    EXPECT_EQ(scene().tokens[token("red")].frame, scene().curves[0].color);
    click(at(SoundLane::Mel, 0.75));
    EXPECT_EQ(selection().selection().key, 7);
    click(at(SoundLane::Mel, 0.75));
    EXPECT_FALSE(selection().selection().key);
}

TEST_F(SoundViewTest, aDraggedSpanSaysHowMuchLiesInItAndEscLetsGo)
{
    show();
    selection().keepQuery({"transcript", kBallRow});
    const double heard = double(heardPosition(0, 0, kBallRow)) * kSecondsPerPosition;
    drag(at(SoundLane::Waveform, heard), at(SoundLane::Waveform, heard + 0.2));
    ASSERT_TRUE(scene().chosen);
    EXPECT_NEAR(scene().chosen->start, heard, 0.01);
    EXPECT_NEAR(scene().chosen->end, heard + 0.2, 0.01);
    EXPECT_THAT(m_view->statement().toStdString(), HasSubstr("0.64 of "));
    EXPECT_EQ(selection().selection().key, std::nullopt) << "a drag is no click";
    QKeyEvent override(QEvent::ShortcutOverride, Qt::Key_Escape, Qt::NoModifier);
    override.ignore();
    QApplication::sendEvent(&canvas(), &override);
    EXPECT_TRUE(override.isAccepted());
    press(Qt::Key_Escape);
    EXPECT_FALSE(scene().chosen);
    EXPECT_EQ(selection().selection().queries, std::vector<std::int64_t>{kBallRow});
    override.ignore();
    QApplication::sendEvent(&canvas(), &override);
    EXPECT_FALSE(override.isAccepted()) << "then it is the window's";
}

TEST_F(SoundViewTest, weightBehindTheRecordingIsTold)
{
    show(); // 1.6 of 2 s
    selection().keepQuery({"transcript", kBallRow});
    EXPECT_THAT(m_view->statement().toStdString(), HasSubstr("after the end 0.08"));
    EXPECT_NEAR(canvas().axis().visible().end, 1.6, 1e-9);
    turnWheel(at(SoundLane::Waveform, 0), -600);
    EXPECT_NEAR(canvas().axis().visible().end, 2.0, 1e-9);
}

TEST_F(SoundViewTest, theWheelZoomsAtThePointerAndTheMiddleButtonMoves)
{
    show();
    turnWheel(at(SoundLane::Mel, 0.8), 480);
    EXPECT_LT(canvas().axis().visible().length(), 0.8);
    EXPECT_TRUE(canvas().axis().visible().contains(0.8));
    const double start = canvas().axis().visible().start;
    drag(at(SoundLane::Mel, 0.8), at(SoundLane::Mel, 0.8) - QPointF(60, 0), Qt::MiddleButton);
    EXPECT_GT(canvas().axis().visible().start, start);
    EXPECT_FALSE(scene().chosen);
    press(Qt::Key_0);
    EXPECT_NEAR(canvas().axis().visible().length(), 1.6, 1e-9);
}

TEST_F(SoundViewTest, arrowsWalkOverTokensAndMoments)
{
    show();
    press(Qt::Key_Right);
    EXPECT_EQ(selection().hover().query, (AxisPosition{"transcript", 1}));
    press(Qt::Key_Right);
    EXPECT_EQ(selection().hover().query, (AxisPosition{"transcript", kRedRow}));
    press(Qt::Key_Return);
    EXPECT_EQ(selection().selection().queries, std::vector<std::int64_t>{kRedRow});
    press(Qt::Key_Right, Qt::ShiftModifier);
    ASSERT_TRUE(selection().hover().key);
    const std::int64_t from = selection().hover().key->position;
    press(Qt::Key_Right, Qt::ShiftModifier);
    EXPECT_EQ(selection().hover().key->position, from + 1);
}

TEST_F(SoundViewTest, aRowForEveryHeadChoosesIt)
{
    show();
    selection().keepQuery({"transcript", kBallRow});
    EXPECT_TRUE(lane(SoundLane::Heads).isEmpty());
    m_view->headsButton().click();
    ASSERT_TRUE(scene().heads);
    ASSERT_EQ(scene().heads->heat.rows, 4u);
    const QRectF row = soundRowRect(lane(SoundLane::Heads), 4, 3);
    const double heard = (double(heardPosition(1, 1, kBallRow)) + 0.5) * kSecondsPerPosition;
    ASSERT_LT(heard, 2.0);
    turnWheel(at(SoundLane::Waveform, 0), -600); // all of it
    const Rgb strongest = m_context.colorMap().at(1);
    EXPECT_EQ(pixel({canvas().axis().x(heard), row.center().y()}), QColor(strongest.r, strongest.g, strongest.b));
    click({canvas().axis().x(0.5), row.center().y()});
    EXPECT_EQ(selection().selection().map.head.head, 1);
    EXPECT_EQ(selection().selection().map.site, selection().capture()->manifest().sitesOfGroup("transcript_sound")[1]);
    press(Qt::Key_Up);
    EXPECT_EQ(selection().selection().map.head.head, 0);
}

TEST_F(SoundViewTest, aWordOfAnotherWindowGoesThere)
{
    show({.windows = 2});
    ASSERT_EQ(scene().windows.size(), 2u);
    EXPECT_TRUE(scene().windows[0].isShown);
    EXPECT_NEAR(canvas().axis().visible().end, 3.6, 1e-9);
    hover(box("ball", 1));
    EXPECT_EQ(selection().hover().query, (AxisPosition{"transcript.2", kRedRow}));
    EXPECT_TRUE(scene().windows[1].isShown);
    click(box("ball", 1));
    EXPECT_EQ(selection().selection().group, "transcript.2_sound.2");
    selection().setHover({});
    EXPECT_TRUE(scene().windows[1].isShown);
    click(at(SoundLane::Waveform, 0.35));
    EXPECT_EQ(selection().selection().group, "transcript_sound");
    EXPECT_EQ(selection().selection().key, 3);
}

TEST_F(SoundViewTest, spacePlaysTheSpanOrAllAndTheCursorMoves)
{
    show();
    press(Qt::Key_Space);
    EXPECT_TRUE(m_playback.playing);
    EXPECT_EQ(m_playback.span, (std::pair{0.0, 1.6}));
    m_playback.advance(0.5);
    EXPECT_EQ(scene().cursor, 0.5);
    const double x = canvas().axis().x(0.5);
    EXPECT_NE(pixel({x, lane(SoundLane::Attention).center().y()}),
              pixel({x + 8, lane(SoundLane::Attention).center().y()}));
    press(Qt::Key_Space);
    EXPECT_FALSE(m_playback.playing);
    EXPECT_FALSE(scene().cursor);
    drag(at(SoundLane::Waveform, 0.4), at(SoundLane::Waveform, 0.9));
    EXPECT_EQ(m_view->playButton().text(), "▶ Span");
    m_view->playButton().click();
    EXPECT_NEAR(m_playback.span.first, 0.4, 0.01);
    EXPECT_NEAR(m_playback.span.second, 0.9, 0.01);
    m_playback.stop();
    m_playback.setReason("No audio device was found.");
    EXPECT_FALSE(m_view->playButton().isEnabled());
    EXPECT_EQ(m_view->playText(), "No audio device was found.");
    m_playback.span = {};
    press(Qt::Key_Space);
    EXPECT_FALSE(m_playback.playing);
}

/// Widths of what was painted anew.
class PaintedWidths : public QObject
{
public:
    std::vector<int> widths;

protected:
    bool eventFilter(QObject*, QEvent* event) override
    {
        if (event->type() == QEvent::Paint)
            widths.push_back(static_cast<QPaintEvent*>(event)->region().boundingRect().width());
        return false;
    }
};

TEST_F(SoundViewTest, playingPaintsNoMoreThanWhereTheCursorIsAndWas)
{
    show();
    m_view->playButton().click();
    m_playback.advance(0.5);
    settle();
    const QPointF was = at(SoundLane::Attention, 0.5);
    const QColor ink = pixel(was);
    PaintedWidths painted;
    canvas().installEventFilter(&painted);
    m_playback.advance(0.52);
    settle();
    ASSERT_EQ(painted.widths.size(), 1u);
    EXPECT_LT(painted.widths[0], 40);
    canvas().removeEventFilter(&painted);
    EXPECT_NE(pixel(was), ink);
    EXPECT_EQ(pixel(at(SoundLane::Attention, 0.52)), ink);
}

/// Labels of the window that is looked at come first; those of another one make room for its own when it is pointed at.
TEST_F(SoundViewTest, theLabelBelowThePointerStaysWhereItIs)
{
    show({.windows = 24, .reach = 2});
    const auto labels = [&] {
        std::vector<SoundTokenPlace> found;
        for (const SoundTokenPlace& place :
             layoutSoundTokens(scene(), canvas().axis(), lane(SoundLane::Tokens), QFontMetricsF(canvas().font())))
            if (!place.label.isEmpty())
                found.push_back(place);
        return found;
    };
    const auto leave = [&] {
        QEvent event(QEvent::Leave);
        QApplication::sendEvent(&canvas(), &event);
        settle();
    };
    hover(box("ball"));
    leave(); // with the map of the shown head, which was read since
    const std::vector<SoundTokenPlace> atFirst = labels();
    ASSERT_GT(atFirst.size(), 10u);
    int others = 0;
    for (const SoundTokenPlace& place : atFirst) {
        others += scene().tokens[place.token].isOfShownWindow ? 0 : 1;
        for (const double step : {0.0, 1.0, -1.0}) {
            hover(place.label.center() + QPointF(step, 0));
            EXPECT_EQ(selection().hover().query, scene().tokens[place.token].query)
                << place.token << " after " << step << " px";
        }
        leave();
    }
    EXPECT_GT(others, 8);
    const std::vector<SoundTokenPlace> again = labels();
    EXPECT_TRUE(std::ranges::equal(atFirst, again, {}, &SoundTokenPlace::label, &SoundTokenPlace::label));
}

} // namespace
} // namespace heedmap
