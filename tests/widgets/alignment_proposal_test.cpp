#include "tests/app/window/wait.h"
#include "tests/widgets/painted_capture.h"
#include "widgets/context/background.h"
#include "widgets/controls/head_set_bar.h"
#include "widgets/views/head_finder_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <QApplication>
#include <QMenu>
#include <QMouseEvent>
#include <QTimer>

// The fixture: tests/fixtures/analysis/make_alignment.py.

namespace heedmap {
namespace {

using namespace test;
using testing::ElementsAre;

class HeadSetProposal : public testing::Test
{
protected:
    void show(const std::shared_ptr<const Capture>& capture)
    {
        m_context.selection().setCapture(capture, initialSelection(*capture));
        m_view.resize(900, 300);
        m_view.show();
        QApplication::processEvents();
    }
    HeadSetButton& button() { return *m_view.findChild<HeadSetButton*>(); }
    QStringList entries()
    {
        emit button().menu()->aboutToShow();
        QStringList texts;
        for (const QAction* action : button().menu()->actions())
            texts << action->text();
        return texts;
    }
    QAction* entry(const QString& text)
    {
        emit button().menu()->aboutToShow();
        for (QAction* action : button().menu()->actions())
            if (action->text() == text)
                return action;
        return nullptr;
    }
    static std::shared_ptr<const Capture> spoken()
    {
        return Capture::open(HEEDMAP_SOURCE_DIR "/tests/fixtures/analysis/spoken.heed");
    }

    ViewContext m_context;
    HeadFinderView m_view{m_context};
};

TEST_F(HeadSetProposal, isMadeByAClickAndKeptAsASet)
{
    show(spoken());
    ASSERT_TRUE(button().isVisible());
    QTimer::singleShot(0, [&] { // the menu runs a loop of its own
        QAction* action = entry("Propose alignment heads");
        ASSERT_TRUE(action && action->isEnabled());
        const QPointF place = button().menu()->actionGeometry(action).center();
        for (const QEvent::Type type : {QEvent::MouseButtonPress, QEvent::MouseButtonRelease}) {
            QMouseEvent event(type, place, button().menu()->mapToGlobal(place), Qt::LeftButton, Qt::LeftButton, {});
            QApplication::sendEvent(button().menu(), &event);
        }
    });
    QMouseEvent press(QEvent::MouseButtonPress, QPointF(5, 5), button().mapToGlobal(QPointF(5, 5)), Qt::LeftButton,
                      Qt::LeftButton, {});
    QApplication::sendEvent(&button(), &press);
    ASSERT_TRUE(waitFor([&] { return !m_context.selection().headSets().empty(); }));
    const SavedHeadSet& saved = m_context.selection().headSets().front();
    EXPECT_EQ(saved.name, "alignment");
    // spoken.json: predicting, by_itself, proposed
    EXPECT_THAT(saved.members, ElementsAre(SavedHeadSet::Member{"transcript/model.decoder.layers.1.encoder_attn", 3},
                                           SavedHeadSet::Member{"transcript/model.decoder.layers.0.encoder_attn", 2}));
    EXPECT_EQ(m_context.selection().selection().map.set->name, "alignment");
    EXPECT_TRUE(entries().contains("alignment: mean of 2 heads"));
    EXPECT_TRUE(entries().contains("Remove “alignment”"));
    EXPECT_EQ(button().text(), QString("Sets"));
}

TEST_F(HeadSetProposal, theCheckpointsHeadsAreAClickAway)
{
    show(spoken());
    entry("The checkpoint's alignment heads")->trigger();
    const std::optional<HeadSet> set = m_context.selection().selection().map.set;
    ASSERT_TRUE(set);
    EXPECT_EQ(set->members.size(), 2u);
    EXPECT_TRUE(m_context.selection().headSets().empty()) << "they are the capture's, not somebody's";
}

TEST_F(HeadSetProposal, isNotOfferedForPictures)
{
    const QTemporaryDir folder;
    show(makeCapture(folder));
    EXPECT_FALSE(button().isVisible());
    EXPECT_FALSE(entry("Propose alignment heads"));
}

TEST_F(HeadSetProposal, ofAnotherCaptureIsDropped)
{
    show(spoken());
    entry("Propose alignment heads")->trigger();
    const QTemporaryDir folder;
    show(makeCapture(folder));
    waitForBackgroundWork();
    QApplication::processEvents();
    EXPECT_TRUE(m_context.selection().headSets().empty());
}

} // namespace
} // namespace heedmap
