#include "core/base/byte_characters.h"

#include <gtest/gtest.h>

namespace heedmap {
namespace {

/// Spellings as `bytes_to_unicode` of transformers' GPT-2 tokenizer gives them.
TEST(ReadablePiece, spelledBytesBecomeText)
{
    EXPECT_EQ(readablePiece("Ġring"), " ring");
    EXPECT_EQ(readablePiece("Ċ"), "\n");
    EXPECT_EQ(readablePiece("Ã©"), "é");
    EXPECT_EQ(readablePiece("ĠæĹ¥"), " 日");
}

TEST(ReadablePiece, everythingElseStays)
{
    for (const char* text : {"ring", "##ing", "[CLS]", "é", "日", "Ġæ", "<|endoftext|>", "", "a b"})
        EXPECT_EQ(readablePiece(text), text) << "no bytes, or a part of a character";
}

} // namespace
} // namespace heedmap
