#include "core/capture/chain_maps.h"
#include "widgets/context/background.h"
#include "widgets/context/chain_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <QCoreApplication>

namespace heedmap {
namespace {

std::shared_ptr<const Capture> captureNamed(const char* name)
{
    return Capture::open(std::filesystem::path(HEEDMAP_SOURCE_DIR "/tests/fixtures/capture") / name);
}

void settle()
{
    waitForBackgroundWork();
    QCoreApplication::processEvents();
    waitForBackgroundWork();
    QCoreApplication::processEvents();
}

/// A question that was heard and asked (tests/fixtures/capture/make_chain.py).
struct SpokenQuestion
{
    SelectionModel selection;
    ChainModel model{selection};
    std::shared_ptr<const Capture> heard = captureNamed("chain_heard.heed");
    std::shared_ptr<const Capture> asked = captureNamed("chain_asked.heed");

    SpokenQuestion()
    {
        selection.setSpeech(heard);
        selection.setCapture(asked, initialSelection(*asked));
        settle();
    }
};

TEST(ChainModel, JoinsTheSpeechWithTheShownCapture)
{
    const SpokenQuestion question;
    ASSERT_TRUE(question.model.chain());
    EXPECT_EQ(question.model.chain()->a().capture, question.heard);
    EXPECT_EQ(question.model.chain()->b().map, question.selection.selection().map) << "the map that is looked at";
    EXPECT_EQ(question.model.soundMap(), question.model.chain()->a().map);
    EXPECT_TRUE(question.model.reason().isEmpty());
}

TEST(ChainModel, FollowsTheHeadsThatAreLookedAt)
{
    SpokenQuestion question;
    question.selection.selectHead(0, {3});
    settle();
    EXPECT_EQ(question.model.chain()->b().map.head, HeadChoice{3});
    question.model.setSoundMap({1, {1}, std::nullopt});
    settle();
    EXPECT_EQ(question.model.chain()->a().map, (MapChoice{1, {1}, std::nullopt}));
}

/// As when it is pinned, or comes back by undo, after another head was chosen.
TEST(ChainModel, AnOpenedChainThatComesWithAnotherHeadGoesThroughThatOne)
{
    SpokenQuestion question;
    const std::shared_ptr<const Chain> opened = question.model.chain();
    for (const int head : {opened->b().map.head.head, 3}) {
        Selection shown = initialSelection(*question.asked);
        shown.map = {opened->b().map.site, {head}, std::nullopt};
        SelectionModel selection;
        ChainModel model(selection);
        selection.setSpeech(question.heard, opened);
        selection.setCapture(question.asked, shown);
        settle();
        ASSERT_TRUE(model.chain()) << model.reason().toStdString();
        EXPECT_EQ(model.chain()->b().map, shown.map);
        EXPECT_EQ(model.chain() == opened, shown.map == opened->b().map);
        EXPECT_EQ(model.chain()->a().map, opened->a().map);
    }
}

TEST(ChainModel, ASpeechThatIsNoQuestionOfTheCaptureStaysWithoutAChain)
{
    SpokenQuestion question;
    question.selection.setCapture(captureNamed("blip.heed"), initialSelection(*captureNamed("blip.heed")));
    settle();
    EXPECT_FALSE(question.model.chain());
    EXPECT_FALSE(question.model.reason().isEmpty());
    EXPECT_TRUE(question.model.soundMap()) << "it can still be looked at";
    EXPECT_FALSE(question.model.reading());
    question.selection.setSpeech(nullptr);
    settle();
    EXPECT_TRUE(question.model.reason().isEmpty());
    EXPECT_FALSE(question.model.soundMap());
}

TEST(ChainModel, PlacesOfTheSelectionAreReadUnlessTheSpeechIsPointedAt)
{
    SpokenQuestion question;
    question.selection.release();
    EXPECT_EQ(question.model.place(), ChainPlace());
    EXPECT_FALSE(question.model.reading());
    question.selection.setHover({std::nullopt, AxisPosition{"picture", 5}});
    EXPECT_EQ(question.model.place(), (ChainPlace{.keyOfB = 5}));
    EXPECT_EQ(question.model.reading()->keysOfA, question.model.chain()->fromKeyOfB(5).keysOfA);
    question.selection.setHover({AxisPosition{"question", 3}, std::nullopt});
    EXPECT_EQ(question.model.place(), (ChainPlace{.tokenOfB = 2})) << "[CLS] stands before the words";
    question.selection.setHover({AxisPosition{"question", 0}, std::nullopt});
    EXPECT_EQ(question.model.place(), ChainPlace()) << "[CLS] itself was not spoken";

    int pointed = 0;
    QObject::connect(&question.model, &ChainModel::speechHoverChanged, [&pointed] { ++pointed; });
    question.model.setSpeechHover({std::nullopt, AxisPosition{"sound", 7}});
    question.model.setSpeechHover({std::nullopt, AxisPosition{"sound", 7}});
    EXPECT_EQ(pointed, 1);
    EXPECT_EQ(question.model.place(), (ChainPlace{.keyOfA = 7}));
    EXPECT_EQ(question.model.reading()->keysOfB, question.model.chain()->fromKeyOfA(7).keysOfB);
    question.model.setSpeechHover({AxisPosition{"transcript", 3}, std::nullopt});
    EXPECT_EQ(question.model.place(), (ChainPlace{.tokenOfA = 2})) << "the row that predicted it";
}

} // namespace
} // namespace heedmap
