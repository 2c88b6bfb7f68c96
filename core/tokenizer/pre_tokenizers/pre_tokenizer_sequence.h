#pragma once

#include "core/tokenizer/pre_tokenizer.h"

#include <vector>

namespace heedmap {

/// Each pre-tokenizer cuts the parts that the one before it left.
class PreTokenizerSequence : public PreTokenizer
{
public:
    explicit PreTokenizerSequence(std::vector<std::shared_ptr<const PreTokenizer>> steps) : m_steps(std::move(steps)) {}
    static std::shared_ptr<const PreTokenizer> make(const Json& json, const std::string& where);
    void split(const NormalizedString& text, Pieces& parts) const override;

private:
    std::vector<std::shared_ptr<const PreTokenizer>> m_steps;
};

} // namespace heedmap
