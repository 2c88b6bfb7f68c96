#include "core/base/tensor_view.h"
#include "tests/core/base/expect_error.h"

#include <cstring>
#include <limits>

namespace heedmap {
namespace {

/// Bytes with the elements starting at an odd address.
template <typename Element>
class Misaligned
{
public:
    Misaligned(DType dtype, std::vector<Element> values) : m_storage(values.size() * sizeof(Element) + 1)
    {
        std::memcpy(m_storage.data() + 1, values.data(), values.size() * sizeof(Element));
        view.dtype = dtype;
        view.shape = {static_cast<std::int64_t>(values.size())};
        view.bytes = std::span<const std::byte>(m_storage).subspan(1);
    }

    TensorView view;

private:
    std::vector<std::byte> m_storage;
};

template <typename Element>
std::vector<float> floatsOf(DType dtype, std::vector<Element> values)
{
    return Misaligned<Element>(dtype, std::move(values)).view.toFloats();
}

using Floats = std::vector<float>;

TEST(TensorView, EveryTypeReadsFromAnOddAddress)
{
    EXPECT_EQ(floatsOf<float>(DType::F32, {1.5f, -2.0f}), (Floats{1.5f, -2.0f}));
    EXPECT_EQ(floatsOf<double>(DType::F64, {1.5, -0.1}), (Floats{1.5f, -0.1f}));
    EXPECT_EQ(floatsOf<std::uint16_t>(DType::F16, {0x3c00, 0xc000}), (Floats{1.0f, -2.0f}));
    EXPECT_EQ(floatsOf<std::uint16_t>(DType::BF16, {0x3f80, 0xc000}), (Floats{1.0f, -2.0f}));
    EXPECT_EQ(floatsOf<std::int8_t>(DType::I8, {-128, 127}), (Floats{-128.0f, 127.0f}));
    EXPECT_EQ(floatsOf<std::uint8_t>(DType::U8, {0, 255}), (Floats{0.0f, 255.0f}));
    EXPECT_EQ(floatsOf<std::uint8_t>(DType::Bool, {0, 1}), (Floats{0.0f, 1.0f}));
    EXPECT_EQ(floatsOf<std::int16_t>(DType::I16, {-32768, 5}), (Floats{-32768.0f, 5.0f}));
    EXPECT_EQ(floatsOf<std::uint16_t>(DType::U16, {65535, 5}), (Floats{65535.0f, 5.0f}));
    EXPECT_EQ(floatsOf<std::int32_t>(DType::I32, {-7, 16777217}), (Floats{-7.0f, 16777216.0f}));
    EXPECT_EQ(floatsOf<std::uint32_t>(DType::U32, {4294967295u}), (Floats{4294967296.0f}));
    EXPECT_EQ(floatsOf<std::int64_t>(DType::I64, {-1, INT64_MIN}), (Floats{-1.0f, -9223372036854775808.0f}));
    EXPECT_EQ(floatsOf<std::uint64_t>(DType::U64, {UINT64_MAX}), (Floats{18446744073709551616.0f}));
    EXPECT_EQ(floatsOf<std::uint8_t>(DType::F8E4M3, {0x38, 0xc0}), (Floats{1.0f, -2.0f}));
    EXPECT_EQ(floatsOf<std::uint8_t>(DType::F8E5M2, {0x3c, 0xc0}), (Floats{1.0f, -2.0f}));
}

TEST(TensorView, ASliceStartsWhereItSays)
{
    const Misaligned<float> tensor(DType::F32, {10, 11, 12, 13});
    Floats out(2);
    tensor.view.copyFloats(1, out);
    EXPECT_EQ(out, (Floats{11, 12}));
    tensor.view.copyFloats(2, out);
    EXPECT_EQ(out, (Floats{12, 13}));
    tensor.view.copyFloats(4, std::span<float>()); // nothing, at the end
}

TEST(TensorView, ElementsBeyondTheTensorAreRefused)
{
    const Misaligned<float> tensor(DType::F32, {10, 11, 12, 13});
    Floats out(2);
    const auto refuse = [&](std::int64_t first) {
        expectError(ErrorKind::InvalidRequest, {"do not exist", "[4]"}, [&] { tensor.view.copyFloats(first, out); });
    };
    refuse(3);
    refuse(4);
    refuse(5);
    refuse(-1);
    refuse(INT64_MAX);
    refuse(INT64_MIN);
    expectError(ErrorKind::InvalidRequest, {"do not exist"}, [&] { tensor.view.copyFloats(5, std::span<float>()); });
}

TEST(TensorView, AnEmptyTensorHasNoElements)
{
    TensorView view;
    view.shape = {0, 3};
    EXPECT_EQ(view.elementCount(), 0);
    EXPECT_TRUE(view.toFloats().empty());
    EXPECT_TRUE(view.copyBytes().empty());
}

TEST(CheckedByteCount, MultipliesTheDimensions)
{
    EXPECT_EQ(checkedByteCount({}, 4), 4u);
    EXPECT_EQ(checkedByteCount({4, 12, 145}, 2), 13920u);
    EXPECT_EQ(checkedByteCount({4, 0, 145}, 2), 0u);
    EXPECT_EQ(checkedByteCount({std::int64_t{1} << 62}, 1), std::size_t{1} << 62);
}

TEST(CheckedByteCount, RefusesWhatCannotBe)
{
    const auto refuse = [](const Shape& shape, std::size_t bytes, const char* part) {
        expectError(ErrorKind::InvalidFile, {part, shapeText(shape)}, [&] { checkedByteCount(shape, bytes); });
    };
    refuse({-1}, 4, "negative dimension");
    refuse({-1, -1}, 4, "negative dimension");
    refuse({0, -1}, 4, "negative dimension");
    refuse({INT64_MIN}, 4, "negative dimension");
    refuse({INT64_MAX}, 1, "too large");
    refuse({std::int64_t{1} << 61}, 4, "too large");
    refuse({std::int64_t{1} << 32, std::int64_t{1} << 32}, 1, "too large"); // 2^64 would wrap to 0
    refuse({0, INT64_MAX, INT64_MAX}, 1, "too large");
    refuse({INT64_MAX, INT64_MAX, 0}, 1, "too large");
}

TEST(ShapeText, ReadsLikePython)
{
    EXPECT_EQ(shapeText({4, 12, 145}), "[4, 12, 145]");
    EXPECT_EQ(shapeText({}), "[]");
}

} // namespace
} // namespace heedmap
