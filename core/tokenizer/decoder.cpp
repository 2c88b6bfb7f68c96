#include "core/tokenizer/decoder.h"

#include "core/tokenizer/decoders/byte_level_decoder.h"
#include "core/tokenizer/decoders/word_piece_decoder.h"
#include "core/tokenizer/stage_types.h"

namespace heedmap {

std::shared_ptr<const Decoder> makeDecoder(const Json& json, const std::string& where)
{
    static constexpr StageType<Decoder> types[] = {
        {"ByteLevel", &ByteLevelDecoder::make},
        {"WordPiece", &WordPieceDecoder::make},
    };
    return makeStage<Decoder>(json, where, types);
}

} // namespace heedmap
