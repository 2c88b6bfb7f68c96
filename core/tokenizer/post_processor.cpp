#include "core/tokenizer/post_processor.h"

#include "core/tokenizer/post_processors/bert_processing.h"
#include "core/tokenizer/post_processors/byte_level_processing.h"
#include "core/tokenizer/post_processors/roberta_processing.h"
#include "core/tokenizer/post_processors/template_processing.h"
#include "core/tokenizer/stage_types.h"

namespace heedmap {

std::shared_ptr<const PostProcessor> makePostProcessor(const Json& json, const std::string& where)
{
    static constexpr StageType<PostProcessor> types[] = {
        {"BertProcessing", &BertProcessing::make},
        {"ByteLevel", &ByteLevelProcessing::make},
        {"RobertaProcessing", &RobertaProcessing::make},
        {"TemplateProcessing", &TemplateProcessing::make},
    };
    return makeStage<PostProcessor>(json, where, types);
}

void appendSpecial(Encoding& encoding, std::int32_t id, const std::string& token)
{
    encoding.ids.push_back(id);
    encoding.tokens.push_back(token);
    encoding.offsets.push_back({});
    encoding.special.push_back(true);
}

void appendEncoding(Encoding& encoding, const Encoding& part)
{
    encoding.ids.insert(encoding.ids.end(), part.ids.begin(), part.ids.end());
    encoding.tokens.insert(encoding.tokens.end(), part.tokens.begin(), part.tokens.end());
    encoding.offsets.insert(encoding.offsets.end(), part.offsets.begin(), part.offsets.end());
    encoding.special.insert(encoding.special.end(), part.special.begin(), part.special.end());
}

} // namespace heedmap
