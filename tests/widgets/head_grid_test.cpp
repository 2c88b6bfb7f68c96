#include "tests/widgets/painted_capture.h"
#include "widgets/controls/head_grid_model.h"
#include "widgets/controls/head_set_bar.h"
#include "widgets/image/picture_image.h"
#include "widgets/views/heads_view.h"

#include <gtest/gtest.h>
#include <QApplication>
#include <QDeadlineTimer>
#include <QHeaderView>
#include <QMenu>
#include <QMouseEvent>

namespace heedmap {
namespace {

using namespace test;

/// The head grid alone, driven with real events: two layers of three heads.
class HeadGrid : public testing::Test
{
protected:
    void SetUp() override
    {
        m_heads = std::make_unique<HeadsView>(m_context);
        m_heads->resize(360, 480);
        m_heads->show();
        show(makeCapture(m_folder));
    }

    void show(const std::shared_ptr<const Capture>& capture)
    {
        m_capture = capture;
        Selection selection;
        selection.group = "question_picture";
        selection.map = MapChoice{site(0), HeadChoice{1}, {}};
        selection.queries = {kBallToken};
        m_context.selection().setCapture(capture, selection);
        QApplication::processEvents();
    }

    std::size_t site(int layer) const { return siteOf(*m_capture, "question_picture", layer); }
    SelectionModel& selection() { return m_context.selection(); }
    QTableView& grid() { return m_heads->grid(); }
    HeadGridModel& model() { return dynamic_cast<HeadGridModel&>(*grid().model()); }

    static void send(QWidget* widget, QEvent::Type type, QPointF place, Qt::MouseButton button,
                     Qt::KeyboardModifiers modifiers)
    {
        const Qt::MouseButtons buttons = type == QEvent::MouseButtonPress ? button : Qt::NoButton;
        QMouseEvent event(type, place, widget->mapToGlobal(place), button, buttons, modifiers);
        QApplication::sendEvent(widget, &event);
    }
    void click(SiteHead head, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        const QPointF place = grid().visualRect(model().indexOf(head.site, head.head)).center();
        send(grid().viewport(), QEvent::MouseButtonPress, place, Qt::LeftButton, modifiers);
        send(grid().viewport(), QEvent::MouseButtonRelease, place, Qt::LeftButton, modifiers);
        QApplication::processEvents();
    }
    void point(SiteHead head)
    {
        send(grid().viewport(), QEvent::MouseMove, grid().visualRect(model().indexOf(head.site, head.head)).center(),
             Qt::NoButton, Qt::NoModifier);
    }
    static void key(QWidget* widget, int key, Qt::KeyboardModifiers modifiers = Qt::NoModifier,
                    const QString& text = {})
    {
        QKeyEvent press(QEvent::KeyPress, key, modifiers, text);
        QApplication::sendEvent(widget, &press);
        QKeyEvent release(QEvent::KeyRelease, key, modifiers, text);
        QApplication::sendEvent(widget, &release);
        QApplication::processEvents();
    }
    void sortBy(const char* statistic)
    {
        const int index = m_heads->sorting().findData(QString::fromLatin1(statistic));
        ASSERT_GE(index, 0);
        m_heads->sorting().setFocus();
        m_heads->sorting().setCurrentIndex(index);
        emit m_heads->sorting().activated(index);
        QApplication::processEvents();
    }
    std::vector<SiteHead> members()
    {
        const std::optional<HeadSet> set = selection().selection().map.set;
        return set ? set->members : std::vector<SiteHead>();
    }
    std::vector<std::string> names()
    {
        std::vector<std::string> names;
        for (int row = 0; row < model().rowCount(); ++row)
            for (int column = 0; column < model().columnCount(); ++column)
                if (const QModelIndex cell = model().index(row, column); model().cellAt(cell))
                    names.push_back(cell.data(HeadGridModel::NameRole).toString().toStdString());
        return names;
    }

    QTemporaryDir m_folder;
    ViewContext m_context;
    std::shared_ptr<const Capture> m_capture;
    std::unique_ptr<HeadsView> m_heads;
};

TEST_F(HeadGrid, ctrlAndShiftAndAllBuildASet)
{
    click({site(0), {0}});
    click({site(1), {2}}, Qt::ControlModifier);
    EXPECT_EQ(members(), (std::vector<SiteHead>{{site(0), {0}}, {site(1), {2}}}));
    EXPECT_TRUE(m_heads->setBar().isVisibleTo(m_heads.get()));
    click({site(0), {0}}, Qt::ControlModifier); // one is left: a head again
    EXPECT_TRUE(members().empty());
    EXPECT_EQ(selection().selection().map, (MapChoice{site(1), {2}, {}}));
    EXPECT_FALSE(m_heads->setBar().isVisibleTo(m_heads.get()));
    click({site(0), {0}});
    key(&grid(), Qt::Key_Right, Qt::ShiftModifier);
    EXPECT_EQ(members(), (std::vector<SiteHead>{{site(0), {0}}, {site(0), {1}}}));
    key(&grid(), Qt::Key_A, Qt::ControlModifier);
    EXPECT_EQ(members().size(), 6u) << "all heads, without the means of the layers";
    EXPECT_EQ(grid().selectionModel()->selectedIndexes().size(), 6);
}

TEST_F(HeadGrid, theKeyboardWalksAndSpaceAdds)
{
    click({site(0), {0}});
    key(&grid(), Qt::Key_Right);
    EXPECT_EQ(selection().selection().map.head, HeadChoice{1});
    key(&grid(), Qt::Key_Home);
    EXPECT_EQ(selection().selection().map.head, HeadChoice{0});
    key(&grid(), Qt::Key_End);
    EXPECT_TRUE(selection().selection().map.head.isMean());
    key(&grid(), Qt::Key_PageDown);
    EXPECT_EQ(selection().selection().map.site, site(1));
    key(&grid(), Qt::Key_PageUp);
    EXPECT_EQ(selection().selection().map.site, site(0));
    click({site(0), {0}});
    key(&grid(), Qt::Key_Down, Qt::ControlModifier); // walks without choosing
    key(&grid(), Qt::Key_Right, Qt::ControlModifier);
    EXPECT_EQ(selection().selection().map, (MapChoice{site(0), {0}, {}}));
    key(&grid(), Qt::Key_Space, Qt::NoModifier, QStringLiteral(" "));
    EXPECT_EQ(members(), (std::vector<SiteHead>{{site(0), {0}}, {site(1), {1}}}));
}

TEST_F(HeadGrid, rankedCellsAreNamedAndInTheOrderOfTheirValues)
{
    // The painted rows differ only in where they look: NaN-free equal values keep the layer order.
    sortBy("picture_mass");
    EXPECT_EQ(names(), (std::vector<std::string>{"L0·H0", "L0·H1", "L0·H2", "L1·H0", "L1·H1", "L1·H2"}));
    EXPECT_FALSE(grid().verticalHeader()->isVisible());
    // 0.6 on the patch and 0.15 spread over 25 keys, of which 24 are patches
    EXPECT_EQ(model().index(0, 0).data(HeadGridModel::ValueRole).toString(), QString("0.744"));
    const QModelIndex current = grid().currentIndex();
    EXPECT_EQ(model().cellAt(current), (SiteHead{site(0), {1}})) << "the shown head stays chosen";
    click({site(1), {2}});
    EXPECT_EQ(selection().selection().map, (MapChoice{site(1), {2}, {}}));
    m_heads->sorting().setCurrentIndex(0);
    emit m_heads->sorting().activated(0);
    EXPECT_EQ(model().rowCount(), 2);
    EXPECT_TRUE(grid().verticalHeader()->isVisible());
}

TEST_F(HeadGrid, sortsHighestOrLowestFirst)
{
    // answer → question → picture: the first head of the first step is the same, the second step's heads differ in
    // where "ball" looks; the weight of CLS is equal, so the spread on the picture tells them apart.
    sortBy("spread");
    std::vector<double> values;
    for (int place = 0; place < 6; ++place)
        values.push_back(model()
                             .index(place / model().columnCount(), place % model().columnCount())
                             .data(HeadGridModel::ValueRole)
                             .toDouble());
    EXPECT_TRUE(std::is_sorted(values.rbegin(), values.rend()));
    EXPECT_GT(values.front(), values.back());
    m_heads->direction().click();
    EXPECT_DOUBLE_EQ(model().index(0, 0).data(HeadGridModel::ValueRole).toDouble(), values.back());
}

TEST_F(HeadGrid, statisticsOfPatchesAreOfferedWherePatchesAre)
{
    EXPECT_GE(m_heads->sorting().findData("picture_mass"), 0);
    selection().selectGroup("answer_question");
    QApplication::processEvents();
    EXPECT_EQ(m_heads->sorting().findData("picture_mass"), -1);
    EXPECT_GE(m_heads->sorting().findData("entropy"), 0);
}

TEST_F(HeadGrid, thePointerSaysWhatAHeadDoes)
{
    point({site(1), {2}});
    const QString note = m_heads->note().text();
    EXPECT_TRUE(note.contains("L1 · H2") && note.contains("0.606")) << note.toStdString();
    QEvent leave(QEvent::Leave);
    QApplication::sendEvent(grid().viewport(), &leave);
    EXPECT_FALSE(m_heads->note().text().contains("L1 · H2"));
}

TEST_F(HeadGrid, aSetIsNamedSavedAndComeBackTo)
{
    click({site(0), {0}});
    click({site(1), {2}}, Qt::ControlModifier);
    HeadSetBar& bar = m_heads->setBar();
    bar.reductions().setCurrentIndex(1);
    emit bar.reductions().activated(1);
    EXPECT_EQ(selection().selection().map.set->reduction, Reduction::Max);
    EXPECT_FALSE(bar.saveButton().isEnabled());
    for (const QChar letter : QStringLiteral("far"))
        key(&bar.name(), letter.toUpper().unicode(), Qt::NoModifier, letter);
    EXPECT_EQ(bar.name().text(), QString("far"));
    bar.saveButton().click();
    ASSERT_EQ(selection().headSets().size(), 1u);
    EXPECT_EQ(selection().headSets()[0].name, "far");
    EXPECT_EQ(selection().headSets()[0].members[1].site, "question/question_picture.layer.1");
    EXPECT_FALSE(bar.saveButton().isEnabled()) << "nothing new to save";
    const HeadSet saved = *selection().selection().map.set;
    click({site(0), {1}});
    EXPECT_FALSE(selection().selection().map.set);
    selection().selectGroup("answer_question");
    HeadSetButton& sets = m_heads->savedSets();
    ASSERT_TRUE(sets.isVisibleTo(m_heads.get()));
    emit sets.menu()->aboutToShow();
    ASSERT_EQ(sets.menu()->actions().size(), 1);
    EXPECT_EQ(sets.menu()->actions()[0]->text(), QString("far: max of 2 heads, not a distribution"));
    sets.menu()->actions()[0]->trigger();
    EXPECT_EQ(selection().selection().map.set, saved);
    EXPECT_EQ(selection().selection().group, "question_picture") << "the group that holds its heads";
    emit sets.menu()->aboutToShow();
    sets.menu()->actions().back()->trigger(); // Remove “far”
    EXPECT_TRUE(selection().headSets().empty());
    EXPECT_FALSE(sets.isVisibleTo(m_heads.get()));
}

TEST_F(HeadGrid, picturesOfTheTokenBeforeStayDimmedUntilTheRowsAreThere)
{
    const QModelIndex cell = model().index(0, 0);
    m_heads->grab();
    const QImage before = cell.data(Qt::DecorationRole).value<QImage>();
    ASSERT_FALSE(before.isNull());
    m_context.rows().setImmediateCost(0);
    selection().setHover({AxisPosition{"question", 1}, {}});
    EXPECT_TRUE(cell.data(HeadGridModel::PendingRole).toBool());
    EXPECT_EQ(cell.data(Qt::DecorationRole).value<QImage>(), before);
    QDeadlineTimer deadline(20'000);
    while (cell.data(HeadGridModel::PendingRole).toBool() && !deadline.hasExpired())
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 50);
    EXPECT_FALSE(cell.data(HeadGridModel::PendingRole).toBool());
    EXPECT_NE(cell.data(Qt::DecorationRole).value<QImage>(), before);
}

TEST_F(HeadGrid, aWorkerPaintsTheSamePicturesAndOnlyThoseOfTheNewestToken)
{
    PaintedCapture large;
    large.layers = 16;
    large.heads = 16;
    show(makeCapture(m_folder, large));
    m_heads->grab();
    const QModelIndex cell = model().index(3, 5);
    const auto pictureOfToken = [&](int token) {
        selection().setHover({AxisPosition{"question", token}, {}});
        return cell.data(HeadGridModel::FullPictureRole).value<QImage>();
    };
    const QImage third = pictureOfToken(3);
    const QImage first = pictureOfToken(1);
    ASSERT_NE(first, third);
    model().setKeysAtOnce(0);
    pictureOfToken(3); // being painted when another token is hovered
    pictureOfToken(1);
    EXPECT_TRUE(cell.data(HeadGridModel::PendingRole).toBool());
    EXPECT_FALSE(cell.data(HeadGridModel::DimmedRole).toBool()) << "dimming for a moment would flicker";
    std::vector<QImage> shown;
    QDeadlineTimer deadline(20'000);
    while (!model().isUpToDate() && !deadline.hasExpired()) {
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 50);
        shown.push_back(cell.data(Qt::DecorationRole).value<QImage>());
    }
    EXPECT_FALSE(cell.data(HeadGridModel::PendingRole).toBool());
    const auto isThird = [&](const QImage& image) { return image.convertToFormat(third.format()) == third; };
    EXPECT_TRUE(std::ranges::none_of(shown, isThird)) << "what nobody looks at any more is dropped";
    EXPECT_EQ(cell.data(Qt::DecorationRole).value<QImage>().convertToFormat(first.format()), first);
}

TEST_F(HeadGrid, headsAreRankedByAWorkerToo)
{
    model().setKeysAtOnce(0);
    sortBy("spread");
    QDeadlineTimer deadline(20'000);
    while (!model().isUpToDate() && !deadline.hasExpired())
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 50);
    std::vector<double> values;
    for (int place = 0; place < 6; ++place)
        values.push_back(model()
                             .index(place / model().columnCount(), place % model().columnCount())
                             .data(HeadGridModel::ValueRole)
                             .toDouble());
    EXPECT_TRUE(std::is_sorted(values.rbegin(), values.rend()));
    EXPECT_GT(values.front(), values.back());
    const SiteHead shown{site(0), {1}};
    EXPECT_EQ(model().cellAt(grid().currentIndex()), shown) << "the shown head stays chosen wherever it has gone";
    EXPECT_EQ(grid().selectionModel()->selectedIndexes(), QModelIndexList{model().indexOf(shown.site, shown.head)});
}

TEST_F(HeadGrid, onlyCellsInSightArePaintedAndOnlyOnce)
{
    PaintedCapture large;
    large.layers = 32;
    large.heads = 32;
    show(makeCapture(m_folder, large));
    m_heads->grab();
    const QModelIndex seen = model().index(0, 0);
    const QImage first = seen.data(Qt::DecorationRole).value<QImage>();
    selection().setHover({{}, AxisPosition{"picture", 3}}); // the same rows
    EXPECT_EQ(seen.data(Qt::DecorationRole).value<QImage>().cacheKey(), first.cacheKey());
    selection().setHover({AxisPosition{"question", 1}, {}});
    EXPECT_NE(seen.data(Qt::DecorationRole).value<QImage>().cacheKey(), first.cacheKey());
}

} // namespace
} // namespace heedmap
