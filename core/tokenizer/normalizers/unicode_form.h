#pragma once

#include "core/tokenizer/normalizer.h"

namespace heedmap {

/// The four Unicode normalization forms (UAX #15) as of Unicode 9, the version of `tokenizers`' tables.
class UnicodeForm : public Normalizer
{
public:
    enum class Form
    {
        NFC,
        NFD,
        NFKC,
        NFKD
    };

    explicit UnicodeForm(Form form) : m_form(form) {}
    static std::shared_ptr<const Normalizer> make(const Json& json, const std::string& where);
    void normalize(NormalizedString& text) const override;

private:
    Form m_form;
};

void toUnicodeForm(NormalizedString& text, UnicodeForm::Form form);

} // namespace heedmap
