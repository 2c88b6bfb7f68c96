#include "widgets/context/chain_sound.h"

#include "widgets/context/chain_model.h"

#include <algorithm>
#include <limits>

namespace heedmap {

namespace {

AxisPosition placeOf(const CapturedText& text, std::size_t token)
{
    return {text.axisOfWindow(text.tokens[token].window), text.tokens[token].row};
}

/// The rows of the tokens of A that have a part in what is pointed at.
std::vector<AxisPosition> rowsOf(const Chain& chain, const ChainReading& reading)
{
    std::vector<AxisPosition> rows;
    for (std::size_t token = 0; token < reading.tokensOfA.size() && rows.size() < kMostKeptQueries; ++token)
        if (reading.tokensOfA[token] > 0)
            rows.push_back(placeOf(chain.a().text, token));
    return rows;
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
    const std::optional<AxisPosition> query = hoveredQuery();
    if (!query)
        return shown;
    try {
        shown.map = mapInWindow(*capture(), *map, query->axis);
    } catch (const Error&) { // the window it was heard in lacks these heads
        return shown;
    }
    shown.group = capture()->site(shown.map.site).group;
    shown.query = query->position;
    return shown;
}

MapChoice SpokenQuestionSound::mapOf(const SoundWindow& window, const ShownMap& shown) const
{
    const Capture& speech = *capture();
    const MapChoice& map = shown.map;
    if (queryAxisOf(speech, map).id == window.words && keyAxisOf(speech, map).id == window.sound)
        return map;
    try {
        if (MapChoice moved = mapInWindow(speech, map, window.words); keyAxisOf(speech, moved).id == window.sound)
            return moved;
    } catch (const Error&) { // it lacks these heads: those nearest to them
    }
    Selection current;
    current.group = speech.site(map.site).group;
    current.map = map;
    return selectionForGroup(speech, current, window.choice).map;
}

bool SpokenQuestionSound::goesThrough(const SoundWindow& window) const
{
    const auto& chain = m_context.chain().chain();
    return chain && chain->a().capture == capture() && chain->a().text.isAlong(window.words);
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
                         model.chain()->from(place)->keysOfA,
                         {model.chain(), &model.chain()->a().keys()}};
}

/// A window of the chain's first end.
struct SpokenQuestionSound::WindowOfChain
{
    const Chain& chain;
    std::size_t window;

    bool holds(std::size_t token) const
    {
        return chain.a().text.tokens[token].window == window && chain.join().joinsA(token);
    }
    std::int64_t firstKey() const { return chain.a().windows[window].firstKey; }
};

/// Absent where the chain holds no rows of this map.
std::optional<SpokenQuestionSound::WindowOfChain> SpokenQuestionSound::windowThrough(const MapChoice& map) const
{
    const Chain* chain = m_context.chain().chain().get();
    if (!chain || chain->a().capture != capture())
        return std::nullopt;
    const std::vector<ChainWindow>& windows = chain->a().windows;
    const auto found = std::ranges::find(windows, map, &ChainWindow::map);
    return found == windows.end()
               ? std::nullopt
               : std::optional(WindowOfChain{*chain, static_cast<std::size_t>(found - windows.begin())});
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
    const std::optional<WindowOfChain> own = windowThrough(map);
    const auto token = own ? own->chain.a().text.tokenAt(queryAxisOf(*capture(), map).id, query) : std::nullopt;
    if (!token || !own->holds(*token))
        return {};
    const std::vector<float> keys = own->chain.fromTokenOfA(*token).keysOfA;
    const auto first = keys.begin() + own->firstKey();
    return {first, first + keyAxisOf(*capture(), map).length};
}

std::vector<float> SpokenQuestionSound::column(const MapChoice& map, std::int64_t key)
{
    if (key < 0 || key >= keyAxisOf(*capture(), map).length)
        return {};
    std::vector<float> column(static_cast<std::size_t>(queryAxisOf(*capture(), map).length),
                              std::numeric_limits<float>::quiet_NaN());
    if (const auto whole = m_reader.wholeMap(map)) {
        for (std::size_t i = 0; i < whole->rows.size(); ++i)
            column[static_cast<std::size_t>(whole->rows[i])] =
                whole->weights[i * static_cast<std::size_t>(whole->keys) + static_cast<std::size_t>(key)];
    } else if (const std::optional<WindowOfChain> own = windowThrough(map)) {
        const std::vector<double> weights = own->chain.fromKeyOfA(own->firstKey() + key).tokensOfA;
        for (std::size_t token = 0; token < weights.size(); ++token)
            if (own->holds(token))
                column[static_cast<std::size_t>(own->chain.a().text.tokens[token].row)] =
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
    const std::optional<std::size_t> token = chain ? chain->a().text.tokenAt(query.axis, query.position) : std::nullopt;
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
