#include "core/tokenizer/post_processors/bert_processing.h"

#include "core/base/error.h"
#include "core/tokenizer/vocabulary.h"

namespace heedmap {

BertProcessing::Token BertProcessing::tokenOf(const Json& json, const char* key, const std::string& where)
{
    const Json& pair = jsonArray(json, key, where);
    if (pair.size() != 2)
        throw Error(ErrorKind::InvalidFile, "\"{}\" in {} is not a token and its id", key, where);
    const Json named = {{"token", pair[0]}, {"id", pair[1]}};
    return {jsonString(named, "token", where),
            static_cast<std::int32_t>(jsonInteger(named, "id", where, 0, std::int64_t{Vocabulary::kMaxId}))};
}

std::shared_ptr<const PostProcessor> BertProcessing::make(const Json& json, const std::string& where)
{
    return std::make_shared<BertProcessing>(tokenOf(json, "cls", where), tokenOf(json, "sep", where));
}

Encoding BertProcessing::process(const Encoding& text, bool addSpecialTokens) const
{
    if (!addSpecialTokens)
        return text;
    Encoding all;
    appendSpecial(all, m_cls.second, m_cls.first);
    appendEncoding(all, text);
    appendSpecial(all, m_sep.second, m_sep.first);
    return all;
}

} // namespace heedmap
