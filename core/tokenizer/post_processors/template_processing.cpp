#include "core/tokenizer/post_processors/template_processing.h"

#include "core/base/error.h"
#include "core/tokenizer/vocabulary.h"

#include <algorithm>

namespace heedmap {

namespace {

constexpr std::size_t kMaxPieces = 64;
constexpr std::ptrdiff_t kMaxTexts = 4; ///< each one multiplies the tokens of every text

TemplateProcessing::SpecialToken specialTokenOf(const Json& json, const std::string& where)
{
    TemplateProcessing::SpecialToken special;
    for (const Json& id : jsonArray(json, "ids", where))
        special.ids.push_back(
            static_cast<std::int32_t>(jsonInteger(Json{{"id", id}}, "id", where, 0, std::int64_t{Vocabulary::kMaxId})));
    for (const Json& token : jsonArray(json, "tokens", where))
        special.tokens.push_back(jsonString(Json{{"token", token}}, "token", where));
    if (special.ids.size() != special.tokens.size() || special.ids.size() > kMaxPieces)
        throw Error(ErrorKind::InvalidFile, "{} has {} ids and {} tokens; they must be as many, and at most {}", where,
                    special.ids.size(), special.tokens.size(), kMaxPieces);
    return special;
}

TemplateProcessing::Piece pieceOf(const Json& json, const Json& specialTokens, const std::string& where)
{
    if (json.is_object() && json.contains("SpecialToken")) {
        const std::string id = jsonString(json["SpecialToken"], "id", where);
        return specialTokenOf(jsonMember(specialTokens, id.c_str(), "the special tokens of " + where),
                              "the special token \"" + id + "\" of " + where);
    }
    const std::string sequence = jsonString(jsonMember(json, "Sequence", where), "id", where);
    if (sequence != "A")
        throw Error(ErrorKind::InvalidFile, "the template for a single text in {} names the text \"{}\"; only A exists",
                    where, sequence);
    return std::nullopt;
}

} // namespace

std::shared_ptr<const PostProcessor> TemplateProcessing::make(const Json& json, const std::string& where)
{
    const Json& specialTokens = jsonObject(json, "special_tokens", where);
    const Json& single = jsonArray(json, "single", where);
    if (single.size() > kMaxPieces)
        throw Error(ErrorKind::TooLarge, "the template in {} has {} pieces, more than {}", where, single.size(),
                    kMaxPieces);
    std::vector<Piece> pieces;
    for (const Json& piece : single)
        pieces.push_back(pieceOf(piece, specialTokens, where));
    if (std::ranges::count_if(pieces, [](const Piece& piece) { return !piece; }) > kMaxTexts)
        throw Error(ErrorKind::TooLarge, "the template in {} repeats the text more than {} times", where, kMaxTexts);
    return std::make_shared<TemplateProcessing>(std::move(pieces));
}

std::size_t TemplateProcessing::addedTokenCount() const
{
    std::size_t count = 0;
    for (const Piece& piece : m_pieces)
        count += piece ? piece->ids.size() : 0;
    return count;
}

Encoding TemplateProcessing::process(const Encoding& text, bool addSpecialTokens) const
{
    Encoding all;
    for (const Piece& piece : m_pieces) {
        if (!piece) {
            appendEncoding(all, text);
            continue;
        }
        for (std::size_t i = 0; addSpecialTokens && i < piece->ids.size(); ++i)
            appendSpecial(all, piece->ids[i], piece->tokens[i]);
    }
    return all;
}

} // namespace heedmap
