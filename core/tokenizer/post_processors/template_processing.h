#pragma once

#include "core/tokenizer/post_processor.h"

#include <optional>
#include <vector>

namespace heedmap {

/// A row of special tokens and places for the text, e.g. "[CLS] $A [SEP]". Only the "single" template is used.
class TemplateProcessing : public PostProcessor
{
public:
    struct SpecialToken
    {
        std::vector<std::int32_t> ids;
        std::vector<std::string> tokens; ///< as many as ids
    };
    /// No special token means: the text.
    using Piece = std::optional<SpecialToken>;

    explicit TemplateProcessing(std::vector<Piece> pieces) : m_pieces(std::move(pieces)) {}
    static std::shared_ptr<const PostProcessor> make(const Json& json, const std::string& where);
    std::size_t addedTokenCount() const override;
    Encoding process(const Encoding& text, bool addSpecialTokens) const override;

private:
    std::vector<Piece> m_pieces;
};

} // namespace heedmap
