#include "core/tokenizer/token_model.h"

#include "core/tokenizer/models/bpe.h"
#include "core/tokenizer/models/word_level.h"
#include "core/tokenizer/models/word_piece.h"
#include "core/tokenizer/stage_types.h"

namespace heedmap {

std::shared_ptr<const TokenModel> makeTokenModel(const Json& json, const std::string& where)
{
    static constexpr StageType<TokenModel> types[] = {
        {"BPE", &Bpe::make},
        {"WordLevel", &WordLevel::make},
        {"WordPiece", &WordPiece::make},
    };
    // Files older than the "type" member are told apart by what they hold, as the reference does.
    if (json.is_object() && !json.contains("type") && json.contains("merges"))
        return Bpe::make(json, where);
    if (json.is_object() && !json.contains("type"))
        return json.contains("continuing_subword_prefix") ? WordPiece::make(json, where) : WordLevel::make(json, where);
    return makeStage<TokenModel>(json, where, types);
}

std::int32_t unknownId(const Vocabulary& vocabulary, const std::string& unknownToken, const std::string& where)
{
    const std::optional<std::int32_t> id = vocabulary.id(unknownToken);
    if (!id)
        throw Error(ErrorKind::InvalidFile, "the unknown token \"{}\" of {} is not in its vocabulary", unknownToken,
                    where);
    return *id;
}

} // namespace heedmap
