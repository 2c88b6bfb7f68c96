#include "core/tokenizer/normalized_string.h"

#include "core/base/error.h"
#include "core/tokenizer/unicode_rules.h"

#include <algorithm>

namespace heedmap {

NormalizedString::NormalizedString(std::string_view utf8) : m_text(utf32FromUtf8(utf8))
{
    m_spans.reserve(m_text.size());
    for (std::size_t i = 0; i < m_text.size(); ++i)
        m_spans.push_back({i, i + 1});
}

NormalizedString NormalizedString::slice(std::size_t begin, std::size_t end) const
{
    NormalizedString part;
    part.m_text = m_text.substr(begin, end - begin);
    part.m_spans.assign(m_spans.begin() + static_cast<std::ptrdiff_t>(begin),
                        m_spans.begin() + static_cast<std::ptrdiff_t>(end));
    return part;
}

void NormalizedString::transform(const std::vector<Change>& changes, std::size_t removedFirst)
{
    if (changes.size() > kMaxSize)
        throw Error(ErrorKind::TooLarge, "normalising makes a text of more than {} code points", kMaxSize);
    std::u32string text;
    std::vector<TextSpan> spans;
    text.reserve(changes.size());
    spans.reserve(changes.size());
    std::size_t next = std::min(removedFirst, m_spans.size()); // first code point of the old form not yet accounted for
    for (const Change& change : changes) {
        const std::size_t source = change.inserted ? next - (next > 0) : next;
        spans.push_back(m_spans.at(std::min(source, m_spans.size() - 1)));
        text.push_back(change.c);
        if (!change.inserted)
            next = std::min(next + 1 + change.removed, m_spans.size());
    }
    m_text = std::move(text);
    m_spans = std::move(spans);
}

void NormalizedString::filter(const std::function<bool(char32_t)>& keep)
{
    std::vector<Change> changes;
    std::size_t removedFirst = 0;
    for (const char32_t c : m_text) {
        if (keep(c))
            changes.push_back({c});
        else
            ++(changes.empty() ? removedFirst : changes.back().removed);
    }
    transform(changes, removedFirst);
}

void NormalizedString::map(const std::function<char32_t(char32_t)>& replacement)
{
    std::ranges::transform(m_text, m_text.begin(), replacement);
}

} // namespace heedmap
