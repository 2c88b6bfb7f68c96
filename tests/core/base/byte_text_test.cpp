#include "core/base/byte_text.h"

#include <gtest/gtest.h>

namespace heedmap {
namespace {

TEST(ByteText, HasTwoDigitsOrMoreAndABinaryUnit)
{
    EXPECT_EQ(byteText(0), "0 bytes");
    EXPECT_EQ(byteText(1023), "1023 bytes");
    EXPECT_EQ(byteText(1024), "1.0 KiB");
    EXPECT_EQ(byteText(1'992'294), "1.9 MiB");
    EXPECT_EQ(byteText(10 * 1024 * 1024), "10 MiB");
    EXPECT_EQ(byteText((std::int64_t{1} << 30) - 1), "1.0 GiB"); // never "1024 MiB"
    EXPECT_EQ(byteText(INT64_MAX), "8.0 EiB");
}

} // namespace
} // namespace heedmap
