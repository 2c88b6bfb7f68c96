#pragma once

#include "core/tokenizer/pre_tokenizer.h"

namespace heedmap {

/// GPT-2's: cuts a text by the pattern
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`, then spells every byte of its UTF-8 as
/// a character (core/base/byte_characters.h).
class ByteLevel : public PreTokenizer
{
public:
    /// `addPrefixSpace`: a part that does not begin with a space gets one. `cuts`: whether the pattern is applied.
    ByteLevel(bool addPrefixSpace, bool cuts) : m_addPrefixSpace(addPrefixSpace), m_cuts(cuts) {}
    static std::shared_ptr<const PreTokenizer> make(const Json& json, const std::string& where);
    void split(const NormalizedString& text, Pieces& parts) const override;

private:
    bool m_addPrefixSpace;
    bool m_cuts;
};

} // namespace heedmap
