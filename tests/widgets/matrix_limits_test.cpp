// Whose weights the colours of the matrix are taken from.

#include "core/capture/capture_writer.h"
#include "tests/widgets/painted_capture.h"
#include "widgets/context/group_weights.h"
#include "widgets/controls/color_bar.h"
#include "widgets/views/matrix_view.h"

#include <gtest/gtest.h>
#include <QApplication>
#include <QElapsedTimer>

namespace heedmap {
namespace {

using namespace test;

constexpr int kQueries = 40;
constexpr int kKeys = 50;

/// Two layers of two heads. Head h of layer l has one weight in each row, 0.2, 0.4, 0.6 and 0.8, on the key of the
/// query's number; all others are 0.001.
std::shared_ptr<const Capture> makeUnevenHeads(const QTemporaryDir& folder)
{
    const std::filesystem::path path = folder.filePath("uneven.heed").toStdString();
    CaptureWriter writer(path);
    Manifest manifest;
    manifest.model = {"joint", "Joint", "uneven", ""};
    manifest.provenance = {"test", "2026-01-01T00:00:00Z", "F32"};
    for (const auto& [id, length] : {std::pair<std::string, int>("asks", kQueries), {"answers", kKeys}}) {
        AxisSegment segment;
        segment.kind = SegmentKind::Unknown;
        segment.length = length;
        manifest.axes[id] = {id, length, {segment}};
    }
    manifest.passes = {{"run", "model", ""}};
    manifest.groups = {{"all", "asks → answers"}};
    for (int layer = 0; layer < 2; ++layer) {
        AttentionSite site;
        site.pass = "run";
        site.name = site.weights = "layer." + std::to_string(layer);
        site.group = "all";
        site.layer = site.order = layer;
        site.kind = SiteKind::Cross;
        site.queryAxis = "asks";
        site.keyAxis = "answers";
        site.heads = site.keyValueHeads = 2;
        manifest.sites.push_back(site);
        std::vector<float> weights(std::size_t(2 * kQueries * kKeys), 0.001f);
        for (int head = 0; head < 2; ++head)
            for (int query = 0; query < kQueries; ++query)
                weights[std::size_t((head * kQueries + query) * kKeys + query)] = 0.2f * float(1 + 2 * layer + head);
        writer.addTensor(site.weights, DType::F32, {2, kQueries, kKeys}, std::as_bytes(std::span(weights)));
    }
    writer.finish(manifest);
    return Capture::open(path);
}

class MatrixLimitsTest : public testing::Test
{
protected:
    void SetUp() override
    {
        m_view.resize(830, 260);
        m_capture = makeUnevenHeads(m_folder);
    }
    void show(int layer, int head)
    {
        m_view.show();
        Selection selection;
        selection.group = "all";
        selection.map = MapChoice{siteOf(*m_capture, "all", layer), HeadChoice{head}, {}};
        if (m_context.selection().capture())
            m_context.selection().setSelection(selection);
        else
            m_context.selection().setCapture(m_capture, selection);
    }
    template <typename Change>
    void change(Change change)
    {
        DisplayOptions options = m_context.options();
        change(options);
        m_context.setOptions(options);
    }
    bool waitUntil(const QString& statement)
    {
        QElapsedTimer timer;
        timer.start();
        while (!m_view.statement().contains(statement) && timer.elapsed() < 20000)
            QApplication::processEvents(QEventLoop::WaitForMoreEvents | QEventLoop::AllEvents, 50);
        return m_view.statement().contains(statement);
    }
    double high() const { return m_view.findChild<ColorBar*>()->scale().high; }

    QTemporaryDir m_folder;
    std::shared_ptr<const Capture> m_capture;
    ViewContext m_context;
    MatrixView m_view{m_context};
};

TEST_F(MatrixLimitsTest, allHeadsShareLimitsAndTheViewSaysSo)
{
    // numpy.percentile of the 8 000 weights of the four maps: 0.6 + 0.005 · 0.2, times 50 keys.
    show(0, 0);
    EXPECT_NEAR(high(), 0.601 * kKeys, 1e-4);
    EXPECT_TRUE(m_view.statement().contains("limits of all heads: ")) << m_view.statement().toStdString();
    EXPECT_FALSE(m_view.statement().contains("rows of"));
    show(1, 1);
    EXPECT_NEAR(high(), 0.601 * kKeys, 1e-4);
    change([](DisplayOptions& options) { options.limitsRule = LimitsRule::Extremes; });
    EXPECT_NEAR(high(), 0.8 * kKeys, 1e-4);
    EXPECT_TRUE(m_view.statement().contains("smallest to largest"));
}

TEST_F(MatrixLimitsTest, limitsOfOneMapAndLimitsByHandStay)
{
    change([](DisplayOptions& options) { options.limits = LimitsMode::PerMap; });
    show(0, 0);
    EXPECT_NEAR(high(), 0.2 * kKeys, 1e-4);
    EXPECT_TRUE(m_view.statement().contains("limits of this map: ")) << m_view.statement().toStdString();
    EXPECT_FALSE(m_view.statement().contains("all heads"));
    change([](DisplayOptions& options) { options.limits = LimitsMode::Shared; });
    EXPECT_NEAR(high(), 0.601 * kKeys, 1e-4);
    m_context.setLimits(1, 7);
    EXPECT_EQ(high(), 7);
    EXPECT_TRUE(m_view.statement().contains("set by hand"));
}

TEST_F(MatrixLimitsTest, untilTheyAreReadLimitsAreThoseOfTheMap)
{
    m_view.groupWeights().setImmediateCost(0);
    show(0, 1);
    EXPECT_TRUE(m_view.groupWeights().isReading());
    EXPECT_NEAR(high(), 0.4 * kKeys, 1e-4);
    EXPECT_TRUE(m_view.statement().contains("those of all heads are being read")) << m_view.statement().toStdString();
    EXPECT_TRUE(waitUntil("limits of all heads: "));
    EXPECT_NEAR(high(), 0.601 * kKeys, 1e-4);
    EXPECT_FALSE(m_view.statement().contains("being read"));
}

TEST_F(MatrixLimitsTest, readingStopsAndGoesOn)
{
    m_view.groupWeights().setImmediateCost(0);
    show(0, 0);
    m_view.stopButton().click();
    EXPECT_FALSE(m_view.groupWeights().isReading());
    EXPECT_TRUE(m_view.statement().contains("those of all heads were not read")) << m_view.statement().toStdString();
    EXPECT_TRUE(m_view.stopButton().isVisible());
    m_view.stopButton().click();
    EXPECT_TRUE(waitUntil("limits of all heads: "));
    EXPECT_FALSE(m_view.stopButton().isVisible());
}

TEST_F(MatrixLimitsTest, nothingIsReadForAHiddenView)
{
    m_view.groupWeights().setImmediateCost(0);
    show(0, 0);
    m_view.hide();
    EXPECT_FALSE(m_view.groupWeights().isReading());
    EXPECT_TRUE(m_view.figure());
    EXPECT_FALSE(m_view.groupWeights().isReading());
    m_view.show();
    EXPECT_TRUE(waitUntil("limits of all heads: "));
}

TEST_F(MatrixLimitsTest, ofTooManyQueriesSomeAreRead)
{
    GroupWeightsRequest request{"all", {}, false, 4};
    std::vector<std::size_t> sites;
    const GroupWeights weights = readGroupWeights(*m_capture, request, {}, [&](std::size_t n) { sites.push_back(n); });
    EXPECT_TRUE(weights.isSampled());
    EXPECT_EQ(weights.queriesRead, 4);
    EXPECT_EQ(weights.queries, kQueries);
    EXPECT_EQ(weights.heads, 4);
    EXPECT_EQ(weights.sample->count, 4 * 4 * kKeys);
    EXPECT_EQ(sites, (std::vector<std::size_t>{1, 2}));
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(readGroupWeights(*m_capture, request, stop.get_token()), Error);
}

TEST_F(MatrixLimitsTest, composedMapsShareLimitsToo)
{
    const auto capture = makeCapture(m_folder);
    const std::vector<GroupChoice> groups = groupChoices(*capture);
    const auto composed = std::ranges::find_if(groups, &GroupChoice::isComposed);
    ASSERT_NE(composed, groups.end());
    const SiteHead first{composed->firstSites.back(), HeadChoice{0}};
    const GroupWeights weights = readGroupWeights(*capture, {composed->id, first});
    std::vector<float> all; // one product after another
    for (const std::size_t site : composed->sites)
        for (int head = 0; head < capture->site(site).heads; ++head) {
            const MapChoice map{site, HeadChoice{head}, first};
            for (std::int64_t query = 0; query < queryAxisOf(*capture, map).length; ++query) {
                const std::vector<float> row = readRow(*capture, map, query);
                all.insert(all.end(), row.begin() + 1, row.end()); // without CLS: bars cover patches
            }
        }
    std::ranges::sort(all);
    ASSERT_EQ(weights.sample->sorted.size(), all.size());
    for (std::size_t i = 0; i < all.size(); ++i)
        EXPECT_NEAR(weights.sample->sorted[i], all[i], 1e-7);
}

} // namespace
} // namespace heedmap
