#include "tests/widgets/painted_capture.h"
#include "widgets/controls/links_canvas.h"
#include "widgets/image/picture_image.h"
#include "widgets/views/links_view.h"
#include "widgets/views/view_export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <QApplication>
#include <QMouseEvent>
#include <QTextDocument>
#include <QWheelEvent>

#include <limits>

namespace heedmap {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

/// The painted capture: row q of question → picture has its strongest weight on paintedPatch, then CLS.
class LinksViewTest : public testing::Test
{
protected:
    void SetUp() override
    {
        m_view.resize(830, 260);
        m_view.show();
        show(makeCapture(m_folder), "question_picture");
    }

    void show(const std::shared_ptr<const Capture>& capture, const std::string& group, int head = 1)
    {
        Selection selection;
        selection.group = group;
        selection.map = MapChoice{siteOf(*capture, group, 0), HeadChoice{head}, {}};
        m_context.selection().setPicture(embeddedPicture(*capture));
        m_context.selection().setCapture(capture, selection);
        QApplication::processEvents();
    }

    LinksCanvas& canvas() { return m_view.canvas(); }
    SelectionModel& selection() { return m_context.selection(); }
    static std::int64_t keyOfPatch(std::int64_t query) { return 1 + paintedPatch({}, 0, 1, query); }
    QPointF token(std::int64_t query)
    {
        return linkRow(canvas().scene(), canvas().currentLayout(), LinkSide::Query, query)->center();
    }
    QPointF patch(std::int64_t key)
    {
        return linkAnchor(canvas().scene(), canvas().currentLayout(), LinkSide::Key, key);
    }
    QPointF middleOfLink(std::int64_t query, std::int64_t key)
    {
        const LinksLayout layout = canvas().currentLayout();
        return (linkAnchor(canvas().scene(), layout, LinkSide::Query, query) +
                linkAnchor(canvas().scene(), layout, LinkSide::Key, key)) /
               2;
    }
    void send(QEvent::Type type, QPointF place, Qt::MouseButton button, Qt::KeyboardModifiers modifiers)
    {
        QMouseEvent event(type, place, canvas().mapToGlobal(place), button,
                          type == QEvent::MouseButtonPress ? Qt::MouseButtons(button) : Qt::MouseButtons(), modifiers);
        QApplication::sendEvent(&canvas(), &event);
    }
    void move(QPointF place) { send(QEvent::MouseMove, place, Qt::NoButton, {}); }
    void click(QPointF place, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        move(place);
        send(QEvent::MouseButtonPress, place, Qt::LeftButton, modifiers);
        send(QEvent::MouseButtonRelease, place, Qt::LeftButton, modifiers);
    }
    void press(int key)
    {
        QKeyEvent event(QEvent::KeyPress, key, Qt::NoModifier);
        QApplication::sendEvent(&canvas(), &event);
    }

    QTemporaryDir m_folder;
    ViewContext m_context;
    LinksView m_view{m_context};
};

TEST_F(LinksViewTest, aHoveredTokenShowsItsStrongestWeightsInOrder)
{
    EXPECT_TRUE(canvas().scene().curves.empty());
    move(token(kBallToken));
    EXPECT_EQ(selection().hover().query, (AxisPosition{"question", kBallToken}));
    const std::vector<LinkCurve>& curves = canvas().scene().curves;
    ASSERT_EQ(curves.size(), 16U) << "as many as the slider says";
    EXPECT_EQ(curves[0].key, keyOfPatch(kBallToken));
    EXPECT_FLOAT_EQ(curves[0].weight, 0.6f + 0.15f / 25);
    EXPECT_EQ(curves[1].key, 0) << "CLS";
    EXPECT_EQ(curves[2].key, 1) << "equal weights by lowest position";
    EXPECT_GT(curves[0].share, curves[2].share);
    // 0.6 + 0.25 + 16 × 0.006 = 0.946
    QTextDocument read; // as people see it
    read.setHtml(m_view.statement());
    EXPECT_TRUE(read.toPlainText().contains("\n■ “ball”: 16 of 25 links, 0.95 of its mass"))
        << read.toPlainText().toStdString();
    EXPECT_EQ(m_view.statementLabel().textFormat(), Qt::RichText);
}

TEST_F(LinksViewTest, slidersLimitWhatIsDrawnAndSayIt)
{
    click(token(kBallToken));
    m_view.most().setValue(1);
    EXPECT_EQ(canvas().scene().curves.size(), 1U);
    EXPECT_TRUE(m_view.statement().contains("1 of 25 links, 0.61 of its mass")) << m_view.statement().toStdString();
    m_view.most().setValue(64);
    EXPECT_EQ(canvas().scene().curves.size(), 25U);
    m_view.threshold().setValue(m_view.threshold().maximum() / 2); // √(¼ · 25) = 2.5 × uniform, about
    EXPECT_EQ(canvas().scene().curves.size(), 2U) << "the patch at 15× and CLS at 6×; the others have 0.15×";
    m_view.threshold().setValue(m_view.threshold().maximum());
    EXPECT_TRUE(canvas().scene().curves.empty());
    EXPECT_TRUE(m_view.statement().contains("0 of 25 links, 0.00 of its mass"));
}

TEST_F(LinksViewTest, severalTokensAreDrawnInTheirColours)
{
    click(token(1));
    click(token(kBallToken), Qt::ControlModifier);
    m_view.most().setValue(1);
    move(QPointF(2, 2));
    EXPECT_THAT(selection().selection().queries, ElementsAre(1, kBallToken));
    const std::vector<LinkCurve>& curves = canvas().scene().curves;
    ASSERT_EQ(curves.size(), 2U);
    EXPECT_NE(curves[0].color, curves[1].color);
    EXPECT_THAT((std::vector{curves[0].key, curves[1].key}),
                UnorderedElementsAre(keyOfPatch(1), keyOfPatch(kBallToken)));
}

TEST_F(LinksViewTest, aLineSaysItsExactWeightAndKeepsBothEnds)
{
    click(token(kBallToken));
    m_view.most().setValue(1);
    const std::int64_t key = keyOfPatch(kBallToken);
    move(middleOfLink(kBallToken, key));
    EXPECT_EQ(selection().hover().query, (AxisPosition{"question", kBallToken}));
    EXPECT_EQ(selection().hover().key, (AxisPosition{"picture", key}));
    EXPECT_TRUE(m_view.readout().contains("“ball” → patch row")) << m_view.readout().toStdString();
    EXPECT_TRUE(m_view.readout().contains("probability 0.6060 (15.2× uniform)")) << m_view.readout().toStdString();
    click(middleOfLink(kBallToken, key));
    EXPECT_EQ(selection().selection().key, key);
    EXPECT_THAT(selection().selection().queries, ElementsAre(kBallToken));
}

TEST_F(LinksViewTest, theOtherDirectionAsksWhoLooks)
{
    m_view.directionButton(LinksView::Direction::ToKey).click();
    EXPECT_TRUE(canvas().scene().curves.empty());
    const std::int64_t key = keyOfPatch(kBallToken);
    click(patch(key));
    EXPECT_EQ(selection().selection().key, key) << "the patch, though curves end there";
    const std::vector<LinkCurve>& curves = canvas().scene().curves;
    ASSERT_EQ(curves.size(), 5U);
    EXPECT_EQ(curves[0].query, kBallToken);
    for (const LinkCurve& curve : curves)
        EXPECT_EQ(curve.key, key);
    // 0.606 + 4 × 0.006 = 0.63
    EXPECT_TRUE(m_view.statement().contains("5 of 5 tokens, 0.63 of the 0.63 it receives"))
        << m_view.statement().toStdString();
}

TEST_F(LinksViewTest, hoverElsewhereIsShownHere)
{
    click(token(1));
    selection().setHover({{}, AxisPosition{"picture", 7}});
    EXPECT_EQ(canvas().scene().pointed.key, 7);
    selection().setHover({AxisPosition{"question", kBallToken}, {}});
    EXPECT_EQ(canvas().scene().curves.front().query, kBallToken);
    selection().setHover({});
    EXPECT_EQ(canvas().scene().curves.front().query, 1);
}

TEST_F(LinksViewTest, theKeyboardWalksTokensAndLines)
{
    press(Qt::Key_Down);
    press(Qt::Key_Down);
    EXPECT_EQ(selection().hover().query, (AxisPosition{"question", 1}));
    press(Qt::Key_Return);
    EXPECT_THAT(selection().selection().queries, ElementsAre(1));
    press(Qt::Key_Right);
    EXPECT_EQ(selection().hover().key, (AxisPosition{"picture", keyOfPatch(1)}));
    press(Qt::Key_Right);
    EXPECT_EQ(selection().hover().key, (AxisPosition{"picture", 0}));
    press(Qt::Key_Left);
    EXPECT_EQ(selection().hover().key, (AxisPosition{"picture", keyOfPatch(1)}));
}

TEST_F(LinksViewTest, textStandsInTwoColumnsAndComposedMapsSaySo)
{
    show(selection().capture(), "answer_question");
    move(token(0));
    ASSERT_FALSE(canvas().scene().curves.empty());
    EXPECT_EQ(canvas().scene().curves[0].key, kBallToken);
    EXPECT_TRUE(linkRow(canvas().scene(), canvas().currentLayout(), LinkSide::Key, kBallToken));
    selection().selectGroup("answer_picture");
    EXPECT_TRUE(m_view.statement().contains("composed")) << m_view.statement().toStdString();
}

TEST_F(LinksViewTest, longAxesScrollAndDrawOnlyWhatIsShown)
{
    show(makeCaption(m_folder, 60), "caption_picture", 0);
    selection().keepQuery({"caption0", 55});
    const QRectF list = canvas().currentLayout().side(LinkSide::Query).list;
    EXPECT_TRUE(list.contains(token(55))) << "scrolled into sight";
    const QPointF place = list.center();
    QWheelEvent wheel(place, canvas().mapToGlobal(place), {}, QPoint(0, 1200), Qt::NoButton, Qt::NoModifier,
                      Qt::NoScrollPhase, false);
    QApplication::sendEvent(&canvas(), &wheel);
    EXPECT_FALSE(list.contains(token(55)));
    EXPECT_EQ(canvas().curvesOutOfSight(), 16);
}

TEST_F(LinksViewTest, exportsWhatIsDrawn)
{
    click(token(kBallToken));
    m_view.most().setValue(2);
    const NumberTable table = *m_view.numbers();
    ASSERT_EQ(table.rows.labels.size(), 2U);
    EXPECT_EQ(table.rows.labels[1][3], "CLS");
    EXPECT_EQ(table.rows.labels[1][5], "yes");
    EXPECT_FLOAT_EQ(static_cast<float>(table.values[2]), 0.25f + 0.15f / 25);
    EXPECT_FLOAT_EQ(static_cast<float>(table.values[3]), 6.4f);
    const QByteArray svg = svgFromFigure(*m_view.figure());
    EXPECT_GE(svg.count("<path"), 2);
}

TEST_F(LinksViewTest, brokenWeightsAreNoLinksAndAreSaid)
{
    PaintedCapture broken;
    broken.nan = std::numeric_limits<float>::quiet_NaN();
    show(makeCapture(m_folder, broken), "question_picture");
    move(token(kBallToken));
    EXPECT_TRUE(m_view.statement().contains("of 24 links")) << m_view.statement().toStdString();
    EXPECT_TRUE(m_view.statement().contains("1 weights are no numbers"));
}

} // namespace
} // namespace heedmap
