#include "core/base/files.h"
#include "core/tokenizer/normalizer.h"
#include "core/tokenizer/pre_tokenizer.h"
#include "core/tokenizer/unicode_rules.h"
#include "tests/core/tokenizer/tokenizer_fixtures.h"

#include <fmt/format.h>

#include <sstream>

namespace heedmap {
namespace {

/// What make_tokenizer_fixtures.py calls `block_text`: the answer of every stage for 256 code points.
class Blocks
{
public:
    explicit Blocks(const std::string& marks)
    {
        for (const char* json : {R"({"type":"BertNormalizer"})", R"({"type":"BertNormalizer","lowercase":false})",
                                 R"({"type":"NFC"})", R"({"type":"NFD"})", R"({"type":"NFKC"})", R"({"type":"NFKD"})",
                                 R"({"type":"Lowercase"})", R"({"type":"StripAccents"})"})
            m_normalizers.push_back(makeNormalizer(Json::parse(json), json));
        for (const char* json :
             {R"({"type":"BertPreTokenizer"})", R"({"type":"Whitespace"})", R"({"type":"WhitespaceSplit"})"})
            m_preTokenizers.push_back(makePreTokenizer(Json::parse(json), json));
        std::istringstream words(marks.substr(6));
        for (std::uint32_t mark = 0; words >> std::hex >> mark;)
            m_marks.push_back(static_cast<char32_t>(mark));
    }

    std::string text(std::uint32_t block) const
    {
        std::string lines;
        for (std::uint32_t c = block * 256; c < block * 256 + 256; ++c) {
            if (c >= 0xd800 && c < 0xe000)
                continue;
            addNormalized(lines, c);
            addParts(lines, c);
            addByteLevelParts(lines, c);
            addCombiningClass(lines, c);
        }
        return lines;
    }

private:
    static std::string written(const std::u32string& text, char32_t c)
    {
        std::string result;
        for (const char32_t d : text)
            result += (d == c ? std::string(" =") : fmt::format(" {:x}", static_cast<std::uint32_t>(d)));
        return result;
    }

    static NormalizedString between(char32_t c)
    {
        return NormalizedString(utf8FromUtf32(std::u32string{U'a', c, U'b'}));
    }

    void addNormalized(std::string& lines, char32_t c) const
    {
        const NormalizedString original = between(c);
        for (std::size_t stage = 0; stage < m_normalizers.size(); ++stage) {
            NormalizedString result = original;
            m_normalizers[stage]->normalize(result);
            if (result.text() != original.text())
                lines += fmt::format("{} {}{}\n", c % 256, stage, written(result.text(), c));
        }
    }

    void addParts(std::string& lines, char32_t c) const
    {
        for (std::size_t stage = 0; stage < m_preTokenizers.size(); ++stage) {
            Pieces parts;
            m_preTokenizers[stage]->split(between(c), parts);
            if (parts.size() == 1)
                continue;
            lines += fmt::format("{} {}", c % 256, stage + m_normalizers.size());
            for (const NormalizedString& part : parts) {
                const TextSpan span = part.span(0, part.size());
                lines += fmt::format(" {}-{}", span.begin, span.end);
            }
            lines += "\n";
        }
    }

    void addByteLevelParts(std::string& lines, char32_t c) const
    {
        Pieces parts;
        m_byteLevel->split(NormalizedString(utf8FromUtf32(std::u32string{U'a', c, U'1'})), parts);
        lines += fmt::format("{} bytes", c % 256);
        for (const NormalizedString& part : parts) {
            const TextSpan span = part.span(0, part.size());
            lines += fmt::format(" {}-{}", span.begin, span.end);
        }
        lines += "\n";
    }

    void addCombiningClass(std::string& lines, char32_t c) const
    {
        if (c >= 0x20000)
            return;
        NormalizedString result(utf8FromUtf32(std::u32string{U'a', c} + m_marks));
        m_normalizers[3]->normalize(result);
        if (result.text().find(c) != 1)
            lines += fmt::format("{} class{}\n", c % 256, written(result.text(), c));
    }

    std::vector<std::shared_ptr<const Normalizer>> m_normalizers;
    std::vector<std::shared_ptr<const PreTokenizer>> m_preTokenizers;
    std::shared_ptr<const PreTokenizer> m_byteLevel =
        makePreTokenizer(Json::parse(R"({"type":"ByteLevel","add_prefix_space":false})"), "ByteLevel");
    std::u32string m_marks; ///< one of every combining class
};

// Blocks of one run have the same answer. The sanitizers make the whole sweep slow, and look for other faults than a
// wrong answer: there, the two ends of each run do.
#ifdef __SANITIZE_ADDRESS__
constexpr bool kWholeRuns = false;
#else
constexpr bool kWholeRuns = true;
#endif

TEST(CodePoints, EveryOneIsTreatedAsTheReferenceTreatsIt)
{
    const std::vector<std::string> lines = test::readLines(test::kFixtures / "code_points.txt");
    const Blocks blocks(lines.at(0));
    std::uint32_t next = 0;
    for (std::size_t i = 1; i < lines.size(); ++i) {
        std::istringstream line(lines[i]);
        std::uint32_t first = 0;
        std::uint32_t count = 0;
        std::string digest;
        line >> std::hex >> first >> std::dec >> count >> digest;
        ASSERT_EQ(first, next);
        for (std::uint32_t block = first; block < first + count; ++block) {
            if (!kWholeRuns && block != first && block != first + count - 1)
                continue;
            const std::string text = blocks.text(block);
            EXPECT_EQ(sha256Hex(asBytes(text)).substr(0, 16), digest)
                << fmt::format("U+{:04X} to U+{:04X} differ; compare with make_tokenizer_fixtures.py --show {:x}:\n",
                               block * 256, block * 256 + 255, block)
                << text;
        }
        next = first + count;
    }
    EXPECT_EQ(next, 0x1100u);
}

} // namespace
} // namespace heedmap
