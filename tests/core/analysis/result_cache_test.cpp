#include "core/analysis/remembered_statistics.h"
#include "core/base/files.h"
#include "tests/core/base/temp_folder.h"
#include "tests/core/capture/capture_samples.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace heedmap {
namespace {

using namespace test;
namespace fs = std::filesystem;

std::vector<std::byte> bytes(const std::string& text)
{
    const auto span = asBytes(text);
    return {span.begin(), span.end()};
}

class ResultCacheTest : public testing::Test
{
protected:
    void SetUp() override
    {
        writeSampleCapture(m_path);
        m_capture = Capture::open(m_path);
    }

    /// Keeps whatever it is given.
    ResultCaching caching() const
    {
        ResultCaching caching;
        caching.leastSeconds = 0;
        caching.settled = {};
        caching.userFolder = m_folder.file("home/.cache/heedmap/results");
        return caching;
    }
    ResultCache cache() const { return ResultCache(*m_capture, caching()); }
    fs::path beside() const { return m_folder.file("sample.heed.cache"); }

    static std::vector<fs::path> entries(const fs::path& folder)
    {
        std::vector<fs::path> paths;
        if (fs::is_directory(folder))
            for (const auto& item : fs::directory_iterator(folder))
                paths.push_back(item.path());
        return paths;
    }
    /// Writes the last byte of the capture anew, so that its last weight is another number.
    void changeCapture() const
    {
        std::fstream file(m_path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(-2, std::ios::end);
        file.put('\x12');
    }

    TempFolder m_folder;
    fs::path m_path = m_folder.file("sample.heed");
    std::shared_ptr<const Capture> m_capture;
};

TEST_F(ResultCacheTest, givesBackWhatWasKeptBesideTheCapture)
{
    EXPECT_EQ(cache().find("a"), std::nullopt);
    cache().keep("a", bytes("result of a"), 1);
    cache().keep("b", {}, 1);
    EXPECT_EQ(entries(beside()).size(), 2U);
    EXPECT_FALSE(fs::exists(caching().userFolder));
    const std::shared_ptr<const Capture> again = Capture::open(m_path);
    EXPECT_EQ(ResultCache(*again, caching()).find("a"), bytes("result of a"));
    EXPECT_EQ(ResultCache(*again, caching()).find("b"), bytes(""));
    EXPECT_EQ(ResultCache(*again, caching()).find("c"), std::nullopt);
}

TEST_F(ResultCacheTest, anotherCaptureHasNoneOfIt)
{
    cache().keep("a", bytes("result"), 1);
    const fs::path copy = m_folder.file("copy.heed");
    fs::copy_file(m_path, copy);
    fs::copy(beside(), m_folder.file("copy.heed.cache"), fs::copy_options::recursive);
    EXPECT_EQ(ResultCache(*Capture::open(copy), caching()).find("a"), std::nullopt);
}

TEST_F(ResultCacheTest, aChangedCaptureIsUnknown)
{
    cache().keep("a", bytes("old"), 1);
    const fs::file_time_type before = fs::last_write_time(m_path);
    changeCapture();
    fs::last_write_time(m_path, before); // as some programs do
    EXPECT_EQ(cache().find("a"), std::nullopt) << "opened before, changed under it";
    cache().keep("b", bytes("of nobody knows what"), 1);
    const std::shared_ptr<const Capture> changed = Capture::open(m_path);
    const ResultCache fresh(*changed, caching());
    EXPECT_EQ(fresh.find("a"), std::nullopt);
    EXPECT_EQ(fresh.find("b"), std::nullopt);
    fresh.keep("a", bytes("new"), 1);
    EXPECT_EQ(fresh.find("a"), bytes("new"));
    EXPECT_EQ(entries(beside()).size(), 1U) << "what was of the former state is gone";
}

TEST_F(ResultCacheTest, aReplacedCaptureIsUnknown)
{
    cache().keep("a", bytes("old"), 1);
    writeSampleCapture(m_path); // the same content, renamed into place
    EXPECT_EQ(cache().find("a"), std::nullopt);
    EXPECT_EQ(ResultCache(*Capture::open(m_path), caching()).find("a"), std::nullopt);
}

TEST_F(ResultCacheTest, aFileWrittenJustNowIsNotTrusted)
{
    ResultCaching patient = caching();
    patient.settled = std::chrono::hours(1);
    ResultCache(*m_capture, patient).keep("a", bytes("result"), 1);
    EXPECT_TRUE(entries(beside()).empty());
}

TEST_F(ResultCacheTest, brokenEntriesAreAsGoodAsNone)
{
    cache().keep("a", bytes("a result of some length"), 1);
    const fs::path entry = entries(beside()).at(0);
    const std::string whole = readTextFile(entry, 1 << 20);
    const auto write = [&](const std::string& content) { writeFileAtomically(entry, asBytes(content)); };
    for (std::size_t length = 0; length < whole.size(); ++length) {
        write(whole.substr(0, length));
        EXPECT_EQ(cache().find("a"), std::nullopt) << length;
    }
    for (std::size_t at = 0; at < whole.size(); ++at) {
        std::string flipped = whole;
        flipped[at] = static_cast<char>(flipped[at] ^ 0x55);
        write(flipped);
        EXPECT_EQ(cache().find("a"), std::nullopt) << at;
    }
    write(whole + "x");
    EXPECT_EQ(cache().find("a"), std::nullopt);
    fs::remove(entry);
    fs::create_directory(entry);
    EXPECT_EQ(cache().find("a"), std::nullopt);
    cache().keep("a", bytes("cannot replace a folder"), 1); // fails without a word
    fs::remove(entry);
    cache().keep("a", bytes("again"), 1);
    EXPECT_EQ(cache().find("a"), bytes("again"));
}

TEST_F(ResultCacheTest, anEntryMovedToAnotherNameIsNotBelieved)
{
    cache().keep("a", bytes("of a"), 1);
    const fs::path ofA = entries(beside()).at(0);
    cache().keep("b", bytes("of b"), 1);
    for (const fs::path& entry : entries(beside()))
        if (entry != ofA)
            fs::rename(ofA, entry);
    EXPECT_EQ(cache().find("b"), std::nullopt);
}

TEST_F(ResultCacheTest, whereNothingCanBeWrittenTheUsersFolderIsUsed)
{
    std::ofstream(beside()) << "a file in the place of the folder";
    cache().keep("a", bytes("result"), 1);
    EXPECT_EQ(cache().find("a"), bytes("result"));
    EXPECT_EQ(entries(caching().userFolder).size(), 1U);
    ResultCaching nowhere = caching();
    nowhere.userFolder.clear();
    ResultCache(*m_capture, nowhere).keep("b", bytes("result"), 1);
    EXPECT_EQ(ResultCache(*m_capture, nowhere).find("b"), std::nullopt);
}

TEST_F(ResultCacheTest, inAReadOnlyFolderTheUsersFolderIsUsed)
{
    if (::geteuid() == 0)
        GTEST_SKIP() << "root may write everywhere";
    fs::permissions(m_folder.path(), fs::perms::owner_read | fs::perms::owner_exec);
    ResultCaching elsewhere = caching();
    TempFolder home;
    elsewhere.userFolder = home.file("cache/heedmap/results");
    ResultCache(*m_capture, elsewhere).keep("a", bytes("result"), 1);
    fs::permissions(m_folder.path(), fs::perms::owner_all);
    EXPECT_EQ(entries(elsewhere.userFolder).size(), 1U);
}

TEST_F(ResultCacheTest, foldersOfOthersAreNotBelieved)
{
    cache().keep("a", bytes("result"), 1);
    fs::permissions(beside(), fs::perms::all);
    EXPECT_EQ(cache().find("a"), std::nullopt) << "anybody may have written it";
    fs::permissions(beside(), fs::perms::owner_all);
    EXPECT_EQ(cache().find("a"), bytes("result"));
    fs::rename(beside(), m_folder.file("elsewhere"));
    fs::create_directory_symlink(m_folder.file("elsewhere"), beside());
    EXPECT_EQ(cache().find("a"), std::nullopt) << "a link may lead anywhere";
}

TEST_F(ResultCacheTest, capturesInTheUsersCacheFolderLeaveNoFolderBesideThem)
{
    const fs::path run = m_folder.file("home/.cache/heedmap/heedmap/captures/run.heed");
    fs::create_directories(run.parent_path());
    fs::copy_file(m_path, run);
    ResultCache(*Capture::open(run), caching()).keep("a", bytes("result"), 1);
    EXPECT_EQ(entries(run.parent_path()).size(), 1U);
    EXPECT_EQ(entries(caching().userFolder).size(), 1U);
}

TEST_F(ResultCacheTest, theOldestMakeRoom)
{
    ResultCaching small = caching();
    small.mostBytes = 8000;
    const ResultCache cache(*m_capture, small);
    cache.keep("0", bytes(std::string(1000, 'x')), 1);
    std::ofstream(beside() / "notes.txt") << std::string(5000, 'n');
    const auto age = [&](int hours) {
        for (const fs::path& entry : entries(beside()))
            fs::last_write_time(entry, fs::last_write_time(entry) - std::chrono::hours(hours));
    };
    for (int i = 1; i < 12; ++i) {
        age(1);
        EXPECT_TRUE(cache.find("0")) << "what is used stays";
        cache.keep(std::to_string(i), bytes(std::string(1000, 'x')), 1);
        std::uintmax_t used = 0;
        for (const fs::path& entry : entries(beside()))
            used += entry.filename() == "notes.txt" ? 0 : fs::file_size(entry);
        EXPECT_LE(used, small.mostBytes);
    }
    EXPECT_TRUE(cache.find("11"));
    EXPECT_FALSE(cache.find("1"));
    EXPECT_TRUE(fs::exists(beside() / "notes.txt"));
    cache.keep("huge", bytes(std::string(7000, 'x')), 1);
    EXPECT_FALSE(cache.find("huge")) << "one result may not push out all others";
}

TEST_F(ResultCacheTest, manyWritersAtOnceLeaveWholeEntries)
{
    const std::string one(20000, '1');
    const std::string two(20000, '2');
    std::vector<std::jthread> writers;
    for (int i = 0; i < 6; ++i)
        writers.emplace_back([&, i] {
            const ResultCache mine = cache();
            for (int round = 0; round < 20; ++round) {
                mine.keep("shared", bytes(i % 2 ? one : two), 1);
                const auto found = mine.find("shared");
                EXPECT_TRUE(found == bytes(one) || found == bytes(two));
            }
        });
    writers.clear();
    EXPECT_EQ(entries(beside()).size(), 1U) << "nothing is left lying about";
}

TEST_F(ResultCacheTest, removingTakesResultsAndNothingElse)
{
    cache().keep("a", bytes("result"), 1);
    std::ofstream(beside() / "notes.txt") << "mine";
    EXPECT_GT(removeKeptResults(m_path, caching()), 0U);
    EXPECT_EQ(entries(beside()), std::vector<fs::path>{beside() / "notes.txt"});
    fs::remove(beside() / "notes.txt");
    cache().keep("a", bytes("result"), 1);
    removeKeptResults(m_path, caching());
    EXPECT_FALSE(fs::exists(beside()));
}

TEST_F(ResultCacheTest, whatIsQuicklyComputedIsNotKept)
{
    ResultCaching usual = caching();
    usual.leastSeconds = 0.3;
    int computed = 0;
    const auto ask = [&](const ResultCaching& how) {
        return rememberedResult(
            ResultCache(*m_capture, how), "answer", [&] { return ++computed, 42.0; },
            [](double value) {
                BytePacker packer;
                packer.add(value);
                return packer.bytes();
            },
            [](ByteUnpacker& bytes) { return bytes.number(); });
    };
    EXPECT_EQ(ask(usual), 42);
    EXPECT_EQ(ask(usual), 42);
    EXPECT_EQ(computed, 2);
    EXPECT_EQ(ask(caching()), 42);
    EXPECT_EQ(ask(usual), 42);
    EXPECT_EQ(computed, 3) << "kept by the third";
    ResultCaching off = caching();
    off.isWanted = false;
    ask(off);
    EXPECT_EQ(computed, 4);
}

MapStatisticsRequest requestOf(const Capture& capture)
{
    MapStatisticsRequest request;
    request.sites = {capture.siteIndex("second")};
    request.queries = {"all", "all", {0, 1, 2, 3, 4, 5, 6}};
    return request;
}

TEST_F(ResultCacheTest, statisticsAreTheSameToTheBit)
{
    const MapStatisticsRequest request = requestOf(*m_capture);
    const MapStatisticsResult computed = rememberedStatistics(cache(), *m_capture, request);
    const std::shared_ptr<const Capture> again = Capture::open(m_path);
    std::vector<std::size_t> told;
    const MapStatisticsResult found = rememberedStatistics(ResultCache(*again, caching()), *again, request, {},
                                                           [&](auto heads) { told.push_back(heads.size()); });
    ASSERT_EQ(found.heads.size(), computed.heads.size());
    for (std::size_t i = 0; i < found.heads.size(); ++i) {
        EXPECT_EQ(found.heads[i].head, computed.heads[i].head);
        EXPECT_EQ(found.heads[i].sinkKey, computed.heads[i].sinkKey);
        EXPECT_EQ(sha256Hex(std::as_bytes(std::span(found.heads[i].values))),
                  sha256Hex(std::as_bytes(std::span(computed.heads[i].values)))); // NaN is not equal to itself
    }
    EXPECT_EQ(told, std::vector<std::size_t>{computed.heads.size()});
    EXPECT_EQ(entries(beside()).size(), 1U);
    std::stop_source stop; // what is known needs no reading that could be stopped
    stop.request_stop();
    EXPECT_NO_THROW(rememberedStatistics(cache(), *m_capture, request, stop.get_token()));
    MapStatisticsRequest other = request;
    other.queries.positions.pop_back();
    EXPECT_THROW(rememberedStatistics(cache(), *m_capture, other, stop.get_token()), Error);
    other = request;
    other.dormantAbove = 0.5;
    EXPECT_THROW(rememberedStatistics(cache(), *m_capture, other, stop.get_token()), Error);
}

TEST_F(ResultCacheTest, statisticsOfAChangedCaptureAreComputedAgain)
{
    const MapStatisticsRequest request = requestOf(*m_capture);
    rememberedStatistics(cache(), *m_capture, request);
    changeCapture();
    const std::shared_ptr<const Capture> changed = Capture::open(m_path);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(rememberedStatistics(ResultCache(*changed, caching()), *changed, request, stop.get_token()), Error);
}

} // namespace
} // namespace heedmap
