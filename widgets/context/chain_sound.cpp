#include "widgets/context/chain_sound.h"

#include "widgets/context/chain_model.h"

#include <algorithm>
#include <limits>

namespace heedmap {

namespace {

/// The rows of the tokens of A that have a part in what is pointed at.
std::vector<AxisPosition> rowsOf(const Chain& chain, const ChainReading& reading)
{
    std::vector<AxisPosition> rows;
    for (std::size_t token = 0; token < reading.tokensOfA.size() && rows.size() < kMostKeptQueries; ++token)
        if (reading.tokensOfA[token] > 0)
            rows.push_back({chain.a().text.axis, chain.a().text.tokens[token].row});
    return rows;
}

/// The token of a text that a row speaks for.
std::optional<std::size_t> tokenInRow(const CapturedText& text, std::int64_t row)
{
    const auto token = std::ranges::find(text.tokens, row, &TextRow::row);
    return token == text.tokens.end() ? std::nullopt
                                      : std::optional(static_cast<std::size_t>(token - text.tokens.begin()));
}

} // namespace

std::shared_ptr<const Capture> SpokenQuestionSound::capture() const
{
    return m_context.selection().speech();
}

std::shared_ptr<const Recording> SpokenQuestionSound::recording() const
{
    return m_context.selection().recording();
}

std::optional<ShownMap> SpokenQuestionSound::shown() const
{
    const std::optional<MapChoice>& map = m_context.chain().soundMap();
    if (!map || !capture())
        return std::nullopt;
    ShownMap shown{capture()->site(map->site).group, *map, std::nullopt};
    if (const auto query = hoveredQuery(); query && query->axis == queryAxisOf(*capture(), *map).id)
        shown.query = query->position;
    return shown;
}

MapChoice SpokenQuestionSound::mapOf(const SoundWindow& window, const ShownMap& shown) const
{
    const Capture& speech = *capture();
    const MapChoice& map = shown.map;
    if (queryAxisOf(speech, map).id == window.words && keyAxisOf(speech, map).id == window.sound)
        return map;
    Selection current;
    current.group = speech.site(map.site).group;
    current.map = map;
    return selectionForGroup(speech, current, window.choice).map;
}

std::vector<AxisPosition> SpokenQuestionSound::kept() const
{
    const ChainModel& chain = m_context.chain();
    const auto& reading = chain.reading();
    return chain.chain() && reading && chain.place().tokenOfB ? rowsOf(*chain.chain(), *reading)
                                                              : std::vector<AxisPosition>();
}

std::optional<AxisPosition> SpokenQuestionSound::hoveredQuery() const
{
    return m_context.chain().speechHover().query;
}

std::optional<AxisPosition> SpokenQuestionSound::moment() const
{
    return m_context.chain().speechHover().key;
}

std::optional<ComposedCurve> SpokenQuestionSound::composed() const
{
    const ChainModel& model = m_context.chain();
    const ChainPlace place = model.selectedPlace();
    if (!model.chain() || model.speechHover().query || !(place.keyOfB || place.tokenOfB))
        return std::nullopt;
    const ChainEnd& asked = model.chain()->b();
    const std::string what =
        place.keyOfB ? asked.keys().label(*place.keyOfB) : asked.text.words(asked.text.tokens[*place.tokenOfB].span);
    return ComposedCurve{QObject::tr("composed, of “%1”").arg(QString::fromStdString(what).trimmed()),
                         model.chain()->from(place)->keysOfA};
}

/// The chain, where it holds rows of this map; else null.
const Chain* SpokenQuestionSound::chainThrough(const MapChoice& map) const
{
    const Chain* chain = m_context.chain().chain().get();
    return chain && chain->a().capture == capture() && chain->a().map == map ? chain : nullptr;
}

std::vector<float> SpokenQuestionSound::row(const MapChoice& map, std::int64_t query)
{
    if (const auto whole = m_reader.wholeMap(map)) {
        const auto found = std::ranges::find(whole->rows, query);
        if (found == whole->rows.end())
            return {}; // not stored: the lane shows no curve, as RowProvider does
        const auto first = whole->weights.begin() + (found - whole->rows.begin()) * whole->keys;
        return {first, first + whole->keys};
    }
    const Chain* chain = chainThrough(map);
    const auto token = chain ? tokenInRow(chain->a().text, query) : std::nullopt;
    return token && chain->join().joinsA(*token) ? chain->fromTokenOfA(*token).keysOfA : std::vector<float>();
}

std::vector<float> SpokenQuestionSound::column(const MapChoice& map, std::int64_t key)
{
    std::vector<float> column(static_cast<std::size_t>(queryAxisOf(*capture(), map).length),
                              std::numeric_limits<float>::quiet_NaN());
    if (const auto whole = m_reader.wholeMap(map)) {
        for (std::size_t i = 0; i < whole->rows.size(); ++i)
            column[static_cast<std::size_t>(whole->rows[i])] =
                whole->weights[i * static_cast<std::size_t>(whole->keys) + static_cast<std::size_t>(key)];
    } else if (const Chain* chain = chainThrough(map)) {
        const std::vector<double> weights = chain->fromKeyOfA(key).tokensOfA;
        for (std::size_t token = 0; token < weights.size(); ++token)
            if (chain->join().joinsA(token))
                column[static_cast<std::size_t>(chain->a().text.tokens[token].row)] =
                    static_cast<float>(weights[token]);
    }
    return column;
}

std::shared_ptr<const GroupRows> SpokenQuestionSound::heads()
{
    return nullptr;
}

ValueScale SpokenQuestionSound::scale(std::span<const float> row, const TokenAxis& keys)
{
    ValueScale unit = m_context.unitFor(keys);
    unit.keyCount = static_cast<double>(keys.length);
    unit.withoutSpecial = false;
    return withSharedLimits(unit, row);
}

void SpokenQuestionSound::hover(const Hover& place)
{
    m_context.chain().setSpeechHover(place);
}

void SpokenQuestionSound::toggleToken(const AxisPosition& query, bool besideOthers)
{
    const auto& chain = m_context.chain().chain();
    if (!chain || query.axis != chain->a().text.axis)
        return;
    const std::optional<std::size_t> token = tokenInRow(chain->a().text, query.position);
    if (!token)
        return;
    const std::vector<double> parts = chain->fromTokenOfA(*token).tokensOfB;
    const auto best = std::ranges::max_element(parts);
    if (best == parts.end() || !(*best > 0))
        return;
    const AxisPosition word{chain->b().text.axis,
                            chain->b().text.tokens[static_cast<std::size_t>(best - parts.begin())].row};
    if (besideOthers)
        m_context.selection().addOrRemoveQuery(word);
    else
        m_context.selection().toggleQuery(word);
}

void SpokenQuestionSound::toggleMoment(const AxisPosition&, const SoundWindow&) {}

void SpokenQuestionSound::selectHead(const SiteHead& head)
{
    m_context.chain().setSoundMap({head.site, head.head, std::nullopt});
}

} // namespace heedmap
