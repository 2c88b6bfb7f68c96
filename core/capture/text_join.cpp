#include "core/capture/text_join.h"

#include "core/base/error.h"
#include "core/base/utf8.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <optional>

namespace heedmap {

namespace {

bool isWhiteSpace(char32_t character)
{
    return (character >= 0x09 && character <= 0x0D) || character == 0x20 || character == 0x85 || character == 0xA0 ||
           character == 0x1680 || (character >= 0x2000 && character <= 0x200A) || character == 0x2028 ||
           character == 0x2029 || character == 0x202F || character == 0x205F || character == 0x3000;
}

/// Precondition: valid UTF-8, as every text that was read from JSON is.
char32_t nextCodePoint(std::string_view text, std::size_t& byte)
{
    const auto lead = static_cast<unsigned char>(text[byte++]);
    if (lead < 0x80)
        return lead;
    const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    char32_t character = lead & (0x3F >> more);
    for (int i = 0; i < more && byte < text.size(); ++i)
        character = character << 6 | (static_cast<unsigned char>(text[byte++]) & 0x3F);
    return character;
}

/// A text as it is compared.
struct ComparedText
{
    std::u32string characters;
    std::vector<std::size_t> before; ///< of every code point and the end: characters that stand before it

    explicit ComparedText(std::string_view text)
    {
        before.reserve(text.size() + 1);
        for (std::size_t byte = 0; byte < text.size();) {
            const char32_t character = nextCodePoint(text, byte);
            before.push_back(characters.size());
            if (!isWhiteSpace(character))
                characters.push_back(character >= U'A' && character <= U'Z' ? character - U'A' + U'a' : character);
        }
        before.push_back(characters.size());
    }

    /// Code points in characters; spans that lie outside are cut.
    TextSpan compared(const TextSpan& span) const
    {
        const std::size_t last = before.size() - 1;
        return {before[std::min(span.begin, last)], before[std::min(std::max(span.begin, span.end), last)]};
    }
};

/// Where `part` stands in `whole`; at most two places are looked for. Knuth, Morris & Pratt 1977: linear whatever the
/// texts are.
std::vector<std::size_t> placesOf(const std::u32string& part, const std::u32string& whole)
{
    std::vector<std::size_t> places;
    std::vector<std::size_t> border(part.size(), 0);
    for (std::size_t i = 1, length = 0; i < part.size(); ++i) {
        while (length > 0 && part[i] != part[length])
            length = border[length - 1];
        length += part[i] == part[length];
        border[i] = length;
    }
    for (std::size_t i = 0, length = 0; i < whole.size() && places.size() < 2; ++i) {
        while (length > 0 && (length == part.size() || whole[i] != part[length]))
            length = border[length - 1];
        length += whole[i] == part[length];
        if (length == part.size())
            places.push_back(i + 1 - part.size());
    }
    return places;
}

/// What two texts share, in compared characters.
struct SharedPart
{
    TextMatch match = TextMatch::Same;
    std::size_t inA = 0;
    std::size_t inB = 0;
    std::size_t length = 0;
    bool isAmbiguous = false;
};

std::optional<SharedPart> sharedPart(const ComparedText& a, const ComparedText& b)
{
    if (a.characters.empty() || b.characters.empty())
        return std::nullopt;
    if (a.characters == b.characters)
        return SharedPart{TextMatch::Same, 0, 0, a.characters.size(), false};
    const bool bIsPart = b.characters.size() < a.characters.size();
    const std::u32string& part = bIsPart ? b.characters : a.characters;
    const std::vector<std::size_t> places = placesOf(part, bIsPart ? a.characters : b.characters);
    if (places.empty())
        return std::nullopt;
    return SharedPart{bIsPart ? TextMatch::BInsideA : TextMatch::AInsideB, bIsPart ? places.front() : 0,
                      bIsPart ? 0 : places.front(), part.size(), places.size() > 1};
}

SharedPart requiredPart(const CapturedText& a, const ComparedText& comparedA, const CapturedText& b,
                        const ComparedText& comparedB)
{
    const std::optional<SharedPart> part = sharedPart(comparedA, comparedB);
    if (!part)
        throw Error(ErrorKind::InvalidRequest,
                    "The texts \"{}\" and \"{}\" cannot be joined: apart from blanks and the case of A to Z they must "
                    "be the same, or one must stand in the other.",
                    printable(a.text), printable(b.text));
    if (part->isAmbiguous)
        throw Error(ErrorKind::InvalidRequest,
                    "The texts \"{}\" and \"{}\" cannot be joined: one stands in the other more than once, so nothing "
                    "says which place is meant.",
                    printable(a.text), printable(b.text));
    return *part;
}

/// The characters of the shared part that a token stands for; empty for none.
TextSpan sharedSpan(const ComparedText& text, const TextSpan& span, std::size_t begin, std::size_t length)
{
    const TextSpan compared = text.compared(span);
    const std::size_t first = std::clamp(compared.begin, begin, begin + length) - begin;
    const std::size_t last = std::clamp(compared.end, begin, begin + length) - begin;
    return {first, std::max(first, last)};
}

std::vector<TextSpan> sharedSpans(const CapturedText& text, const ComparedText& compared, std::size_t begin,
                                  std::size_t length)
{
    std::vector<TextSpan> spans;
    spans.reserve(text.tokens.size());
    for (const TextRow& token : text.tokens)
        spans.push_back(sharedSpan(compared, token.span, begin, length));
    return spans;
}

std::vector<std::size_t> byBegin(const std::vector<TextSpan>& spans)
{
    std::vector<std::size_t> order(spans.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::erase_if(order, [&](std::size_t i) { return spans[i].empty(); });
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return spans[i].begin; });
    return order;
}

/// All pairs with characters in common. Whatever the spans are, the work is that of sorting them and of the pairs
/// found.
std::vector<JoinedPair> overlappingPairs(const std::vector<TextSpan>& as, const std::vector<TextSpan>& bs)
{
    const std::vector<std::size_t> orderA = byBegin(as);
    std::vector<JoinedPair> pairs;
    std::vector<std::size_t> open; // tokens of A that begin before the token of B, and end in it or behind it
    std::size_t next = 0;
    const auto add = [&](std::size_t a, std::size_t b) {
        if (pairs.size() == kMostJoinedPairs)
            throw Error(ErrorKind::TooLarge, "more than {} pairs of tokens share characters: these texts are too much",
                        kMostJoinedPairs);
        const std::size_t overlap = std::min(as[a].end, bs[b].end) - std::max(as[a].begin, bs[b].begin);
        pairs.push_back({a, b, static_cast<std::int64_t>(overlap), 0});
    };
    for (const std::size_t b : byBegin(bs)) {
        for (; next < orderA.size() && as[orderA[next]].begin <= bs[b].begin; ++next)
            open.push_back(orderA[next]);
        std::erase_if(open, [&](std::size_t a) { return as[a].end <= bs[b].begin; });
        for (const std::size_t a : open)
            add(a, b);
        for (std::size_t later = next; later < orderA.size() && as[orderA[later]].begin < bs[b].end; ++later)
            add(orderA[later], b);
    }
    std::ranges::sort(pairs, {}, [](const JoinedPair& pair) { return std::pair(pair.b, pair.a); });
    return pairs;
}

void checkTokenCount(const CapturedText& text)
{
    if (text.tokens.size() > kMostJoinTokens)
        throw Error(ErrorKind::TooLarge, "the text \"{}\" has {} tokens; texts of up to {} can be joined",
                    printable(text.id), text.tokens.size(), kMostJoinTokens);
}

} // namespace

TextJoin TextJoin::of(const CapturedText& a, const CapturedText& b)
{
    checkTokenCount(a);
    checkTokenCount(b);
    const ComparedText comparedA(a.text);
    const ComparedText comparedB(b.text);
    const SharedPart part = requiredPart(a, comparedA, b, comparedB);
    TextJoin join;
    join.m_match = part.match;
    join.m_tokensOfA = a.tokens.size();
    join.m_joinsA.resize(a.tokens.size());
    join.m_pairs = overlappingPairs(sharedSpans(a, comparedA, part.inA, part.length),
                                    sharedSpans(b, comparedB, part.inB, part.length));
    join.m_beginOfB.resize(b.tokens.size() + 1, 0);
    for (const JoinedPair& pair : join.m_pairs) {
        ++join.m_beginOfB[pair.b + 1];
        join.m_joinsA[pair.a] = true;
    }
    std::partial_sum(join.m_beginOfB.begin(), join.m_beginOfB.end(), join.m_beginOfB.begin());
    for (std::size_t token = 0; token < b.tokens.size(); ++token) {
        const auto first = join.m_pairs.begin() + static_cast<std::ptrdiff_t>(join.m_beginOfB[token]);
        const auto last = join.m_pairs.begin() + static_cast<std::ptrdiff_t>(join.m_beginOfB[token + 1]);
        double sum = 0;
        for (auto pair = first; pair != last; ++pair)
            sum += static_cast<double>(pair->overlap);
        for (auto pair = first; pair != last; ++pair)
            pair->weight = static_cast<double>(pair->overlap) / sum;
    }
    return join;
}

std::span<const JoinedPair> TextJoin::pairsOfB(std::size_t b) const
{
    return std::span(m_pairs).subspan(m_beginOfB[b], m_beginOfB[b + 1] - m_beginOfB[b]);
}

std::vector<double> TextJoin::toB(std::span<const double> valuesOfA) const
{
    std::vector<double> values(tokensOfB(), 0);
    for (const JoinedPair& pair : m_pairs)
        values[pair.b] += pair.weight * valuesOfA[pair.a];
    return values;
}

std::vector<double> TextJoin::toA(std::span<const double> valuesOfB) const
{
    std::vector<double> values(m_tokensOfA, 0);
    for (const JoinedPair& pair : m_pairs)
        values[pair.a] += pair.weight * valuesOfB[pair.b];
    return values;
}

namespace {

constexpr std::size_t kMostTextPairs = 4096;

/// A pair of texts and how well it joins: the larger the better.
struct Candidate
{
    std::pair<std::size_t, std::size_t> texts;
    std::pair<bool, std::size_t> share; ///< the same on both sides; characters
};

std::vector<Candidate> candidatesOf(std::span<const CapturedText> as, std::span<const CapturedText> bs)
{
    std::vector<ComparedText> comparedBs;
    for (const CapturedText& text : bs)
        comparedBs.emplace_back(text.text);
    std::vector<Candidate> candidates;
    for (std::size_t a = 0; a < as.size(); ++a) {
        const ComparedText comparedA(as[a].text);
        for (std::size_t b = 0; b < bs.size(); ++b)
            if (const auto part = sharedPart(comparedA, comparedBs[b]); part && !part->isAmbiguous)
                candidates.push_back({{a, b}, {part->match == TextMatch::Same, part->length}});
    }
    return candidates;
}

/// Of candidates that share equally much: the only one of a single window, else the only one of a whole recording, in
/// which what two windows heard stands once.
std::optional<std::pair<std::size_t, std::size_t>> simplestOf(const std::vector<Candidate>& candidates,
                                                              const std::pair<bool, std::size_t>& share,
                                                              std::span<const CapturedText> as)
{
    for (const bool isWhole : {false, true}) {
        const auto fits = [&](const Candidate& candidate) {
            return candidate.share == share && as[candidate.texts.first].isWholeRecording == isWhole;
        };
        if (std::ranges::count_if(candidates, fits) == 1)
            return std::ranges::find_if(candidates, fits)->texts;
    }
    return std::nullopt;
}

std::string listed(std::span<const CapturedText> texts)
{
    std::string list;
    for (const CapturedText& text : texts)
        list += fmt::format("{}{} \"{}\"", list.empty() ? "" : ", ", printable(text.id), printable(text.text));
    return list.empty() ? "no text" : list;
}

} // namespace

std::pair<std::size_t, std::size_t> sharedText(std::span<const CapturedText> as, std::span<const CapturedText> bs)
{
    if (as.size() * bs.size() > kMostTextPairs)
        throw Error(ErrorKind::TooLarge, "the captures have {} and {} texts, too many to try all; say which to join",
                    as.size(), bs.size());
    const std::vector<Candidate> candidates = candidatesOf(as, bs);
    if (candidates.empty())
        throw Error(ErrorKind::InvalidRequest,
                    "The captures share no text: A has {}; B has {}. Apart from blanks and the case of A to Z a text "
                    "of one must be one of the other, or stand in it exactly once.",
                    listed(as), listed(bs));
    const auto best = std::ranges::max_element(candidates, {}, &Candidate::share);
    if (std::ranges::count(candidates, best->share, &Candidate::share) > 1) {
        if (const auto simplest = simplestOf(candidates, best->share, as))
            return *simplest;
        std::string list;
        for (const Candidate& candidate : candidates)
            if (candidate.share == best->share)
                list +=
                    fmt::format("{}{} ({}) with {} ({})", list.empty() ? "" : "; ",
                                printable(as[candidate.texts.first].id), printable(as[candidate.texts.first].axis),
                                printable(bs[candidate.texts.second].id), printable(bs[candidate.texts.second].axis));
        throw Error(ErrorKind::InvalidRequest, "The captures share several texts equally well; say which to join: {}",
                    list);
    }
    return best->texts;
}

} // namespace heedmap
