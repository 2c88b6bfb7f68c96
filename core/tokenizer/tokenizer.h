#pragma once

#include "core/base/text_span.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace heedmap {

/// What a text became. All vectors have one entry per token.
struct Encoding
{
    std::vector<std::int32_t> ids;
    /// As the vocabulary spells them ("##ing"); an added token ("[MASK]") as it was found, with the white space it
    /// took.
    std::vector<std::string> tokens;
    std::vector<TextSpan> offsets; ///< into the original text, before normalisation
    std::vector<bool> special;     ///< added by the template ([CLS], [SEP]) rather than read from the text
};

struct EncodeOptions
{
    bool addSpecialTokens = true;
    /// Tokens at most, special ones included; the rest of the text is cut from the right. 0 means the limit
    /// that tokenizer.json states in "truncation", on the side stated there, which mostly is none.
    std::size_t maxLength = 0;
};

/// Text ↔ token ids, equal to the `tokenizers` library on ids, tokens and offsets. Immutable, thread-safe.
class Tokenizer
{
public:
    virtual ~Tokenizer() = default;

    /// Opens tokenizer.json of a model folder, or vocab.txt, or vocab.json and merges.txt (+ tokenizer_config.json)
    /// when there is none.
    /// Errors: NotFound, InvalidFile, Unsupported (names the component type and the ones that are supported).
    static std::shared_ptr<const Tokenizer> open(const std::filesystem::path& folder);

    /// `text` is UTF-8. Errors: InvalidRequest for invalid UTF-8, TooLarge beyond 1 MiB.
    virtual Encoding encode(std::string_view text, const EncodeOptions& options = {}) const = 0;
    /// Ids back to readable text, as the reference's `decode`: without blanks before punctuation where the folder's
    /// `clean_up_tokenization_spaces` asks for that, or says nothing and the vocabulary is a vocab.txt. Whisper's times
    /// are left out with the special tokens.
    virtual std::string decode(std::span<const std::int32_t> ids, bool skipSpecialTokens = true) const = 0;
    virtual std::optional<std::int32_t> idFromToken(std::string_view token) const = 0;
    virtual std::optional<std::string> tokenFromId(std::int32_t id) const = 0;
    virtual std::size_t vocabularySize() const = 0; ///< added tokens included
};

} // namespace heedmap
