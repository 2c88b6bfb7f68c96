#include "core/capture/capture_writer.h"
#include "tests/widgets/painted_capture.h"
#include "widgets/controls/mode_side_plot.h"
#include "widgets/controls/spectrum_plot.h"
#include "widgets/image/picture_image.h"
#include "widgets/views/svd_modes_view.h"

#include <gtest/gtest.h>
#include <QApplication>
#include <QElapsedTimer>
#include <QMouseEvent>

#include <cmath>
#include <random>

namespace heedmap {
namespace {

using namespace test;

constexpr int kWords = 5;
constexpr int kKeys = 25; // CLS and 4 × 6 patches
constexpr int kRed = 1;   // positions of [CLS] red ball ? [SEP]
constexpr int kBall = 2;
constexpr int kFirstPatch = 8; // keys
constexpr int kSecondPatch = 9;

/// What words have in common of a pattern over keys that sums to 0.
struct Pattern
{
    std::vector<double> words; ///< [kWords]
    std::vector<double> keys;  ///< [kKeys]
};

Pattern pattern(std::vector<double> words, int more, int less)
{
    Pattern result{std::move(words), std::vector<double>(kKeys, 0)};
    result.keys[static_cast<std::size_t>(more)] = 1;
    result.keys[static_cast<std::size_t>(more + 1)] = 0.5;
    result.keys[static_cast<std::size_t>(less)] = -1.5;
    return result;
}

/// "red" and "ball" look at two patches and away from the 21st; in the second head weaker, with something of its own.
const std::vector<double> kRedBall{0, 0.3, 0.4, 0, 0};

/// A capture like makeCapture's, whose rows are the same for all words but for these patterns.
std::shared_ptr<const Capture> makePatterned(const QTemporaryDir& folder)
{
    const std::vector<std::vector<Pattern>> heads{
        {pattern(kRedBall, kFirstPatch, 20)},
        {pattern({0.3, 0, 0, -0.2, -0.1}, 14, 2), pattern({0, 0.06, 0.08, 0, 0}, kFirstPatch, 20)},
        {pattern({0, 0, 0, 0.3, 0}, 3, 23)},
    };
    std::vector<float> weights;
    for (const std::vector<Pattern>& patterns : heads)
        for (std::size_t word = 0; word < kWords; ++word)
            for (std::size_t key = 0; key < kKeys; ++key) {
                double weight = 1;
                for (const Pattern& one : patterns)
                    weight += one.words[word] * one.keys[key];
                weights.push_back(static_cast<float>(weight / kKeys));
            }
    // The same picture, question and axes as makeCapture's; only the weights are others.
    const auto like = makeCapture(folder);
    Manifest manifest = like->manifest();
    std::erase_if(manifest.sites, [](const AttentionSite& site) {
        return site.layer > 0 || site.heads != 3 || site.pass != "question";
    });
    std::erase_if(manifest.groups, [](const SiteGroup& group) { return group.id != "question_picture"; });
    manifest.compositions.clear();
    manifest.outputs.clear();
    std::erase_if(manifest.passes, [](const Pass& pass) { return pass.id != "question"; });
    manifest.axes.erase("answer");
    const std::filesystem::path path = folder.filePath("patterned.heed").toStdString();
    CaptureWriter writer(path);
    const std::vector<std::byte> picture = like->inputBytes(manifest.inputs.front());
    writer.addTensor(manifest.inputs.front().tensor, DType::U8, {std::ssize(picture)}, picture);
    writer.addTensor(manifest.sites.front().weights, DType::F32, {3, kWords, kKeys}, std::as_bytes(std::span(weights)));
    writer.finish(manifest);
    return Capture::open(path);
}

class SvdModesTest : public testing::Test
{
protected:
    void SetUp() override
    {
        m_view.reset(new SvdModesView(m_context));
        m_view->resize(830, 250);
        m_view->show();
    }

    void setCapture(const std::shared_ptr<const Capture>& capture, int head = 0)
    {
        Selection selected;
        selected.group = "question_picture";
        selected.map = MapChoice{siteOf(*capture, "question_picture", 0), HeadChoice{head}, {}};
        m_context.selection().setPicture(embeddedPicture(*capture));
        m_context.selection().setCapture(capture, selected);
    }
    void show(const std::shared_ptr<const Capture>& capture, int head = 0)
    {
        setCapture(capture, head);
        settle();
    }
    void settle()
    {
        QApplication::processEvents();
        m_view->grab();
    }
    void waitForWork()
    {
        QElapsedTimer timer;
        timer.start();
        while (m_view->provider().isWorking() && timer.elapsed() < 10000)
            QApplication::processEvents(QEventLoop::WaitForMoreEvents, 50);
        ASSERT_FALSE(m_view->provider().isWorking());
        settle();
    }
    static void mouse(QWidget& widget, QEvent::Type type, QPointF place, Qt::KeyboardModifiers modifiers = {})
    {
        const bool isPress = type == QEvent::MouseButtonPress;
        QMouseEvent event(type, place, widget.mapToGlobal(place), isPress ? Qt::LeftButton : Qt::NoButton,
                          isPress ? Qt::LeftButton : Qt::NoButton, modifiers);
        QApplication::sendEvent(&widget, &event);
    }
    void click(QWidget& widget, QPointF place, Qt::KeyboardModifiers modifiers = {})
    {
        for (const QEvent::Type type : {QEvent::MouseButtonPress, QEvent::MouseButtonRelease}) {
            QMouseEvent event(type, place, widget.mapToGlobal(place), Qt::LeftButton,
                              type == QEvent::MouseButtonPress ? Qt::LeftButton : Qt::NoButton, modifiers);
            QApplication::sendEvent(&widget, &event);
        }
        settle();
    }
    void clickMiddle(QWidget& widget) { click(widget, QRectF(widget.rect()).center()); }
    void key(QWidget& widget, int key)
    {
        for (const QEvent::Type type : {QEvent::KeyPress, QEvent::KeyRelease}) {
            QKeyEvent event(type, key, Qt::NoModifier);
            QApplication::sendEvent(&widget, &event);
        }
        settle();
    }
    void chooseCentring(const char* id)
    {
        m_view->centrings().setCurrentIndex(m_view->centrings().findData(QString::fromLatin1(id)));
        settle();
    }
    SelectionModel& selection() { return m_context.selection(); }

    QTemporaryDir m_folder;
    ViewContext m_context;
    std::unique_ptr<SvdModesView> m_view;
};

TEST_F(SvdModesTest, saysWhatIsThere)
{
    show(makePatterned(m_folder));
    // One pattern less the column means: σ = ‖words − mean‖ · ‖keys‖ / 25.
    double mean = 0;
    double words = 0;
    for (const double word : kRedBall)
        mean += word / kWords;
    for (const double word : kRedBall)
        words += (word - mean) * (word - mean);
    const double sigma = std::sqrt(words * (1 + 0.25 + 2.25)) / kKeys;
    const QString facts = m_view->facts();
    EXPECT_TRUE(facts.contains("mode 1: σ " + QString::number(sigma, 'g', 3) + " · energy 100.0 %"))
        << facts.toStdString();
    EXPECT_TRUE(facts.contains("effective rank 1.0")) << facts.toStdString();
    EXPECT_EQ(m_view->keptText(), "keep 1 of 1 · error 0.0 %");
    const auto& words2 = m_view->left().scene()->side.strongest;
    ASSERT_GE(words2.size(), 2u);
    EXPECT_EQ(words2[0].position, kBall);
    EXPECT_NEAR(words2[0].value, (0.4 - mean) / std::sqrt(words), 1e-5);
    EXPECT_EQ(words2[1].position, kRed);
}

TEST_F(SvdModesTest, patchesAreRedWhereTheModeIsMoreAndBlueWhereItIsLess)
{
    show(makePatterned(m_folder));
    const QImage image = m_view->right().grab().toImage();
    const auto colorOf = [&](int position) {
        return image.pixelColor(m_view->right().placeOf(position).toPoint() + QPoint(3, 3));
    };
    EXPECT_GT(colorOf(kFirstPatch).red(), colorOf(kFirstPatch).blue() + 30);
    EXPECT_GT(colorOf(20).blue(), colorOf(20).red() + 60);
    const QColor quiet = colorOf(12);
    EXPECT_LT(std::abs(quiet.red() - quiet.blue()), 8);
    EXPECT_GT(quiet.lightness(), 150);
}

TEST_F(SvdModesTest, aClickOnASingularValueChoosesItsMode)
{
    show(makePatterned(m_folder), 1);
    EXPECT_EQ(m_view->chosen(), 0u);
    click(m_view->spectrum(), m_view->spectrum().barPlace(1));
    EXPECT_EQ(m_view->chosen(), 1u);
    EXPECT_TRUE(m_view->facts().startsWith("mode 2: ")) << m_view->facts().toStdString();
    EXPECT_EQ(m_view->left().scene()->side.strongest.front().position, kBall);
    key(m_view->spectrum(), Qt::Key_Left);
    EXPECT_EQ(m_view->chosen(), 0u);
    EXPECT_EQ(m_view->left().scene()->side.strongest.front().position, 0);
}

TEST_F(SvdModesTest, itsTokensAndItsPatchCanBeSelected)
{
    show(makePatterned(m_folder));
    clickMiddle(m_view->selectButton());
    EXPECT_EQ(selection().selection().queries, (std::vector<std::int64_t>{kRed, kBall}));
    EXPECT_EQ(selection().selection().key, kFirstPatch);
}

TEST_F(SvdModesTest, keepingFewerModesShowsTheRowTheyMake)
{
    show(makePatterned(m_folder), 1);
    EXPECT_FALSE(m_view->rebuiltSwitch().isChecked());
    selection().keepQuery({"question", kBall});
    m_view->keep().setFocus();
    key(m_view->keep(), Qt::Key_Home);
    EXPECT_TRUE(m_view->rebuiltSwitch().isChecked());
    EXPECT_EQ(m_view->keptText(), "keep 0 of 2 · error 100.0 %");
    EXPECT_TRUE(m_view->left().scene()->title.startsWith("row of “ball”"));
    // Without modes the row is what all words have in common: the mean of the column.
    const auto rebuiltAt = [&](int position) {
        return m_view->right().scene()->side.atPosition[static_cast<std::size_t>(position)];
    };
    EXPECT_NEAR(rebuiltAt(kFirstPatch), (1 + (0.06 + 0.08) / kWords) / kKeys, 1e-7);
    key(m_view->keep(), Qt::Key_End);
    EXPECT_EQ(m_view->keptText(), "keep 2 of 2 · error 0.0 %");
    EXPECT_NEAR(rebuiltAt(kFirstPatch), 1.08 / kKeys, 1e-7);
    click(m_view->spectrum(), m_view->spectrum().barPlace(0));
    EXPECT_FALSE(m_view->rebuiltSwitch().isChecked());
}

TEST_F(SvdModesTest, theSameModeIsFoundInAnotherHead)
{
    show(makePatterned(m_folder));
    ASSERT_EQ(m_view->similar().count(), 2);
    EXPECT_EQ(m_view->similar().item(0)->text(), "1.00   L0 · H1   mode 2");
    click(*m_view->similar().viewport(), m_view->similar().visualItemRect(m_view->similar().item(0)).center());
    EXPECT_EQ(selection().selection().map.head.head, 1);
    EXPECT_EQ(m_view->chosen(), 1u) << "the mode that is alike";
    EXPECT_EQ(m_view->similar().item(0)->text(), "1.00   L0 · H0   mode 1");
}

TEST_F(SvdModesTest, theKeyboardGoesToTheOtherHeadToo)
{
    show(makePatterned(m_folder));
    m_view->similar().setCurrentRow(0);
    key(m_view->similar(), Qt::Key_Return);
    EXPECT_EQ(selection().selection().map.head.head, 1);
    EXPECT_EQ(m_view->chosen(), 1u);
}

TEST_F(SvdModesTest, theKeyboardWalksThroughASideStrongestFirst)
{
    show(makePatterned(m_folder));
    const std::vector<ModeEntry> entries = m_view->left().scene()->side.strongest;
    key(m_view->left(), Qt::Key_Down);
    EXPECT_EQ(selection().hover().query, (AxisPosition{"question", entries[0].position}));
    key(m_view->left(), Qt::Key_Down);
    EXPECT_EQ(selection().hover().query, (AxisPosition{"question", entries[1].position}));
    key(m_view->left(), Qt::Key_Return);
    EXPECT_EQ(selection().selection().queries, std::vector<std::int64_t>{entries[1].position});
}

TEST_F(SvdModesTest, allHeadsOfALayerAreStacked)
{
    show(makePatterned(m_folder));
    m_view->scopes().setFocus();
    key(m_view->scopes(), Qt::Key_Down);
    EXPECT_EQ(m_view->scopes().currentText(), "layer 0: 3 heads stacked");
    EXPECT_EQ(m_view->left().scene()->side.strongest.front().label, "“ball” H0");
    EXPECT_EQ(m_view->similar().count(), 3);
    clickMiddle(m_view->selectButton());
    EXPECT_EQ(selection().selection().query(), kBall);
}

TEST_F(SvdModesTest, aSetOfHeadsIsStacked)
{
    const auto capture = makePatterned(m_folder);
    show(capture);
    HeadSet set{"pair", {{0, {0}}, {0, {2}}}, Reduction::Mean};
    selection().setHeadSets({savedSet(*capture, set)});
    selection().selectSet(set);
    settle();
    EXPECT_EQ(m_view->scopes().currentText(), "2 heads of the set stacked");
    EXPECT_EQ(m_view->left().scene()->side.strongest.size(), 2u * kWords);
    EXPECT_GE(m_view->scopes().findText("pair: 2 heads stacked"), 0);
}

TEST_F(SvdModesTest, centringIsChosenAndStated)
{
    show(makePatterned(m_folder), 2);
    EXPECT_TRUE(m_view->keptText().contains(" of 1 "));
    chooseCentring("none");
    EXPECT_TRUE(m_view->keptText().contains(" of 2 ")) << "what all words have in common is a mode now";
    EXPECT_TRUE(m_view->figure()->caption.join('\n').contains("no centring"));
    chooseCentring("rows");
    EXPECT_TRUE(m_view->figure()->caption.join('\n').contains("rows: less each row's mean"));
}

TEST_F(SvdModesTest, equalSingularValuesAreOneSubspace)
{
    show(makeCapture(m_folder)); // every word has a patch of its own, all alike
    EXPECT_TRUE(m_view->facts().startsWith("modes 1–4 (one subspace)")) << m_view->facts().toStdString();
    EXPECT_FALSE(m_view->left().scene()->side.isSigned);
    for (const ModeEntry& word : m_view->left().scene()->side.strongest)
        EXPECT_NEAR(word.value, std::sqrt(4.0 / 5), 1e-5) << "all words take part alike";
    EXPECT_EQ(m_view->keep().maximum(), 1) << "a subspace is kept whole or not at all";
}

TEST_F(SvdModesTest, hoverAndClickGoThroughTheSelection)
{
    show(makePatterned(m_folder));
    mouse(m_view->left(), QEvent::MouseMove, m_view->left().placeOf(kBall));
    EXPECT_EQ(selection().hover().query, (AxisPosition{"question", kBall}));
    settle();
    mouse(m_view->right(), QEvent::MouseMove, m_view->right().placeOf(kSecondPatch));
    EXPECT_EQ(selection().hover().key, (AxisPosition{"picture", kSecondPatch}));
    click(m_view->right(), m_view->right().placeOf(kSecondPatch));
    EXPECT_EQ(selection().selection().key, kSecondPatch);
    EXPECT_EQ(m_view->right().scene()->marked, std::vector<std::int64_t>{kSecondPatch});
    click(m_view->left(), m_view->left().placeOf(kRed));
    EXPECT_EQ(selection().selection().queries, std::vector<std::int64_t>{kRed});
    click(m_view->left(), m_view->left().placeOf(kBall), Qt::ControlModifier);
    EXPECT_EQ(selection().selection().queries, (std::vector<std::int64_t>{kRed, kBall}));
}

TEST_F(SvdModesTest, dearMapsAreComputedOnAWorkerAndNotWhileHidden)
{
    m_view->provider().setImmediateCost(0);
    m_view->hide();
    show(makePatterned(m_folder));
    EXPECT_FALSE(m_view->provider().isWorking());
    m_view->show(); // results come with events, and none are looked at yet
    EXPECT_TRUE(m_view->provider().isWorking());
    EXPECT_FALSE(m_view->left().scene());
    EXPECT_FALSE(m_view->figure());
    waitForWork();
    EXPECT_TRUE(m_view->facts().startsWith("mode 1: ")) << m_view->facts().toStdString();
    EXPECT_EQ(m_view->similar().count(), 2);
    selection().selectHead(0, HeadChoice{2});
    m_view->hide();
    EXPECT_FALSE(m_view->provider().isWorking());
    m_view->show();
    waitForWork();
    EXPECT_EQ(m_view->left().scene()->side.strongest.front().position, 3);
}

TEST_F(SvdModesTest, workCanBeCancelledAndBegunAnew)
{
    m_view->provider().setImmediateCost(0);
    setCapture(makePatterned(m_folder));
    ASSERT_TRUE(m_view->provider().isWorking());
    m_view->provider().cancel();
    settle();
    EXPECT_EQ(m_view->message(), "Cancelled.");
    EXPECT_FALSE(m_view->provider().isWorking());
    clickMiddle(m_view->againButton());
    waitForWork();
    EXPECT_EQ(m_view->message(), "");
    EXPECT_TRUE(m_view->facts().startsWith("mode 1: "));
}

TEST_F(SvdModesTest, textOverTextHasBarsOnBothSides)
{
    const auto capture = makeCapture(m_folder);
    show(capture);
    selection().selectGroup("answer_question");
    settle();
    chooseCentring("none");
    ASSERT_TRUE(m_view->right().scene());
    EXPECT_FALSE(m_view->right().scene()->side.isOnPicture);
    EXPECT_EQ(m_view->right().scene()->side.strongest.front().position, kBallToken);
    mouse(m_view->right(), QEvent::MouseMove, m_view->right().placeOf(kBallToken));
    EXPECT_EQ(selection().hover().key, (AxisPosition{"question", kBallToken}));
}

} // namespace
} // namespace heedmap
