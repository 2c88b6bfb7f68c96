#include "core/tokenizer/normalizers/bert_normalizer.h"

#include "core/tokenizer/normalizers/lowercase.h"
#include "core/tokenizer/normalizers/unicode_form.h"
#include "core/tokenizer/unicode_rules.h"

namespace heedmap {

namespace {

bool isLineOrTab(char32_t c)
{
    return c == '\t' || c == '\n' || c == '\r';
}

void clean(NormalizedString& text)
{
    text.filter([](char32_t c) { return c != 0 && c != 0xfffd && (isLineOrTab(c) || !isControl(c)); });
    text.map([](char32_t c) { return isWhitespace(c) ? U' ' : c; });
}

void spaceOutChinese(NormalizedString& text)
{
    std::vector<NormalizedString::Change> changes;
    for (const char32_t c : text.text()) {
        if (isChineseCharacter(c))
            changes.insert(changes.end(), {{U' ', false}, {c, true}, {U' ', true}});
        else
            changes.push_back({c});
    }
    text.transform(changes);
}

} // namespace

std::shared_ptr<const Normalizer> BertNormalizer::make(const Json& json, const std::string& where)
{
    Options options;
    options.cleanText = jsonBool(json, "clean_text", where, true);
    options.handleChineseChars = jsonBool(json, "handle_chinese_chars", where, true);
    options.lowercase = jsonBool(json, "lowercase", where, true);
    options.stripAccents = jsonBool(json, "strip_accents", where, options.lowercase);
    return std::make_shared<BertNormalizer>(options);
}

void BertNormalizer::normalize(NormalizedString& text) const
{
    if (m_options.cleanText)
        clean(text);
    if (m_options.handleChineseChars)
        spaceOutChinese(text);
    if (m_options.stripAccents) {
        toUnicodeForm(text, UnicodeForm::Form::NFD);
        text.filter([](char32_t c) { return !isNonspacingMark(c); });
    }
    if (m_options.lowercase)
        toLowercase(text);
}

} // namespace heedmap
