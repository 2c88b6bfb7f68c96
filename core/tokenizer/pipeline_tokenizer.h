#pragma once

#include "core/tokenizer/added_vocabulary.h"
#include "core/tokenizer/decoder.h"
#include "core/tokenizer/normalizer.h"
#include "core/tokenizer/post_processor.h"
#include "core/tokenizer/pre_tokenizer.h"
#include "core/tokenizer/token_model.h"
#include "core/tokenizer/tokenizer.h"

#include <memory>
#include <optional>
#include <vector>

namespace heedmap {

/// The "truncation" of tokenizer.json: what holds where a caller states no length of its own.
struct Truncation
{
    std::size_t maxLength = 0;
    bool fromLeft = false; ///< keep the end of the text instead of its beginning
};

/// Everything a tokenizer consists of. Null stages are left out; a model must be there.
struct TokenizerParts
{
    std::shared_ptr<const Normalizer> normalizer;
    std::shared_ptr<const PreTokenizer> preTokenizer;
    std::shared_ptr<const TokenModel> model;
    std::shared_ptr<const PostProcessor> postProcessor;
    std::shared_ptr<const Decoder> decoder;
    std::vector<AddedToken> addedTokens;
    std::optional<Truncation> truncation;
    bool cleansUpSpaces = false; ///< `clean_up_tokenization_spaces`: no blanks before punctuation in decoded text
    bool timesAreNoText = false; ///< "<|1.20|>" is taken out of decoded text with the special tokens: Whisper
};

/// Runs the five stages one after the other.
class PipelineTokenizer : public Tokenizer
{
public:
    static constexpr std::size_t kMaxTextBytes = std::size_t{1} << 20;

    /// Errors: InvalidFile where the parts do not fit together.
    explicit PipelineTokenizer(TokenizerParts parts);

    Encoding encode(std::string_view text, const EncodeOptions& options) const override;
    std::string decode(std::span<const std::int32_t> ids, bool skipSpecialTokens) const override;
    std::optional<std::int32_t> idFromToken(std::string_view token) const override;
    std::optional<std::string> tokenFromId(std::int32_t id) const override;
    std::size_t vocabularySize() const override;

private:
    Encoding encodeText(std::string_view text) const;
    void truncate(Encoding& encoding, const EncodeOptions& options) const;

    TokenizerParts m_parts;
    AddedVocabulary m_added;
};

} // namespace heedmap
