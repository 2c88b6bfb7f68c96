#include "core/base/files.h"
#include "core/tokenizer/tokenizer.h"
#include "tests/core/tokenizer/tokenizer_fixtures.h"

namespace heedmap {
namespace {

using test::escaped;
using test::kFixtures;

/// The notation of the fixtures: "id,gap,length" a token, "id" a special one.
std::string tokenText(const Encoding& encoding)
{
    std::string text;
    std::ptrdiff_t end = 0;
    for (std::size_t i = 0; i < encoding.ids.size(); ++i) {
        text += (i > 0 ? " " : "") + std::to_string(encoding.ids[i]);
        if (encoding.special[i]) {
            EXPECT_EQ(encoding.offsets[i], TextSpan());
            continue;
        }
        const auto begin = static_cast<std::ptrdiff_t>(encoding.offsets[i].begin);
        const auto length = static_cast<std::ptrdiff_t>(encoding.offsets[i].end) - begin;
        text += "," + std::to_string(begin - end) + "," + std::to_string(length);
        end = begin + length;
    }
    return text.empty() || encoding.ids.size() <= 300 ? text : sha256Hex(asBytes(text));
}

std::vector<std::string> vocabularyTokens(const Tokenizer& tokenizer, const Encoding& encoding)
{
    std::vector<std::string> tokens;
    for (const std::int32_t id : encoding.ids)
        tokens.push_back(tokenizer.tokenFromId(id).value_or("(none)"));
    return tokens;
}

/// What differs from the reference, or an empty string.
std::string difference(const Tokenizer& tokenizer, const std::string& text, const Json& expected)
{
    const Encoding encoding = tokenizer.encode(text, {.addSpecialTokens = expected.value("special", true),
                                                      .maxLength = expected.value("max", std::size_t{0})});
    const std::string found = tokenText(encoding);
    if (found != expected["t"].get<std::string>())
        return "tokens\n  expected " + expected["t"].get<std::string>() + "\n  found    " + found;
    const std::vector<std::string> tokens = expected.contains("tokens")
                                                ? expected["tokens"].get<std::vector<std::string>>()
                                                : vocabularyTokens(tokenizer, encoding);
    if (tokens != encoding.tokens)
        return "token strings\n  expected " + Json(tokens).dump(-1, ' ', true) + "\n  found    " +
               Json(encoding.tokens).dump(-1, ' ', true);
    for (const auto& [key, skipSpecial] : {std::pair{"d", true}, std::pair{"D", false}}) {
        if (!expected.contains(key))
            continue;
        const std::string decoded = tokenizer.decode(encoding.ids, skipSpecial);
        if (decoded != expected[key].get<std::string>())
            return "decoded text\n  expected " + escaped(expected[key].get<std::string>()) + "\n  found    " +
                   escaped(decoded);
    }
    return {};
}

class Equality : public testing::TestWithParam<const char*>
{};

TEST_P(Equality, IdsTokensOffsetsAndDecodedTextAreTheReferences)
{
    const auto tokenizer = Tokenizer::open(kFixtures / GetParam());
    const std::vector<std::string> strings = test::hardStrings();
    ASSERT_GE(strings.size(), 2500u);
    std::size_t differing = 0;
    std::string first;
    const auto lines = test::readLines(kFixtures / ("expected_" + std::string(GetParam()) + ".jsonl"));
    ASSERT_GE(lines.size(), 800u);
    for (const std::string& line : lines) {
        const Json expected = Json::parse(line);
        const std::string& text = strings.at(expected["i"].get<std::size_t>());
        const std::string what = difference(*tokenizer, text, expected);
        differing += what.empty() ? 0 : 1;
        if (first.empty() && !what.empty())
            first = "string " + expected["i"].dump() + " " + escaped(text) + " differs in its " + what;
    }
    EXPECT_EQ(differing, 0u) << "of " << lines.size() << "; " << first;
}

INSTANTIATE_TEST_SUITE_P(Folders, Equality,
                         testing::Values("uncased", "cased", "added", "words", "nfc", "nfd", "nfkc", "vocab_txt",
                                         "vocab_txt_config", "overruled", "gpt2", "roberta", "suffixed", "whisper",
                                         "merges_by_hand"),
                         [](const auto& info) { return std::string(info.param); });

TEST(Equality, OffsetsSliceTheTextTheyWereFoundIn)
{
    const auto tokenizer = Tokenizer::open(kFixtures / "uncased");
    for (const std::string& text : test::hardStrings())
        for (const TextSpan& span : tokenizer->encode(text).offsets) {
            ASSERT_LE(span.begin, span.end) << escaped(text);
            ASSERT_LE(span.end, text.size()) << escaped(text);
        }
}

TEST(Equality, ShippedModelReadsItsQuestions)
{
    // From transformers' AutoTokenizer over the same folder.
    const auto tokenizer = Tokenizer::open(std::filesystem::path(HEEDMAP_SOURCE_DIR) / "resources/models/scenes");
    const std::string question = "what color is the ball to the left of the blue cube?";
    const Encoding encoding = tokenizer->encode(question);
    EXPECT_EQ(encoding.tokens, (std::vector<std::string>{"[CLS]", "what", "color", "is", "the", "ball", "to", "the",
                                                         "left", "of", "the", "blue", "cube", "?", "[SEP]"}));
    EXPECT_EQ(encoding.offsets, (std::vector<TextSpan>{{0, 0},
                                                       {0, 4},
                                                       {5, 10},
                                                       {11, 13},
                                                       {14, 17},
                                                       {18, 22},
                                                       {23, 25},
                                                       {26, 29},
                                                       {30, 34},
                                                       {35, 37},
                                                       {38, 41},
                                                       {42, 46},
                                                       {47, 51},
                                                       {51, 52},
                                                       {0, 0}}));
    for (std::size_t i = 0; i < encoding.ids.size(); ++i)
        EXPECT_EQ(tokenizer->tokenFromId(encoding.ids[i]), encoding.tokens[i]);
    EXPECT_EQ(tokenizer->decode(encoding.ids), question);
}

TEST(Equality, VocabularyIsTheFiles)
{
    for (const char* folder : {"uncased", "added", "words"}) {
        const auto tokenizer = Tokenizer::open(kFixtures / folder);
        const Json json = Json::parse(readTextFile(kFixtures / folder / "tokenizer.json", 1 << 24));
        std::map<std::string, std::int32_t> tokens = json["model"]["vocab"];
        for (const Json& added : json["added_tokens"])
            tokens[added["content"].get<std::string>()] = added["id"].get<std::int32_t>();
        EXPECT_EQ(tokenizer->vocabularySize(), tokens.size());
        for (const auto& [token, id] : tokens) {
            ASSERT_EQ(tokenizer->idFromToken(token), id);
            ASSERT_EQ(tokenizer->tokenFromId(id), token);
        }
        EXPECT_EQ(tokenizer->idFromToken("no such token"), std::nullopt);
        EXPECT_EQ(tokenizer->tokenFromId(1 << 23), std::nullopt);
        EXPECT_EQ(tokenizer->tokenFromId(-1), std::nullopt);
    }
}

} // namespace
} // namespace heedmap
