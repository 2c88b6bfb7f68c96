#include "tests/widgets/painted_capture.h"
#include "widgets/context/generated_steps.h"
#include "widgets/controls/step_scrubber.h"
#include "widgets/image/picture_image.h"
#include "widgets/views/answer_view.h"

#include <gtest/gtest.h>
#include <QApplication>
#include <QMouseEvent>
#include <QWheelEvent>

namespace heedmap {
namespace {

using namespace test;

constexpr int kWords = 45;

class Steps : public testing::Test
{
protected:
    Steps()
    {
        m_view.resize(300, 320);
        m_view.show();
    }

    void show(const std::shared_ptr<const Capture>& capture)
    {
        m_context.selection().setCapture(capture, initialSelection(*capture));
        m_context.selection().release();
        QApplication::processEvents();
    }
    StepScrubber& scrubber() { return m_view.scrubber(); }
    std::optional<std::int64_t> kept() { return m_context.selection().selection().query(); }
    std::optional<std::int64_t> shown() { return m_context.selection().shown()->query; }
    QPointF centreOf(std::size_t step) { return QRectF(scrubber().stepRect(step)).center(); }
    void mouse(QEvent::Type type, QPointF place, Qt::MouseButtons buttons = Qt::LeftButton)
    {
        const Qt::MouseButton button = type == QEvent::MouseMove ? Qt::NoButton : Qt::LeftButton;
        QMouseEvent event(type, place, scrubber().mapToGlobal(place), button, buttons, Qt::NoModifier);
        QApplication::sendEvent(&scrubber(), &event);
    }
    static void press(QWidget& widget, int key)
    {
        QKeyEvent event(QEvent::KeyPress, key, Qt::NoModifier);
        QApplication::sendEvent(&widget, &event);
    }
    void key(int key) { press(scrubber(), key); }
    void wheel(int eighths)
    {
        const QPointF place = QRectF(scrubber().rect()).center();
        QWheelEvent event(place, scrubber().mapToGlobal(place), QPoint(), QPoint(0, eighths), Qt::NoButton,
                          Qt::NoModifier, Qt::NoScrollPhase, false);
        QApplication::sendEvent(&scrubber(), &event);
    }
    QStringList column(int index)
    {
        QStringList texts;
        for (int row = 0; row < m_view.table().topLevelItemCount(); ++row)
            texts << m_view.table().topLevelItem(row)->text(index);
        return texts;
    }

    QTemporaryDir m_folder;
    ViewContext m_context;
    AnswerView m_view{m_context};
};

TEST_F(Steps, everyTokenIsAStepTheEndIncluded)
{
    show(makeCapture(m_folder));
    ASSERT_EQ(scrubber().steps().size(), 2u);
    EXPECT_EQ(scrubber().steps()[0].text, QString("yes"));
    EXPECT_NEAR(scrubber().steps()[0].probability, std::exp(-0.1), 1e-12);
    EXPECT_EQ(scrubber().steps()[1].text, QString("[SEP]"));
}

TEST_F(Steps, aStepShowsItsProbabilityItsLogarithmAndWhatItNearlyWas)
{
    show(makeCapture(m_folder)); // "yes" with log probability −0.1, "no" with −2.5
    EXPECT_EQ(column(0), (QStringList{"yes", "no"}));
    EXPECT_EQ(column(1), (QStringList{"0.9048", "0.0821"})); // exp of them
    EXPECT_EQ(column(2), (QStringList{"-0.100", "-2.500"}));
    key(Qt::Key_Right);
    EXPECT_EQ(column(0), QStringList{"[SEP]"});
    EXPECT_EQ(column(1), QStringList{"0.9900"});
}

TEST_F(Steps, keysAndWheelGoFromStepToStepAndKeepIt)
{
    show(makeCaption(m_folder, kWords));
    key(Qt::Key_End);
    EXPECT_EQ(kept(), kWords); // the row that predicted the end token
    key(Qt::Key_Right);
    EXPECT_EQ(scrubber().current(), std::size_t{kWords}) << "there is nothing beyond the end";
    key(Qt::Key_Left);
    EXPECT_EQ(kept(), kWords - 1);
    key(Qt::Key_Home);
    EXPECT_EQ(kept(), 0);
    wheel(-120);
    EXPECT_EQ(kept(), 1);
    wheel(-60);
    EXPECT_EQ(kept(), 1) << "half a notch is no step";
    wheel(-60);
    EXPECT_EQ(kept(), 2);
    wheel(120);
    EXPECT_EQ(kept(), 1);
}

TEST_F(Steps, dragPreviewsAndReleaseKeeps)
{
    show(makeCaption(m_folder, kWords));
    mouse(QEvent::MouseButtonPress, centreOf(1));
    EXPECT_EQ(shown(), 1);
    EXPECT_FALSE(kept());
    mouse(QEvent::MouseMove, centreOf(3));
    EXPECT_EQ(shown(), 3);
    EXPECT_FALSE(kept()) << "nothing is kept on the way";
    mouse(QEvent::MouseButtonRelease, centreOf(3), Qt::NoButton);
    EXPECT_EQ(kept(), 3);
    EXPECT_EQ(m_context.selection().hover(), Hover());
}

TEST_F(Steps, dragBeyondTheEdgeMovesALongRowOn)
{
    show(makeCaption(m_folder, kWords));
    mouse(QEvent::MouseButtonPress, centreOf(2));
    for (int i = 0; i < 12; ++i)
        mouse(QEvent::MouseMove, QPointF(scrubber().width() + 20, 10));
    const std::size_t reached = scrubber().current();
    EXPECT_GE(reached, 12u);
    EXPECT_TRUE(scrubber().rect().contains(scrubber().stepRect(reached))) << "what is dragged over is in sight";
    mouse(QEvent::MouseButtonRelease, QPointF(scrubber().width() + 20, 10), Qt::NoButton);
    EXPECT_EQ(kept(), static_cast<std::int64_t>(reached));
}

TEST_F(Steps, theCurrentStepOfALongRowIsInTheMiddle)
{
    show(makeCaption(m_folder, kWords));
    EXPECT_EQ(scrubber().stepRect(0).left(), 0);
    m_context.selection().keepQuery({"caption0", 20});
    EXPECT_EQ(scrubber().current(), 20u);
    EXPECT_NEAR(scrubber().stepRect(20).center().x(), scrubber().width() / 2.0, 2);
    m_view.resize(500, 320);
    QApplication::processEvents();
    EXPECT_NEAR(scrubber().stepRect(20).center().x(), scrubber().width() / 2.0, 2);
}

TEST_F(Steps, theSwitchKeepsTheTokenByItsOtherRow)
{
    show(makeCaption(m_folder, kWords));
    key(Qt::Key_Home);
    key(Qt::Key_Right);
    EXPECT_EQ(kept(), 1);
    EXPECT_TRUE(m_view.rowStatement().contains("row 1 predicts it")) << m_view.rowStatement().toStdString();
    press(m_view.rowKind(), Qt::Key_Down); // to the input row
    EXPECT_EQ(kept(), 2);
    EXPECT_EQ(scrubber().current(), 1u);
    EXPECT_TRUE(m_view.rowStatement().contains("row 2 is its own")) << m_view.rowStatement().toStdString();
    DisplayOptions options = m_context.options();
    options.predictingRow = true;
    m_context.setOptions(options); // from elsewhere
    EXPECT_EQ(m_view.rowKind().currentIndex(), 0);
    EXPECT_EQ(kept(), 1);
}

TEST_F(Steps, theEndTokenHasNoInputRowButCanBeRead)
{
    show(makeCaption(m_folder, 2));
    key(Qt::Key_End);
    EXPECT_EQ(kept(), 2);
    press(m_view.rowKind(), Qt::Key_Down); // to the input row
    EXPECT_FALSE(kept());
    EXPECT_EQ(scrubber().current(), 2u);
    EXPECT_TRUE(m_view.rowStatement().contains("no input row")) << m_view.rowStatement().toStdString();
    key(Qt::Key_Left);
    EXPECT_EQ(kept(), 2);
    key(Qt::Key_Right);
    EXPECT_EQ(column(0), QStringList{"[SEP]"});
    EXPECT_EQ(kept(), 2) << "what is kept stays";
}

TEST_F(Steps, followsATokenChosenElsewhere)
{
    show(makeCaption(m_folder, 5));
    m_context.selection().setHover({AxisPosition{"caption0", 3}, {}});
    EXPECT_EQ(scrubber().current(), 3u);
    EXPECT_EQ(column(0), (QStringList{"w3", "other"}));
    EXPECT_EQ(column(1), (QStringList{"0.5000", "0.2500"}));
}

TEST_F(Steps, candidatesAreChosenFromAList)
{
    show(makeCaption(m_folder, 3));
    EXPECT_FALSE(m_view.candidates().isVisible());
    show(makeCaption(m_folder, 3, 2));
    ASSERT_TRUE(m_view.candidates().isVisible());
    EXPECT_EQ(m_view.candidates().count(), 2);
    EXPECT_EQ(m_view.headline(), QString("w0 w1 w2"));
    press(m_view.candidates(), Qt::Key_Down);
    EXPECT_EQ(m_view.headline(), QString("next"));
    EXPECT_EQ(scrubber().steps().size(), 2u);
}

TEST_F(Steps, aCaptureWithoutTextHasNoScrubber)
{
    show(makeCaption(m_folder, 3));
    show(makePlainCapture(m_folder));
    EXPECT_FALSE(scrubber().isVisible());
    EXPECT_FALSE(m_view.rowKind().isVisible());
}

} // namespace
} // namespace heedmap
