#include "tests/widgets/painted_capture.h"
#include "widgets/context/map_labels.h"
#include "widgets/controls/color_bar.h"
#include "widgets/controls/mass_bar.h"
#include "widgets/controls/range_control.h"
#include "widgets/controls/range_handle.h"
#include "widgets/controls/range_plot.h"
#include "widgets/controls/stage_canvas.h"
#include "widgets/image/picture_image.h"
#include "widgets/views/stage_view.h"

#include <gtest/gtest.h>
#include <QApplication>
#include <QKeyEvent>
#include <QMouseEvent>

#include <cmath>

namespace heedmap {
namespace {

using namespace test;

void sendMouse(QWidget& widget, QEvent::Type type, QPointF place, Qt::MouseButton button, Qt::MouseButtons buttons)
{
    QMouseEvent event(type, place, widget.mapToGlobal(place), button, buttons, Qt::NoModifier);
    QApplication::sendEvent(&widget, &event);
}

void click(QWidget& widget, QPointF place)
{
    sendMouse(widget, QEvent::MouseButtonPress, place, Qt::LeftButton, Qt::LeftButton);
    sendMouse(widget, QEvent::MouseButtonRelease, place, Qt::LeftButton, Qt::NoButton);
    QApplication::processEvents();
}

void clickLabel(QWidget& widget) // of a check box, which may be wider than its label
{
    click(widget, QPointF(8, widget.height() / 2.0));
}

void press(QWidget& widget, int key, Qt::KeyboardModifiers modifiers = Qt::NoModifier, const QString& text = {})
{
    QKeyEvent down(QEvent::KeyPress, key, modifiers, text);
    QApplication::sendEvent(&widget, &down);
    QKeyEvent up(QEvent::KeyRelease, key, modifiers, text);
    QApplication::sendEvent(&widget, &up);
}

void type(QLineEdit& editor, const QString& text)
{
    editor.clear();
    for (const QChar letter : text)
        press(editor, Qt::Key_unknown, Qt::NoModifier, letter);
    press(editor, Qt::Key_Return);
}

/// The stage with its range control, driven with real events; "ball" is kept.
class RangeControlTest : public testing::Test
{
protected:
    void SetUp() override { show({}); }

    void show(const PaintedCapture& painted)
    {
        m_capture = makeCapture(m_folder, painted);
        Selection selection;
        selection.group = "question_picture";
        selection.map = MapChoice{siteOf(*m_capture, "question_picture", 0), HeadChoice{1}, {}};
        selection.queries = {kBallToken};
        m_context.selection().setPicture(embeddedPicture(*m_capture));
        m_context.selection().setCapture(m_capture, selection);
        m_stage.resize(700, 520);
        m_stage.show();
        QApplication::processEvents();
    }

    RangeControl& control() { return m_stage.range(); }
    RangePlot& plot() { return control().plot(); }
    const ValueScale& scale() { return plot().scale(); }
    DisplayOptions options() const { return m_context.options(); }

    /// Takes a handle at its grip and lets go of it `dx` pixels further.
    void drag(RangeHandle& handle, int dx)
    {
        const QPoint grip(RangeHandle::kWidth / 2, handle.height() - 6);
        const QPoint target = handle.mapToGlobal(grip) + QPoint(dx, 0);
        sendMouse(handle, QEvent::MouseButtonPress, grip, Qt::LeftButton, Qt::LeftButton);
        for (int step = 1; step <= 4; ++step) { // the handle moves away under the pointer
            const QPoint place = target - QPoint(dx * (4 - step) / 4, 0);
            sendMouse(handle, QEvent::MouseMove, handle.mapFromGlobal(QPointF(place)), Qt::NoButton, Qt::LeftButton);
        }
        sendMouse(handle, QEvent::MouseButtonRelease, handle.mapFromGlobal(target), Qt::LeftButton, Qt::NoButton);
        QApplication::processEvents();
    }

    double xOf(RangeHandle& handle) { return handle.geometry().left() + RangeHandle::kWidth / 2.0; }

    QTemporaryDir m_folder;
    ViewContext m_context;
    StageView m_stage{m_context};
    std::shared_ptr<const Capture> m_capture;
};

TEST_F(RangeControlTest, showsTheWeightsOfAllHeadsAndTheLimitsOfTheStage)
{
    // 2 layers × 3 heads × 24 patches: 0.6 on one patch of each head, 0.15 / 25 on every other.
    const Histogram& histogram = plot().histogram();
    std::int64_t counted = histogram.below + histogram.above;
    for (std::int64_t count : histogram.counts)
        counted += count;
    EXPECT_EQ(counted, 2 * 3 * 24);
    EXPECT_EQ(histogram.counts.back(), 6);
    EXPECT_EQ(scale().high, m_stage.colorBar().scale().high);
    EXPECT_EQ(scale().low, m_stage.colorBar().scale().low);
    EXPECT_TRUE(control().autofit().isChecked());
    EXPECT_TRUE(control().statement().contains("limits of all heads")) << control().statement().toStdString();
    EXPECT_TRUE(control().statement().contains("99.5th percentile"));
    EXPECT_TRUE(control().statement().contains("15.2×")) << control().statement().toStdString(); // 0.6 × 25 keys
}

TEST_F(RangeControlTest, draggingTheWhitePointMovesTheColoursAtOnce)
{
    const double before = scale().high;
    const double x = xOf(plot().whitePoint());
    drag(plot().whitePoint(), -60);
    EXPECT_NEAR(xOf(plot().whitePoint()), x - 60, 1.5);
    const Histogram& histogram = plot().histogram();
    const QRectF area = plot().plotArea();
    EXPECT_NEAR(histogram.positionOf(scale().high), (x - 60 - area.left()) / area.width(), 3 / area.width());
    EXPECT_LT(scale().high, before);
    EXPECT_EQ(m_stage.colorBar().scale().high, scale().high);
    EXPECT_TRUE(control().statement().contains("limits set by hand")) << control().statement().toStdString();
    EXPECT_FALSE(control().autofit().isChecked());
    EXPECT_FALSE(control().minMax().isChecked());
}

TEST_F(RangeControlTest, pointsNeverCross)
{
    drag(plot().blackPoint(), 5000);
    EXPECT_LT(scale().low, scale().high);
    drag(plot().whitePoint(), -5000);
    EXPECT_LT(scale().low, scale().high);
    drag(plot().blackPoint(), -5000);
    EXPECT_NEAR(plot().histogram().positionOf(scale().low), 0, 1e-9);
}

TEST_F(RangeControlTest, handlesAreWalkedToWithTabAndMovedWithArrows)
{
    EXPECT_TRUE(plot().blackPoint().focusPolicy() & Qt::TabFocus);
    EXPECT_EQ(plot().blackPoint().nextInFocusChain(), &plot().whitePoint());
    const double before = plot().histogram().positionOf(scale().high);
    press(plot().whitePoint(), Qt::Key_Left);
    EXPECT_NEAR(plot().histogram().positionOf(scale().high), before - 0.01, 1e-6);
    press(plot().whitePoint(), Qt::Key_Left, Qt::ShiftModifier);
    EXPECT_NEAR(plot().histogram().positionOf(scale().high), before - 0.11, 1e-6);
    press(plot().whitePoint(), Qt::Key_End);
    EXPECT_NEAR(plot().histogram().positionOf(scale().high), 1, 1e-9);
    press(plot().blackPoint(), Qt::Key_Home);
    EXPECT_NEAR(plot().histogram().positionOf(scale().low), 0, 1e-9);
}

TEST_F(RangeControlTest, aDoubleClickOrReturnTypesAnExactValue)
{
    sendMouse(plot().blackPoint(), QEvent::MouseButtonDblClick, QPointF(6, 6), Qt::LeftButton, Qt::LeftButton);
    ASSERT_TRUE(plot().editor().isVisibleTo(&plot()));
    type(plot().editor(), "0.5");
    EXPECT_EQ(scale().low, 0.5);
    EXPECT_FALSE(plot().editor().isVisibleTo(&plot()));
    press(plot().whitePoint(), Qt::Key_Return);
    type(plot().editor(), "12×");
    EXPECT_EQ(scale().high, 12);
    for (const char* nonsense : {"", "a", "nan", "1e400", "0.25", "-3", "0.5"}) { // or not above the black point
        press(plot().whitePoint(), Qt::Key_Return);
        type(plot().editor(), nonsense);
        EXPECT_TRUE(plot().editor().isVisibleTo(&plot())) << nonsense;
        press(plot().editor(), Qt::Key_Escape);
        EXPECT_FALSE(plot().editor().isVisibleTo(&plot()));
        EXPECT_EQ(scale().high, 12) << nonsense;
    }
}

TEST_F(RangeControlTest, limitsByHandStayInTheirUnitCurveAndGroup)
{
    m_context.setLimits(2, 9);
    const auto isByHand = [&] { return m_context.limitsSource() == LimitsSource::ByHand; };
    m_context.selection().keepQuery({"question", 1}); // another token of the same maps
    EXPECT_TRUE(isByHand());
    EXPECT_EQ(scale().high, 9);
    DisplayOptions changed = options();
    changed.timesUniform = false;
    m_context.setOptions(changed);
    EXPECT_FALSE(isByHand()) << "9 × uniform is no probability";
    EXPECT_LT(scale().high, 1);
    changed.timesUniform = true;
    changed.curve = ValueCurve::Linear;
    m_context.setOptions(changed);
    EXPECT_FALSE(isByHand());
    changed.curve = ValueCurve::Logarithmic;
    changed.withoutSpecial = true;
    m_context.setOptions(changed);
    EXPECT_FALSE(isByHand()) << "other weights";
    changed.withoutSpecial = false;
    m_context.setOptions(changed);
    EXPECT_TRUE(isByHand());
    m_context.selection().selectGroup("answer_picture");
    EXPECT_FALSE(isByHand());
    m_context.selection().selectGroup("question_picture");
    EXPECT_TRUE(isByHand());
    click(control().autofit(), QPointF(6, 6));
    EXPECT_FALSE(isByHand());
    EXPECT_TRUE(control().autofit().isChecked());
}

TEST_F(RangeControlTest, minMaxReachesFromTheSmallestToTheLargestWeight)
{
    click(control().minMax(), QPointF(6, 6));
    EXPECT_NEAR(scale().low, 0.15, 1e-6); // 0.15 / 25 of 25 keys
    EXPECT_NEAR(scale().high, 15.15, 1e-5);
    EXPECT_TRUE(control().minMax().isChecked());
    EXPECT_FALSE(control().autofit().isChecked());
    EXPECT_TRUE(control().statement().contains("smallest to largest")) << control().statement().toStdString();
    click(control().minMax(), QPointF(6, 6));
    EXPECT_TRUE(control().minMax().isChecked());
}

TEST_F(RangeControlTest, perMapLimitsAreASwitch)
{
    clickLabel(control().perMap());
    EXPECT_EQ(options().limits, LimitsMode::PerMap);
    EXPECT_TRUE(control().statement().contains("limits of this map")) << control().statement().toStdString();
    std::int64_t counted = plot().histogram().below;
    for (std::int64_t count : plot().histogram().counts)
        counted += count;
    EXPECT_EQ(counted, 24);
}

TEST_F(RangeControlTest, withoutSpecialTokensRenormalisesAndSaysSo)
{
    clickLabel(control().withoutSpecial());
    ASSERT_TRUE(options().withoutSpecial);
    const std::vector<float> row = m_context.rows().shownRow();
    const int patch = paintedPatch({}, 0, 1, kBallToken);
    const double special = 0.25 + 0.15 / 25; // on CLS
    EXPECT_EQ(row[0], 0);
    EXPECT_NEAR(row[static_cast<std::size_t>(1 + patch)], (0.6 + 0.15 / 25) / (1 - special), 1e-6);
    EXPECT_EQ(scale().keyCount, 24); // "1 × uniform" is one of the patches
    EXPECT_TRUE(control().statement().contains("renormalised without special tokens; 0.26 of the mass left out"))
        << control().statement().toStdString();
    ASSERT_TRUE(m_stage.massBar().mass());
    EXPECT_NEAR(*m_stage.massBar().mass(), special, 1e-6) << "the bar shows the true share";
    m_context.selection().setHover({{}, AxisPosition{"picture", 1 + patch}});
    EXPECT_TRUE(m_stage.canvas().toolTip().contains("renormalised without special tokens"));
}

TEST_F(RangeControlTest, theValueUnderThePointerIsMarkedAndSaidExactly)
{
    const int patch = paintedPatch({}, 0, 1, kBallToken);
    m_context.selection().setHover({{}, AxisPosition{"picture", 1 + patch}});
    ASSERT_TRUE(plot().pointer());
    EXPECT_NEAR(*plot().pointer(), 0.606, 1e-6);
    EXPECT_TRUE(m_stage.canvas().toolTip().contains("probability 0.6060 (15.2× uniform)"))
        << m_stage.canvas().toolTip().toStdString();
    const QImage marked = plot().grab().toImage();
    m_context.selection().setHover({});
    EXPECT_FALSE(plot().pointer());
    EXPECT_FALSE(marked == plot().grab().toImage());
    EXPECT_TRUE(m_stage.massBar().toolTip().contains("0.2560")) << m_stage.massBar().toolTip().toStdString();
}

TEST_F(RangeControlTest, toolTipsOfHistogramAndColourBarHaveExactNumbers)
{
    const QString last = plot().readout(plot().plotArea().bottomRight());
    EXPECT_TRUE(last.startsWith("6 of 144 weights")) << last.toStdString();
    EXPECT_TRUE(last.contains("15.2×")) << last.toStdString();
    m_context.setLimits(1, 4);
    const ColorBar& bar = m_stage.colorBar();
    EXPECT_TRUE(bar.readout(bar.height() - 1).startsWith("1.00× uniform")) << bar.readout(0).toStdString();
    EXPECT_TRUE(bar.readout(0).contains("probability 0.1600 (4.00× uniform)")) << bar.readout(0).toStdString();
    DisplayOptions changed = options();
    changed.curve = ValueCurve::Percentile;
    m_context.setOptions(changed);
    EXPECT_TRUE(bar.readout(0).contains("100.0 % of the weights")) << bar.readout(0).toStdString();
}

TEST_F(RangeControlTest, colouredAsTheMapIs)
{
    m_context.setOptions([&] {
        DisplayOptions changed = options();
        changed.colorMap = "grey";
        return changed;
    }());
    m_context.setLimits(1, 6); // the white point leaves the last bin free
    const QImage image = plot().grab().toImage();
    const QRectF area = plot().plotArea();
    bool foundWhite = false;
    for (int x = static_cast<int>(area.right()) - 8; x <= static_cast<int>(area.right()); ++x)
        foundWhite = foundWhite || image.pixelColor(x, static_cast<int>(area.bottom()) - 2) == QColor(Qt::white);
    EXPECT_TRUE(foundWhite);
}

TEST_F(RangeControlTest, survivesRowsThatAreNoNumbersAndSmallSizes)
{
    PaintedCapture painted;
    painted.nan = std::nanf("");
    painted.withPicture = false;
    show(painted);
    for (const ValueCurve curve : {ValueCurve::Linear, ValueCurve::Logarithmic, ValueCurve::Percentile})
        for (const bool withoutSpecial : {false, true}) {
            DisplayOptions changed = options();
            changed.curve = curve;
            changed.withoutSpecial = withoutSpecial;
            m_context.setOptions(changed);
            drag(plot().whitePoint(), -30);
            EXPECT_LT(scale().low, scale().high);
            EXPECT_TRUE(plot().readout(QPointF(20, 5)).contains("no finite numbers"));
        }
    m_stage.resize(60, 60);
    m_stage.grab();
    m_context.selection().setCapture(nullptr, {});
    m_stage.grab();
    EXPECT_EQ(control().statement(), "");
}

} // namespace
} // namespace heedmap
