#include "tests/widgets/painted_capture.h"
#include "widgets/controls/color_bar.h"
#include "widgets/controls/mass_bar.h"
#include "widgets/controls/stage_canvas.h"
#include "widgets/controls/swipe_divider.h"
#include "widgets/controls/token_legend.h"
#include "widgets/controls/token_strip.h"
#include "widgets/image/picture_image.h"
#include "widgets/views/heads_view.h"
#include "widgets/views/stage_view.h"
#include "widgets/views/tokens_view.h"

#include <gtest/gtest.h>
#include <QApplication>
#include <QMouseEvent>
#include <QSplitter>
#include <QVBoxLayout>
#include <QWheelEvent>

namespace heedmap {
namespace {

using namespace test;

/// Tokens, stage and heads as the window puts them, driven with real events.
class Interaction : public testing::Test
{
protected:
    void SetUp() override
    {
        auto* layout = new QHBoxLayout(&m_window);
        auto* left = new QVBoxLayout;
        left->addWidget(m_tokens = new TokensView(m_context));
        left->addWidget(m_stage = new StageView(m_context));
        layout->addLayout(left, 1);
        layout->addWidget(m_heads = new HeadsView(m_context));
        m_window.resize(900, 500);
        m_window.show();
        show(makeCapture(m_folder));
    }

    void show(const std::shared_ptr<const Capture>& capture)
    {
        m_capture = capture;
        Selection selection;
        selection.group = "question_picture";
        selection.map = MapChoice{siteOf(*capture, "question_picture", 0), HeadChoice{1}, {}};
        m_context.selection().setPicture(embeddedPicture(*capture));
        m_context.selection().setCapture(capture, selection);
        settle();
    }

    static void settle() { QApplication::processEvents(); }

    static void send(QWidget* widget, QEvent::Type type, QPointF place, Qt::MouseButton button = Qt::NoButton,
                     Qt::MouseButtons buttons = Qt::NoButton, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        QMouseEvent event(type, place, widget->mapToGlobal(place), button, buttons, modifiers);
        QApplication::sendEvent(widget, &event);
    }
    static void click(QWidget* widget, QPointF place, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        send(widget, QEvent::MouseButtonPress, place, Qt::LeftButton, Qt::LeftButton, modifiers);
        send(widget, QEvent::MouseButtonRelease, place, Qt::LeftButton, Qt::NoButton, modifiers);
        settle();
    }
    static void key(QWidget* widget, int key, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        QKeyEvent press(QEvent::KeyPress, key, modifiers);
        QApplication::sendEvent(widget, &press);
        QKeyEvent release(QEvent::KeyRelease, key, modifiers);
        QApplication::sendEvent(widget, &release);
        settle();
    }
    static void enter(QWidget* widget)
    {
        const QPointF middle = QRectF(widget->rect()).center();
        QHoverEvent event(QEvent::HoverEnter, middle, widget->mapToGlobal(middle), QPointF(-1, -1));
        QApplication::sendEvent(widget, &event);
        settle();
    }
    static void leave(QWidget* widget)
    {
        QHoverEvent event(QEvent::HoverLeave, QPointF(-1, -1), widget->mapToGlobal(QPointF(-1, -1)), QPointF(1, 1));
        QApplication::sendEvent(widget, &event);
        settle();
    }

    TokenChip* chip(const QString& text)
    {
        for (TokenChip* chip : m_tokens->strip().chips())
            if (chip->text().startsWith(text))
                return chip;
        ADD_FAILURE() << "no chip " << text.toStdString();
        return nullptr;
    }

    StageCanvas& canvas() { return m_stage->canvas(); }
    /// Device position of a patch's centre (10 × 10 pixels each, six in a row).
    QPointF patchCentre(int patch)
    {
        return canvas().deviceFromPicture().map(QPointF(patch % 6 * 10 + 5, patch / 6 * 10 + 5));
    }
    QColor colorAtPatch(int patch)
    {
        // Off the centre: marks are drawn on edges only, so anywhere inside will do.
        return canvas().grab().toImage().pixelColor(patchCentre(patch).toPoint());
    }
    /// Patches that are not drawn as the bare picture.
    std::vector<int> heatedPatches()
    {
        std::vector<int> patches;
        for (int patch = 0; patch < 24; ++patch) {
            const QColor color = colorAtPatch(patch);
            if (std::abs(color.red() - kPictureColor.red()) > 12 ||
                std::abs(color.green() - kPictureColor.green()) > 12)
                patches.push_back(patch);
        }
        return patches;
    }
    SelectionModel& selection() { return m_context.selection(); }

    QTemporaryDir m_folder;
    ViewContext m_context;
    QWidget m_window;
    TokensView* m_tokens = nullptr;
    StageView* m_stage = nullptr;
    HeadsView* m_heads = nullptr;
    std::shared_ptr<const Capture> m_capture;
};

TEST_F(Interaction, hoveringATokenHeatsItsPatchAtOnce)
{
    EXPECT_TRUE(heatedPatches().empty());
    enter(chip("ball"));
    EXPECT_EQ(heatedPatches(), std::vector<int>{paintedPatch({}, 0, 1, kBallToken)});
    enter(chip("red"));
    EXPECT_EQ(heatedPatches(), std::vector<int>{paintedPatch({}, 0, 1, 1)});
    leave(chip("red"));
    EXPECT_TRUE(heatedPatches().empty());
}

TEST_F(Interaction, clickKeepsATokenAndClickOrEscapeLetsGo)
{
    enter(chip("ball"));
    click(chip("ball"), QPointF(5, 5));
    leave(chip("ball"));
    EXPECT_EQ(selection().selection().query(), kBallToken);
    EXPECT_TRUE(chip("ball")->isKept());
    EXPECT_EQ(heatedPatches(), std::vector<int>{paintedPatch({}, 0, 1, kBallToken)});
    click(chip("ball"), QPointF(5, 5));
    EXPECT_FALSE(selection().selection().query());
    EXPECT_TRUE(heatedPatches().empty());
    click(chip("red"), QPointF(5, 5));
    selection().release();
    settle();
    EXPECT_FALSE(chip("red")->isKept());
}

TEST_F(Interaction, controlOrShiftClickKeepsTokensBesideOneAnother)
{
    using Queries = std::vector<std::int64_t>;
    click(chip("ball"), QPointF(5, 5));
    click(chip("red"), QPointF(5, 5), Qt::ControlModifier);
    click(chip("?"), QPointF(5, 5), Qt::ShiftModifier);
    EXPECT_EQ(selection().selection().queries, (Queries{kBallToken, 1, 3}));
    EXPECT_EQ(selection().shown()->query, 3) << "the heads of the token kept last are shown";
    EXPECT_TRUE(chip("ball")->isKept() && chip("red")->isKept() && chip("?")->isKept());
    click(chip("?"), QPointF(5, 5), Qt::ControlModifier);
    EXPECT_EQ(selection().selection().queries, (Queries{kBallToken, 1}));
    click(chip("ball"), QPointF(5, 5)); // a plain click keeps it alone
    EXPECT_EQ(selection().selection().queries, Queries{kBallToken});
    EXPECT_FALSE(chip("red")->isKept());
    key(chip("red"), Qt::Key_Return, Qt::ShiftModifier);
    EXPECT_EQ(selection().selection().queries, (Queries{kBallToken, 1}));
    key(chip("red"), Qt::Key_Space, Qt::ShiftModifier);
    EXPECT_EQ(selection().selection().queries, Queries{kBallToken});
    click(chip("yes"), QPointF(5, 5), Qt::ControlModifier); // a row of another axis cannot stand beside a word
    EXPECT_EQ(selection().selection().group, "answer_picture");
    EXPECT_EQ(selection().selection().queries, Queries{0});
}

TEST_F(Interaction, severalKeptTokensAreBlendedInTheColoursOfTheirChips)
{
    const int ballPatch = paintedPatch({}, 0, 1, kBallToken);
    const int redPatch = paintedPatch({}, 0, 1, 1);
    DisplayOptions options;
    options.opacity = 1;
    m_context.setOptions(options);
    click(chip("ball"), QPointF(5, 5));
    const QColor alone = colorAtPatch(ballPatch);
    EXPECT_TRUE(m_stage->colorBar().isVisible());
    EXPECT_EQ(chip("ball")->color(), ViewContext::markColor());
    click(chip("red"), QPointF(5, 5), Qt::ControlModifier);
    leave(chip("red"));
    std::vector<int> expected{redPatch, ballPatch};
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(heatedPatches(), expected);
    EXPECT_NE(colorAtPatch(ballPatch), alone);
    for (const auto& [patch, word] : {std::pair(ballPatch, "ball"), std::pair(redPatch, "red")}) {
        const QColor seen = colorAtPatch(patch); // full at the scale's upper limit, but for the other's 1 %
        const QColor own = chip(word)->color();
        EXPECT_LT(std::abs(seen.red() - own.red()) + std::abs(seen.green() - own.green()) +
                      std::abs(seen.blue() - own.blue()),
                  9)
            << seen.name().toStdString();
    }
    EXPECT_NE(chip("red")->color(), chip("ball")->color());

    EXPECT_FALSE(m_stage->colorBar().isVisible());
    ASSERT_EQ(m_stage->tokenLegend().tokens().size(), 2u);
    EXPECT_EQ(m_stage->tokenLegend().tokens()[1].color, chip("red")->color());
    EXPECT_TRUE(m_stage->tokenLegend().statement().contains("× uniform"));
    enter(chip("ball")); // hovering shows one alone, in the colour map
    EXPECT_EQ(heatedPatches(), std::vector<int>{ballPatch});
    EXPECT_EQ(colorAtPatch(ballPatch), alone);
    leave(chip("ball"));
    EXPECT_EQ(heatedPatches(), expected);
    send(&canvas(), QEvent::MouseMove, patchCentre(ballPatch)); // every token's value at the patch
    settle();
    EXPECT_TRUE(m_stage->tokenLegend().tokens()[0].value.contains("0.6060")) // 0.6 + 0.15 / 25
        << m_stage->tokenLegend().tokens()[0].value.toStdString();
    EXPECT_TRUE(m_stage->tokenLegend().tokens()[1].value.contains("0.0060"));
    selection().release();
    settle();
    EXPECT_TRUE(heatedPatches().empty());
}

TEST_F(Interaction, thePatchGridShowsThePlainPictureAndNamesEveryPatch)
{
    enter(chip("ball"));
    ASSERT_FALSE(heatedPatches().empty());
    const QColor line =
        canvas().grab().toImage().pixelColor(canvas().deviceFromPicture().map(QPointF(20, 25)).toPoint());
    m_stage->gridAction().trigger();
    settle();
    EXPECT_TRUE(m_stage->chainText().contains("60 × 40 → 6 × 4 patches; one patch = 10 × 10 picture pixels"))
        << m_stage->chainText().toStdString();
    const QImage shot = canvas().grab().toImage();
    EXPECT_NE(shot.pixelColor(canvas().deviceFromPicture().map(QPointF(20, 25)).toPoint()), line);
    const QPointF middle = patchCentre(paintedPatch({}, 0, 1, kBallToken));
    EXPECT_EQ(shot.pixelColor(middle.toPoint() + QPoint(6, 6)), kPictureColor) << "no heat under the grid";
    send(&canvas(), QEvent::MouseMove, patchCentre(8));
    settle();
    EXPECT_EQ(m_stage->chainText(), QString("row 1, column 2 · x 20 to 30, y 10 to 20"));
    m_stage->gridAction().trigger();
    enter(chip("ball"));
    EXPECT_FALSE(heatedPatches().empty());
}

TEST_F(Interaction, theDividerPartsPictureAndMap)
{
    click(chip("ball"), QPointF(5, 5));
    leave(chip("ball"));
    const int patch = paintedPatch({}, 0, 1, kBallToken); // 13: the second column of the third row
    ASSERT_EQ(patch % 6, 1);
    m_stage->swipeAction().trigger();
    settle();
    SwipeDivider& divider = m_stage->divider();
    ASSERT_TRUE(divider.isVisible());
    EXPECT_TRUE(heatedPatches().empty()) << "the patch is at the left of the middle";
    const auto dragTo = [&](double pictureX) {
        const double x = canvas().deviceFromPicture().map(QPointF(pictureX, 0)).x();
        send(&divider, QEvent::MouseButtonPress, QPointF(7, 50), Qt::LeftButton, Qt::LeftButton);
        send(&divider, QEvent::MouseMove, QPointF(x - divider.x(), 50), Qt::NoButton, Qt::LeftButton);
        send(&divider, QEvent::MouseButtonRelease, QPointF(7, 50), Qt::LeftButton);
        settle();
    };
    dragTo(6);
    EXPECT_NEAR(divider.part(), 0.1, 0.01);
    EXPECT_NEAR(divider.geometry().center().x(), canvas().deviceFromPicture().map(QPointF(6, 0)).x(), 1.5);
    EXPECT_EQ(heatedPatches(), std::vector<int>{patch});
    for (int i = 0; i < 30; ++i)
        key(&divider, Qt::Key_Right);
    EXPECT_TRUE(heatedPatches().empty());
    for (int i = 0; i < 30; ++i)
        key(&canvas(), Qt::Key_Left, Qt::ShiftModifier);
    EXPECT_NEAR(divider.part(), 0.1, 0.02);
    m_stage->swipeAction().trigger();
    EXPECT_FALSE(divider.isVisible());
    EXPECT_EQ(heatedPatches(), std::vector<int>{patch});
}

TEST_F(Interaction, hoveringAPatchSaysWhoLooksAtIt)
{
    const int patch = paintedPatch({}, 0, 1, kBallToken);
    send(&canvas(), QEvent::MouseMove, patchCentre(patch));
    settle();
    ASSERT_TRUE(chip("ball")->bar());
    EXPECT_DOUBLE_EQ(*chip("ball")->bar(), 1);
    EXPECT_LT(*chip("red")->bar(), 0.4); // 1/4 × uniform on a logarithmic bar
    QEvent left(QEvent::Leave);
    QApplication::sendEvent(&canvas(), &left);
    settle();
    EXPECT_FALSE(chip("ball")->bar());
}

TEST_F(Interaction, clickKeepsAPatch)
{
    click(&canvas(), patchCentre(8));
    EXPECT_EQ(selection().selection().key, 1 + 8); // after CLS
    click(&canvas(), patchCentre(8));
    EXPECT_FALSE(selection().selection().key);
}

TEST_F(Interaction, anAnswerTokenShowsTheComposedMapAndItsAttentionOverTheQuestion)
{
    enter(chip("yes"));
    const std::optional<ShownMap> shown = selection().shown();
    ASSERT_TRUE(shown);
    EXPECT_EQ(shown->group, "answer_picture");
    EXPECT_TRUE(shown->map.isComposed());
    EXPECT_EQ(shown->query, 0);                                             // the row that predicted it
    EXPECT_EQ(heatedPatches().front(), paintedPatch({}, 0, 1, kBallToken)); // through "ball", with 0.9
    ASSERT_TRUE(chip("ball")->bar());
    EXPECT_NEAR(*chip("ball")->bar(), 0.9, 1e-6);
    EXPECT_NEAR(*chip("red")->bar(), 0.025, 1e-6);
}

TEST_F(Interaction, inputRowsCanBeAskedInsteadOfPredictingRows)
{
    DisplayOptions options;
    options.predictingRow = false;
    m_context.setOptions(options);
    settle();
    enter(chip("yes"));
    EXPECT_EQ(selection().shown()->query, 1);
    EXPECT_FALSE(chip("[SEP] 0")->isEnabled()); // the last token was never an input
}

TEST_F(Interaction, theStripIsOneTabStopWalkedWithArrows)
{
    chip("[CLS]")->setFocus(Qt::TabFocusReason);
    key(chip("[CLS]"), Qt::Key_Right);
    EXPECT_TRUE(chip("red")->hasFocus() || !m_window.isActiveWindow());
    int tabStops = 0;
    for (TokenChip* chip : m_tokens->strip().chips())
        tabStops += (chip->focusPolicy() & Qt::TabFocus) ? 1 : 0;
    EXPECT_EQ(tabStops, 1);
    key(chip("ball"), Qt::Key_Return);
    EXPECT_EQ(selection().selection().query(), kBallToken);
}

TEST_F(Interaction, massOffThePictureIsANumberBesideIt)
{
    enter(chip("ball"));
    ASSERT_TRUE(m_stage->massBar().mass());
    EXPECT_NEAR(*m_stage->massBar().mass(), 0.25 + 0.15 / 25, 1e-6);
}

TEST_F(Interaction, wheelZoomsAroundThePointerAndDragPansWithoutKeeping)
{
    const QPointF place = patchCentre(8);
    QWheelEvent wheel(place, canvas().mapToGlobal(place), QPoint(), QPoint(0, 360), Qt::NoButton, Qt::NoModifier,
                      Qt::NoScrollPhase, false);
    QApplication::sendEvent(&canvas(), &wheel);
    EXPECT_NEAR(canvas().zoom(), 1.25 * 1.25 * 1.25, 1e-9);
    EXPECT_LT(QLineF(patchCentre(8), place).length(), 0.01);
    send(&canvas(), QEvent::MouseButtonPress, place, Qt::LeftButton, Qt::LeftButton);
    send(&canvas(), QEvent::MouseMove, place + QPointF(20, 10), Qt::NoButton, Qt::LeftButton);
    send(&canvas(), QEvent::MouseMove, place + QPointF(30, 15), Qt::NoButton, Qt::LeftButton);
    send(&canvas(), QEvent::MouseButtonRelease, place + QPointF(30, 15), Qt::LeftButton);
    EXPECT_LT(QLineF(patchCentre(8), place + QPointF(30, 15)).length(), 0.01);
    EXPECT_FALSE(selection().selection().key);
    key(&canvas(), Qt::Key_0);
    EXPECT_DOUBLE_EQ(canvas().zoom(), 1);
    key(&canvas(), Qt::Key_Plus);
    EXPECT_GT(canvas().zoom(), 1);
}

TEST_F(Interaction, arrowKeysWalkOverPatches)
{
    selection().setHover({{}, AxisPosition{"picture", 1 + 8}});
    key(&canvas(), Qt::Key_Right);
    EXPECT_EQ(selection().hover().key->position, 1 + 9);
    key(&canvas(), Qt::Key_Down);
    EXPECT_EQ(selection().hover().key->position, 1 + 15);
    key(&canvas(), Qt::Key_Space);
    EXPECT_EQ(selection().selection().key, 1 + 15);
}

TEST_F(Interaction, clickingAThumbnailSelectsTheHead)
{
    click(chip("ball"), QPointF(5, 5));
    QTableView& grid = m_heads->grid();
    ASSERT_EQ(grid.model()->rowCount(), 2);
    ASSERT_EQ(grid.model()->columnCount(), 4); // three heads and their mean
    click(grid.viewport(), grid.visualRect(grid.model()->index(1, 2)).center());
    EXPECT_EQ(selection().selection().map.site, siteOf(*m_capture, "question_picture", 1));
    EXPECT_EQ(selection().selection().map.head, HeadChoice{2});
    EXPECT_EQ(heatedPatches(), std::vector<int>{paintedPatch({}, 1, 2, kBallToken)});
    key(&grid, Qt::Key_Left);
    EXPECT_EQ(selection().selection().map.head, HeadChoice{1});
    key(&grid, Qt::Key_Up);
    EXPECT_EQ(selection().selection().map.site, siteOf(*m_capture, "question_picture", 0));
    click(grid.viewport(), grid.visualRect(grid.model()->index(0, 3)).center());
    EXPECT_TRUE(selection().selection().map.head.isMean());
    EXPECT_EQ(heatedPatches().size(), 3u); // one patch of each head
    const QString spoken = grid.model()->index(1, 2).data(Qt::AccessibleTextRole).toString();
    EXPECT_TRUE(spoken.contains("L1") && spoken.contains("H2") && spoken.contains("0.6")) << spoken.toStdString();
}

TEST_F(Interaction, choosingAGroupKeepsLayerAndHead)
{
    click(chip("ball"), QPointF(5, 5));
    const int composed = m_heads->groups().findData("answer_picture");
    ASSERT_GE(composed, 0);
    m_heads->groups().setCurrentIndex(composed);
    emit m_heads->groups().activated(composed);
    settle();
    EXPECT_TRUE(selection().selection().map.isComposed());
    EXPECT_EQ(selection().selection().map.head, HeadChoice{1});
    EXPECT_FALSE(selection().selection().query()) << "the kept word is not on this map's query axis";
    EXPECT_TRUE(m_heads->firstFactors().isVisibleTo(m_heads));
    EXPECT_EQ(m_heads->firstFactors().count(), 4); // mean and three heads of the one answer layer
}

TEST_F(Interaction, chipsStayWhileTheyAreHovered)
{
    const std::vector<TokenChip*> before = m_tokens->strip().chips();
    enter(chip("yes"));
    enter(chip("ball"));
    EXPECT_EQ(m_tokens->strip().chips(), before);
}

/// A chip that appears under the pointer is hovered at once, while the others are still being made.
TEST_F(Interaction, anotherCapturesChipsMayAppearUnderThePointer)
{
    TokenChip* first = m_tokens->strip().chips().front();
    QCursor::setPos(first->mapToGlobal(QPoint(4, 4)));
    settle();
    const auto other = Capture::open(HEEDMAP_SOURCE_DIR "/tests/fixtures/capture/chain_asked.heed");
    m_context.selection().setCapture(other, initialSelection(*other));
    settle();
    EXPECT_NE(chip("THE"), nullptr);
    EXPECT_EQ(m_tokens->strip().chips().size(), 8u);
}

TEST_F(Interaction, limitsAreSharedByAllHeadsOrTheMapsOwn)
{
    enter(chip("ball"));
    const ValueScale shared =
        m_context.scaleFor(m_context.rows().shownRow(), keyAxisOf(*m_capture, selection().shown()->map));
    EXPECT_TRUE(m_context.hasSharedLimits());
    selection().selectHead(siteOf(*m_capture, "question_picture", 1), HeadChoice::mean());
    enter(chip("ball"));
    const ValueScale ofMean =
        m_context.scaleFor(m_context.rows().shownRow(), keyAxisOf(*m_capture, selection().shown()->map));
    EXPECT_DOUBLE_EQ(shared.high, ofMean.high); // comparable across heads
    DisplayOptions options;
    options.limits = LimitsMode::PerMap;
    m_context.setOptions(options);
    const ValueScale own =
        m_context.scaleFor(m_context.rows().shownRow(), keyAxisOf(*m_capture, selection().shown()->map));
    EXPECT_LT(own.high, shared.high / 2);
}

} // namespace
} // namespace heedmap
