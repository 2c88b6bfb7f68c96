#include "app/window/pinned_views.h"
#include "tests/widgets/painted_capture.h"
#include "widgets/image/picture_image.h"
#include "widgets/views/view.h"

#include <gtest/gtest.h>
#include <QApplication>
#include <QPointer>

namespace heedmap {
namespace {

using namespace test;

/// Every view of the registry can be pinned.
class PinnedViewsTest : public testing::TestWithParam<std::size_t>
{
protected:
    const ViewEntry& entry() const { return viewRegistry()[GetParam()]; }

    void show(const std::shared_ptr<const Capture>& capture)
    {
        Selection selection;
        selection.group = "question_picture";
        selection.map = {siteOf(*capture, "question_picture", 1), {2}, {}};
        selection.queries = {kBallToken};
        m_context.selection().setPicture(embeddedPicture(*capture));
        m_context.selection().setCapture(capture, selection);
    }
    /// Pinned at a size of its own, so that nothing but its content can change its image.
    PinnedView* pin()
    {
        PinnedView* pinned = m_pins.pin(entry());
        pinned->setFloating(true);
        pinned->resize(640, 420);
        return pinned;
    }
    static QImage imageOf(PinnedView& pinned)
    {
        for (int step = 0; step < 3; ++step) { // the layout settles in steps
            QApplication::processEvents();
            pinned.view().grab();
        }
        return pinned.view().grab().toImage();
    }

    QTemporaryDir m_folder;
    ViewContext m_context;
    QMainWindow m_window;
    PinnedViews m_pins{m_window, m_context};
};

TEST_P(PinnedViewsTest, keepsItsSelectionOptionsAndPictureWhileTheOthersGoOn)
{
    show(makeCapture(m_folder));
    m_window.show();
    PinnedView& pinned = *pin();
    EXPECT_EQ(pinned.windowTitle(), viewTitle(entry()) + QStringLiteral(" — pinned: “ball” L1 · H2"));
    const QImage before = imageOf(pinned);
    const Selection selection = m_context.selection().selection();

    m_context.selection().selectHead(siteOf(*m_context.selection().capture(), "question_picture", 0),
                                     HeadChoice::mean());
    m_context.selection().setHover({AxisPosition{"question", 1}, {}});
    DisplayOptions options = m_context.options();
    options.colorMap = QStringLiteral("magma");
    m_context.setOptions(options);
    EXPECT_EQ(pinned.context().selection().selection(), selection);
    EXPECT_EQ(pinned.context().options().colorMap, QStringLiteral("viridis"));
    EXPECT_TRUE(imageOf(pinned) == before);

    pinned.context().selection().selectHead(selection.map.site, HeadChoice{0});
    EXPECT_TRUE(pinned.windowTitle().endsWith(QStringLiteral("L1 · H0"))) << pinned.windowTitle().toStdString();
    EXPECT_TRUE(m_context.selection().selection().map.head.isMean()) << "the other way neither";
}

TEST_P(PinnedViewsTest, keepsItsCaptureUntilItIsClosed)
{
    auto capture = makeCapture(m_folder);
    show(capture);
    m_window.show();
    QPointer<PinnedView> pinned = pin();
    const QImage before = imageOf(*pinned);
    const std::weak_ptr<const Capture> alive = capture;
    capture.reset();
    m_context.selection().setCapture(nullptr, {});
    EXPECT_FALSE(alive.expired());
    EXPECT_TRUE(imageOf(*pinned) == before);
    pinned->close();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    EXPECT_TRUE(pinned.isNull());
    EXPECT_TRUE(alive.expired());
}

TEST_P(PinnedViewsTest, savedSetsAreSharedBothWays)
{
    show(makeCapture(m_folder));
    PinnedView& first = *m_pins.pin(entry());
    PinnedView& second = *m_pins.pin(entry());
    EXPECT_NE(first.objectName(), second.objectName());
    const std::vector<SavedHeadSet> sets{{"pair", {{"question/question_picture.layer.0", 1}}, Reduction::Max}};
    first.context().selection().setHeadSets(sets);
    EXPECT_EQ(m_context.selection().headSets(), sets);
    EXPECT_EQ(second.context().selection().headSets(), sets);
}

TEST_P(PinnedViewsTest, withoutACaptureItIsEmpty)
{
    PinnedView& pinned = *pin();
    EXPECT_EQ(pinned.windowTitle(), viewTitle(entry()) + QStringLiteral(" — pinned"));
    imageOf(pinned);
}

INSTANTIATE_TEST_SUITE_P(Registry, PinnedViewsTest, testing::Range(std::size_t{0}, viewRegistry().size()),
                         [](const auto& info) { return std::string(viewRegistry()[info.param].id); });

} // namespace
} // namespace heedmap
