#include "core/tokenizer/normalizer.h"

#include "core/tokenizer/normalizers/bert_normalizer.h"
#include "core/tokenizer/normalizers/lowercase.h"
#include "core/tokenizer/normalizers/normalizer_sequence.h"
#include "core/tokenizer/normalizers/strip_accents.h"
#include "core/tokenizer/normalizers/unicode_form.h"
#include "core/tokenizer/stage_types.h"

namespace heedmap {

std::shared_ptr<const Normalizer> makeNormalizer(const Json& json, const std::string& where)
{
    static constexpr StageType<Normalizer> types[] = {
        {"BertNormalizer", &BertNormalizer::make},
        {"Lowercase", &Lowercase::make},
        {"NFC", &UnicodeForm::make},
        {"NFD", &UnicodeForm::make},
        {"NFKC", &UnicodeForm::make},
        {"NFKD", &UnicodeForm::make},
        {"Sequence", &NormalizerSequence::make},
        {"StripAccents", &StripAccents::make},
    };
    return makeStage<Normalizer>(json, where, types);
}

} // namespace heedmap
