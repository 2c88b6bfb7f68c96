#include "core/analysis/reference_words.h"
#include "core/base/error.h"
#include "tests/core/base/expect_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heedmap::test {
namespace {

using testing::ElementsAre;
using testing::Optional;

std::vector<ReferenceWord> spoken(const std::vector<std::string>& texts)
{
    std::vector<ReferenceWord> words;
    for (const std::string& text : texts)
        words.push_back({text, 0, 0});
    return words;
}

TEST(ReferenceWords, ColumnsGoByTheirNames)
{
    const std::vector<ReferenceWord> expected = {{"a", 0.5, 0.75}, {"b,c", 1, 1}};
    EXPECT_EQ(referenceWordsFromCsv("a,0.5,0.75\n\"b,c\",1,1\n", "f"), expected);
    EXPECT_EQ(referenceWordsFromCsv("word,start,end\na,0.5, 0.75\n\"b,c\",1,1\n", "f"), expected);
    EXPECT_EQ(referenceWordsFromCsv("start,end,text,probability\n0.5,0.75,a,1\n1,1,\"b,c\",1\n", "f"), expected)
        << "as heedmap align writes it";
}

TEST(ReferenceWords, HostileFilesAreRefused)
{
    for (const char* text : {"a,b,c\n", "a,0.5\n", "a,1,0.5\n", "a,nan,1\n", "a,-1,1\n", "a,0x1,1\n", "a,1,1e999\n",
                             "a,0.5s,1\n", "", "word,start,end\n", "begin,finish\n1,2\n"}) {
        SCOPED_TRACE(text);
        expectError(ErrorKind::InvalidFile, {"words.csv"}, [&] { referenceWordsFromCsv(text, "words.csv"); });
    }
}

TEST(ReferenceWords, TheSameWordsAreFoundInOrder)
{
    const std::vector<std::string> words = {"The", "ship,", "is", "is", "red."};
    EXPECT_THAT(matchedWords(words, spoken({"the", "sheep", "is", "very", "red"})),
                ElementsAre(Optional(0), std::nullopt, Optional(2), std::nullopt, Optional(4)));
    EXPECT_THAT(matchedWords(words, spoken({"red"})),
                ElementsAre(std::nullopt, std::nullopt, std::nullopt, std::nullopt, Optional(0)));
    EXPECT_THAT(matchedWords(words, {}), testing::Each(testing::Eq(std::nullopt)));
    EXPECT_TRUE(matchedWords({}, spoken({"a"})).empty());
    const std::vector<std::string> foreign = {"¿Qué?", "…"};
    EXPECT_THAT(matchedWords(foreign, spoken({"¿Qué", "..."})), ElementsAre(Optional(0), std::nullopt));
}

TEST(ReferenceWords, TooManyAreRefused)
{
    const std::vector<std::string> words(10'000, "a");
    expectError(ErrorKind::TooLarge, {"10000"}, [&] { matchedWords(words, spoken(words)); });
}

} // namespace
} // namespace heedmap::test
