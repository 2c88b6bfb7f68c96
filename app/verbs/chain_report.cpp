#include "app/verbs/chain_report.h"

#include "core/base/utf8.h"
#include "core/capture/chain_maps.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

namespace heedmap {

namespace {

constexpr std::size_t kListed = 6;

const char* nameOf(TextMatch match)
{
    switch (match) {
    case TextMatch::Same:
        return "same";
    case TextMatch::BInsideA:
        return "b_inside_a";
    case TextMatch::AInsideB:
        return "a_inside_b";
    }
    return "";
}

const char* kindOf(const CapturedText& text)
{
    return text.isWholeRecording ? "recording" : text.isOutput ? "output" : "input";
}

Json jsonOfEnd(const ChainEnd& end)
{
    Json tokens = Json::array();
    for (const TextRow& token : end.text.tokens)
        tokens.push_back({{"token", token.token},
                          {"words", end.text.words(token.span)},
                          {"span", {token.span.begin, token.span.end}},
                          {"row", token.row},
                          {"query_axis", end.text.axisOfWindow(token.window)}});
    return {{"capture", end.capture->path().string()},
            {"model", end.capture->manifest().model.name},
            {"text", {{"kind", kindOf(end.text)}, {"id", end.text.id}, {"text", end.text.text}}},
            {"map", chainMapLabel(*end.capture, end.map)},
            {"query_axis", end.text.axis},
            {"key_axis", end.keys().id},
            {"tokens", tokens}};
}

/// Numbers that are none are null.
template <typename Value>
Json jsonOfRow(const std::vector<Value>& row)
{
    Json json = Json::array();
    for (const Value value : row)
        json.push_back(std::isfinite(value) ? Json(value) : Json());
    return json;
}

Json jsonOfReading(const ChainReading& reading, const ChainPlace& place)
{
    Json json = {{"formula", Chain::formula(place)},
                 {"mass", reading.mass},
                 {"tokens_of_a", jsonOfRow(reading.tokensOfA)},
                 {"tokens_of_b", jsonOfRow(reading.tokensOfB)}};
    if (!reading.keysOfA.empty())
        json["keys_of_a"] = jsonOfRow(reading.keysOfA);
    if (!reading.keysOfB.empty())
        json["keys_of_b"] = jsonOfRow(reading.keysOfB);
    return json;
}

std::string textOfEnd(const char* name, const ChainEnd& end)
{
    const std::string windows =
        end.windows.size() > 1 ? fmt::format(" in each of {} windows", end.windows.size()) : std::string();
    return fmt::format("{}  {}: \"{}\"\n   {}, {}{}; {}\n", name, end.capture->path().filename().string(),
                       end.text.text, end.capture->manifest().model.name, chainMapLabel(*end.capture, end.map), windows,
                       end.text.isOutput ? "rows that predicted the tokens" : "rows of the tokens");
}

std::string strongest(const TokenAxis& axis, const std::vector<float>& row)
{
    if (row.empty())
        return {};
    const auto best = std::ranges::max_element(row);
    return fmt::format("{} {:.3f}", axis.label(best - row.begin()), *best);
}

/// "What", or "café 3/4" where a token of A is part of another one too.
std::string partnersOf(const Chain& chain, std::size_t token)
{
    std::string partners;
    for (const JoinedPair& pair : chain.join().pairsOfB(token))
        partners += fmt::format("{}{}{}", partners.empty() ? "" : " + ",
                                chain.a().text.words(chain.a().text.tokens[pair.a].span),
                                pair.weight == 1 ? "" : fmt::format(" {:.2g}", pair.weight));
    return partners.empty() ? "–" : partners;
}

std::string tokenTable(const Chain& chain)
{
    std::string table =
        fmt::format("{:>3}  {:<14} {:<18} {:<16} {}\n", "#", "token of B", "made of A's", "heard", "looked at");
    for (std::size_t token = 0; token < chain.join().tokensOfB(); ++token) {
        const ChainReading reading = chain.fromTokenOfB(token);
        const bool joined = chain.join().joinsB(token);
        table += fmt::format("{:>3}  {:<14} {:<18} {:<16} {}\n", token, chain.b().text.tokens[token].token,
                             partnersOf(chain, token), joined ? strongest(chain.a().keys(), reading.keysOfA) : "–",
                             joined ? strongest(chain.b().keys(), reading.keysOfB) : "–");
    }
    return table;
}

/// The strongest of some values, one a line.
template <typename Value, typename Label>
std::string strongestLines(const std::vector<Value>& values, Label label)
{
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::greater<>(), [&values](std::size_t i) { return values[i]; });
    std::string lines;
    for (std::size_t i = 0; i < std::min(order.size(), kListed) && values[order[i]] > 0; ++i)
        lines += fmt::format("  {:<24} {:.4g}\n", label(order[i]), values[order[i]]);
    return lines;
}

std::string linesOfKeys(const char* heading, const TokenAxis& axis, const std::vector<float>& row)
{
    return row.empty() ? std::string() : fmt::format("{}\n{}", heading, strongestLines(row, [&axis](std::size_t key) {
                                                         return axis.label(static_cast<std::int64_t>(key));
                                                     }));
}

std::string textOfReading(const Chain& chain, const ChainPlace& place, const ChainReading& reading)
{
    std::string text = "\n";
    if (place.keyOfA)
        text += fmt::format("From {} of A", chain.a().keys().label(*place.keyOfA));
    else if (place.keyOfB)
        text += fmt::format("From {} of B", chain.b().keys().label(*place.keyOfB));
    else
        text += fmt::format("From \"{}\"", chain.b().text.words(chain.b().text.tokens[*place.tokenOfB].span));
    text += fmt::format(", {}\n", Chain::formula(place));
    if (!place.tokenOfB)
        text += fmt::format("tokens of B (sum {:.3g})\n{}", reading.mass,
                            strongestLines(reading.tokensOfB, [&chain](std::size_t token) {
                                return chain.b().text.words(chain.b().text.tokens[token].span);
                            }));
    text += linesOfKeys("composed, over A's keys", chain.a().keys(), reading.keysOfA);
    return text + linesOfKeys("composed, over B's keys", chain.b().keys(), reading.keysOfB);
}

} // namespace

Json chainJson(const Chain& chain, const ChainPlace& place)
{
    Json pairs = Json::array();
    for (const JoinedPair& pair : chain.join().pairs())
        pairs.push_back({{"a", pair.a}, {"b", pair.b}, {"overlap", pair.overlap}, {"weight", pair.weight}});
    Json json = {{"a", jsonOfEnd(chain.a())},
                 {"b", jsonOfEnd(chain.b())},
                 {"match", nameOf(chain.join().match())},
                 {"join", pairs},
                 {"composed", true}};
    if (const std::optional<ChainReading> reading = chain.from(place))
        json["reading"] = jsonOfReading(*reading, place);
    return json;
}

std::string chainText(const Chain& chain, const ChainPlace& place)
{
    std::string text = textOfEnd("A", chain.a()) + textOfEnd("B", chain.b()) + "\n" + tokenTable(chain);
    if (const std::optional<ChainReading> reading = chain.from(place))
        text += textOfReading(chain, place, *reading);
    return controlsReplaced(text, '?', Lines::Kept);
}

} // namespace heedmap
