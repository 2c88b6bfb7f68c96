#include "core/tokenizer/pipeline_tokenizer.h"

#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/tokenizer/decoders/word_piece_decoder.h"
#include "core/tokenizer/unicode_rules.h"

#include <array>
#include <utility>

namespace heedmap {

namespace {

/// `clean_up_tokenization` of transformers, over the whole text.
void cleanUpSpaces(std::string& text)
{
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 10> replacements = {{
        {" .", "."},
        {" ?", "?"},
        {" !", "!"},
        {" ,", ","},
        {" ' ", "'"},
        {" n't", "n't"},
        {" 'm", "'m"},
        {" 's", "'s"},
        {" 've", "'ve"},
        {" 're", "'re"},
    }};
    for (const auto& [from, to] : replacements)
        replaceAll(text, from, to);
}

/// Length of the time ("<|1.20|>") that begins at `begin`, 0 when there is none.
std::size_t timeLength(std::string_view text, std::size_t begin)
{
    const auto digitsFrom = [&](std::size_t at) {
        const std::size_t end = text.find_first_not_of("0123456789", at);
        return (end == std::string_view::npos ? text.size() : end) - at;
    };
    const std::size_t whole = digitsFrom(begin + 2);
    const std::size_t point = begin + 2 + whole;
    if (whole == 0 || point >= text.size() || text[point] != '.')
        return 0;
    const std::size_t parts = digitsFrom(point + 1);
    const std::size_t end = point + 1 + parts;
    return parts > 0 && text.substr(end).starts_with("|>") ? end + 2 - begin : 0;
}

/// After decoding, not before: the bytes on both sides of a time do not become one character.
void removeTimes(std::string& text)
{
    for (std::size_t at = text.find("<|"); at != std::string::npos; at = text.find("<|", at)) {
        const std::size_t length = timeLength(text, at);
        text.erase(at, length);
        at += length == 0 ? 2 : 0;
    }
}

template <typename T>
void keepRange(std::vector<T>& values, std::size_t begin, std::size_t count)
{
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(begin);
    values = std::vector<T>(first, first + static_cast<std::ptrdiff_t>(count));
}

void appendToken(Encoding& encoding, std::int32_t id, std::string text, TextSpan span)
{
    encoding.ids.push_back(id);
    encoding.tokens.push_back(std::move(text));
    encoding.offsets.push_back(span);
    encoding.special.push_back(false);
}

} // namespace

PipelineTokenizer::PipelineTokenizer(TokenizerParts parts)
    : m_parts(std::move(parts)), m_added(m_parts.addedTokens, m_parts.model->vocabulary(), m_parts.normalizer)
{}

Encoding PipelineTokenizer::encode(std::string_view text, const EncodeOptions& options) const
{
    if (text.size() > kMaxTextBytes)
        throw Error(ErrorKind::TooLarge, "the text has {} bytes, more than {}", text.size(), kMaxTextBytes);
    if (!isValidUtf8(text))
        throw Error(ErrorKind::InvalidRequest, "the text is not valid UTF-8");
    Encoding encoding = encodeText(text);
    truncate(encoding, options);
    return m_parts.postProcessor ? m_parts.postProcessor->process(encoding, options.addSpecialTokens) : encoding;
}

Encoding PipelineTokenizer::encodeText(std::string_view text) const
{
    Encoding encoding;
    std::vector<ModelToken> tokens;
    for (const TextPart& part : m_added.split(text)) {
        if (part.id) {
            appendToken(encoding, *part.id, utf8FromUtf32(part.text.text()), part.text.span(0, part.text.size()));
            continue;
        }
        Pieces words;
        if (m_parts.preTokenizer)
            m_parts.preTokenizer->split(part.text, words);
        else
            words.push_back(part.text);
        for (const NormalizedString& word : words) {
            tokens.clear();
            m_parts.model->tokenize(utf8FromUtf32(word.text()), tokens);
            for (ModelToken& token : tokens)
                appendToken(encoding, token.id, std::move(token.text), word.span(token.begin, token.end));
        }
    }
    return encoding;
}

void PipelineTokenizer::truncate(Encoding& encoding, const EncodeOptions& options) const
{
    if (options.maxLength == 0 && !m_parts.truncation)
        return;
    const std::size_t limit = options.maxLength > 0 ? options.maxLength : m_parts.truncation->maxLength;
    const std::size_t added =
        options.addSpecialTokens && m_parts.postProcessor ? m_parts.postProcessor->addedTokenCount() : 0;
    if (limit < added)
        throw Error(ErrorKind::InvalidRequest, "at most {} tokens were asked for, but the special tokens alone are {}",
                    limit, added);
    const std::size_t kept = limit - added;
    const std::size_t count = encoding.ids.size();
    if (count <= kept)
        return;
    const std::size_t begin = options.maxLength == 0 && m_parts.truncation->fromLeft ? count - kept : 0;
    keepRange(encoding.ids, begin, kept);
    keepRange(encoding.tokens, begin, kept);
    keepRange(encoding.offsets, begin, kept);
    keepRange(encoding.special, begin, kept);
}

std::string PipelineTokenizer::decode(std::span<const std::int32_t> ids, bool skipSpecialTokens) const
{
    std::vector<std::string> tokens;
    for (const std::int32_t id : ids) {
        std::optional<std::string> token = tokenFromId(id);
        if (token && !(skipSpecialTokens && m_added.isSpecial(*token)))
            tokens.push_back(std::move(*token));
    }
    std::string text;
    if (m_parts.decoder)
        text = m_parts.decoder->decode(tokens);
    else
        for (const std::string& token : tokens)
            text += (&token == &tokens.front() ? "" : " ") + token;
    if (m_parts.cleansUpSpaces)
        cleanUpSpaces(text);
    if (skipSpecialTokens && m_parts.timesAreNoText)
        removeTimes(text);
    return text;
}

std::optional<std::int32_t> PipelineTokenizer::idFromToken(std::string_view token) const
{
    const std::optional<std::int32_t> added = m_added.id(token);
    return added ? added : m_parts.model->vocabulary().id(token);
}

std::optional<std::string> PipelineTokenizer::tokenFromId(std::int32_t id) const
{
    std::optional<std::string> added = m_added.token(id);
    return added ? added : m_parts.model->vocabulary().token(id);
}

std::size_t PipelineTokenizer::vocabularySize() const
{
    const Vocabulary& vocabulary = m_parts.model->vocabulary();
    return vocabulary.size() + m_added.countBeyond(vocabulary);
}

} // namespace heedmap
