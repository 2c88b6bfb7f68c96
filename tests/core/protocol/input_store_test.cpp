#include "core/base/error.h"
#include "core/base/files.h"
#include "core/protocol/input_store.h"

#include <gtest/gtest.h>

namespace heedmap {
namespace {

// printf abc | sha256sum
const std::string kAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const std::string kEmpty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

std::span<const std::byte> bytes(std::string_view text)
{
    return std::as_bytes(std::span(text));
}

void expectError(ErrorKind kind, const std::function<void()>& action)
{
    try {
        action();
        ADD_FAILURE() << "no error";
    } catch (const Error& failure) {
        EXPECT_EQ(failure.kind(), kind) << failure.what();
    }
}

TEST(InputStore, takesAnInputInPieces)
{
    InputStore store;
    EXPECT_EQ(store.announce(kAbc, 3), InputStore::Put::Expected);
    EXPECT_FALSE(store.append(kAbc, 0, bytes("a")));
    expectError(ErrorKind::NotFound, [&] { store.get(kAbc); });
    EXPECT_TRUE(store.append(kAbc, 1, bytes("bc")));
    EXPECT_EQ(store.get(kAbc)->size(), 3u);
    EXPECT_EQ(store.heldBytes(), 3u);
    EXPECT_EQ(store.announce(kAbc, 3), InputStore::Put::Known);
    EXPECT_FALSE(store.append(kAbc, 0, bytes("abc"))) << "frames of a known input are ignored";
}

TEST(InputStore, anEmptyInputNeedsNoBytes)
{
    InputStore store;
    EXPECT_EQ(store.announce(kEmpty, 0), InputStore::Put::Known);
    EXPECT_TRUE(store.get(kEmpty)->empty());
    expectError(ErrorKind::InvalidRequest, [&] { store.announce(kAbc, 0); });
}

TEST(InputStore, refusesWhatDoesNotMatch)
{
    InputStore store;
    expectError(ErrorKind::InvalidRequest, [&] { store.announce("abc", 3); });
    expectError(ErrorKind::InvalidRequest, [&] { store.announce(std::string(64, 'A'), 3); });
    expectError(ErrorKind::TooLarge, [&] { store.announce(kAbc, (std::size_t{256} << 20) + 1); });

    store.announce(kAbc, 3);
    expectError(ErrorKind::InvalidRequest, [&] { store.announce(kAbc, 4); });
    expectError(ErrorKind::InvalidRequest, [&] { store.append(kAbc, 0, bytes("abx")); });
    store.announce(kAbc, 3);
    expectError(ErrorKind::InvalidRequest, [&] { store.append(kAbc, 1, bytes("bc")); });
    store.announce(kAbc, 3);
    expectError(ErrorKind::InvalidRequest, [&] { store.append(kAbc, 0, bytes("abcd")); });
    EXPECT_FALSE(store.append(kAbc, 0, bytes("abc"))) << "forgotten after an error";
    EXPECT_EQ(store.heldBytes(), 0u);
}

TEST(InputStore, bytesOfAnUnknownInputAreDropped)
{
    InputStore store;
    EXPECT_FALSE(store.append(kAbc, 0, bytes("abc")));
    EXPECT_EQ(store.heldBytes(), 0u);
}

TEST(InputStore, dropsTheOldestAboveTheLimitAndKeepsWhatIsInUse)
{
    InputStore store;
    std::vector<std::string> ids;
    InputBytes first;
    for (int i = 0; i < 3; ++i) { // 3 × 200 MiB, 512 MiB at most
        const std::vector<std::byte> content(std::size_t{200} << 20, std::byte(i));
        ids.push_back(sha256Hex(content));
        store.announce(ids.back(), content.size());
        EXPECT_TRUE(store.append(ids.back(), 0, content));
        if (i == 0)
            first = store.get(ids[0]);
    }
    EXPECT_EQ(store.heldBytes(), std::size_t{400} << 20);
    expectError(ErrorKind::NotFound, [&] { store.get(ids[0]); });
    EXPECT_NO_THROW(store.get(ids[1]));
    EXPECT_NO_THROW(store.get(ids[2]));
    EXPECT_EQ(first->size(), std::size_t{200} << 20) << "still held by its user";
}

TEST(InputStore, limitsWhatIsOnItsWay)
{
    InputStore store;
    const std::size_t size = std::size_t{256} << 20;
    store.announce(std::string(64, '1'), size);
    store.announce(std::string(64, '2'), size);
    expectError(ErrorKind::TooLarge, [&] { store.announce(kAbc, 3); });
    store.abandon(std::string(64, '1'));
    EXPECT_EQ(store.announce(kAbc, 3), InputStore::Put::Expected);
}

} // namespace
} // namespace heedmap
