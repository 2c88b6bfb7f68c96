#pragma once

#include "core/tokenizer/normalizer.h"

namespace heedmap {

/// What BERT does to a text first, step by step in the order of the members.
class BertNormalizer : public Normalizer
{
public:
    struct Options
    {
        bool cleanText = true;          ///< drops control characters, makes every white space a plain space
        bool handleChineseChars = true; ///< puts spaces around CJK ideographs
        bool stripAccents = true;       ///< decomposes and drops non-spacing marks
        bool lowercase = true;
    };

    explicit BertNormalizer(const Options& options) : m_options(options) {}
    /// "strip_accents": null means the same as "lowercase".
    static std::shared_ptr<const Normalizer> make(const Json& json, const std::string& where);
    void normalize(NormalizedString& text) const override;

private:
    Options m_options;
};

} // namespace heedmap
