#include "core/base/error.h"
#include "core/base/files.h"
#include "core/capture/attention.h"
#include "core/capture/capture_writer.h"
#include "tests/core/capture/capture_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace heedmap;
using namespace heedmap::test;
using testing::HasSubstr;

namespace {

class CaptureWriterTest : public testing::Test
{
protected:
    template <typename Call>
    static void expectRefused(ErrorKind kind, const std::string& message, Call call)
    {
        try {
            call();
            ADD_FAILURE() << "no error; expected: " << message;
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), kind) << error.what();
            EXPECT_THAT(error.what(), HasSubstr(message));
        }
    }

    const Manifest m_manifest = manifestOf({plainAxis("q", 2), plainAxis("k", 3)}, {weightsSite("site", "q", "k", 1)});
    const std::vector<float> m_weights = randomFloats(6, 1);
    TempFolder m_folder;
    const std::filesystem::path m_path = m_folder.file("x.heed");
    const std::filesystem::path m_partial = m_folder.file("x.heed.partial");
};

TEST_F(CaptureWriterTest, TwoWritersNeverShareAFile)
{
    CaptureWriter first(m_path);
    first.addTensor("site", DType::F32, {1, 2, 3}, bytesOf(m_weights));
    expectRefused(ErrorKind::Io, "is being written by another run", [&] { CaptureWriter second(m_path); });
    first.finish(m_manifest);
    EXPECT_EQ(Capture::open(m_path)->tensor("site").toFloats(), m_weights);
}

TEST_F(CaptureWriterTest, TheFileAppearsWhenItIsWhole)
{
    CaptureWriter writer(m_path);
    writer.addTensor("site", DType::F32, {1, 2, 3}, bytesOf(m_weights));
    EXPECT_TRUE(std::filesystem::exists(m_partial));
    EXPECT_FALSE(std::filesystem::exists(m_path));
    writer.finish(m_manifest);
    EXPECT_FALSE(std::filesystem::exists(m_partial));
    const auto capture = Capture::open(m_path);
    EXPECT_EQ(capture->tensor("site").toFloats(), m_weights);
    EXPECT_EQ(capture->byteCount(), std::filesystem::file_size(m_path));
    EXPECT_EQ(jsonFromManifest(capture->manifest()), jsonFromManifest(m_manifest));
}

TEST_F(CaptureWriterTest, ATensorMayComeInPieces)
{
    CaptureWriter writer(m_path);
    writer.streamTensor("site", DType::F32, {1, 2, 3}, [&](const CaptureWriter::TensorSink& sink) {
        const std::span<const std::byte> bytes = bytesOf(m_weights);
        sink(bytes.first(5));
        sink(bytes.subspan(5));
    });
    writer.finish(m_manifest);
    EXPECT_EQ(Capture::open(m_path)->tensor("site").toFloats(), m_weights);
}

TEST_F(CaptureWriterTest, PiecesThatDoNotFillTheirTensorEndTheFile)
{
    for (const std::size_t count : {std::size_t{23}, std::size_t{25}}) {
        CaptureWriter writer(m_path);
        const std::vector<std::byte> bytes(count);
        expectRefused(ErrorKind::InvalidRequest, "does not fill the tensor", [&] {
            writer.streamTensor("site", DType::F32, {1, 2, 3}, [&](const auto& sink) { sink(bytes); });
        });
        EXPECT_TRUE(m_folder.isEmpty());
        expectRefused(ErrorKind::InvalidRequest, "nothing can be added", [&] { writer.finish(m_manifest); });
    }
}

TEST_F(CaptureWriterTest, AHeaderLargerThanItsRoomMovesTheData)
{
    // More data than is moved in one piece, and tensors of odd lengths
    const std::vector<float> large = randomFloats(700'001, 5);
    const std::string odd = "seven b";
    for (const std::size_t reserve : {std::size_t{0}, std::size_t{3}, std::size_t{1} << 20}) {
        CaptureWriter writer(m_path, reserve);
        writer.addTensor("odd", DType::U8, {7}, asBytes(odd));
        writer.addTensor("large", DType::F32, {700'001}, bytesOf(large));
        writer.addTensor("site", DType::F32, {1, 2, 3}, bytesOf(m_weights));
        writer.finish(m_manifest);
        const auto capture = Capture::open(m_path);
        EXPECT_EQ(capture->tensor("large").toFloats(), large);
        EXPECT_EQ(capture->tensor("site").toFloats(), m_weights);
        const std::vector<std::byte> bytes = capture->tensor("odd").copyBytes();
        EXPECT_TRUE(std::ranges::equal(bytes, asBytes(odd)));
    }
}

TEST_F(CaptureWriterTest, EmptyTensorsAreTensors)
{
    CaptureWriter writer(m_path);
    writer.addTensor("empty", DType::U8, {0}, {});
    writer.addTensor("site", DType::F32, {1, 2, 3}, bytesOf(m_weights));
    writer.finish(m_manifest);
    EXPECT_EQ(Capture::open(m_path)->tensor("empty").shape, (Shape{0}));
}

/// What python_opens_capture.py reads; it stays where HEEDMAP_CAPTURE_FOR_PYTHON says.
TEST_F(CaptureWriterTest, WritesACaptureForPython)
{
    const char* wanted = std::getenv("HEEDMAP_CAPTURE_FOR_PYTHON");
    const std::filesystem::path path = wanted ? std::filesystem::path(wanted) : m_path;
    Manifest manifest = m_manifest;
    manifest.model.name = "ünï ☃";
    const std::uint16_t half[] = {halfFromFloat(1), halfFromFloat(-2)};
    const std::vector<float> eighths = {0, 0.125, 0.25, 0.375, 0.5, 0.625};
    CaptureWriter writer(path, 64); // less than the header needs
    writer.addTensor("odd", DType::U8, {7}, asBytes(std::string("seven b")));
    writer.addTensor("site", DType::F32, {1, 2, 3}, bytesOf(eighths));
    writer.addTensor("empty", DType::F32, {0}, {});
    writer.addTensor("half", DType::F16, {2}, std::as_bytes(std::span(half)));
    writer.finish(manifest);
    EXPECT_EQ(Capture::open(path)->manifest().model.name, "ünï ☃");
}

TEST_F(CaptureWriterTest, AnUnfinishedFileDisappears)
{
    {
        CaptureWriter writer(m_path);
        writer.addTensor("site", DType::F32, {1, 2, 3}, bytesOf(m_weights));
    }
    EXPECT_TRUE(m_folder.isEmpty());
}

TEST_F(CaptureWriterTest, AFileOfThatNameStaysUntilTheNewOneIsWhole)
{
    writeCapture(m_path, m_manifest, {{"site", {1, 2, 3}, m_weights}});
    {
        CaptureWriter writer(m_path);
        writer.addTensor("site", DType::F32, {1, 2, 3}, bytesOf(randomFloats(6, 2)));
    }
    EXPECT_EQ(Capture::open(m_path)->tensor("site").toFloats(), m_weights);
}

TEST_F(CaptureWriterTest, WhatAKilledWriterLeftIsReplaced)
{
    writeFileAtomically(m_partial, asBytes(std::string(1'000'000, 'x')));
    writeCapture(m_path, m_manifest, {{"site", {1, 2, 3}, m_weights}});
    EXPECT_EQ(Capture::open(m_path)->tensor("site").toFloats(), m_weights);
    EXPECT_FALSE(std::filesystem::exists(m_partial));
}

TEST_F(CaptureWriterTest, RefusesTensorsThatAreWrong)
{
    CaptureWriter writer(m_path);
    const auto add = [&](const std::string& name, const Shape& shape) {
        writer.addTensor(name, DType::F32, shape, bytesOf(m_weights));
    };
    add("site", {1, 2, 3});
    expectRefused(ErrorKind::InvalidRequest, "written twice", [&] { add("site", {1, 2, 3}); });
    expectRefused(ErrorKind::InvalidRequest, "do not fill", [&] { add("other", {1, 2, 4}); });
    expectRefused(ErrorKind::InvalidRequest, "name of a tensor", [&] { add("", {6}); });
    expectRefused(ErrorKind::InvalidRequest, "name of a tensor", [&] { add("__metadata__", {6}); });
    expectRefused(ErrorKind::InvalidRequest, "name of a tensor", [&] { add("\xff", {6}); });
    writer.finish(m_manifest); // none of that spoils what was right
    expectRefused(ErrorKind::InvalidRequest, "finished", [&] { add("late", {6}); });
    expectRefused(ErrorKind::InvalidRequest, "finished", [&] { writer.finish(m_manifest); });
}

TEST_F(CaptureWriterTest, ChecksTheManifestAsAReaderWould)
{
    CaptureWriter writer(m_path);
    expectRefused(ErrorKind::InvalidFile, "\"site\", which is missing", [&] { writer.finish(m_manifest); });
    writer.addTensor("site", DType::F32, {1, 2, 3}, bytesOf(m_weights));
    Manifest wrong = m_manifest;
    wrong.axes["q"].length = 3;
    expectRefused(ErrorKind::InvalidFile, "its length is 3", [&] { writer.finish(wrong); });
    wrong = m_manifest;
    wrong.sites[0].heads = wrong.sites[0].keyValueHeads = 2;
    expectRefused(ErrorKind::InvalidFile, "[1, 2, 3], not [2, 2, 3]", [&] { writer.finish(wrong); });
    wrong = m_manifest;
    wrong.model.name = "\xc3";
    expectRefused(ErrorKind::InvalidRequest, "not UTF-8", [&] { writer.finish(wrong); });
    EXPECT_FALSE(std::filesystem::exists(m_path));
    writer.finish(m_manifest);
    EXPECT_TRUE(std::filesystem::exists(m_path));
}

TEST_F(CaptureWriterTest, SaysWhereItCannotWrite)
{
    expectRefused(ErrorKind::Io, "No such file or directory", [&] { CaptureWriter(m_folder.file("none/x.heed")); });
}

/// Runs `work` in a process of its own and returns its exit status; -1 when it did not end by itself.
template <typename Work>
int exitStatusOf(Work work)
{
    const pid_t child = fork();
    if (child == 0)
        _exit(work());
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// Writes a capture of more than a megabyte. 0: refused with `message`, nothing left; otherwise what went wrong.
int writingFails(const std::filesystem::path& folder, const char* message)
{
    const std::vector<float> values = randomFloats(300'000, 3);
    const std::filesystem::path path = folder / "full.heed";
    try {
        CaptureWriter writer(path);
        try {
            writer.addTensor("large", DType::F32, {300'000}, bytesOf(values));
            return 1;
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::Io || !std::strstr(error.what(), message))
                return 2;
        }
        if (!std::filesystem::is_empty(folder)) // already before the writer goes
            return 3;
    } catch (...) {
        return 4;
    }
    return std::filesystem::is_empty(folder) ? 0 : 5;
}

TEST_F(CaptureWriterTest, AFileSizeLimitIsAClearError)
{
    const int status = exitStatusOf([&] {
        signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{500'000, 500'000};
        if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
            return 77;
        return writingFails(m_folder.path(), "File too large");
    });
    EXPECT_EQ(status, 0);
}

TEST_F(CaptureWriterTest, AFullDiskIsAClearError)
{
    const int status = exitStatusOf([&] {
        const bool mounted = unshare(CLONE_NEWNS) == 0 &&
                             mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                             mount("tmpfs", m_folder.path().c_str(), "tmpfs", 0, "size=512k") == 0;
        return mounted ? writingFails(m_folder.path(), "disk full") : 77;
    });
    if (status == 77)
        GTEST_SKIP() << "only root may mount a small disk";
    EXPECT_EQ(status, 0);
}

} // namespace
