// Results for views that come back from disk.

#include "core/analysis/remembered_analysis.h"
#include "core/base/files.h"
#include "tests/widgets/painted_capture.h"
#include "widgets/context/group_weights.h"
#include "widgets/context/remembered_modes.h"

#include <gtest/gtest.h>

namespace heedmap {
namespace {

using namespace test;

class RememberedTest : public testing::Test
{
protected:
    ResultCache cache() const
    {
        ResultCaching caching;
        caching.leastSeconds = 0;
        caching.settled = {};
        caching.userFolder = m_folder.filePath("home/.cache/heedmap/results").toStdString();
        return ResultCache(*m_capture, caching);
    }
    std::vector<std::filesystem::path> entries() const
    {
        std::vector<std::filesystem::path> paths;
        for (const auto& item : std::filesystem::directory_iterator(ResultCache::folderBeside(m_capture->path())))
            paths.push_back(item.path());
        return paths;
    }
    ModesRequest request() const
    {
        ModesRequest request;
        const std::size_t site = siteOf(*m_capture, "question_picture", 1);
        request.parts = {{site, HeadChoice{0}, {}}, {site, HeadChoice{2}, {}}};
        request.centring = Centring::Rows;
        request.count = 3;
        return request;
    }
    /// The only entry's key, and what was packed under it.
    std::pair<std::string, std::vector<std::byte>> onlyEntry() const
    {
        const std::vector<std::byte> file = readFile(entries().at(0), 1 << 24);
        ByteUnpacker unpacker(file);
        unpacker.text();
        const std::string key = unpacker.text();
        unpacker.text();
        const std::span<const std::byte> rest = unpacker.rest();
        return {key.substr(key.find('\n') + 1), {rest.begin(), rest.end()}};
    }

    QTemporaryDir m_folder;
    std::shared_ptr<const Capture> m_capture = makeCapture(m_folder);
};

void expectSameModes(const MapModes& found, const MapModes& computed)
{
    EXPECT_EQ(found.map.parts, computed.map.parts);
    EXPECT_EQ(found.map.queries, computed.map.queries);
    EXPECT_EQ(found.map.keys, computed.map.keys);
    EXPECT_EQ(found.map.emptyRows, computed.map.emptyRows);
    EXPECT_EQ(found.modes.centring, computed.modes.centring);
    EXPECT_EQ(found.modes.values, computed.modes.values);
    EXPECT_EQ(found.modes.complete, computed.modes.complete);
    EXPECT_EQ(found.modes.queries, computed.modes.queries);
    EXPECT_EQ(found.modes.keys, computed.modes.keys);
    EXPECT_EQ(found.modes.subspaces, computed.modes.subspaces);
    EXPECT_EQ(found.modes.totalEnergy, computed.modes.totalEnergy);
    EXPECT_EQ(found.modes.errorBound, computed.modes.errorBound);
    EXPECT_EQ(found.modes.rank, computed.modes.rank);
    EXPECT_EQ(found.modes.nonFinite, computed.modes.nonFinite);
    EXPECT_EQ(found.modes.rowOffsets, computed.modes.rowOffsets);
    EXPECT_EQ(found.modes.columnOffsets, computed.modes.columnOffsets);
}

const GoOn kNothingIsComputed = [](double) {
    ADD_FAILURE() << "computed again";
    return true;
};

TEST_F(RememberedTest, modesAreTheSameToTheBit)
{
    for (const bool separately : {false, true})
        for (const bool withoutSpecial : {false, true}) {
            ModesRequest request = this->request();
            request.separately = separately;
            request.withoutSpecial = withoutSpecial;
            const ModesResult computed = rememberedModes(cache(), *m_capture, request);
            const ModesResult found = rememberedModes(cache(), *m_capture, request, kNothingIsComputed);
            ASSERT_EQ(found.size(), separately ? 2U : 1U);
            for (std::size_t i = 0; i < found.size(); ++i)
                expectSameModes(found[i], computed[i]);
        }
    EXPECT_EQ(entries().size(), 4U) << "one for each way of asking";
}

TEST_F(RememberedTest, otherParametersAreOtherModes)
{
    rememberedModes(cache(), *m_capture, request());
    const auto isKnown = [&](const ModesRequest& request) {
        bool isComputed = false;
        rememberedModes(cache(), *m_capture, request, [&](double) { return isComputed = true; });
        return !isComputed;
    };
    EXPECT_TRUE(isKnown(request()));
    std::vector<ModesRequest> others(6, request());
    others[0].centring = Centring::None;
    others[1].count = 2;
    others[2].parts.pop_back();
    std::swap(others[3].parts[0], others[3].parts[1]);
    others[4].parts[0].head = HeadChoice::mean();
    others[5].parts[0].set = HeadSet{"", {{others[5].parts[0].site, HeadChoice{0}}}, Reduction::Max};
    for (const ModesRequest& other : others)
        EXPECT_FALSE(isKnown(other));
}

TEST_F(RememberedTest, whateverAnEntryHoldsModesHaveTheirShapes)
{
    const ModesResult computed = rememberedModes(cache(), *m_capture, request());
    const auto [key, packed] = onlyEntry();
    for (std::size_t at = 0; at < packed.size(); at += at < 256 ? 1 : 37)
        for (const unsigned char bits : {0x80, 0x01, 0xff}) {
            std::vector<std::byte> broken = packed;
            broken[at] ^= std::byte{bits};
            if (bits == 0xff)
                broken.resize(at);
            cache().keep(key, broken, 1);
            const ModesResult found = rememberedModes(cache(), *m_capture, request());
            ASSERT_EQ(found.size(), 1U);
            const SvdModes& modes = found[0].modes;
            EXPECT_EQ(found[0].map.rows(), computed[0].map.rows());
            EXPECT_EQ(modes.keys.rows(), found[0].map.columns());
            EXPECT_EQ(modes.queries.cols(), modes.keys.cols());
            EXPECT_GE(modes.values.size(), modes.modeCount());
            for (std::int64_t kept = 0; kept <= modes.modeCount(); ++kept)
                modes.rebuiltRow(found[0].map.rows() - 1, kept); // reads what shapes promise
            for (const ModeSubspace& subspace : modes.subspaces)
                subspaceSide(modes.keys, subspace);
        }
}

TEST_F(RememberedTest, limitsOfAllHeadsAreTheSameToTheBit)
{
    const GroupWeightsRequest request{"question_picture", {}, true, 2};
    const GroupWeights computed = rememberedGroupWeights(cache(), *m_capture, request);
    const GroupWeights found = rememberedGroupWeights(cache(), *m_capture, request, {},
                                                      [](std::size_t) { ADD_FAILURE() << "computed again"; });
    EXPECT_EQ(found.sample->sorted, computed.sample->sorted);
    EXPECT_EQ(found.sample->count, computed.sample->count);
    EXPECT_EQ(found.sample->notFinite, computed.sample->notFinite);
    EXPECT_EQ(found.queries, kQuestionLength);
    EXPECT_EQ(found.queriesRead, 2);
    EXPECT_EQ(found.heads, computed.heads);
    const auto [key, packed] = onlyEntry();
    for (std::size_t at = 0; at < packed.size(); ++at) {
        std::vector<std::byte> broken = packed;
        broken[at] ^= std::byte{0x80};
        cache().keep(key, broken, 1);
        const GroupWeights weights = rememberedGroupWeights(cache(), *m_capture, request);
        EXPECT_TRUE(std::ranges::is_sorted(weights.sample->sorted));
        EXPECT_GE(weights.queriesRead, 0);
    }
}

TEST_F(RememberedTest, analysesAreTheSameToTheBit)
{
    const MapChoice map{siteOf(*m_capture, "question_picture", 1), HeadChoice{1}, {}};
    const AnalysisScope scope{"question_picture", map, kBallToken};
    int kept = 0;
    for (const Analysis& analysis : analyses()) {
        if (obstacleFor(analysis, *m_capture, scope))
            continue;
        const AnalysisSettings settings(analysis);
        const AnalysisResult computed = rememberedAnalysis(cache(), settings, *m_capture, scope);
        ++kept;
        EXPECT_EQ(entries().size(), std::size_t(kept)) << analysis.id;
        std::stop_source stopped; // a computation would end with an error
        stopped.request_stop();
        const AnalysisResult found = rememberedAnalysis(cache(), settings, *m_capture, scope, stopped.get_token());
        EXPECT_EQ(found.shape, computed.shape);
        EXPECT_EQ(found.queryAxis, computed.queryAxis);
        EXPECT_EQ(found.keyAxis, computed.keyAxis);
        EXPECT_EQ(found.map, computed.map);
        EXPECT_EQ(found.rows, computed.rows);
        EXPECT_EQ(found.columns, computed.columns);
        EXPECT_EQ(found.steps, computed.steps);
        EXPECT_EQ(found.parts, computed.parts);
        EXPECT_EQ(found.numbers, computed.numbers);
        EXPECT_EQ(found.unit, computed.unit);
        EXPECT_EQ(found.notes, computed.notes);
        AnalysisScope other = scope;
        other.map.head.head = 2;
        EXPECT_THROW(rememberedAnalysis(cache(), settings, *m_capture, other, stopped.get_token()), Error);
    }
    EXPECT_GT(kept, 1);
}

} // namespace
} // namespace heedmap
