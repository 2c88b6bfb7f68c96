#include "core/base/error.h"
#include "core/capture/capture_writer.h"
#include "tests/app/window/wait.h"
#include "tests/widgets/painted_capture.h"
#include "widgets/controls/color_bar.h"
#include "widgets/image/picture_image.h"
#include "widgets/views/matrix_view.h"
#include "widgets/views/view_export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <QApplication>
#include <QElapsedTimer>
#include <QMouseEvent>
#include <QWheelEvent>

#include <limits>

namespace heedmap {
namespace {

using namespace test;
using testing::ElementsAre;

constexpr int kLong = 1500;
constexpr std::int64_t kPatches = 1024;

/// A joint sequence of 32 × 32 patches and words, weights stored: 0.5 on the key of the query's own position, the rest
/// spread evenly.
std::shared_ptr<const Capture> makeLongCapture(const QTemporaryDir& folder)
{
    const std::filesystem::path path = folder.filePath("long.heed").toStdString();
    CaptureWriter writer(path);
    Manifest manifest;
    manifest.model = {"joint", "Joint", "long", ""};
    manifest.provenance = {"test", "2026-01-01T00:00:00Z", "F32"};
    AxisSegment patches;
    patches.kind = SegmentKind::PatchGrid;
    patches.length = kPatches;
    patches.grid = {32, 32, 1, {}};
    AxisSegment words;
    words.kind = SegmentKind::Text;
    words.begin = kPatches;
    words.length = kLong - kPatches;
    for (std::int64_t i = 0; i < words.length; ++i)
        words.tokens.push_back({"w" + std::to_string(i), {}, {}, false});
    manifest.axes = {{"sequence", {"sequence", kLong, {patches, words}}}};
    manifest.passes = {{"run", "model", ""}};
    manifest.groups = {{"joint", "sequence → sequence"}};
    AttentionSite site;
    site.pass = "run";
    site.name = site.group = site.weights = "joint";
    site.kind = SiteKind::Joint;
    site.queryAxis = site.keyAxis = "sequence";
    manifest.sites = {site};
    std::vector<float> weights(std::size_t(kLong) * kLong, 0.5f / kLong);
    for (std::size_t i = 0; i < kLong; ++i)
        weights[i * kLong + i] += 0.5f;
    writer.addTensor("joint", DType::F32, {1, kLong, kLong}, std::as_bytes(std::span(weights)));
    writer.finish(manifest);
    return Capture::open(path);
}

class MatrixViewTest : public testing::Test
{
protected:
    void SetUp() override
    {
        m_view.resize(880, 260);
        m_view.show();
        show(makeCapture(m_folder), "question_picture", 1);
    }

    void show(const std::shared_ptr<const Capture>& capture, const std::string& group, int head)
    {
        Selection selection;
        selection.group = group;
        selection.map = MapChoice{siteOf(*capture, group, 0), HeadChoice{head}, {}};
        m_context.selection().setPicture(embeddedPicture(*capture));
        m_context.selection().setCapture(capture, selection);
        QApplication::processEvents();
    }
    void showLong() { show(makeLongCapture(m_folder), "joint", 0); }

    bool waitUntilRead()
    {
        return waitFor([this] {
            return !m_view.strips().isReading() && m_view.strips().readCount() == m_view.strips().wantedCount() &&
                   !m_view.groupWeights().isReading() && m_view.isDrawn();
        });
    }

    MatrixPlot& plot() { return m_view.plot(); }
    SelectionModel& selection() { return m_context.selection(); }
    static std::int64_t keyOfPatch(std::int64_t query) { return 1 + paintedPatch({}, 0, 1, query); }

    void mouse(QEvent::Type type, QPointF place, Qt::MouseButton button = Qt::NoButton,
               Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        const Qt::MouseButtons held = type == QEvent::MouseButtonRelease ? Qt::NoButton : Qt::MouseButtons(button);
        QMouseEvent event(type, place, plot().surface()->mapToGlobal(place),
                          type == QEvent::MouseMove ? Qt::NoButton : button, held, modifiers);
        QApplication::sendEvent(plot().surface(), &event);
    }
    void click(QPointF place, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        mouse(QEvent::MouseMove, place);
        mouse(QEvent::MouseButtonPress, place, Qt::LeftButton, modifiers);
        mouse(QEvent::MouseButtonRelease, place, Qt::LeftButton, modifiers);
    }
    void drag(QPointF from, QPointF to, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        mouse(QEvent::MouseButtonPress, from, Qt::LeftButton, modifiers);
        mouse(QEvent::MouseMove, (from + to) / 2, Qt::LeftButton, modifiers);
        mouse(QEvent::MouseMove, to, Qt::LeftButton, modifiers);
        mouse(QEvent::MouseButtonRelease, to, Qt::LeftButton, modifiers);
    }
    void wheel(QPointF place, int turned, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        QWheelEvent event(place, plot().surface()->mapToGlobal(place), {}, QPoint(0, turned), Qt::NoButton, modifiers,
                          Qt::NoScrollPhase, false);
        QApplication::sendEvent(plot().surface(), &event);
    }
    void press(int key)
    {
        QKeyEvent event(QEvent::KeyPress, key, Qt::NoModifier);
        QApplication::sendEvent(&plot(), &event);
    }
    QColor colorOf(std::int64_t query, std::int64_t key)
    {
        QApplication::processEvents();
        return plot().grab().toImage().pixelColor((plot().pixelOf(query, key) + QPointF(2, 1)).toPoint());
    }

    QTemporaryDir m_folder;
    ViewContext m_context;
    MatrixView m_view{m_context};
};

TEST_F(MatrixViewTest, drawsEveryWeightInTheColourOfItsScale)
{
    EXPECT_TRUE(m_view.cell().isExact());
    EXPECT_TRUE(m_view.statement().contains("every cell is one weight"));
    const ValueScale scale = m_view.findChild<ColorBar*>()->scale();
    for (std::int64_t query = 0; query < kQuestionLength; ++query)
        for (const std::int64_t key : {keyOfPatch(query), std::int64_t{0}, std::int64_t{24}}) {
            const float weight = readRow(*selection().capture(), selection().selection().map, query)[std::size_t(key)];
            const Rgb expected = m_context.colorMap().at(scale.position(weight));
            const QColor found = colorOf(query, key);
            EXPECT_LE(std::abs(found.red() - expected.r) + std::abs(found.green() - expected.g), 6)
                << query << ", " << key;
        }
}

TEST_F(MatrixViewTest, aCellSaysItsWeightAndAClickKeepsBothEnds)
{
    const std::int64_t key = keyOfPatch(kBallToken);
    mouse(QEvent::MouseMove, plot().pixelOf(kBallToken, key));
    EXPECT_EQ(selection().hover(), (Hover{AxisPosition{"question", kBallToken}, AxisPosition{"picture", key}}));
    EXPECT_TRUE(m_view.readout().contains("“ball” → patch row")) << m_view.readout().toStdString();
    EXPECT_TRUE(m_view.readout().contains("probability 0.6060 (15.2× uniform)")) << m_view.readout().toStdString();
    click(plot().pixelOf(kBallToken, key));
    EXPECT_THAT(selection().selection().queries, ElementsAre(kBallToken));
    EXPECT_EQ(selection().selection().key, key);
    click(plot().pixelOf(1, 0), Qt::ControlModifier);
    EXPECT_THAT(selection().selection().queries, ElementsAre(kBallToken, 1));
    click(plot().pixelOf(1, 2), Qt::ControlModifier);
    EXPECT_THAT(selection().selection().queries, ElementsAre(kBallToken, 1)) << "the row stays kept";
    EXPECT_EQ(selection().selection().key, 2);
    click(plot().pixelOf(1, 2));
    EXPECT_TRUE(selection().selection().queries.empty()) << "again: let go";
}

TEST_F(MatrixViewTest, hoverElsewhereIsTheCrosshairHere)
{
    const QImage before = plot().grab().toImage();
    selection().setHover({AxisPosition{"question", 3}, AxisPosition{"picture", 12}});
    QApplication::processEvents();
    EXPECT_NE(plot().grab().toImage(), before);
    EXPECT_TRUE(m_view.readout().contains("“?” → patch row"));
    selection().setHover({});
    QApplication::processEvents();
    EXPECT_EQ(plot().grab().toImage(), before);
}

TEST_F(MatrixViewTest, zoomsAboutThePointerAndMoves)
{
    const QPointF place = plot().pixelOf(2, 10);
    wheel(place, 360);
    const QRectF closer = plot().window();
    EXPECT_LT(closer.width(), 25);
    EXPECT_NEAR(plot().pixelOf(2, 10).x(), place.x(), 1);
    EXPECT_NEAR(plot().pixelOf(2, 10).y(), place.y(), 1);
    drag(place, place + QPointF(60, 0));
    EXPECT_LT(plot().window().left(), closer.left());
    EXPECT_NEAR(plot().pixelOf(2, 10).x(), place.x() + 60, 1);
    EXPECT_TRUE(selection().selection().queries.empty()) << "moving is no click";
    wheel(place, 240, Qt::ControlModifier);
    EXPECT_EQ(plot().window().height(), closer.height()) << "keys alone";
    press(Qt::Key_0);
    EXPECT_TRUE(plot().isWhole());
}

TEST_F(MatrixViewTest, aBoxBecomesTheWindow)
{
    drag(plot().pixelOf(1, 5), plot().pixelOf(4, 15), Qt::ShiftModifier);
    const QRectF window = plot().window();
    EXPECT_NEAR(window.left(), 5.5, 0.2);
    EXPECT_NEAR(window.right(), 15.5, 0.2);
    EXPECT_NEAR(window.top(), 1.5, 0.2);
    EXPECT_NEAR(window.bottom(), 4.5, 0.2);
    EXPECT_TRUE(m_view.statement().contains("keys 5–15 of 25")) << m_view.statement().toStdString();
}

TEST_F(MatrixViewTest, theKeyboardMovesTheCrosshairAndKeepsIt)
{
    plot().setWindow(QRectF(0, 0, 5, 3));
    selection().setHover({AxisPosition{"question", 2}, AxisPosition{"picture", 4}});
    press(Qt::Key_Right);
    press(Qt::Key_Down);
    EXPECT_EQ(selection().hover(), (Hover{AxisPosition{"question", 3}, AxisPosition{"picture", 5}}));
    EXPECT_EQ(plot().window().topLeft(), QPointF(1, 1)) << "it stays in sight";
    press(Qt::Key_Return);
    EXPECT_THAT(selection().selection().queries, ElementsAre(3));
    EXPECT_EQ(selection().selection().key, 5);
    press(Qt::Key_Minus);
    EXPECT_GT(plot().window().width(), 5);
}

TEST_F(MatrixViewTest, exportsTheWindowInSight)
{
    plot().setWindow(QRectF(3, 1, 4, 3));
    const NumberTable table = *m_view.numbers();
    EXPECT_EQ(table.rows.labels.size(), 3U);
    EXPECT_EQ(table.columns.labels.size(), 4U);
    EXPECT_EQ(table.rows.labels[1][1], "2");
    EXPECT_EQ(table.columns.labels[0][1], "3");
    const std::vector<float> row = readRow(*selection().capture(), selection().selection().map, 2);
    EXPECT_EQ(table.values[5], double(row[4]));
    EXPECT_GT(svgFromFigure(*m_view.figure()).size(), 1000);
}

TEST_F(MatrixViewTest, longMapsArePooledAndSayIt)
{
    DisplayOptions options = m_context.options();
    options.limits = LimitsMode::PerMap;
    m_context.setOptions(options);
    showLong();
    EXPECT_FALSE(m_view.cell().isExact());
    EXPECT_TRUE(waitUntilRead());
    EXPECT_TRUE(m_view.statement().contains("a cell: the largest of 16 × 4 weights"))
        << m_view.statement().toStdString();
    EXPECT_TRUE(m_view.statement().contains("from 174 rows")) << m_view.statement().toStdString();
    // The diagonal is one weight of each row: the largest of its cell, and drawn in the colour of the largest.
    const ValueScale scale = m_view.findChild<ColorBar*>()->scale();
    const Rgb expected = m_context.colorMap().at(scale.position(0.5f + 0.5f / kLong));
    const QColor found = colorOf(700, 700);
    EXPECT_LE(std::abs(found.red() - expected.r) + std::abs(found.green() - expected.g), 6);
    const NumberTable table = *m_view.numbers();
    EXPECT_EQ(table.rows.labels.size(), std::size_t((kLong + 15) / 16));
    EXPECT_FLOAT_EQ(float(table.values[0]), 0.5f + 0.5f / kLong);
    EXPECT_EQ(table.rows.labels[0].back(), "0 to 15");
    m_view.pooling().setCurrentIndex(1);
    EXPECT_TRUE(m_view.statement().contains("the mean of"));
    // 16 × 4 weights, four of them on the diagonal.
    EXPECT_NEAR(m_view.numbers()->values[0], (4 * 0.5 + 64 * 0.5 / kLong) / 64, 1e-6);
}

TEST_F(MatrixViewTest, zoomingInReadsWhatIsSeenExactly)
{
    showLong();
    EXPECT_TRUE(waitUntilRead());
    m_view.strips().setImmediateCost(0);
    plot().setWindow(QRectF(1000, 1000, 40, 60));
    EXPECT_TRUE(m_view.cell().isExact());
    EXPECT_LE(m_view.strips().wantedCount(), 4) << "32 queries each";
    EXPECT_TRUE(waitUntilRead());
    const NumberTable table = *m_view.numbers();
    EXPECT_EQ(table.rows.labels.size(), 60U);
    EXPECT_EQ(table.columns.labels.size(), 40U);
    EXPECT_FLOAT_EQ(float(table.values[0]), 0.5f + 0.5f / kLong);
    EXPECT_FLOAT_EQ(float(table.values[1]), 0.5f / kLong);
}

TEST_F(MatrixViewTest, whatIsSeenIsReadWhileTheHandGoesOnMoving)
{
    showLong();
    EXPECT_TRUE(waitUntilRead());
    plot().setWindow(QRectF(1000, 1000, 40, 60));
    m_view.strips().setImmediateCost(0);
    mouse(QEvent::MouseButtonPress, plot().pixelOf(1030, 1020), Qt::LeftButton);
    QElapsedTimer timer;
    timer.start();
    int moves = 0;
    const auto isSeen = [this] { return m_view.strips().readCount() == m_view.strips().wantedCount(); };
    while (timer.elapsed() < 5000 && (moves < 10 || !isSeen())) { // never at rest for longer than some milliseconds
        mouse(QEvent::MouseMove, plot().surface()->rect().center() - QPointF(0, 100 + ++moves % 5), Qt::LeftButton);
        QApplication::processEvents(QEventLoop::AllEvents, 5);
    }
    EXPECT_TRUE(isSeen());
    mouse(QEvent::MouseButtonRelease, plot().surface()->rect().center(), Qt::LeftButton);
}

TEST_F(MatrixViewTest, readingStopsAndGoesOn)
{
    m_view.strips().setImmediateCost(0);
    showLong();
    m_view.strips().setStopped(true);
    EXPECT_TRUE(waitFor([this] { return !m_view.strips().isReading(); }));
    EXPECT_LT(m_view.strips().readCount(), m_view.strips().wantedCount());
    EXPECT_FALSE(m_view.numbers()) << "not everything is read";
    EXPECT_TRUE(m_view.stopButton().isVisible());
    m_view.stopButton().click();
    EXPECT_TRUE(waitUntilRead());
    EXPECT_FALSE(m_view.stopButton().isVisible());
    EXPECT_TRUE(m_view.numbers());
}

TEST_F(MatrixViewTest, readsNothingWhileHidden)
{
    m_view.hide();
    showLong();
    EXPECT_FALSE(m_view.strips().isReading());
    EXPECT_EQ(m_view.strips().sample()->queries.size(), std::size_t(kQuestionLength)) << "still the former map";
    m_view.strips().setImmediateCost(0);
    m_view.show();
    EXPECT_TRUE(m_view.strips().isReading());
    m_view.hide();
    EXPECT_TRUE(waitFor([this] { return !m_view.strips().isReading(); }));
    EXPECT_EQ(m_view.strips().wantedCount(), 0) << "what was begun is given up";
    m_view.show();
    EXPECT_TRUE(waitUntilRead());
    EXPECT_GT(m_view.strips().wantedCount(), 1);
}

TEST_F(MatrixViewTest, brokenWeightsAreHatched)
{
    const QColor whole = colorOf(1, 24);
    PaintedCapture broken;
    broken.nan = std::numeric_limits<float>::quiet_NaN();
    show(makeCapture(m_folder, broken), "question_picture", 1);
    const QImage image = plot().grab().toImage();
    const QPointF corner = plot().pixelOf(1, 24);
    int hatched = 0;
    for (int dx = -4; dx <= 4; ++dx)
        for (int dy = -4; dy <= 4; ++dy)
            hatched += image.pixelColor((corner + QPointF(dx, dy)).toPoint()) == QColor(0xd0, 0x30, 0x60) ? 1 : 0;
    EXPECT_GT(hatched, 4);
    EXPECT_NE(whole, QColor(0xd0, 0x30, 0x60));
    mouse(QEvent::MouseMove, plot().pixelOf(1, 24));
    EXPECT_TRUE(m_view.readout().contains("not a number"));
}

} // namespace
} // namespace heedmap
