#include "core/tokenizer/models/word_level.h"

#include "core/base/utf8.h"

namespace heedmap {

WordLevel::WordLevel(Vocabulary vocabulary, std::string unknownToken, const std::string& where)
    : m_vocabulary(std::move(vocabulary)), m_unknownToken(std::move(unknownToken)),
      m_unknownId(heedmap::unknownId(m_vocabulary, m_unknownToken, where))
{}

std::shared_ptr<const TokenModel> WordLevel::make(const Json& json, const std::string& where)
{
    Vocabulary vocabulary = Vocabulary::fromJson(jsonMember(json, "vocab", where), "the vocabulary of " + where);
    return std::make_shared<WordLevel>(std::move(vocabulary), jsonString(json, "unk_token", where), where);
}

void WordLevel::tokenize(std::string_view word, std::vector<ModelToken>& tokens) const
{
    const std::optional<std::int32_t> id = m_vocabulary.id(word);
    tokens.push_back({id.value_or(m_unknownId), id ? std::string(word) : m_unknownToken, 0, codePointCount(word)});
}

} // namespace heedmap
