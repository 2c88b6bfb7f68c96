#include "core/capture/attention.h"
#include "core/capture/chain_maps.h"
#include "widgets/context/background.h"
#include "widgets/context/chain_sound.h"
#include "widgets/controls/sound_canvas.h"
#include "widgets/controls/stage_canvas.h"
#include "widgets/controls/token_strip.h"
#include "widgets/image/time_axis.h"
#include "widgets/views/sound_view.h"
#include "widgets/views/stage_view.h"
#include "widgets/views/tokens_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <QCoreApplication>
#include <QMouseEvent>

namespace heedmap {
namespace {

using testing::HasSubstr;

std::shared_ptr<const Capture> captureNamed(const char* name)
{
    return Capture::open(std::filesystem::path(HEEDMAP_SOURCE_DIR "/tests/fixtures/capture") / name);
}

void movePointer(QWidget& widget, const QPointF& place)
{
    QMouseEvent event(QEvent::MouseMove, place, widget.mapToGlobal(place), Qt::NoButton, Qt::NoButton, {});
    QCoreApplication::sendEvent(&widget, &event);
}

void settle()
{
    for (int i = 0; i < 3; ++i) {
        waitForBackgroundWork();
        QCoreApplication::processEvents();
    }
}

/// The window's views on a question that was spoken (tests/fixtures/capture/make_chain.py): 1 s of sound, a picture of
/// 64 × 48 pixels cut into 3 × 4 patches.
struct SpokenQuestionViews
{
    ViewContext context;
    SoundView sound{context};
    StageView stage{context};
    TokensView tokens{context};

    explicit SpokenQuestionViews(const char* heard = "chain_heard.heed")
    {
        sound.resize(700, 400);
        stage.resize(500, 420);
        tokens.resize(600, 120);
        for (QWidget* view :
             {static_cast<QWidget*>(&sound), static_cast<QWidget*>(&stage), static_cast<QWidget*>(&tokens)})
            view->show();
        const auto asked = captureNamed("chain_asked.heed");
        context.selection().setSpeech(captureNamed(heard));
        context.selection().setCapture(asked, initialSelection(*asked));
        context.selection().release();
        settle();
    }
    ~SpokenQuestionViews() { settle(); }

    void hoverSound(double seconds)
    {
        SoundCanvas& canvas = sound.canvas();
        const QRectF lane = canvas.currentLayout().lane(SoundLane::Attention);
        movePointer(canvas, QPointF(canvas.axis().x(seconds), lane.center().y()));
        settle();
    }
    void hoverPatch(int row, int column)
    {
        const QPointF place(column * 16 + 8, row * 16 + 8);
        movePointer(stage.canvas(), stage.canvas().deviceFromPicture().map(place));
        settle();
    }
};

TEST(SpokenQuestionLane, IsShownBelowThePicture)
{
    SpokenQuestionViews views;
    EXPECT_TRUE(views.sound.isWanted());
    EXPECT_TRUE(views.stage.isWanted());
    EXPECT_EQ(views.sound.canvas().scene().positions.count, 25);
    views.context.selection().setSpeech(nullptr);
    EXPECT_FALSE(views.sound.isWanted());
}

TEST(SpokenQuestionLane, AMomentShowsItsComposedMapAndItsWords)
{
    SpokenQuestionViews views;
    views.hoverSound(0.42); // position 10
    ASSERT_EQ(views.context.chain().place(), (ChainPlace{.keyOfA = 10}));
    EXPECT_THAT(views.stage.chainText().toStdString(), HasSubstr("composed"));
    EXPECT_THAT(views.stage.chainText().toStdString(), HasSubstr("0.40 s"));
    ASSERT_EQ(views.stage.canvas().scene().layers.size(), 1u);
    const ChainReading reading = views.context.chain().chain()->fromKeyOfA(10);
    // The strongest word has the longest bar.
    const auto strongest = std::ranges::max_element(reading.tokensOfB) - reading.tokensOfB.begin();
    double longest = -1;
    std::ptrdiff_t best = -1;
    for (std::size_t i = 0; i < views.tokens.strip().chips().size(); ++i)
        if (const auto bar = views.tokens.strip().chips()[i]->bar(); bar && *bar > longest) {
            longest = *bar;
            best = static_cast<std::ptrdiff_t>(i);
        }
    EXPECT_EQ(best, strongest + 1) << "behind [CLS]";
    views.context.chain().setSpeechHover({});
    EXPECT_THAT(views.stage.chainText().toStdString(), testing::Not(HasSubstr("composed")));
}

TEST(SpokenQuestionLane, APatchShowsWhichSoundAskedAboutIt)
{
    SpokenQuestionViews views;
    views.hoverPatch(1, 2);
    ASSERT_EQ(views.context.chain().place(), (ChainPlace{.keyOfB = 1 + 1 * 4 + 2})) << "behind CLS";
    const SoundScene& scene = views.sound.canvas().scene();
    ASSERT_EQ(scene.curves.size(), 1u);
    EXPECT_THAT(scene.curves[0].name.toStdString(), HasSubstr("composed"));
    const std::vector<float> curve = views.context.chain().chain()->fromKeyOfB(7).keysOfA;
    const auto loudest = std::ranges::max_element(curve) - curve.begin();
    EXPECT_EQ(std::ranges::max_element(scene.curves[0].heights) - scene.curves[0].heights.begin(), loudest);
}

TEST(SpokenQuestionLane, AKeptWordLightsUpInTheLane)
{
    SpokenQuestionViews views;
    views.context.selection().keepQuery({"question", 3}); // "big": "bi" and "g" were heard
    settle();
    views.context.selection().setHover({}); // the windows lie over one another, under one pointer
    const SoundScene& scene = views.sound.canvas().scene();
    int framed = 0;
    for (const SoundScene::Token& token : scene.tokens)
        framed += token.frame.isValid();
    EXPECT_EQ(framed, 2);
    ASSERT_EQ(scene.curves.size(), 1u);
    EXPECT_THAT(scene.curves[0].name.toStdString(), HasSubstr("big"));
}

/// The lane's own rows wait for no file: what the chain holds is there at once, the rest when a worker has read it.
TEST(SpokenQuestionLane, ReadsTheSpeechOnAWorker)
{
    SpokenQuestionViews views;
    const SoundScene& scene = views.sound.canvas().scene();
    const auto loudest = [&scene] {
        return std::ranges::max_element(scene.curves.front().heights) - scene.curves.front().heights.begin();
    };
    const auto loudestOf = [&views](std::int64_t row) {
        const ChainEnd& heard = views.context.chain().chain()->a();
        const std::vector<float> weights = readRow(*heard.capture, heard.map, row);
        return std::ranges::max_element(weights) - weights.begin();
    };
    views.context.chain().setSpeechHover({AxisPosition{"transcript", 3}, std::nullopt});
    ASSERT_EQ(scene.curves.size(), 1u) << "a word of the chain";
    EXPECT_EQ(loudest(), loudestOf(3));
    views.context.chain().setSpeechHover({AxisPosition{"transcript", 0}, std::nullopt});
    EXPECT_TRUE(scene.curves.empty()) << "of the prompt: not read yet";
    settle();
    ASSERT_EQ(scene.curves.size(), 1u);
    EXPECT_EQ(loudest(), loudestOf(0));
    views.context.chain().setSpeechHover({AxisPosition{"transcript", 1}, std::nullopt});
    EXPECT_EQ(loudest(), loudestOf(1)) << "with the rest of the map";
}

TEST(SpokenQuestionLane, AMomentColoursItsWordsAtOnce)
{
    SpokenQuestionViews views;
    views.context.chain().setSpeechHover({std::nullopt, AxisPosition{"sound", 10}});
    for (const SoundScene::Token& token : views.sound.canvas().scene().tokens)
        if (token.kind == SoundTokenKind::Word) {
            EXPECT_TRUE(token.fill.isValid()) << token.text.toStdString() << ": the chain holds its row";
        }
}

/// A capture may have modules of one name whose keys are others.
TEST(SpokenQuestionLane, AKeyThatAMapDoesNotHaveHasNoColumn)
{
    SpokenQuestionViews views;
    const ChainEnd& heard = views.context.chain().chain()->a();
    SoundReader reader;
    reader.setCapture(heard.capture, 1);
    SpokenQuestionSound lane(views.context, reader);
    for (int i = 0; i < 2; ++i) { // of the chain, then of the map a worker has read
        EXPECT_EQ(lane.column(heard.map, 24).empty(), false);
        EXPECT_TRUE(lane.column(heard.map, 25).empty());
        EXPECT_TRUE(lane.column(heard.map, -1).empty());
        settle();
    }
    ASSERT_TRUE(reader.wholeMap(heard.map));
}

/// Three windows from 0, 0.72 and 1.4 s; the first two heard the question, and the second again what the first cut off.
TEST(SpokenQuestionLane, GoesThroughAllWindowsOfALongRecording)
{
    SpokenQuestionViews views("chain_windows.heed");
    ASSERT_TRUE(views.context.chain().chain()) << views.context.chain().reason().toStdString();
    const Chain& chain = *views.context.chain().chain();
    ASSERT_EQ(chain.a().windows.size(), 2u);
    views.hoverSound(1.21); // position 12 of the second window
    EXPECT_EQ(views.context.chain().place().keyOfA, 25 + 12);
    EXPECT_THAT(views.stage.chainText().toStdString(), HasSubstr("1.20 s"));
    views.hoverSound(0.81); // of both: the second heard it again
    EXPECT_EQ(views.context.chain().place().keyOfA, 25 + 2);
    views.hoverSound(1.45); // of the last two, and the third has no part in the question
    EXPECT_EQ(views.context.chain().place().keyOfA, 25 + 18);
    views.hoverSound(1.9); // of the third: nobody asked
    EXPECT_EQ(views.context.chain().place(), ChainPlace());

    views.context.chain().setSpeechHover({});
    views.hoverPatch(1, 2);
    const SoundScene& scene = views.sound.canvas().scene();
    std::vector<bool> shown;
    for (const SoundScene::Window& window : scene.windows)
        shown.push_back(window.isShown);
    EXPECT_THAT(shown, testing::ElementsAre(true, true, false)) << "the last has no part in the question";
    ASSERT_EQ(scene.curves.size(), 2u) << "a curve for each window";
    ASSERT_TRUE(scene.curves[1].positions);
    EXPECT_NEAR(scene.curves[1].positions->startSeconds, 0.72, 1e-12);
    EXPECT_EQ(scene.curves[0].heights.size(), 25u);
    EXPECT_EQ(scene.curves[1].heights.size(), 20u);
    const std::vector<float> keys = chain.fromKeyOfB(7).keysOfA;
    EXPECT_EQ(std::ranges::max_element(scene.curves[1].heights) - scene.curves[1].heights.begin(),
              std::max_element(keys.begin() + 25, keys.end()) - (keys.begin() + 25));
}

TEST(SpokenQuestionLane, AWordOfALaterWindowHasItsOwnCurve)
{
    SpokenQuestionViews views("chain_windows.heed");
    views.context.chain().setSpeechHover({AxisPosition{"transcript.2", 3}, std::nullopt});
    settle();
    const SoundScene& scene = views.sound.canvas().scene();
    ASSERT_EQ(scene.curves.size(), 1u);
    EXPECT_EQ(scene.positions.count, 20);
    EXPECT_NEAR(scene.positions.startSeconds, 0.72, 1e-12);
    views.context.chain().setSpeechHover({});
    views.context.selection().keepQuery({"question", 6}); // "red?": heard in the second window
    settle();
    views.context.selection().setHover({});
    int framed = 0;
    for (const SoundScene::Token& token : scene.tokens)
        framed += token.frame.isValid();
    EXPECT_EQ(framed, 2) << "\" red\" and \" ?\"";
    ASSERT_EQ(scene.curves.size(), 1u) << "none in the window that has no part in it";
    EXPECT_NEAR(scene.curves[0].positions->startSeconds, 0.72, 1e-12);
}

TEST(SpokenQuestionLane, SaysWhyItIsNotLinked)
{
    SpokenQuestionViews views;
    EXPECT_THAT(views.sound.statement().toStdString(), testing::Not(HasSubstr("not linked")));
    const auto other = captureNamed("blip.heed");
    views.context.selection().setCapture(other, initialSelection(*other));
    settle();
    EXPECT_THAT(views.sound.statement().toStdString(), HasSubstr("not linked with the picture"));
}

} // namespace
} // namespace heedmap
