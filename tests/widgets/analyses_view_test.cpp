#include "core/base/error.h"
#include "core/capture/capture_writer.h"
#include "tests/app/window/wait.h"
#include "tests/widgets/painted_capture.h"
#include "widgets/controls/bar_list.h"
#include "widgets/controls/parameter_form.h"
#include "widgets/controls/run_again_button.h"
#include "widgets/controls/stage_canvas.h"
#include "widgets/image/picture_image.h"
#include "widgets/views/analyses_view.h"

#include <gtest/gtest.h>
#include <QApplication>
#include <QComboBox>
#include <QMouseEvent>

namespace heedmap {
namespace {

using namespace test;

/// The view in the bottom dock's size, driven with real events. Every head looks at a patch of its own with 0.6.
class AnalysesViewTest : public testing::Test
{
protected:
    void SetUp() override
    {
        m_view.resize(830, 280);
        m_view.show();
        m_capture = makeCapture(m_folder);
        Selection selection;
        selection.group = "question_picture";
        selection.map = MapChoice{siteOf(*m_capture, "question_picture", 0), HeadChoice{1}, {}};
        selection.queries = {kBallToken};
        m_context.selection().setPicture(embeddedPicture(*m_capture));
        m_context.selection().setCapture(m_capture, selection);
        QApplication::processEvents();
    }

    static void send(QWidget* widget, QEvent::Type type, QPointF place, Qt::MouseButton button = Qt::NoButton)
    {
        QMouseEvent event(type, place, widget->mapToGlobal(place), button, button, Qt::NoModifier);
        QApplication::sendEvent(widget, &event);
    }
    static void click(QWidget* widget, QPointF place)
    {
        send(widget, QEvent::MouseButtonPress, place, Qt::LeftButton);
        send(widget, QEvent::MouseButtonRelease, place, Qt::LeftButton);
        QApplication::processEvents();
    }

    static void press(QWidget& widget, Qt::Key key)
    {
        QKeyEvent event(QEvent::KeyPress, key, Qt::NoModifier);
        QApplication::sendEvent(&widget, &event);
        QApplication::processEvents();
    }

    void choose(const std::string& id)
    {
        const auto analysis = std::ranges::find(analyses(), id, &Analysis::id);
        const auto row = static_cast<int>(analysis - analyses().begin());
        QListWidget& list = m_view.list();
        list.scrollToItem(list.item(row));
        click(list.viewport(), list.visualItemRect(list.item(row)).center());
        ASSERT_EQ(list.currentRow(), row);
    }

    QPointF patchCentre(int patch)
    {
        return m_view.canvas().deviceFromPicture().map(QPointF(patch % 6 * 10 + 5, patch / 6 * 10 + 5));
    }
    bool isHeated(int patch)
    {
        const QColor color = m_view.canvas().grab().toImage().pixelColor(patchCentre(patch).toPoint());
        return std::abs(color.red() - kPictureColor.red()) > 12 || std::abs(color.green() - kPictureColor.green()) > 12;
    }
    int painted(int layer, int head, std::int64_t query = kBallToken) { return paintedPatch({}, layer, head, query); }
    SelectionModel& selection() { return m_context.selection(); }

    QTemporaryDir m_folder;
    ViewContext m_context;
    AnalysesView m_view{m_context};
    std::shared_ptr<const Capture> m_capture;
};

TEST_F(AnalysesViewTest, ListsEveryAnalysisWithItsFormulaAndSource)
{
    ASSERT_EQ(m_view.list().count(), static_cast<int>(analyses().size()));
    for (const Analysis& analysis : analyses()) {
        choose(analysis.id);
        QStringList texts;
        for (const QLabel* label : m_view.findChildren<QLabel*>())
            texts << label->text();
        EXPECT_TRUE(texts.contains(QString::fromUtf8(analysis.formula))) << analysis.id;
        EXPECT_TRUE(texts.contains(QString::fromUtf8(analysis.source))) << analysis.id;
        for (const AnalysisParameter& parameter : analysis.parameters)
            EXPECT_TRUE(m_view.form().findChild<QWidget*>(parameter.id)) << parameter.id;
    }
}

TEST_F(AnalysesViewTest, TheShownRowLiesOnThePictureAndFollowsTheToken)
{
    choose("raw");
    EXPECT_TRUE(isHeated(painted(0, 1)));
    EXPECT_TRUE(m_view.headline().contains("ball"));
    selection().setHover({AxisPosition{"question", 1}, {}});
    EXPECT_TRUE(isHeated(painted(0, 1, 1)));
    EXPECT_FALSE(isHeated(painted(0, 1)));
    EXPECT_TRUE(m_view.headline().contains("red"));
    selection().selectHead(siteOf(*m_capture, "question_picture", 1), HeadChoice{2});
    selection().setHover({});
    EXPECT_TRUE(isHeated(painted(1, 2)));
}

TEST_F(AnalysesViewTest, PointingAtAPatchSaysItsValueEverywhere)
{
    choose("raw");
    send(&m_view.canvas(), QEvent::MouseMove, patchCentre(painted(0, 1)));
    EXPECT_EQ(selection().hover().key, (AxisPosition{"picture", 1 + painted(0, 1)}));
    EXPECT_TRUE(m_view.statement().contains("0.6060")) << m_view.statement().toStdString();
    click(&m_view.canvas(), patchCentre(painted(0, 1)));
    EXPECT_EQ(selection().selection().key, 1 + painted(0, 1));
    selection().setHover({{}, AxisPosition{"picture", 0}}); // another view points at CLS
    EXPECT_TRUE(m_view.statement().contains("0.2560")) << m_view.statement().toStdString();
}

TEST_F(AnalysesViewTest, AChangedParameterIsComputedAtOnceAndRemembered)
{
    choose("max");
    EXPECT_TRUE(isHeated(painted(0, 0)));
    EXPECT_TRUE(isHeated(painted(0, 2)));
    EXPECT_FALSE(isHeated(painted(1, 0)));
    auto* over = m_view.form().findChild<QComboBox*>("over");
    ASSERT_TRUE(over);
    QKeyEvent down(QEvent::KeyPress, Qt::Key_Down, Qt::NoModifier);
    QApplication::sendEvent(over, &down);
    EXPECT_TRUE(isHeated(painted(1, 0)));
    choose("raw");
    choose("max");
    EXPECT_EQ(m_view.form().settings().choice("over"), "group");
}

TEST_F(AnalysesViewTest, WhatCannotBeComputedIsGreyAndSaysWhatToDo)
{
    choose("relevance");
    EXPECT_TRUE(m_view.message().contains("holds no gradients")) << m_view.message().toStdString();
    EXPECT_TRUE(m_view.message().contains("heedmap capture")) << m_view.message().toStdString();
    EXPECT_TRUE(m_view.message().contains("--gradients answer:0"));
    const auto colorOf = [this](const std::string& id) {
        const auto row = std::ranges::find(analyses(), id, &Analysis::id) - analyses().begin();
        return m_view.list().item(static_cast<int>(row))->foreground().color();
    };
    EXPECT_NE(colorOf("relevance"), colorOf("raw"));
    EXPECT_EQ(colorOf("rollout"), colorOf("relevance")); // question → picture is no self-attention
    EXPECT_EQ(colorOf("mean"), colorOf("raw"));
    EXPECT_FALSE(m_view.figure());
    EXPECT_FALSE(m_view.numbers());
}

TEST_F(AnalysesViewTest, AnotherRunIsAskedForWhatIsMissing)
{
    std::vector<std::optional<GradientTarget>> wishes;
    QObject::connect(&m_context.whatIf(), &WhatIfModel::valuesRequested,
                     [&wishes](const std::optional<GradientTarget>& wish) { wishes.push_back(wish); });
    choose("raw");
    EXPECT_FALSE(m_view.againButton().isVisible());
    choose("value_weighted");
    ASSERT_TRUE(m_view.againButton().isVisible());
    click(&m_view.againButton(), QPointF(5, 5));
    choose("relevance");
    EXPECT_TRUE(m_view.againButton().text().contains("yes")); // the first token of the answer
    selection().selectGroup("answer_question");
    selection().toggleQuery({"answer", 1});
    EXPECT_TRUE(m_view.againButton().text().contains("[SEP]")); // the token this row predicts
    click(&m_view.againButton(), QPointF(5, 5));
    ASSERT_EQ(wishes.size(), 2u);
    EXPECT_FALSE(wishes[0]);
    ASSERT_TRUE(wishes[1]);
    EXPECT_EQ(wishes[1]->output, "answer");
    EXPECT_EQ(wishes[1]->step, 1);
    EXPECT_EQ(wishes[1]->tokenId, 3);
    m_context.whatIf().setState({{}, nullptr, true});
    EXPECT_FALSE(m_view.againButton().isVisible()); // while it runs
}

TEST_F(AnalysesViewTest, KeysThatAreNoPatchesAreBars)
{
    selection().selectGroup("answer_question");
    selection().toggleQuery({"answer", 0});
    choose("raw");
    ASSERT_EQ(m_view.page(), &m_view.bars());
    const std::vector<NamedBar>& bars = m_view.bars().bars();
    ASSERT_EQ(bars.size(), static_cast<std::size_t>(kQuestionLength));
    EXPECT_TRUE(bars[kBallToken].value.startsWith("0.9000"));
    send(m_view.bars().widget(), QEvent::MouseMove, QPointF(60, m_view.bars().lineHeight() * (kBallToken + 0.5)));
    EXPECT_EQ(selection().hover().key, (AxisPosition{"question", kBallToken}));
    EXPECT_TRUE(m_view.statement().contains("0.9000")) << m_view.statement().toStdString();
}

TEST_F(AnalysesViewTest, TheKeyboardWalksThroughBars)
{
    selection().selectGroup("answer_question");
    selection().toggleQuery({"answer", 0});
    choose("raw");
    press(m_view.bars(), Qt::Key_Home);
    const std::int64_t first = static_cast<std::int64_t>(m_view.bars().bars()[0].position);
    const std::int64_t second = static_cast<std::int64_t>(m_view.bars().bars()[1].position);
    EXPECT_EQ(selection().hover().key, (AxisPosition{"question", first}));
    press(m_view.bars(), Qt::Key_Down);
    EXPECT_EQ(selection().hover().key, (AxisPosition{"question", second}));
    press(m_view.bars(), Qt::Key_Return);
    EXPECT_EQ(selection().selection().key, second);
}

TEST_F(AnalysesViewTest, TheKeyboardWalksThroughPatches)
{
    choose("raw");
    press(m_view.canvas(), Qt::Key_Right);
    ASSERT_TRUE(selection().hover().key);
    const std::int64_t before = selection().hover().key->position;
    press(m_view.canvas(), Qt::Key_Right);
    EXPECT_EQ(selection().hover().key->position, before + 1);
    press(m_view.canvas(), Qt::Key_Return);
    EXPECT_EQ(selection().selection().key, before + 1);
}

TEST_F(AnalysesViewTest, StatisticsAreATableOfTheToken)
{
    choose("statistics");
    ASSERT_EQ(m_view.page(), &m_view.table());
    ASSERT_EQ(m_view.table().rowCount(), 6); // 2 layers × 3 heads
    EXPECT_EQ(m_view.table().horizontalHeaderItem(0)->text(), "mass on picture (probability)");
    EXPECT_EQ(m_view.table().item(0, 0)->text(), "0.744");
}

TEST_F(AnalysesViewTest, ExportsWhatIsShown)
{
    choose("mean");
    const std::optional<NumberTable> numbers = m_view.numbers();
    ASSERT_TRUE(numbers);
    ASSERT_EQ(numbers->values.size(), 25u);
    EXPECT_NEAR(numbers->values[0], 0.256, 1e-6);
    EXPECT_EQ(std::ranges::count(numbers->notes, "method: Mean over heads (mean)"), 1);
    ASSERT_TRUE(m_view.figure());
    EXPECT_TRUE(m_view.figure()->caption.join(u' ').contains("Mean over heads"));
}

TEST_F(AnalysesViewTest, DearOnesComeFromAWorkerAndOnlyWhileSomebodyLooks)
{
    m_view.runner().setImmediateCost(0);
    const auto start = [this](const std::string& id) { // without a look at the event loop
        m_view.list().setCurrentRow(static_cast<int>(&analysisById(id) - analyses().data()));
    };
    start("max");
    EXPECT_TRUE(m_view.runner().isRunning());
    EXPECT_FALSE(m_view.numbers());
    EXPECT_TRUE(waitFor([this] { return !m_view.runner().isRunning(); }));
    EXPECT_TRUE(isHeated(painted(0, 0)));
    start("mean");
    m_view.hide();
    EXPECT_FALSE(m_view.runner().isRunning());
    selection().selectHead(siteOf(*m_capture, "question_picture", 1), HeadChoice{0});
    EXPECT_FALSE(m_view.runner().isRunning());
    m_view.show();
    EXPECT_TRUE(waitFor([this] { return m_view.numbers().has_value(); }));
    start("max"); // of the other layer
    EXPECT_TRUE(m_view.runner().isRunning());
    EXPECT_TRUE(waitFor([this] { return m_view.numbers().has_value(); }));
    EXPECT_TRUE(isHeated(painted(1, 0)));
    start("mean"); // kept
    EXPECT_FALSE(m_view.runner().isRunning());
    EXPECT_TRUE(m_view.numbers());
}

/// Rollout through a picture of 40 × 40 patches takes seconds: long enough to be stopped.
TEST_F(AnalysesViewTest, AStoppedOneStaysStoppedUntilAskedAgain)
{
    constexpr std::int64_t kPositions = 1600;
    Manifest manifest;
    manifest.model = {"custom", "Large", "large", ""};
    manifest.passes = {{"run", "model", ""}};
    manifest.groups = {{"self", "x → x"}};
    manifest.provenance = {"tests", "2026-11-22T06:00:00Z", "F32"};
    TokenAxis axis{"x", kPositions, {}};
    axis.segments.emplace_back().length = kPositions;
    manifest.axes["x"] = axis;
    const std::filesystem::path path = m_folder.filePath("large.heed").toStdString();
    CaptureWriter writer(path);
    const std::vector<float> values(kPositions * 8, 0.1f);
    writer.addTensor("q", DType::F32, {1, kPositions, 8}, std::as_bytes(std::span(values)));
    for (int layer = 0; layer < 24; ++layer) {
        AttentionSite site;
        site.pass = "run";
        site.name = "layer." + std::to_string(layer);
        site.group = "self";
        site.layer = layer;
        site.queryAxis = site.keyAxis = "x";
        site.queries = site.keys = "q";
        manifest.sites.push_back(site);
    }
    writer.finish(manifest);
    const auto capture = Capture::open(path);
    selection().setCapture(capture, {"self", {0, {0}, std::nullopt}, {0}, {}});
    choose("rollout");
    ASSERT_TRUE(waitFor([this] { return m_view.cancelButton().isVisible(); }));
    EXPECT_TRUE(m_view.message().startsWith("Computing"));
    click(&m_view.cancelButton(), QPointF(5, 5));
    EXPECT_FALSE(m_view.runner().isRunning());
    EXPECT_EQ(m_view.message(), "Stopped.");
    selection().setHover({{}, AxisPosition{"x", 3}}); // looking around starts nothing
    EXPECT_FALSE(m_view.runner().isRunning());
    click(&m_view.startButton(), QPointF(5, 5));
    EXPECT_TRUE(m_view.runner().isRunning());
    click(&m_view.cancelButton(), QPointF(5, 5));
    choose("raw");
    EXPECT_TRUE(waitFor([this] { return m_view.numbers().has_value(); }));
    choose("rollout");
    EXPECT_EQ(m_view.message(), "Stopped.") << "the reason outlasts a look at another";
    click(&m_view.startButton(), QPointF(5, 5));
    choose("raw"); // and another choice lets go of it
    EXPECT_TRUE(waitFor([this] { return m_view.numbers().has_value(); }));
    EXPECT_EQ(m_view.page(), &m_view.bars());
}

} // namespace
} // namespace heedmap
