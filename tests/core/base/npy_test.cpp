#include "core/base/npy.h"
#include "tests/core/base/expect_error.h"

#include <limits>

namespace heedmap {
namespace {

std::string npyText(const std::vector<float>& values, const Shape& shape)
{
    const std::vector<std::byte> bytes = npyFromFloats(values, shape);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The literals below are what numpy.save of NumPy 2.4.6 wrote.
std::string numpyHeader(const std::string& dictionary, std::size_t spaces)
{
    return std::string("\x93NUMPY\x01\x00v\x00", 10) + dictionary + std::string(spaces, ' ') + "\n";
}

TEST(Npy, AMatrixIsWhatNumPyWrites)
{
    const std::string expected =
        numpyHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 58) +
        std::string("\x00\x00\xc0?\x00\x00\x00\xc0\x00\x00\x00\x00o\x12\x83:\x00\x00\x80\x7f\x00\x00\xe0@", 24);
    EXPECT_EQ(npyText({1.5f, -2, 0, 1e-3f, std::numeric_limits<float>::infinity(), 7}, {2, 3}), expected);
}

TEST(Npy, AVectorAScalarAndAnEmptyArrayAreWhatNumPyWrites)
{
    EXPECT_EQ(npyText({1}, {1}), numpyHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", 60) +
                                     std::string("\x00\x00\x80?", 4));
    EXPECT_EQ(npyText({2.5f}, {}), numpyHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", 62) +
                                       std::string("\x00\x00 @", 4));
    EXPECT_EQ(npyText({}, {3, 0}), numpyHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 0), }", 58));
}

TEST(Npy, LongHeadersGrowWhereNumPyLetsThemGrow)
{
    // len(numpy.save of ones of n dimensions), 4 bytes of them the value
    const std::pair<std::size_t, std::size_t> sizes[] = {{13, 132}, {14, 132}, {15, 196}, {35, 196}, {36, 260}};
    for (const auto& [rank, size] : sizes)
        EXPECT_EQ(npyText({1}, Shape(rank, 1)).size(), size) << rank;
}

TEST(Npy, ValuesMustFillTheShape)
{
    expectError(ErrorKind::Internal, {"1 values", "[2, 3]"}, [] { npyText({1}, {2, 3}); });
    expectError(ErrorKind::Internal, {"65 dimensions"}, [] { npyText({1}, Shape(65, 1)); });
}

} // namespace
} // namespace heedmap
