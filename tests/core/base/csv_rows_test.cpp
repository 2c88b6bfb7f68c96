#include "core/base/csv_rows.h"
#include "core/base/error.h"
#include "tests/core/base/expect_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heedmap::test {
namespace {

using testing::ElementsAre;
using Row = std::vector<std::string>;

TEST(CsvRows, FieldsMayBeQuoted)
{
    EXPECT_THAT(csvRows("a,b,c\n1,\"x, \"\"y\"\"\nz\",3\n", "f", 10),
                ElementsAre(Row{"a", "b", "c"}, Row{"1", "x, \"y\"\nz", "3"}));
}

TEST(CsvRows, AnyLineEndWillDo)
{
    EXPECT_THAT(csvRows("\xEF\xBB\xBF"
                        "a,b\r\n\r\n# a note, with comma\n1,\n,2",
                        "f", 10),
                ElementsAre(Row{"a", "b"}, Row{"1", ""}, Row{"", "2"}));
    EXPECT_THAT(csvRows("a\rb", "f", 10), ElementsAre(Row{"a"}, Row{"b"}));
    EXPECT_TRUE(csvRows("", "f", 10).empty());
}

TEST(CsvRows, HostileTextIsRefused)
{
    expectError(ErrorKind::InvalidFile, {"w.csv", "never closed"}, [] { csvRows("a,\"b\n", "w.csv", 10); });
    expectError(ErrorKind::InvalidFile, {"w.csv", "UTF-8"}, [] { csvRows("a,\xff\n", "w.csv", 10); });
    expectError(ErrorKind::TooLarge, {"w.csv", "2 lines"}, [] { csvRows("a\nb\nc\n", "w.csv", 2); });
}

} // namespace
} // namespace heedmap::test
