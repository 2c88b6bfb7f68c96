#include "core/tokenizer/decoders/word_piece_decoder.h"

#include <array>
#include <utility>

namespace heedmap {

namespace {

void cleanUp(std::string& text)
{
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 11> replacements = {{
        {" .", "."},
        {" ?", "?"},
        {" !", "!"},
        {" ,", ","},
        {" ' ", "'"},
        {" n't", "n't"},
        {" 'm", "'m"},
        {" do not", " don't"},
        {" 's", "'s"},
        {" 've", "'ve"},
        {" 're", "'re"},
    }};
    for (const auto& [from, to] : replacements)
        replaceAll(text, from, to);
}

} // namespace

void replaceAll(std::string& text, std::string_view from, std::string_view to)
{
    if (text.find(from) == std::string::npos)
        return;
    std::string result;
    std::size_t begin = 0;
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, begin)) {
        result.append(text, begin, at - begin).append(to);
        begin = at + from.size();
    }
    text = result.append(text, begin);
}

std::shared_ptr<const Decoder> WordPieceDecoder::make(const Json& json, const std::string& where)
{
    return std::make_shared<WordPieceDecoder>(jsonString(json, "prefix", where),
                                              jsonBool(json, "cleanup", where, true));
}

std::string WordPieceDecoder::decode(const std::vector<std::string>& tokens) const
{
    std::string text;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const bool continues = i > 0 && tokens[i].starts_with(m_prefix);
        std::string part = continues ? tokens[i].substr(m_prefix.size()) : (i > 0 ? " " : "") + tokens[i];
        if (m_cleanup)
            cleanUp(part);
        text += part;
    }
    return text;
}

} // namespace heedmap
