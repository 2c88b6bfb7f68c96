#include "core/base/files.h"
#include "tests/core/base/expect_error.h"
#include "tests/core/base/temp_folder.h"

#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace heedmap {
namespace {

class FilesTest : public testing::Test
{
protected:
    std::string textOf(const std::string& name) { return readTextFile(m_folder.path() / name, 1 << 20); }

    std::vector<std::string> names()
    {
        std::vector<std::string> found;
        for (const auto& entry : std::filesystem::directory_iterator(m_folder.path()))
            found.push_back(entry.path().filename());
        return found;
    }

    TempFolder m_folder;
};

/// Files of this process stay below `bytes`, as on a full disk, as long as this lives.
class FileSizeLimit
{
public:
    explicit FileSizeLimit(rlim_t bytes)
    {
        m_previousHandler = std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &m_previous);
        rlimit limit = m_previous;
        limit.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit()
    {
        ::setrlimit(RLIMIT_FSIZE, &m_previous);
        std::signal(SIGXFSZ, m_previousHandler);
    }

private:
    rlimit m_previous;
    void (*m_previousHandler)(int);
};

TEST_F(FilesTest, ReadsTheWholeFile)
{
    const std::string content("a\0b\r\n\xff", 6);
    EXPECT_EQ(readTextFile(m_folder.write("x", content), 6), content);
    EXPECT_EQ(readFile(m_folder.write("empty", ""), 0).size(), 0u);
    const std::string large(3 << 20, 'x');
    EXPECT_EQ(readTextFile(m_folder.write("large", large), large.size()), large);
}

TEST_F(FilesTest, RefusesMoreThanTheLimitBeforeReading)
{
    const std::filesystem::path path = m_folder.write("x", "1234567");
    expectError(ErrorKind::TooLarge, {path.string(), "7 bytes", "at most 6"}, [&] { readFile(path, 6); });
    std::filesystem::resize_file(path, std::uintmax_t{1} << 40); // sparse
    expectError(ErrorKind::TooLarge, {"1099511627776 bytes"}, [&] { readFile(path, 100); });
}

TEST_F(FilesTest, RefusesWhatIsNotAFile)
{
    expectError(ErrorKind::NotFound, {"nowhere"}, [&] { readFile(m_folder.path() / "nowhere", 9); });
    expectError(ErrorKind::InvalidFile, {"not a regular file"}, [&] { readFile(m_folder.path(), 9); });
    expectError(ErrorKind::InvalidFile, {"not a regular file"}, [&] { readFile("/dev/zero", 9); });
    const std::filesystem::path fifo = m_folder.path() / "fifo";
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    expectError(ErrorKind::InvalidFile, {"not a regular file"}, [&] { readFile(fifo, 9); }); // and does not block
}

TEST_F(FilesTest, WritesANewFileOrReplacesAnOldOne)
{
    const std::filesystem::path path = m_folder.path() / "x";
    writeFileAtomically(path, asBytes("first and longer"));
    EXPECT_EQ(textOf("x"), "first and longer");
    writeFileAtomically(path, asBytes("second"));
    EXPECT_EQ(textOf("x"), "second");
    writeFileAtomically(path, {});
    EXPECT_EQ(textOf("x"), "");
    EXPECT_EQ(names(), std::vector<std::string>{"x"});
}

TEST_F(FilesTest, NewFilesHaveTheUsualPermissions)
{
    const mode_t mask = ::umask(027);
    writeFileAtomically(m_folder.path() / "x", asBytes("text"));
    ::umask(mask);
    struct stat status = {};
    ASSERT_EQ(::stat((m_folder.path() / "x").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0640u);
}

TEST_F(FilesTest, AFileNameMayBeAsLongAsTheSystemAllows)
{
    const std::string name(255, 'n');
    writeFileAtomically(m_folder.path() / name, asBytes("text"));
    EXPECT_EQ(textOf(name), "text");
}

TEST_F(FilesTest, ARelativePathIsWrittenInTheCurrentFolder)
{
    const std::filesystem::path previous = std::filesystem::current_path();
    std::filesystem::current_path(m_folder.path());
    writeFileAtomically("x", asBytes("text"));
    std::filesystem::current_path(previous);
    EXPECT_EQ(textOf("x"), "text");
}

TEST_F(FilesTest, AFailingWriteLeavesTheOldContentAndNothingElse)
{
    m_folder.write("x", "old");
    {
        const FileSizeLimit limit(4096);
        expectError(ErrorKind::Io, {(m_folder.path() / "x").string(), "File too large"},
                    [&] { writeFileAtomically(m_folder.path() / "x", asBytes(std::string(1 << 20, 'n'))); });
    }
    EXPECT_EQ(textOf("x"), "old");
    EXPECT_EQ(names(), std::vector<std::string>{"x"});
}

TEST_F(FilesTest, AFailingWriteOfANewFileLeavesNothing)
{
    {
        const FileSizeLimit limit(4096);
        expectError(ErrorKind::Io, {},
                    [&] { writeFileAtomically(m_folder.path() / "x", asBytes(std::string(1 << 20, 'n'))); });
    }
    expectError(ErrorKind::Io, {"nowhere"}, [&] { writeFileAtomically(m_folder.path() / "nowhere/x", {}); });
    std::filesystem::create_directories(m_folder.path() / "folder/inside");
    expectError(ErrorKind::Io, {"folder"}, [&] { writeFileAtomically(m_folder.path() / "folder", {}); });
    EXPECT_EQ(names(), std::vector<std::string>{"folder"});
}

TEST_F(FilesTest, AFullDiskIsNamed)
{
    expectError(ErrorKind::Io, {"disk full", "/dev/full"}, [] { writeFileAtomically("/dev/full", asBytes("x")); });
}

TEST_F(FilesTest, ADeviceIsWrittenToAndNotReplaced)
{
    writeFileAtomically("/dev/null", asBytes("text"));
    EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));

    const std::filesystem::path fifo = m_folder.path() / "fifo";
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    std::string received(4, ' ');
    std::thread reader([&] {
        const int descriptor = ::open(fifo.c_str(), O_RDONLY);
        ASSERT_EQ(::read(descriptor, received.data(), received.size()), 4);
        ::close(descriptor);
    });
    writeFileAtomically(fifo, asBytes("text"));
    reader.join();
    EXPECT_EQ(received, "text");
    EXPECT_TRUE(std::filesystem::is_fifo(fifo));
}

TEST_F(FilesTest, ALinkStaysALink)
{
    std::filesystem::create_directory(m_folder.path() / "folder");
    m_folder.write("folder/x", "old");
    std::filesystem::create_symlink("folder/x", m_folder.path() / "link");
    writeFileAtomically(m_folder.path() / "link", asBytes("new"));
    EXPECT_TRUE(std::filesystem::is_symlink(m_folder.path() / "link"));
    EXPECT_EQ(textOf("folder/x"), "new");
}

TEST_F(FilesTest, ThreadsWritingTheSameFileLeaveOneOfTheirContents)
{
    std::vector<std::thread> threads;
    for (char letter = 'a'; letter < 'e'; ++letter)
        threads.emplace_back([&, letter] {
            for (int i = 0; i < 10; ++i)
                writeFileAtomically(m_folder.path() / "x", asBytes(std::string(10'000, letter)));
        });
    for (std::thread& thread : threads)
        thread.join();
    const std::string content = textOf("x");
    EXPECT_EQ(content, std::string(10'000, content.front()));
    EXPECT_EQ(names(), std::vector<std::string>{"x"});
}

TEST(Sha256, KnownVectors)
{
    // FIPS 180-2, appendix B
    EXPECT_EQ(sha256Hex({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256Hex(asBytes("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256Hex(asBytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(sha256Hex(asBytes(std::string(1'000'000, 'a'))),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

} // namespace
} // namespace heedmap
