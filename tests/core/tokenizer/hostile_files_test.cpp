#include "core/tokenizer/models/bpe.h"
#include "core/tokenizer/tokenizer_files.h"
#include "tests/core/base/expect_error.h"
#include "tests/core/base/temp_folder.h"
#include "tests/core/tokenizer/tokenizer_fixtures.h"

#include <functional>

namespace heedmap {
namespace {

/// A small complete tokenizer.json that works.
Json sound()
{
    return Json::parse(R"({
      "version": "1.0", "truncation": null, "padding": null,
      "added_tokens": [{"id": 1, "content": "[CLS]", "single_word": false, "lstrip": false, "rstrip": false,
                        "normalized": false, "special": true}],
      "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null,
                     "lowercase": true},
      "pre_tokenizer": {"type": "BertPreTokenizer"},
      "post_processor": {"type": "TemplateProcessing",
        "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
        "pair": [], "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [1], "tokens": ["[CLS]"]}}},
      "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
      "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                "max_input_chars_per_word": 100, "vocab": {"[UNK]": 0, "[CLS]": 1, "a": 2, "##a": 3, "b": 4}}})");
}

std::shared_ptr<const Tokenizer> openJson(const std::string& content)
{
    return std::make_shared<PipelineTokenizer>(
        partsFromTokenizerJson(parseJson(content, "tokenizer.json"), "tokenizer.json"));
}

/// Opens the sound file after `change`; it must fail with this kind and these parts in the message.
void expectRefused(ErrorKind kind, const std::vector<std::string>& parts, const std::function<void(Json&)>& change)
{
    Json json = sound();
    change(json);
    expectError(kind, parts, [&] { openJson(json.dump()); });
}

TEST(HostileTokenizerJson, TheSoundFileOpens)
{
    const auto tokenizer = openJson(sound().dump());
    EXPECT_EQ(tokenizer->encode("A ba").ids, (std::vector<std::int32_t>{1, 2, 4, 3}));
    EXPECT_EQ(tokenizer->encode("A ba c").tokens, (std::vector<std::string>{"[CLS]", "a", "b", "##a", "[UNK]"}));
    EXPECT_EQ(tokenizer->vocabularySize(), 5u);
}

TEST(HostileTokenizerJson, IdsThatAreNoIds)
{
    for (const char* id :
         {"-1", "16777216", "4294967296", "1e3", "1.5", "18446744073709551616", "null", "\"2\"", "[2]"})
        expectRefused(ErrorKind::InvalidFile, {"the id of \"a\"", "tokenizer.json", "16777215"},
                      [&](Json& json) { json["model"]["vocab"]["a"] = Json::parse(id); });
    expectRefused(ErrorKind::InvalidFile, {"\"a\"", "\"b\"", "same id 4"},
                  [](Json& json) { json["model"]["vocab"]["a"] = 4; });
}

TEST(HostileTokenizerJson, GapsAreFineUnlessATokenWouldFallIntoOne)
{
    Json json = sound();
    json["model"]["vocab"]["b"] = 16777215;
    EXPECT_EQ(openJson(json.dump())->encode("b").ids, (std::vector<std::int32_t>{1, 16777215}));
    json["model"]["vocab"]["b"] = 5;
    Json added = json["added_tokens"][0];
    added["content"] = "<new>";
    json["added_tokens"].push_back(added);
    expectError(ErrorKind::InvalidFile, {"<new>", "5", "gaps"}, [&] { openJson(json.dump()); });
}

TEST(HostileTokenizerJson, UnknownComponentsAreNamedWithTheKnownOnes)
{
    const auto setType = [](const char* stage, const char* type) {
        return [=](Json& json) { json[stage]["type"] = type; };
    };
    expectRefused(ErrorKind::Unsupported, {"\"normalizer\"", "Precompiled", "BertNormalizer", "NFKC"},
                  setType("normalizer", "Precompiled"));
    expectRefused(ErrorKind::Unsupported, {"\"pre_tokenizer\"", "Metaspace", "BertPreTokenizer", "Whitespace"},
                  setType("pre_tokenizer", "Metaspace"));
    expectRefused(ErrorKind::Unsupported, {"\"model\"", "Unigram", "WordPiece", "WordLevel"},
                  setType("model", "Unigram"));
    expectRefused(ErrorKind::Unsupported, {"\"post_processor\"", "Sequence", "TemplateProcessing"},
                  setType("post_processor", "Sequence"));
    expectRefused(ErrorKind::Unsupported, {"\"decoder\"", "Metaspace", "WordPiece"}, setType("decoder", "Metaspace"));
    expectRefused(ErrorKind::Unsupported, {"2.0", "1.0"}, [](Json& json) { json["version"] = "2.0"; });
    expectRefused(ErrorKind::Unsupported, {"part 1 of \"normalizer\"", "Nmt"}, [](Json& json) {
        json["normalizer"] = Json::parse(R"({"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Nmt"}]})");
    });
}

TEST(HostileTokenizerJson, MergesMustBeOfTheVocabulary)
{
    const auto setMerges = [](const char* merges) {
        return [=](Json& json) {
            json["model"] = Json::parse(R"({"type":"BPE","vocab":{"a":0,"b":1,"ab":2}})");
            json["model"]["merges"] = Json::parse(merges);
        };
    };
    expectRefused(ErrorKind::InvalidFile, {"\"ac\"", "not in its vocabulary"}, setMerges(R"([["a","c"]])"));
    expectRefused(ErrorKind::InvalidFile, {"\"ba\"", "not in its vocabulary"}, setMerges(R"(["b a"])"));
    expectRefused(ErrorKind::InvalidFile, {"no pair"}, setMerges(R"(["ab"])"));
    expectRefused(ErrorKind::InvalidFile, {"no pair"}, setMerges(R"(["a b c"])"));
    expectRefused(ErrorKind::InvalidFile, {"no pair"}, setMerges(R"([["a"]])"));
    expectRefused(ErrorKind::InvalidFile, {"no pair"}, setMerges("[7]"));
    expectRefused(ErrorKind::TooLarge, {std::to_string(kMaxMerges)}, [&](Json& json) {
        setMerges("[]")(json);
        json["model"]["merges"] = Json(kMaxMerges + 1, 7);
    });
}

TEST(HostileTokenizerJson, UnknownTokenMustExist)
{
    expectRefused(ErrorKind::InvalidFile, {"[UNK]", "not in its vocabulary"},
                  [](Json& json) { json["model"]["vocab"].erase("[UNK]"); });
    expectRefused(ErrorKind::InvalidFile, {"\"unk_token\"", "missing"},
                  [](Json& json) { json["model"].erase("unk_token"); });
    expectRefused(ErrorKind::InvalidFile, {"[UNK]"}, [](Json& json) { json["model"]["vocab"] = Json::object(); });
}

TEST(HostileTokenizerJson, EveryMemberOfAnotherTypeIsRefusedOrHarmless)
{
    const std::vector<Json> others = {
        nullptr, true, -7, 1e300, "text", Json::array(), Json::object(), Json::array({1, "a", nullptr})};
    const Json flat = sound().flatten(); // JSON pointers to every leaf
    std::size_t refused = 0;
    std::size_t opened = 0;
    for (const auto& [path, leaf] : flat.items())
        for (Json::json_pointer pointer(path); !pointer.empty(); pointer.pop_back())
            for (const Json& other : others) {
                Json json = sound();
                json[pointer] = other;
                try {
                    openJson(json.dump())->encode("a [CLS] b\u00e9");
                    ++opened;
                } catch (const Error& error) {
                    EXPECT_TRUE(error.kind() == ErrorKind::InvalidFile || error.kind() == ErrorKind::Unsupported)
                        << pointer.to_string() << " " << other << ": " << error.what();
                    ++refused;
                }
            }
    EXPECT_GT(refused, opened);
}

TEST(HostileTokenizerJson, EveryTruncatedOrFlippedFileIsRefusedOrHarmless)
{
    const std::string whole = sound().dump();
    for (std::size_t length = 0; length < whole.size(); length += 7)
        expectError(ErrorKind::InvalidFile, {"tokenizer.json"}, [&] { openJson(whole.substr(0, length)); });
    for (std::size_t at = 0; at < whole.size(); at += 3) {
        std::string flipped = whole;
        flipped[at] = static_cast<char>(flipped[at] ^ (at % 2 == 0 ? 0x80 : 0x05));
        try {
            openJson(flipped)->encode("a b");
        } catch (const Error& error) {
            EXPECT_TRUE(error.kind() == ErrorKind::InvalidFile || error.kind() == ErrorKind::Unsupported)
                << error.what();
        }
    }
}

TEST(HostileTokenizerJson, TemplatesMustFitTheirTokens)
{
    expectRefused(ErrorKind::InvalidFile, {"[CLS]", "missing"},
                  [](Json& json) { json["post_processor"]["special_tokens"] = Json::object(); });
    expectRefused(ErrorKind::InvalidFile, {"2 ids and 1 tokens"}, [](Json& json) {
        json["post_processor"]["special_tokens"]["[CLS]"]["ids"] = {1, 2};
    });
    expectRefused(ErrorKind::InvalidFile, {"\"B\""},
                  [](Json& json) { json["post_processor"]["single"][1]["Sequence"]["id"] = "B"; });
    expectRefused(ErrorKind::TooLarge, {"65 pieces"},
                  [](Json& json) { json["post_processor"]["single"] = Json(65, json["post_processor"]["single"][1]); });
}

TEST(HostileTokenizerJson, LimitsAreStated)
{
    expectRefused(ErrorKind::InvalidFile, {"1025 bytes"},
                  [](Json& json) { json["model"]["vocab"][std::string(1025, 'a')] = 9; });
    expectRefused(ErrorKind::InvalidFile, {"1025 bytes"},
                  [](Json& json) { json["added_tokens"][0]["content"] = std::string(1025, 'a'); });
    expectError(ErrorKind::InvalidFile, {"64 levels"}, [] { openJson(std::string(100000, '[')); });
    expectError(ErrorKind::InvalidFile, {"\"version\" twice"},
                [] { openJson(R"({"version":"1.0","version":"1.0"})"); });
    const TempFolder folder;
    folder.write("tokenizer.json", "{}");
    std::filesystem::resize_file(folder.path() / "tokenizer.json", (std::size_t{64} << 20) + 1);
    expectError(ErrorKind::TooLarge, {"tokenizer.json"}, [&] { Tokenizer::open(folder.path()); });
}

TEST(HostileTokenizerJson, PartsThatMultiplyATextAreBounded)
{
    // Each pass of a normalizer that spaces ideographs out adds two code points to every one of them.
    NormalizedString text("中");
    const std::vector<NormalizedString::Change> changes(NormalizedString::kMaxSize + 1, {U'a', true});
    expectError(ErrorKind::TooLarge, {"8388608 code points"}, [&] { text.transform(changes); });
    EXPECT_EQ(text.size(), 1u);

    expectRefused(ErrorKind::TooLarge, {"more than 4 times"}, [](Json& other) {
        other["post_processor"]["single"] = Json(5, other["post_processor"]["single"][1]);
    });

    // A token that takes the white space after it, and is white space itself, covers the rest of the text once.
    Json json = sound();
    json["added_tokens"][0]["content"] = " ";
    json["added_tokens"][0]["rstrip"] = true;
    const Encoding encoding = openJson(json.dump())->encode("a" + std::string(1 << 19, ' ') + "b");
    ASSERT_EQ(encoding.ids.size(), 4u);
    EXPECT_EQ(encoding.offsets[2], (TextSpan{1, (1 << 19) + 1}));
}

TEST(HostileTokenizerJson, TruncationMustLeaveRoomForTheSpecialTokens)
{
    Json json = sound();
    json["truncation"] = Json::parse(R"({"direction":"Right","max_length":2,"strategy":"LongestFirst","stride":0})");
    EXPECT_EQ(openJson(json.dump())->encode("a b").ids, (std::vector<std::int32_t>{1, 2}));
    EXPECT_EQ(openJson(json.dump())->encode("a b a", {.maxLength = 3}).ids, (std::vector<std::int32_t>{1, 2, 4}));
    json["truncation"]["max_length"] = 0;
    const auto tokenizer = openJson(json.dump());
    expectError(ErrorKind::InvalidRequest, {"0", "special tokens alone are 1"}, [&] { tokenizer->encode("a"); });
    expectRefused(ErrorKind::Unsupported, {"OnlySecond", "LongestFirst"}, [](Json& other) {
        other["truncation"] = Json::parse(R"({"max_length":2,"strategy":"OnlySecond","stride":0})");
    });
}

TEST(TokenizerFolder, MissingFilesAreNamed)
{
    const TempFolder folder;
    expectError(ErrorKind::NotFound, {"tokenizer.json", "vocab.txt"}, [&] { Tokenizer::open(folder.path()); });
    expectError(ErrorKind::NotFound, {"no/such/folder"}, [] { Tokenizer::open("no/such/folder"); });
}

TEST(TokenizerFolder, HostileVocabTxt)
{
    const auto refuse = [](const std::string& vocabulary, const std::string& config, const std::string& part) {
        const TempFolder folder;
        folder.write("vocab.txt", vocabulary);
        if (!config.empty())
            folder.write("tokenizer_config.json", config);
        expectError(ErrorKind::InvalidFile, {part}, [&] { Tokenizer::open(folder.path()); });
    };
    const std::string sound = "[UNK]\n[CLS]\n[SEP]\na\n";
    refuse("", "", "[CLS]");
    refuse("[CLS]\n[SEP]\n", "", "[UNK]");
    refuse("[UNK]\n[CLS]\n", "", "[SEP]");
    refuse(sound + "\xff\n", "", "UTF-8");
    refuse(sound + std::string(2000, 'x'), "", "2000 bytes");
    refuse(sound, "[]", "not a JSON object");
    refuse(sound, R"({"do_lower_case": "yes"})", "do_lower_case");
    refuse(sound, R"({"unk_token": 5})", "unk_token");
    refuse(sound, R"({"unk_token": "?"})", "\"?\"");
    refuse(sound, R"({"additional_special_tokens": {"a": 1}})", "additional_special_tokens");
    refuse(sound, R"({"added_tokens_decoder": {"x": {"content": "a"}}})", "\"x\"");
    refuse(sound, R"({"added_tokens_decoder": {"3": "a"}})", "\"3\"");
    refuse(sound, R"({"added_tokens_decoder": 3})", "added_tokens_decoder");
}

TEST(TokenizerFolder, HostileMergesTxt)
{
    const auto refuse = [](ErrorKind kind, const std::string& merges, const std::string& part) {
        const TempFolder folder;
        folder.write("vocab.json", R"({"<|endoftext|>":0,"a":1,"b":2,"ab":3})");
        folder.write("merges.txt", "#version: 0.2\n" + merges);
        expectError(kind, {part, "merges.txt"}, [&] { Tokenizer::open(folder.path()); });
    };
    refuse(ErrorKind::InvalidFile, "a\n", "\"a\"");
    refuse(ErrorKind::InvalidFile, "a b a\n", "\"a b a\"");
    refuse(ErrorKind::InvalidFile, "\xff b\n", "UTF-8");
    refuse(ErrorKind::InvalidFile, "a c\n", "\"ac\"");
    refuse(ErrorKind::InvalidFile, "#version: 0.2\n", "\"#version:0.2\""); // the first line is left out, no other
    std::string many;
    for (std::size_t i = 0; i <= kMaxMerges; ++i)
        many += std::to_string(i) + " b\n";
    refuse(ErrorKind::TooLarge, many, std::to_string(kMaxMerges));
}

TEST(EncodeRequests, TextsThatAreNoTextsAreRefused)
{
    const auto tokenizer = openJson(sound().dump());
    for (const char* bytes : {"\xff", "a\xc3", "\xed\xa0\x80", "\xc0\x80", "\xf4\x90\x80\x80"})
        expectError(ErrorKind::InvalidRequest, {"UTF-8"}, [&] { tokenizer->encode(bytes); });
    expectError(ErrorKind::TooLarge, {"1048577"}, [&] { tokenizer->encode(std::string((1 << 20) + 1, 'a')); });
    EXPECT_EQ(tokenizer->encode(std::string(1 << 20, ' ')).ids, (std::vector<std::int32_t>{1}));
    EXPECT_EQ(tokenizer->encode(std::string(1 << 19, '!')).ids.size(), (1u << 19) + 1);
}

TEST(EncodeRequests, IdsOutsideTheVocabularyDecodeToNothing)
{
    const auto tokenizer = openJson(sound().dump());
    EXPECT_EQ(tokenizer->decode(std::vector<std::int32_t>{-1, 2, 999, INT32_MIN, INT32_MAX, 4, 1}), "a b");
    EXPECT_EQ(tokenizer->decode(std::vector<std::int32_t>{2, 4, 1}, false), "a b [CLS]");
    EXPECT_EQ(tokenizer->decode(std::vector<std::int32_t>{}), "");
}

} // namespace
} // namespace heedmap
