#include "core/base/npy.h"
#include "core/base/number_table.h"
#include "tests/core/base/expect_error.h"

#include <cstring>
#include <limits>

namespace heedmap {
namespace {

NumberTable smallTable()
{
    NumberTable table;
    table.notes = {"model: a\nb"};
    table.rows = {{"token"}, {{"red"}, {"\"a, b\""}}};
    table.columns = {{"key", "x"}, {{"CLS", ""}, {"row 0", "1.5"}}};
    table.values = {0.1f, 0.25, 1, std::numeric_limits<double>::quiet_NaN()};
    return table;
}

TEST(NumberTable, CsvHasALineForEveryValueWithItsLabels)
{
    EXPECT_EQ(csvFromTable(smallTable()), "# model: a b\n"
                                          "token,key,x,weight\n"
                                          "red,CLS,,0.100000001\n"
                                          "red,row 0,1.5,0.25\n"
                                          "\"\"\"a, b\"\"\",CLS,,1\n"
                                          "\"\"\"a, b\"\"\",row 0,1.5,nan\n");
}

TEST(NumberTable, JsonHasTheSameLabelsAndNullForWhatIsNoNumber)
{
    EXPECT_EQ(jsonFromTable(smallTable()).dump(),
              R"({"columns":[{"key":"CLS","x":""},{"key":"row 0","x":"1.5"}],"notes":["model: a\nb"],)"
              R"("rows":[{"token":"red"},{"token":"\"a, b\""}],"value":"weight",)"
              R"("values":[[0.10000000149011612,0.25],[1.0,null]]})");
}

TEST(NumberTable, TheArrayHasTheShapeAndPrecisionOfTheTable)
{
    NumberTable table = smallTable();
    table.values.back() = 2;
    EXPECT_EQ(npyFromTable(table), npyFromFloats(std::vector<float>{0.1f, 0.25f, 1, 2}, {2, 2}));
    table.doublePrecision = true;
    const std::vector<std::byte> bytes = npyFromTable(table);
    const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    EXPECT_NE(text.find("'<f8'"), std::string::npos);
    double last = 0;
    std::memcpy(&last, bytes.data() + bytes.size() - sizeof last, sizeof last);
    EXPECT_EQ(last, 2);
    EXPECT_EQ(bytes.size() % 64, 4 * sizeof(double)); // the header fills multiples of 64
}

TEST(NumberTable, ANumberReadBackIsTheSame)
{
    NumberTable table = smallTable();
    table.doublePrecision = true;
    table.values = {1.0 / 3, 0, 0, 0};
    EXPECT_NE(csvFromTable(table).find("0.33333333333333331"), std::string::npos);
}

TEST(NumberTable, LabelsAndValuesMustFit)
{
    NumberTable table = smallTable();
    table.values.pop_back();
    expectError(ErrorKind::Internal, {"3 values", "2 × 2"}, [&] { csvFromTable(table); });
    table = smallTable();
    table.rows.labels[0].clear();
    expectError(ErrorKind::Internal, {"rows"}, [&] { npyFromTable(table); });
}

} // namespace
} // namespace heedmap
