#include "core/tokenizer/pre_tokenizer.h"

#include "core/tokenizer/pre_tokenizers/bert_pre_tokenizer.h"
#include "core/tokenizer/pre_tokenizers/byte_level.h"
#include "core/tokenizer/pre_tokenizers/pre_tokenizer_sequence.h"
#include "core/tokenizer/pre_tokenizers/whitespace.h"
#include "core/tokenizer/pre_tokenizers/whitespace_split.h"
#include "core/tokenizer/stage_types.h"

namespace heedmap {

std::shared_ptr<const PreTokenizer> makePreTokenizer(const Json& json, const std::string& where)
{
    static constexpr StageType<PreTokenizer> types[] = {
        {"BertPreTokenizer", &BertPreTokenizer::make}, {"ByteLevel", &ByteLevel::make},
        {"Sequence", &PreTokenizerSequence::make},     {"Whitespace", &Whitespace::make},
        {"WhitespaceSplit", &WhitespaceSplit::make},
    };
    return makeStage<PreTokenizer>(json, where, types);
}

} // namespace heedmap
