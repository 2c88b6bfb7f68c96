#include "core/base/mapped_file.h"
#include "core/base/tensor_view.h"
#include "tests/core/base/expect_error.h"
#include "tests/core/base/temp_folder.h"

#include <atomic>
#include <numeric>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>

namespace heedmap {
namespace {

/// The sum of mapped bytes: touches every page.
std::uint64_t sumOf(std::span<const std::byte> bytes)
{
    volatile std::uint64_t sum = 0; // read even where nobody uses the sum
    for (const std::byte value : bytes)
        sum = sum + std::to_integer<std::uint64_t>(value);
    return sum;
}

constexpr std::size_t kMegabyte = 1 << 20;

class MappedFileTest : public testing::Test
{
protected:
    void expectCutShort(const MappedFile& file)
    {
        expectError(ErrorKind::InvalidFile, {file.path().string(), "cut short while it was open"},
                    [&] { file.read([&] { return sumOf(file.bytes()); }); });
    }

    TempFolder m_folder;
};

TEST_F(MappedFileTest, HoldsTheBytesOfTheFile)
{
    const auto file = MappedFile::open(m_folder.write("x", "abc"));
    EXPECT_EQ(file->size(), 3u);
    EXPECT_EQ(file->read([&] { return sumOf(file->bytes()); }), std::uint64_t{'a'} + 'b' + 'c');
    int calls = 0;
    file->read([&] { ++calls; });
    EXPECT_EQ(calls, 1);
}

TEST_F(MappedFileTest, AnEmptyFileHasNoBytes)
{
    const auto file = MappedFile::open(m_folder.write("x", ""));
    EXPECT_TRUE(file->bytes().empty());
    EXPECT_NO_THROW(file->checkIntact());
}

TEST_F(MappedFileTest, StaysReadableAfterTheFileIsRemovedOrReplaced)
{
    const auto file = MappedFile::open(m_folder.write("x", std::string(kMegabyte, '\1')));
    m_folder.write("y", "new");
    std::filesystem::rename(m_folder.path() / "y", m_folder.path() / "x");
    EXPECT_EQ(file->read([&] { return sumOf(file->bytes()); }), kMegabyte);
}

TEST_F(MappedFileTest, TruncationWhileMappedIsAnErrorAndNotACrash)
{
    for (const std::size_t left :
         {kMegabyte - 1, kMegabyte / 2 + 5, std::size_t{4096}, std::size_t{1}, std::size_t{0}}) {
        const auto file = MappedFile::open(m_folder.write("x", std::string(kMegabyte, '\1')));
        EXPECT_EQ(file->read([&] { return sumOf(file->bytes()); }), kMegabyte);
        std::filesystem::resize_file(file->path(), left);
        expectCutShort(*file);
    }
}

TEST_F(MappedFileTest, TruncationWithinThePageIsNoticed)
{
    const auto file = MappedFile::open(m_folder.write("x", "twelve bytes")); // no page is lost, so no signal comes
    std::filesystem::resize_file(file->path(), 6);
    expectCutShort(*file);
}

TEST_F(MappedFileTest, StaysBrokenWhenTheFileGrowsAgain)
{
    const auto file = MappedFile::open(m_folder.write("x", std::string(kMegabyte, '\1')));
    std::filesystem::resize_file(file->path(), 0);
    expectCutShort(*file);
    std::filesystem::resize_file(file->path(), kMegabyte);
    expectCutShort(*file); // pages read as zeros before are still zeros
}

TEST_F(MappedFileTest, OnlyTheTruncatedFileIsBroken)
{
    const auto whole = MappedFile::open(m_folder.write("whole", std::string(kMegabyte, '\1')));
    const auto cut = MappedFile::open(m_folder.write("cut", std::string(kMegabyte, '\1')));
    std::filesystem::resize_file(cut->path(), 0);
    expectCutShort(*cut);
    EXPECT_EQ(whole->read([&] { return sumOf(whole->bytes()); }), kMegabyte);
}

TEST_F(MappedFileTest, ATensorOfATruncatedFileIsAnError)
{
    TensorView view;
    view.file = MappedFile::open(m_folder.write("x", std::string(kMegabyte, '\1')));
    view.bytes = view.file->bytes();
    view.dtype = DType::F32;
    view.shape = {kMegabyte / 4};
    std::filesystem::resize_file(view.file->path(), 100);
    std::vector<float> row(4);
    expectError(ErrorKind::InvalidFile, {"cut short"}, [&] { view.copyFloats(kMegabyte / 8, row); });
    expectError(ErrorKind::InvalidFile, {"cut short"}, [&] { view.toFloats(); });
    expectError(ErrorKind::InvalidFile, {"cut short"}, [&] { view.copyBytes(); });
}

TEST_F(MappedFileTest, ThreadsMeetingTheSameTruncationAllGetTheError)
{
    const auto file = MappedFile::open(m_folder.write("x", std::string(4 * kMegabyte, '\1')));
    std::filesystem::resize_file(file->path(), 10);
    std::atomic<int> errors{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            try {
                file->read([&] { return sumOf(file->bytes()); });
            } catch (const Error&) {
                ++errors;
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(errors, 4);
}

TEST_F(MappedFileTest, ManyFilesCanBeOpenedOneAfterTheOther)
{
    const std::filesystem::path path = m_folder.write("x", "abc");
    for (int i = 0; i < 3000; ++i) // more than can be open at once
        ASSERT_EQ(MappedFile::open(path)->size(), 3u);
}

TEST_F(MappedFileTest, TooManyOpenFilesAreAnErrorAndOpenAgainLater)
{
    const std::filesystem::path path = m_folder.write("x", "abc");
    std::vector<std::shared_ptr<const MappedFile>> files;
    try {
        while (files.size() < 5000)
            files.push_back(MappedFile::open(path));
        ADD_FAILURE() << "5000 files are open";
    } catch (const Error& error) { // whichever limit is lower: the system's or ours
        EXPECT_TRUE(error.kind() == ErrorKind::TooLarge || error.kind() == ErrorKind::Io) << error.what();
    }
    files.clear();
    EXPECT_NO_THROW(MappedFile::open(path));
}

TEST_F(MappedFileTest, ThingsThatAreNotFilesAreRefused)
{
    expectError(ErrorKind::InvalidFile, {"not a regular file"}, [&] { MappedFile::open(m_folder.path()); });
    const std::filesystem::path fifo = m_folder.path() / "fifo";
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    expectError(ErrorKind::InvalidFile, {"not a regular file"}, [&] { MappedFile::open(fifo); });
    expectError(ErrorKind::NotFound, {"nowhere"}, [&] { MappedFile::open(m_folder.path() / "nowhere"); });
}

} // namespace
} // namespace heedmap
