#include "core/base/error.h"
#include "core/checkpoint/safetensors.h"
#include "tests/app/window/wait.h"
#include "tests/widgets/input_events.h"
#include "tests/widgets/painted_capture.h"
#include "widgets/controls/layer_flow_canvas.h"
#include "widgets/controls/parameter_form.h"
#include "widgets/controls/run_again_button.h"
#include "widgets/controls/statistics_strip.h"
#include "widgets/views/layer_flow_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <QApplication>
#include <QDoubleSpinBox>
#include <QMouseEvent>

#include <cmath>
#include <numeric>

namespace heedmap {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;

/// The view in the bottom dock's size, driven with real events.
class LayerFlowTest : public testing::Test
{
protected:
    void show(const std::shared_ptr<const Capture>& capture, const std::string& group, std::int64_t query)
    {
        Selection selection;
        selection.group = group;
        selection.map = MapChoice{siteOf(*capture, group, 0), HeadChoice{1}, {}};
        selection.queries = {query};
        m_view.resize(830, 280);
        m_view.show();
        m_context.selection().setCapture(capture, selection);
        QApplication::processEvents();
    }
    const Selection& selected() { return m_context.selection().selection(); }
    const LayerFlowScene& scene() { return m_view.canvas().scene(); }
    QPointF bar(std::size_t group, std::size_t layer, double share)
    {
        const QRectF rect = m_view.canvas().currentLayout().barRect(group, layer);
        return {rect.left() + share * rect.width(), rect.center().y()};
    }
    void hover(QPointF place) { sendMouse(m_view.canvas(), QEvent::MouseMove, place); }

    QTemporaryDir m_folder;
    ViewContext m_context;
    LayerFlowView m_view{m_context};
};

/// Two layers of three heads; every row has 0.25 on CLS, 0.6 on one patch and 0.15 spread over all 25 keys.
class LayerFlowMass : public LayerFlowTest
{
protected:
    void SetUp() override { show(makeCapture(m_folder), "question_picture", kBallToken); }
    std::size_t site(int layer) { return siteOf(*m_context.selection().capture(), "question_picture", layer); }
};

TEST_F(LayerFlowMass, showsWhereTheMassOfEveryLayerGoes)
{
    ASSERT_EQ(scene().groups.size(), 2u); // question → picture, answer → question
    EXPECT_EQ(scene().groups[0].parts[0].id, "picture");
    EXPECT_NEAR(scene().groups[0].layers[1].masses[0], 0.744, 1e-6);
    EXPECT_NEAR(scene().groups[0].layers[1].masses[1], 0.256, 1e-6);
    EXPECT_EQ(scene().groups[1].parts[0].id, "text");
    EXPECT_NEAR(scene().groups[1].layers[0].masses[0], 0.95, 1e-6); // red, ball and ?
    hover(bar(0, 1, 0.9));
    EXPECT_THAT(m_view.strip().hint().toStdString(), HasSubstr("L1"));
    EXPECT_THAT(m_view.strip().hint().toStdString(), HasSubstr("<b>special tokens 0.2560</b>"));
}

TEST_F(LayerFlowMass, fitsBelowTheCentreOfAWindowOfALaptop)
{
    EXPECT_LE(m_view.minimumSizeHint().width(), 700);
    EXPECT_LE(m_view.minimumSizeHint().height(), 200);
}

TEST_F(LayerFlowMass, barsFillTheShareTheyStandFor)
{
    const QImage image = m_view.canvas().grab().toImage();
    const QColor picture = scene().groups[0].parts[0].color;
    const auto colorAt = [&](double share) {
        const QRectF rect = m_view.canvas().currentLayout().barRect(0, 0);
        return image.pixelColor(static_cast<int>(rect.left() + share * rect.width()), static_cast<int>(rect.top() + 3));
    };
    EXPECT_EQ(colorAt(0.05), picture);
    EXPECT_EQ(colorAt(0.72), picture);
    EXPECT_EQ(colorAt(0.78), scene().groups[0].parts[1].color);
}

TEST_F(LayerFlowMass, aClickShowsTheLayerAndKeysWalk)
{
    hover(bar(0, 1, 0.5));
    click(m_view.canvas(), bar(0, 1, 0.5));
    EXPECT_EQ(selected().map.site, site(1));
    EXPECT_EQ(selected().map.head.head, 1);
    EXPECT_TRUE(scene().groups[0].layers[1].current);
    EXPECT_THAT(m_view.strip().hint().toStdString(), HasSubstr("L1")) << "still pointed at";
    press(m_view.canvas(), Qt::Key_Up);
    EXPECT_EQ(selected().map.site, site(0));
    EXPECT_THAT(m_view.strip().hint().toStdString(), HasSubstr("L0")) << "the keyboard reads too";
    int changes = 0;
    QObject::connect(&m_context.selection(), &SelectionModel::selectionChanged, [&] { ++changes; });
    press(m_view.canvas(), Qt::Key_Right);
    EXPECT_EQ(selected().group, "answer_question");
    EXPECT_EQ(changes, 1) << "one step to undo";
}

TEST_F(LayerFlowMass, ofOneTokenOnlyItsOwnMapsSaySomething)
{
    click(m_view.tokenButton());
    EXPECT_THAT(m_view.strip().text().toStdString(), HasSubstr("ball"));
    EXPECT_NEAR(scene().groups[0].layers[0].masses[0], 0.744, 1e-6);
    EXPECT_FALSE(scene().groups[1].note.isEmpty());
    click(m_view.segmentButton());
    EXPECT_EQ(scene().groups[0].parts[0].id, "CLS");
    EXPECT_NEAR(scene().groups[0].layers[0].masses[0], 0.256, 1e-6);
}

TEST_F(LayerFlowMass, exportsWhatItShows)
{
    const std::optional<NumberTable> numbers = m_view.numbers();
    ASSERT_TRUE(numbers);
    ASSERT_EQ(numbers->rows.labels.size(), 3u);
    EXPECT_EQ(numbers->columns.labels[0][0], "picture");
    EXPECT_NEAR(numbers->values[0], 0.744, 1e-6);
    EXPECT_TRUE(std::isnan(numbers->values.back() * numbers->values[numbers->columns.labels.size() * 2]));
    const std::optional<Figure> figure = m_view.figure();
    ASSERT_TRUE(figure);
    EXPECT_FALSE(imageFromFigure(*figure).isNull());
    EXPECT_THAT(figure->caption.join('\n').toStdString(), HasSubstr("mean over heads"));
}

/// What NumPy made of the same file (tests/fixtures/analysis/make_analyses.py).
class LayerFlowSeries : public LayerFlowTest
{
protected:
    static constexpr std::int64_t kColor = 2; // in [CLS] what color ? [SEP]

    void SetUp() override
    {
        const std::filesystem::path folder = std::filesystem::path(HEEDMAP_SOURCE_DIR) / "tests/fixtures/analysis";
        m_expected = SafetensorsFile::open(folder / "question_answering.expected.safetensors");
        show(Capture::open(folder / "question_answering.heed"), "question_picture", kColor);
    }

    /// Parts [from, from + count) of a row of [steps, queries, parts].
    std::vector<double> expected(const std::string& name, std::int64_t step, std::int64_t query, std::int64_t from,
                                 std::int64_t count)
    {
        const TensorView& tensor = m_expected.tensors.at(name);
        const auto* values = reinterpret_cast<const double*>(tensor.bytes.data());
        const double* first = values + (step * tensor.shape[1] + query) * tensor.shape[2] + from;
        return {first, first + count};
    }
    static void expectNear(const std::vector<double>& shown, const std::vector<double>& expected)
    {
        ASSERT_EQ(shown.size(), expected.size());
        for (std::size_t i = 0; i < shown.size(); ++i)
            EXPECT_NEAR(shown[i], expected[i], 1e-9 * std::max(1.0, std::abs(expected[i])));
    }
    QStringList titles()
    {
        QStringList titles;
        for (const LayerFlowScene::Group& group : scene().groups)
            titles << group.title;
        return titles;
    }

    SafetensorsFile m_expected;
};

TEST_F(LayerFlowSeries, rolloutIsThatOfEveryLayerSoFar)
{
    click(m_view.rolloutButton());
    EXPECT_EQ(titles(), (QStringList{"picture → picture", "question → question", "answer → answer"}));
    for (std::int64_t layer = 0; layer < 2; ++layer) {
        std::vector<double> mean(2);
        for (std::int64_t patch = 1; patch < 7; ++patch) // without the class token
            for (std::size_t part = 0; part < 2; ++part)
                mean[part] += expected("rollout_layers/0", layer, patch, 0, 2)[part] / 6;
        expectNear(scene().groups[0].layers[static_cast<std::size_t>(layer)].masses, mean);
    }
    EXPECT_NEAR(scene().groups[0].full, 1, 1e-9);
    EXPECT_THAT(m_view.strip().text().toStdString(), HasSubstr("Discard ratio: nothing"));
    m_context.selection().selectGroup("vision_self");
    m_context.selection().keepQuery({"picture", 3});
    click(m_view.tokenButton());
    ASSERT_EQ(titles(), QStringList{"picture → picture"});
    expectNear(scene().groups[0].layers[1].masses, expected("rollout_layers/0", 1, 3, 0, 2));
}

TEST_F(LayerFlowSeries, relevanceIsWhatEachStreamHasGathered)
{
    click(m_view.relevanceButton());
    click(m_view.tokenButton());
    ASSERT_EQ(titles(), (QStringList{"question → question", "question → picture"}));
    const std::string name = "relevance_layers/normalized/question";
    for (std::int64_t layer = 0; layer < 2; ++layer) {
        const auto at = static_cast<std::size_t>(layer);
        expectNear(scene().groups[0].layers[at].masses, expected(name, layer, kColor, 0, 1));
        expectNear(scene().groups[1].layers[at].masses, expected(name, layer, kColor, 1, 2));
    }
    const std::vector<double> last = scene().groups[1].layers[1].masses;
    EXPECT_NEAR(scene().groups[1].full, std::accumulate(last.begin(), last.end(), 0.0), 1e-9); // it grows
    EXPECT_THAT(m_view.strip().text().toStdString(), HasSubstr("logit of “red”"));
    hover(bar(1, 1, 0.01));
    EXPECT_THAT(m_view.strip().hint().toStdString(),
                HasSubstr("<b>picture " + flowText(last[0]).toStdString() + "</b>"));
    EXPECT_THAT(m_view.canvas().toolTip().toStdString(), HasSubstr(flowText(last[1]).toStdString()));
}

TEST_F(LayerFlowSeries, aClickShowsTheModuleBehindALayerAndOfAStreamWithoutOneTheComposition)
{
    click(m_view.relevanceButton());
    ASSERT_EQ(titles(), (QStringList{"picture → picture", "question → question", "question → picture",
                                     "answer → answer", "answer → question", "answer → picture"}));
    expectNear(scene().groups[5].layers[1].masses,
               expected("relevance_layers/normalized/answer", 1, 1, 2, 2)); // the row that predicted “red”
    EXPECT_THAT(m_view.strip().text().toStdString(), HasSubstr("; answer: the row that predicted y"));
    EXPECT_TRUE(scene().groups[2].layers[0].current);
    click(m_view.canvas(), bar(2, 1, 0.5));
    EXPECT_EQ(m_context.selection().capture()->site(selected().map.site).name, "question_picture.1");
    press(m_view.canvas(), Qt::Key_Left);
    EXPECT_EQ(m_context.selection().capture()->site(selected().map.site).name, "question_self.1");
    press(m_view.canvas(), Qt::Key_Up);
    EXPECT_EQ(m_context.selection().capture()->site(selected().map.site).name, "question_self.0");
    click(m_view.canvas(), bar(5, 0, 0.5));
    EXPECT_EQ(selected().group, "answer_picture");
}

TEST_F(LayerFlowSeries, handsOutWhatItShows)
{
    click(m_view.relevanceButton());
    click(m_view.tokenButton());
    const std::optional<NumberTable> numbers = m_view.numbers();
    ASSERT_TRUE(numbers);
    EXPECT_EQ(numbers->valueName, "relevance");
    ASSERT_EQ(numbers->rows.labels.size(), 4u);
    EXPECT_THAT(numbers->rows.labels[3], ElementsAre("question → picture", "1", "question/question_picture.1"));
    const double special = expected("relevance_layers/normalized/question", 1, kColor, 2, 1)[0];
    EXPECT_NEAR(numbers->values.back(), special, 1e-9 * std::max(1.0, special));
    const std::optional<Figure> figure = m_view.figure();
    ASSERT_TRUE(figure);
    EXPECT_FALSE(imageFromFigure(*figure).isNull());
    EXPECT_THAT(figure->caption.join('\n').toStdString(), HasSubstr("no probability"));
}

TEST_F(LayerFlowSeries, parametersStandBesideTheBars)
{
    EXPECT_FALSE(m_view.parametersButton().isVisible());
    click(m_view.rolloutButton());
    m_context.selection().selectGroup("vision_self");
    m_context.selection().keepQuery({"picture", 3});
    click(m_view.tokenButton());
    EXPECT_FALSE(m_view.form().isVisible());
    click(m_view.parametersButton());
    ASSERT_TRUE(m_view.form().isVisible());
    EXPECT_FALSE(m_view.form().findChild<QWidget*>("by")); // the buttons above
    auto* discard = m_view.form().findChild<QDoubleSpinBox*>("discard");
    ASSERT_TRUE(discard);
    for (int i = 0; i < 10; ++i) // twentieths
        press(*discard, Qt::Key_Up);
    expectNear(scene().groups[0].layers[1].masses, expected("rollout_layers/0.5", 1, 3, 0, 2));
    EXPECT_THAT(m_view.strip().text().toStdString(), HasSubstr("Discard ratio: 0.5"));
    click(m_view.relevanceButton());
    EXPECT_TRUE(m_view.form().findChild<QWidget*>("normalize"));
    click(m_view.rolloutButton());
    EXPECT_NEAR(m_view.form().settings().number("discard"), 0.5, 1e-9);
    EXPECT_LE(m_view.minimumSizeHint().height(), 240);
}

TEST_F(LayerFlowSeries, dearOnesAreComputedOnAWorkerWhileSomebodyLooks)
{
    m_view.runners().setImmediateCost(0);
    m_view.hide();
    m_view.rolloutButton().setChecked(true);
    m_context.selection().selectGroup("question_self");
    EXPECT_FALSE(m_view.runners().isRunning());
    m_view.show();
    EXPECT_TRUE(m_view.runners().isRunning());
    EXPECT_FALSE(scene().hasBars());
    m_view.hide();
    EXPECT_FALSE(m_view.runners().isRunning());
    m_view.show();
    EXPECT_TRUE(waitFor([this] { return scene().groups.size() == 3 && !m_view.runners().isRunning(); }));
    expectNear({scene().groups[0].layers[1].masses[0] + scene().groups[0].layers[1].masses[1]}, {1});
    click(m_view.massButton());
    click(m_view.rolloutButton());
    EXPECT_TRUE(scene().hasBars()) << "it was computed before";
}

TEST_F(LayerFlowSeries, theSwitchIsReachedAndTurnedByTheKeyboard)
{
    m_view.activateWindow();
    m_view.massButton().setFocus(Qt::TabFocusReason);
    EXPECT_TRUE(m_view.massButton().focusPolicy() & Qt::TabFocus); // the one that is down; arrows go on from there
    press(m_view.massButton(), Qt::Key_Right);
    EXPECT_TRUE(m_view.rolloutButton().isChecked());
    EXPECT_FALSE(m_view.massButton().isChecked());
    EXPECT_EQ(scene().groups.size(), 3u);
}

TEST_F(LayerFlowMass, withoutGradientsRelevanceOffersToRunAgain)
{
    std::vector<std::optional<GradientTarget>> wishes;
    QObject::connect(&m_context.whatIf(), &WhatIfModel::valuesRequested,
                     [&wishes](const std::optional<GradientTarget>& wish) { wishes.push_back(wish); });
    EXPECT_FALSE(m_view.againButton().isVisible());
    click(m_view.relevanceButton());
    EXPECT_THAT(m_view.message().toStdString(), HasSubstr("holds no gradients"));
    EXPECT_FALSE(m_view.figure());
    EXPECT_FALSE(m_view.numbers());
    ASSERT_TRUE(m_view.againButton().isVisible());
    EXPECT_THAT(m_view.againButton().text().toStdString(), HasSubstr("yes"));
    click(m_view.againButton());
    ASSERT_EQ(wishes.size(), 1u);
    EXPECT_EQ(wishes[0]->output, "answer");
    click(m_view.rolloutButton()); // there is no self-attention either
    EXPECT_THAT(m_view.message().toStdString(), HasSubstr("no self-attention"));
    EXPECT_FALSE(m_view.againButton().isVisible());
    click(m_view.massButton());
    EXPECT_EQ(m_view.message(), QString());
    EXPECT_TRUE(scene().hasBars());
}

} // namespace
} // namespace heedmap
