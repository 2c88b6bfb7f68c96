#include "core/analysis/stacked_map.h"
#include "core/base/error.h"
#include "core/capture/capture_writer.h"
#include "core/capture/without_special.h"
#include "tests/core/base/temp_folder.h"

#include <gtest/gtest.h>

namespace heedmap {
namespace {

/// Two heads of two words over CLS and two patches, and a site onto other keys.
class Stacked : public testing::Test
{
protected:
    void SetUp() override
    {
        Manifest manifest;
        manifest.model = {"test", "Test", "test", ""};
        manifest.provenance = {"test", "2026-01-01T00:00:00Z", "F32"};
        AxisSegment words;
        words.length = 2;
        AxisSegment special;
        special.kind = SegmentKind::Special;
        special.length = 1;
        special.tokens = {{"CLS", {}, {}, true}};
        AxisSegment rest;
        rest.begin = 1;
        rest.length = 2;
        manifest.axes = {{"words", {"words", 2, {words}}}, {"keys", {"keys", 3, {special, rest}}}};
        manifest.passes = {{"run", "model", ""}};
        manifest.groups = {{"cross", "cross"}, {"self", "self"}};
        CaptureWriter writer(m_folder.file("a.heed"));
        for (const auto& [name, keys, values] :
             {std::tuple{"cross", "keys",
                         std::vector<float>{0.5F, 0.25F, 0.25F, 1, 0, 0, 0, 0.4F, 0.6F, 0.2F, 0.8F, 0}},
              std::tuple{"self", "words", std::vector<float>{1, 0, 0, 1}}}) {
            AttentionSite site;
            site.pass = "run";
            site.name = site.group = site.weights = name;
            site.queryAxis = "words";
            site.keyAxis = keys;
            site.heads = site.keyValueHeads =
                static_cast<int>(values.size()) / (2 * (name == std::string("self") ? 2 : 3));
            site.order = static_cast<int>(manifest.sites.size());
            manifest.sites.push_back(site);
            writer.addTensor(name, DType::F32, {site.heads, 2, name == std::string("self") ? 2 : 3},
                             std::as_bytes(std::span(values)));
        }
        writer.finish(manifest);
        m_capture = Capture::open(m_folder.file("a.heed"));
    }

    TempFolder m_folder;
    std::shared_ptr<const Capture> m_capture;
};

TEST_F(Stacked, HeadsLieBelowOneAnother)
{
    const StackedMap map = readStackedMap(*m_capture, {{0, {0}, {}}, {0, {1}, {}}}, false);
    EXPECT_EQ(map.rows(), 4);
    EXPECT_EQ(map.columns(), 3);
    EXPECT_EQ(map.values, (std::vector<float>{0.5F, 0.25F, 0.25F, 1, 0, 0, 0, 0.4F, 0.6F, 0.2F, 0.8F, 0}));
    EXPECT_EQ(map.queryOf(3), 1);
    EXPECT_EQ(map.partOf(3).head.head, 1);
    EXPECT_EQ(map.partOf(1).head.head, 0);
}

TEST_F(Stacked, WithoutSpecialTokensTheyAreNoColumns)
{
    const StackedMap map = readStackedMap(*m_capture, {{0, {0}, {}}}, true);
    EXPECT_EQ(map.keys, (std::vector<std::int64_t>{1, 2}));
    EXPECT_EQ(map.values, (std::vector<float>{0.5F, 0.5F, 0, 0}));
    EXPECT_EQ(map.emptyRows, 1);
}

TEST_F(Stacked, OnlyTheSameAxesStack)
{
    try {
        readStackedMap(*m_capture, {{0, {0}, {}}, {1, {0}, {}}}, false);
        ADD_FAILURE();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::InvalidRequest);
    }
    EXPECT_THROW(readStackedMap(*m_capture, {}, false), Error);
    EXPECT_THROW(readStackedMap(*m_capture, {{0, {7}, {}}}, false), Error);
    EXPECT_THROW(readStackedMap(*m_capture, {{0, {0}, {}}}, false, [](double) { return false; }), Error);
}

} // namespace
} // namespace heedmap
