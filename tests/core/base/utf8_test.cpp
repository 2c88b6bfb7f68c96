#include "core/base/error.h"
#include "core/base/utf8.h"

#include <gtest/gtest.h>

namespace heedmap {
namespace {

const std::string kText = "aé漢😀z"; // 1, 2, 3, 4 and 1 bytes

TEST(Utf8, PositionsCountCodePoints)
{
    EXPECT_EQ(codePointCount(kText), 5u);
    EXPECT_EQ(codePointCount("e\u0301"), 2u); // a combining mark counts, as in Python
    EXPECT_EQ(codePointCount(""), 0u);
    const std::size_t offsets[] = {0, 1, 3, 6, 10, 11, 11};
    for (std::size_t i = 0; i < std::size(offsets); ++i)
        EXPECT_EQ(byteOffsetOf(kText, i), offsets[i]) << i;
}

TEST(Utf8, SlicesAreThoseOfPython)
{
    EXPECT_EQ(slice(kText, 1, 3), "é漢");
    EXPECT_EQ(slice(kText, 3, 4), "😀");
    EXPECT_EQ(slice(kText, 0, 99), kText);
    EXPECT_EQ(slice(kText, 2, 2), "");
    EXPECT_EQ(slice(kText, 3, 1), "");
    EXPECT_EQ(slice(kText, 7, 9), "");
    EXPECT_EQ(slice("", 0, 1), "");
}

TEST(Utf8, WellFormedTextIsValid)
{
    for (const std::string& text : {std::string(), std::string("abc"), kText, std::string("\0", 1),
                                    std::string("\x7f\u0080\u07ff\u0800\ud7ff\ue000\uffff\U00010000\U0010ffff")})
        EXPECT_TRUE(isValidUtf8(text)) << text;
}

TEST(Utf8, MalformedBytesAreNot)
{
    for (const std::string text : {"\x80",
                                   "\xbf",
                                   "a\x80",
                                   "\xc0\x80",
                                   "\xc1\xbf",
                                   "\xe0\x80\x80",
                                   "\xe0\x9f\xbf",
                                   "\xf0\x80\x80\x80",
                                   "\xf0\x8f\xbf\xbf", // overlong
                                   "\xed\xa0\x80",
                                   "\xed\xbf\xbf", // surrogates
                                   "\xf4\x90\x80\x80",
                                   "\xf5\x80\x80\x80",
                                   "\xff", // above U+10FFFF
                                   "\xc3",
                                   "\xe2\x82",
                                   "\xf0\x9f\x98",
                                   "\xe2\x28\xa1",
                                   "\xe2\x82\x28",
                                   "\xc3\x28",
                                   "\xf0\x9f\x98z"})
        EXPECT_FALSE(isValidUtf8(text)) << testing::PrintToString(text);
}

TEST(Utf8, RepairedTextIsValidAndKeepsWhatWas)
{
    EXPECT_EQ(repairedUtf8(kText), kText);
    EXPECT_EQ(repairedUtf8("a\xff"
                           "b\xc3"),
              "a\uFFFDb\uFFFD");
    EXPECT_EQ(repairedUtf8("line\nline"), "line\nline");
}

TEST(Printable, IsOneShortLineOfValidText)
{
    EXPECT_EQ(printable(kText), kText);
    EXPECT_EQ(printable("a\nb\tc\x7f"), "a?b?c?");
    EXPECT_EQ(controlsReplaced("a\nb\tc\x1b[2J", ' ', Lines::Kept), "a\nb c [2J");
    EXPECT_EQ(controlsReplaced("a\nb\r\n", ' ', Lines::Joined), "a b  ");
    EXPECT_EQ(printable("a\xc2\x9b[31m\xc2\x80\xc2\xa0é"), "a?[31m?\xc2\xa0é"); // C1: a terminal may obey them too
    EXPECT_EQ(printable("\xff"), "\uFFFD");
    EXPECT_EQ(printable(std::string(1'000'000, 'x'), 5), "xxxxx…");
    EXPECT_EQ(printable("12345", 5), "12345");
    EXPECT_EQ(printable(kText, 4), "aé…"); // not inside a character
}

TEST(ErrorMessages, AreValidUtf8WhateverTheyQuote)
{
    const Error error(ErrorKind::NotFound, "cannot open {}", "/tmp/\xff\xfe\nx");
    EXPECT_STREQ(error.what(), "cannot open /tmp/\uFFFD\uFFFD\nx");
}

TEST(ErrorKinds, HaveNamesThatReadBack)
{
    for (const ErrorKind kind :
         {ErrorKind::InvalidFile, ErrorKind::NotFound, ErrorKind::Unsupported, ErrorKind::TooLarge,
          ErrorKind::InvalidRequest, ErrorKind::Io, ErrorKind::Cancelled, ErrorKind::Internal})
        EXPECT_EQ(errorKindFromName(errorKindName(kind)), kind);
    EXPECT_STREQ(errorKindName(ErrorKind::InvalidFile), "invalid_file");
    EXPECT_EQ(errorKindFromName("nonsense"), ErrorKind::Internal);
}

} // namespace
} // namespace heedmap
