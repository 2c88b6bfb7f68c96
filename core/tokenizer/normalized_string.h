#pragma once

#include "core/tokenizer/tokenizer.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace heedmap {

/// A piece of text on its way through the pipeline. Every code point of the current form knows which code points of the
/// original text it stands for, so a token found in the normalised form can be shown in the text the user typed.
///
/// The spans follow `tokenizers`' NormalizedString: a code point that replaces another takes its span, an inserted one
/// takes the span of the code point before it, and a removed one leaves no trace. Where normalisation reorders
/// combining marks, spans keep the order of the text, so they never decrease.
class NormalizedString
{
public:
    /// One code point of a new form, and how it relates to the old one, read from left to right.
    struct Change
    {
        char32_t c = 0;
        bool inserted = false;   ///< it replaces no code point of the old form
        std::size_t removed = 0; ///< code points of the old form dropped after the one it replaces
    };

    NormalizedString() = default;
    /// A whole text: each code point stands for itself. `utf8` must be valid.
    explicit NormalizedString(std::string_view utf8);

    const std::u32string& text() const { return m_text; }
    std::size_t size() const { return m_text.size(); }
    bool empty() const { return m_text.empty(); }
    /// Original code points that [begin, end) of the current form stands for. `begin` < `end` ≤ size().
    TextSpan span(std::size_t begin, std::size_t end) const { return {m_spans[begin].begin, m_spans[end - 1].end}; }
    NormalizedString slice(std::size_t begin, std::size_t end) const;

    /// Longest form that is let through. NFKD makes at most 18 code points of one, so no text that a tokenizer takes
    /// gets near, but a file may ask for a normalizer that lengthens the text to be applied a thousand times.
    static constexpr std::size_t kMaxSize = std::size_t{8} << 20;

    /// Replaces the whole form. `removedFirst` code points are dropped before the first change applies. Errors:
    /// TooLarge.
    void transform(const std::vector<Change>& changes, std::size_t removedFirst = 0);
    void filter(const std::function<bool(char32_t)>& keep);
    void map(const std::function<char32_t(char32_t)>& replacement);

private:
    std::u32string m_text;
    std::vector<TextSpan> m_spans; ///< one per code point of m_text
};

/// A part of the text that pre-tokenizers cut further, until a model turns it into tokens.
using Pieces = std::vector<NormalizedString>;

} // namespace heedmap
