#include "core/tokenizer/tokenizer.h"

#include <gtest/gtest.h>

namespace heedmap::test {
namespace {

std::string decodedAgain(const char* folder, const char* text)
{
    const auto tokenizer = Tokenizer::open(std::string(HEEDMAP_SOURCE_DIR "/tests/fixtures/") + folder);
    return tokenizer->decode(tokenizer->encode(text).ids);
}

/// As `decode` of transformers, which reads `clean_up_tokenization_spaces` of the folder's tokenizer_config.json.
TEST(Decoding, BlanksBeforePunctuationStayWhereTheFolderSaysSo)
{
    EXPECT_EQ(decodedAgain("whisper/models/multilingual", " a ? b ."), " a ? b .");
    EXPECT_EQ(decodedAgain("blip/models/qa", "what color ? red ."), "what color? red.");
}

} // namespace
} // namespace heedmap::test
