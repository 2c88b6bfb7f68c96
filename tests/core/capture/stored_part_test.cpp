#include "core/base/error.h"
#include "core/capture/attention_block.h"
#include "core/capture/saved_head_set.h"
#include "core/capture/sharpest_head.h"
#include "core/capture/without_special.h"
#include "tests/core/base/temp_folder.h"
#include "tests/core/capture/capture_samples.h"
#include "tests/core/capture/stored_part.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

using namespace heedmap;
using namespace heedmap::test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

namespace {

TEST(StoredIndices, AreAllUnlessSaidOtherwise)
{
    const StoredIndices all;
    EXPECT_TRUE(all.areAll());
    EXPECT_TRUE(all.contains(7));
    EXPECT_EQ(all.placeOf(7), 7);
    EXPECT_EQ(all.count(9), 9);
    EXPECT_THAT(all.numbers(3), ElementsAre(0, 1, 2));
    EXPECT_THAT(all.rangesWithin(2, 5), ElementsAre(Pair(2, 5)));
    EXPECT_EQ(all.text(), "all");
}

TEST(StoredIndices, FindThePlacesOfWhatIsHeld)
{
    const StoredIndices some({{2, 4}, {4, 5}, {9, 10}}); // ranges that touch are one
    EXPECT_THAT(some.ranges(), ElementsAre(Pair(2, 5), Pair(9, 10)));
    EXPECT_EQ(some.count(100), 4);
    EXPECT_THAT(some.numbers(100), ElementsAre(2, 3, 4, 9));
    for (std::int64_t place = 0; place < 4; ++place)
        EXPECT_EQ(some.placeOf(some.numbers(100)[static_cast<std::size_t>(place)]), place);
    for (const std::int64_t missing : {-1, 0, 1, 5, 8, 10, 1000})
        EXPECT_FALSE(some.contains(missing)) << missing;
    EXPECT_TRUE(some.containRange(2, 5));
    EXPECT_FALSE(some.containRange(4, 10));
    EXPECT_FALSE(some.containRange(9, 11));
    EXPECT_THAT(some.rangesWithin(3, 100), ElementsAre(Pair(3, 5), Pair(9, 10)));
    EXPECT_THAT(some.rangesWithin(5, 9), IsEmpty());
    EXPECT_EQ(some.text(), "2-4, 9");
}

class StoredPart : public testing::Test
{
protected:
    void SetUp() override
    {
        writeSampleCapture(m_folder.file("whole.heed"));
        m_whole = Capture::open(m_folder.file("whole.heed"));
    }

    /// Of "words" the rows 1, 2 and 4; of "computed" (4 heads, grouped) the second group, of "first" one head.
    std::shared_ptr<const Capture> part()
    {
        return writePart(*m_whole, {{{"run/computed", {2, 3}}, {"run/first", {1}}}, {{"words", {1, 2, 4}}}},
                         m_folder.file("part.heed"));
    }

    static void expectNotStored(const std::function<void()>& read, const std::string& what)
    {
        try {
            read();
            ADD_FAILURE() << "was read: " << what;
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::NotFound) << error.what();
            EXPECT_THAT(error.what(), HasSubstr(what));
            EXPECT_THAT(error.what(), HasSubstr("stored in this capture"));
        }
    }

    TempFolder m_folder;
    std::shared_ptr<const Capture> m_whole;
};

TEST_F(StoredPart, HasTheRowsOfTheWholeByTheModelsNumbers)
{
    const auto part = this->part();
    int rows = 0;
    for (std::size_t site = 0; site < m_whole->manifest().sites.size(); ++site)
        for (const int head : part->site(site).headNumbers())
            for (const std::int64_t query : part->queryAxis(site).storedQueries.numbers(part->queryAxis(site).length)) {
                EXPECT_EQ(readRow(*part, {site, {head}, {}}, query), readRow(*m_whole, {site, {head}, {}}, query));
                ++rows;
            }
    const auto& all = m_whole->manifest();
    const std::size_t second = m_whole->siteIndex("second");
    EXPECT_EQ(rows, 2 * 3 + 1 * 3 + all.sites[second].heads * all.axis("states").length);
}

TEST_F(StoredPart, ReadsAllHeldHeadsTogetherAndTheirMean)
{
    const auto part = this->part();
    for (const char* name : {"first", "computed"}) {
        const std::size_t site = part->siteIndex(name);
        const std::vector<int> heads = part->site(site).headNumbers();
        const auto keys = static_cast<std::size_t>(part->keyAxis(site).length);
        const std::vector<float> together = readAllHeads(*part, site, 4);
        ASSERT_EQ(together.size(), heads.size() * keys);
        const std::vector<float> mean = readRow(*part, {site, HeadChoice::mean(), {}}, 4);
        for (std::size_t key = 0; key < keys; ++key) {
            double sum = 0;
            for (std::size_t i = 0; i < heads.size(); ++i) {
                const float weight = readRow(*m_whole, {site, {heads[i]}, {}}, 4)[key];
                EXPECT_FLOAT_EQ(together[i * keys + key], weight);
                sum += weight;
            }
            EXPECT_NEAR(mean[key], sum / static_cast<double>(heads.size()), 1e-7);
        }
    }
}

TEST_F(StoredPart, SaysWhatItDoesNotHold)
{
    const auto part = this->part();
    const std::size_t site = part->siteIndex("computed");
    for (const std::int64_t query : {0, 3}) {
        expectNotStored([&] { readRow(*part, {site, {2}, {}}, query); }, "row " + std::to_string(query));
        expectNotStored([&] { readRow(*part, {site, HeadChoice::mean(), {}}, query); }, "row");
        expectNotStored([&] { readAllHeads(*part, site, query); }, "row");
    }
    for (const int head : {0, 1})
        expectNotStored([&] { readRow(*part, {site, {head}, {}}, 1); }, "head " + std::to_string(head));
    std::vector<float> rows(3 * static_cast<std::size_t>(part->keyAxis(site).length));
    expectNotStored([&] { readRows(*part, {site, {2}, {}}, 2, 3, rows); }, "row");
    expectNotStored([&] { readMap(*part, {site, {2}, {}}); }, "3 of the 5 rows of \"words\"");
    const std::size_t first = part->siteIndex("first");
    expectNotStored([&] { readRow(*part, {part->siteIndex("second"), {0}, SiteHead{first, {1}}}, 0); }, "row");
    EXPECT_THROW(readRow(*part, {site, {99}, {}}, 1), Error); // no such head at all
}

TEST_F(StoredPart, ColumnsHaveNoValueForRowsThatAreNotHeld)
{
    const auto part = this->part();
    const std::size_t computed = part->siteIndex("computed");
    const MapChoice composed{part->siteIndex("second"), {0}, SiteHead{part->siteIndex("first"), {1}}};
    HeadSet both{"", {{computed, {2}}, {computed, {3}}}, Reduction::Max};
    for (const MapChoice& map : {MapChoice{computed, {3}, {}}, composed, MapChoice{computed, {2}, {}, both}}) {
        const std::vector<float> column = readColumn(*part, map, 2);
        const std::vector<float> whole = readColumn(*m_whole, map, 2);
        const std::vector<std::uint8_t> counted(static_cast<std::size_t>(keyAxisOf(*part, map).length), 1);
        const std::vector<float> sums = readKeySums(*part, map, counted);
        const std::vector<float> without = readColumnWithoutSpecial(*part, map, 2);
        std::vector<float> rows(column.size() * counted.size());
        readHeldRows(*part, map, 0, static_cast<std::int64_t>(column.size()), rows);
        ASSERT_EQ(column.size(), 5u);
        for (const std::size_t query : {0u, 3u}) {
            EXPECT_TRUE(std::isnan(column[query]) && std::isnan(sums[query]) && std::isnan(without[query])) << query;
            EXPECT_TRUE(std::isnan(rows[query * counted.size()]));
        }
        for (const std::size_t query : {1u, 2u, 4u}) {
            EXPECT_FLOAT_EQ(column[query], whole[query]);
            EXPECT_FLOAT_EQ(rows[query * counted.size() + 2], whole[query]);
            EXPECT_FALSE(std::isnan(sums[query]) || std::isnan(without[query]));
        }
    }
}

TEST_F(StoredPart, CannotBeTheSecondStepOfAProduct)
{
    const auto part = writePart(*m_whole, {{}, {{"states", {0, 3}}}}, m_folder.file("part.heed"));
    EXPECT_THAT(part->manifest().compositions, IsEmpty());
    const MapChoice composed{part->siteIndex("second"), {0}, SiteHead{part->siteIndex("first"), {1}}};
    expectNotStored([&] { readRow(*part, composed, 0); }, "2 of the 7 rows of \"states\"");
    expectNotStored([&] { readColumn(*part, composed, 0); }, "2 of the 7 rows of \"states\"");
    expectNotStored([&] { readMap(*part, composed); }, "2 of the 7 rows of \"states\"");
}

TEST_F(StoredPart, IsWhatTheFirstViewChoosesFrom)
{
    const auto part = this->part();
    const std::size_t sites[] = {part->siteIndex("computed")};
    const std::optional<SharpestHead> sharpest = sharpestHead(*part, sites);
    ASSERT_TRUE(sharpest);
    EXPECT_TRUE(part->site(sites[0]).holdsHead(sharpest->head));
    EXPECT_TRUE(part->queryAxis(sites[0]).storedQueries.contains(sharpest->query));
    EXPECT_TRUE(setIn(*part, {"held", {{"run/computed", 3}}, Reduction::Mean}));
    EXPECT_FALSE(setIn(*part, {"not held", {{"run/computed", 3}, {"run/computed", 0}}, Reduction::Mean}));
}

TEST_F(StoredPart, IsRefusedByReadersThatDoNotKnowOfIt)
{
    const Json json = jsonFromManifest(part()->manifest());
    EXPECT_EQ(json["requires"], Json({"stored_heads", "stored_queries"})); // older readers refuse what they do not know
    EXPECT_FALSE(jsonFromManifest(m_whole->manifest()).contains("requires"));
}

/// One change to the manifest of the part, and what the reader must say.
TEST_F(StoredPart, HostileListsAreRefused)
{
    part();
    const Json good = jsonFromManifest(Capture::open(m_folder.file("part.heed"))->manifest());
    std::size_t site = 0;
    while (good["sites"][site]["name"] != "computed")
        ++site;
    const std::string heads = "/sites/" + std::to_string(site) + "/stored_heads";
    const std::string queries = "/axes/words/stored_queries";
    const std::tuple<std::string, const char*, const char*> changes[] = {
        {heads, "[]", "\"stored_heads\" of"},
        {heads, "[2, 2]", "has 2;"},
        {heads, "[3, 2]", "has 2;"},
        {heads, "[-1, 2]", "has -1;"},
        {heads, "[2, 4]", "has 4; it is ascending numbers of its 4 heads"},
        {heads, "[18446744073709551615]", "ascending numbers"},
        {heads, "[1.5]", "ascending numbers"},
        {heads, "\"1\"", "stored_heads"},
        {heads, "null", "stored_heads"},
        {heads, "{}", "stored_heads"},
        {queries, "[]", "\"stored_queries\" of"},
        {queries, "[[1, 3], [2, 5]]", "has [2,5]"},
        {queries, "[[4, 5], [1, 3]]", "has [1,3]"},
        {queries, "[[1, 1]]", "has [1,1]"},
        {queries, "[[3, 1]]", "has [3,1]"},
        {queries, "[[1, 6]]", "the 5 positions"},
        {queries, "[[-1, 2]]", "has [-1,2]"},
        {queries, "[[0, 18446744073709551615]]", "ascend"},
        {queries, "[[0, 9223372036854775807]]", "ascend"},
        {queries, "[1, 2]", "has 1"},
        {queries, "[[1, 2, 3]]", "has [1,2,3]"},
        {queries, "[[0.5, 2]]", "ascend"},
        {queries, "3", "stored_queries"},
        {"/requires", "[\"stored_heads\"]", "uses \"stored_queries\", but its \"requires\" does not say so"},
        {"/requires", "[\"stored_queries\"]", "uses \"stored_heads\", but its \"requires\" does not say so"},
        {"/requires", "[]", "does not say so"},
    };
    for (const auto& [pointer, value, message] : changes) {
        Json changed = good;
        changed[Json::json_pointer(pointer)] = Json::parse(value);
        try {
            manifestFromJson(changed, "m.heed");
            ADD_FAILURE() << pointer << " " << value;
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::InvalidFile) << error.what();
            EXPECT_THAT(error.what(), HasSubstr(message));
            EXPECT_THAT(error.what(), HasSubstr("m.heed"));
        }
    }
    Json unknown = good;
    unknown["requires"].push_back("stored_keys");
    EXPECT_THROW(manifestFromJson(unknown, "m.heed"), Error);
    Json composed = good;
    composed["axes"]["states"]["stored_queries"] = {{0, 3}};
    EXPECT_THROW(manifestFromJson(composed, "m.heed"), Error) << "a product of what is not there";
    Json all = good;
    all["axes"]["words"]["stored_queries"] = {{0, 2}, {2, 5}};
    EXPECT_TRUE(manifestFromJson(all, "m.heed").axis("words").storedQueries.areAll());
}

/// Lists that tensors do not fit: the file says more or less than it has.
TEST_F(StoredPart, TensorsMustHaveTheShapeOfTheLists)
{
    const KeptPart kept{{{"run/computed", {2, 3}}}, {{"words", {1, 2}}}};
    const auto part = writePart(*m_whole, kept, m_folder.file("part.heed"));
    const std::size_t site = part->siteIndex("computed");
    for (const auto& change : std::vector<std::function<void(Manifest&)>>{
             [&](Manifest& m) { m.sites[site].storedHeads = StoredIndices::ofNumbers({3}); },
             [&](Manifest& m) { m.sites[site].storedHeads = {}; },
             [&](Manifest& m) {
                 m.sites[site].storedHeads = StoredIndices::ofNumbers({1, 3});
             }, // of two groups
             [&](Manifest& m) {
                 m.axes.at("words").storedQueries = StoredIndices::ofNumbers({1, 2, 4});
             },
             [&](Manifest& m) { m.axes.at("words").storedQueries = {}; }}) {
        Manifest manifest = part->manifest();
        change(manifest);
        CaptureWriter writer(m_folder.file("bad.heed"));
        for (const AttentionSite& one : manifest.sites)
            for (const std::string& name : {one.weights, one.queries, one.keys})
                if (!name.empty())
                    writer.addTensor(name, DType::F32, part->tensor(name).shape, part->tensor(name).bytes);
        EXPECT_THROW(writer.finish(manifest), Error);
    }
}

} // namespace
