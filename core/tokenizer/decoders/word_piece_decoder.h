#pragma once

#include "core/tokenizer/decoder.h"

namespace heedmap {

/// Joins words with spaces and word pieces without. `cleanup` removes the space before punctuation and English
/// contractions, token by token.
class WordPieceDecoder : public Decoder
{
public:
    WordPieceDecoder(std::string prefix, bool cleanup) : m_prefix(std::move(prefix)), m_cleanup(cleanup) {}
    static std::shared_ptr<const Decoder> make(const Json& json, const std::string& where);
    std::string decode(const std::vector<std::string>& tokens) const override;

private:
    std::string m_prefix;
    bool m_cleanup;
};

/// Every `from` becomes `to`, from left to right.
void replaceAll(std::string& text, std::string_view from, std::string_view to);

} // namespace heedmap
