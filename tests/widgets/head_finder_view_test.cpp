#include "tests/app/window/wait.h"
#include "tests/widgets/input_events.h"
#include "tests/widgets/painted_capture.h"
#include "widgets/controls/head_set_bar.h"
#include "widgets/controls/statistic_map.h"
#include "widgets/controls/statistics_strip.h"
#include "widgets/controls/statistics_table_model.h"
#include "widgets/views/head_finder_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <QApplication>
#include <QHeaderView>
#include <QMouseEvent>

namespace heedmap {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;

/// Two layers of three heads; every row has 0.25 on CLS, 0.6 on one patch and 0.15 spread over all 25 keys.
class StatisticsViews : public testing::Test
{
protected:
    void show(const std::shared_ptr<const Capture>& capture)
    {
        start(capture);
        QApplication::processEvents();
    }
    /// Without the events that would bring what a worker read.
    void start(const std::shared_ptr<const Capture>& capture)
    {
        Selection selection;
        selection.group = "question_picture";
        selection.map = MapChoice{siteOf(*capture, "question_picture", 0), HeadChoice{1}, {}};
        selection.queries = {kBallToken};
        m_context.selection().setCapture(capture, selection);
    }
    const Selection& selected() { return m_context.selection().selection(); }
    std::size_t site(int layer) { return siteOf(*m_context.selection().capture(), "question_picture", layer); }

    QTemporaryDir m_folder;
    ViewContext m_context;
};

class HeadFinder : public StatisticsViews
{
protected:
    void SetUp() override
    {
        m_view.resize(830, 280);
        m_view.show();
        show(makeCapture(m_folder));
    }
    int rows() { return m_view.table().model()->rowCount(); }
    QString cellText(int row, const char* column)
    {
        for (int i = 0; i < m_view.table().model()->columnCount(); ++i)
            if (m_view.table().model()->headerData(i, Qt::Horizontal).toString() == QLatin1String(column))
                return m_view.table().model()->index(row, i).data().toString();
        return QStringLiteral("no such column");
    }
    QPointF cell(std::size_t layer, std::size_t head)
    {
        return m_view.map().currentLayout().cellRect(layer, head).center();
    }
    QPointF tableRow(int row) { return m_view.table().visualRect(m_view.table().model()->index(row, 0)).center(); }

    HeadFinderView m_view{m_context};
};

TEST_F(HeadFinder, saysWhatThePaintedHeadsDo)
{
    ASSERT_EQ(rows(), 6);
    EXPECT_EQ(cellText(0, "head"), "L0 · H0");
    EXPECT_EQ(cellText(0, "picture_mass"), "0.744"); // 0.6 + 0.15 · 24 / 25
    EXPECT_EQ(cellText(0, "special_mass"), "0.256");
    EXPECT_EQ(cellText(0, "confidence"), "0.606");
    EXPECT_EQ(cellText(0, "sink key"), "“CLS”");
    EXPECT_THAT(m_view.strip().text().toStdString(), HasSubstr("all 3 queries")); // red, ball, ?
    EXPECT_FALSE(m_view.strip().button().isVisible());
    const QString toolTip = m_view.table().model()->headerData(1, Qt::Horizontal, Qt::ToolTipRole).toString();
    EXPECT_THAT(toolTip.toStdString(), HasSubstr("⟨Σ w⟩"));
}

TEST_F(HeadFinder, aClickOnACellOrALineChoosesTheHeadEverywhere)
{
    click(m_view.map(), cell(1, 2));
    EXPECT_EQ(selected().map.site, site(1));
    EXPECT_EQ(selected().map.head.head, 2);
    EXPECT_TRUE(m_view.table().selectionModel()->isRowSelected(5, {}));
    click(*m_view.table().viewport(), tableRow(3));
    EXPECT_EQ(selected().map.site, site(1));
    EXPECT_EQ(selected().map.head.head, 0);
    EXPECT_TRUE(m_view.map().scene().layers[1].cells[0].chosen);
    EXPECT_FALSE(m_view.map().scene().layers[1].cells[2].chosen);
}

TEST_F(HeadFinder, fitsBelowTheCentreOfAWindowOfALaptop)
{
    EXPECT_LE(m_view.minimumSizeHint().width(), 700);
    EXPECT_LE(m_view.minimumSizeHint().height(), 200);
}

TEST_F(HeadFinder, severalHeadsBecomeASetThatCanBeNamed)
{
    click(m_view.map(), cell(0, 0));
    click(m_view.map(), cell(1, 1), Qt::ControlModifier);
    ASSERT_TRUE(selected().map.set);
    EXPECT_THAT(selected().map.set->members,
                ElementsAre(SiteHead{site(0), HeadChoice{0}}, SiteHead{site(1), HeadChoice{1}}));
    click(*m_view.table().viewport(), tableRow(5), Qt::ControlModifier);
    EXPECT_EQ(selected().map.set->members.size(), 3u);
    ASSERT_TRUE(m_view.setBar().isVisible());
    m_view.setBar().name().setText("found");
    click(m_view.setBar().saveButton());
    ASSERT_EQ(m_context.selection().headSets().size(), 1u);
    EXPECT_EQ(m_context.selection().headSets()[0].members.size(), 3u);
    click(m_view.map(), cell(1, 1), Qt::ControlModifier); // leaves the set again
    EXPECT_EQ(selected().map.set->members.size(), 2u);
}

TEST_F(HeadFinder, draggingTakesARectangleInOneStep)
{
    sendMouse(m_view.map(), QEvent::MouseButtonPress, cell(0, 1), Qt::LeftButton, Qt::LeftButton);
    int changes = 0;
    QObject::connect(&m_context.selection(), &SelectionModel::selectionChanged, [&] { ++changes; });
    sendMouse(m_view.map(), QEvent::MouseMove, cell(0, 2), Qt::NoButton, Qt::LeftButton);
    sendMouse(m_view.map(), QEvent::MouseMove, cell(1, 2), Qt::NoButton, Qt::LeftButton);
    EXPECT_EQ(changes, 0) << "one choice is one step to undo";
    sendMouse(m_view.map(), QEvent::MouseButtonRelease, cell(1, 2), Qt::LeftButton);
    EXPECT_EQ(changes, 1);
    ASSERT_TRUE(selected().map.set);
    EXPECT_EQ(selected().map.set->members.size(), 4u);
}

TEST_F(HeadFinder, aDragEndsWhereItsHeadsAreGone)
{
    sendMouse(m_view.map(), QEvent::MouseButtonPress, cell(0, 0), Qt::LeftButton, Qt::LeftButton);
    sendMouse(m_view.map(), QEvent::MouseMove, cell(1, 2), Qt::NoButton, Qt::LeftButton);
    PaintedCapture small;
    small.layers = 1;
    small.heads = 2;
    show(makeCapture(m_folder, small)); // a run that ends meanwhile
    sendMouse(m_view.map(), QEvent::MouseButtonRelease, cell(0, 0), Qt::LeftButton);
    EXPECT_FALSE(selected().map.set);
}

TEST_F(HeadFinder, arrowKeysWalkThroughTheHeads)
{
    click(m_view.map(), cell(0, 0));
    press(m_view.map(), Qt::Key_Right);
    press(m_view.map(), Qt::Key_Down);
    EXPECT_EQ(selected().map.site, site(1));
    EXPECT_EQ(selected().map.head.head, 1);
    press(m_view.map(), Qt::Key_Down); // the last layer
    EXPECT_EQ(selected().map.site, site(1));
    press(m_view.map(), Qt::Key_Left, Qt::ShiftModifier);
    ASSERT_TRUE(selected().map.set);
    EXPECT_EQ(selected().map.set->members.size(), 2u);
    click(*m_view.table().viewport(), tableRow(2));
    press(m_view.table(), Qt::Key_Down);
    EXPECT_EQ(selected().map.head.head, 0);
    EXPECT_EQ(selected().map.site, site(1));
}

TEST_F(HeadFinder, filtersByWordsAndNumbersAndSaysWhatIsWrong)
{
    for (const QChar letter : QStringLiteral("L1")) {
        QKeyEvent event(QEvent::KeyPress, 0, Qt::NoModifier, QString(letter));
        QApplication::sendEvent(&m_view.filter(), &event);
    }
    EXPECT_EQ(rows(), 3);
    EXPECT_FALSE(m_view.map().scene().layers[0].cells[0].kept);
    EXPECT_TRUE(m_view.map().scene().layers[1].cells[0].kept);
    EXPECT_THAT(m_view.strip().text().toStdString(), HasSubstr("3 of 6 heads"));
    m_view.filter().setText("picture_mass > 0.9");
    EXPECT_EQ(rows(), 0);
    m_view.filter().setText("picture_mas > 0.9");
    EXPECT_EQ(rows(), 6);
    EXPECT_THAT(m_view.strip().text().toStdString(), HasSubstr("did you mean picture_mass"));
    EXPECT_EQ(selected().map.head.head, 1); // a filter chooses nothing
}

TEST_F(HeadFinder, exportsWhatItShows)
{
    m_view.filter().setText("H2");
    const std::optional<NumberTable> numbers = m_view.numbers();
    ASSERT_TRUE(numbers);
    ASSERT_EQ(numbers->rows.labels.size(), 2u);
    EXPECT_EQ(numbers->rows.labels[1][0], "L1.H2");
    EXPECT_EQ(numbers->columns.labels[0][0], "picture_mass");
    EXPECT_NEAR(numbers->values[0], 0.744, 1e-6);
    EXPECT_EQ(numbers->values.size(), numbers->rows.labels.size() * numbers->columns.labels.size());
    const std::optional<Figure> figure = m_view.figure();
    ASSERT_TRUE(figure);
    EXPECT_FALSE(imageFromFigure(*figure).isNull());
    EXPECT_THAT(figure->caption.join('\n').toStdString(), HasSubstr("filter: H2 (2 of 6 heads)"));
}

TEST_F(HeadFinder, dearStatisticsArriveLayerByLayerAndCanBeStopped)
{
    m_context.statistics().setImmediateCost(0);
    show(makeCapture(m_folder));
    const StatisticsWish wish{"question_picture", {}, "ordinary", {}};
    ASSERT_TRUE(waitFor([&] { return m_context.statistics().state(wish) == StatisticsState::Complete; }));
    QApplication::processEvents();
    EXPECT_EQ(rows(), 6);
    start(makeCapture(m_folder));
    m_context.statistics().stop(wish);
    EXPECT_EQ(m_context.statistics().state(wish), StatisticsState::Stopped);
    EXPECT_THAT(m_view.strip().text().toStdString(), HasSubstr("stopped at"));
    QApplication::processEvents();
    click(m_view.strip().button());
    ASSERT_TRUE(waitFor([&] { return m_context.statistics().state(wish) == StatisticsState::Complete; }));
    EXPECT_EQ(rows(), 6);
}

TEST_F(HeadFinder, aHiddenViewReadsNothing)
{
    m_view.hide();
    show(makeCapture(m_folder));
    const StatisticsWish wish{"question_picture", {}, "ordinary", {}};
    EXPECT_EQ(m_context.statistics().state(wish), StatisticsState::Unknown);
    m_view.show();
    EXPECT_EQ(m_context.statistics().state(wish), StatisticsState::Complete);
}

} // namespace
} // namespace heedmap
