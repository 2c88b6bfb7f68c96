#include "widgets/context/chain_model.h"

#include "core/capture/chain_maps.h"
#include "widgets/context/background.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace heedmap {

namespace {

/// A map that a chain may go through: words that look at a picture, in one step.
std::optional<MapChoice> askedMap(const SelectionModel& selection)
{
    const auto& capture = selection.capture();
    if (!capture || selection.selection().group.empty())
        return std::nullopt;
    const MapChoice& map = selection.selection().map;
    return !map.isComposed() && hasPatches(keyAxisOf(*capture, map)) && hasText(queryAxisOf(*capture, map))
               ? std::optional(map)
               : std::nullopt;
}

bool reads(const Capture& capture, const std::optional<MapChoice>& map, const CapturedText& text)
{
    return map && text.isAlong(queryAxisOf(capture, *map).id);
}

/// Whether an opened chain goes through the head that is looked at, as far as one of its text is.
bool goesThroughShown(const Chain& opened, const std::optional<MapChoice>& askedMap)
{
    const ChainEnd& asked = opened.b();
    return !reads(*asked.capture, askedMap, asked.text) || *askedMap == asked.map;
}

std::optional<std::size_t> tokenInRow(const CapturedText& text, const std::optional<AxisPosition>& place)
{
    return place ? text.tokenAt(place->axis, place->position) : std::nullopt;
}

} // namespace

ChainModel::ChainModel(SelectionModel& selection, QObject* parent) : QObject(parent), m_selection(selection)
{
    connect(&selection, &SelectionModel::speechChanged, this, [this] {
        m_soundMap.reset();
        m_speechHover = {};
        update();
    });
    connect(&selection, &SelectionModel::captureChanged, this, &ChainModel::update);
    connect(&selection, &SelectionModel::selectionChanged, this, &ChainModel::update);
}

ChainModel::Source ChainModel::wanted() const
{
    if (!m_selection.speech() || !m_selection.capture() || m_selection.speech() == m_selection.capture())
        return {};
    Source source{m_selection.speech(), m_selection.capture(), m_soundMap, askedMap(m_selection)};
    if (const auto& opened = m_selection.openedChain();
        opened && opened->a().capture == source.speech && opened->b().capture == source.asked)
        source.opened = opened;
    return source;
}

void ChainModel::setSoundMap(const MapChoice& map)
{
    if (m_soundMap == map)
        return;
    m_soundMap = map;
    update();
}

/// The same chain through other heads.
ChainModel::Made ChainModel::remake(const Source& source)
{
    ChainEnd a = source.opened->a();
    ChainEnd b = source.opened->b();
    if (reads(*a.capture, source.soundMap, a.text))
        a.map = *source.soundMap;
    if (reads(*b.capture, source.askedMap, b.text))
        b.map = *source.askedMap;
    Made made{nullptr, source.soundMap ? source.soundMap : a.map, {}};
    made.chain = std::make_shared<const Chain>(std::move(a), std::move(b));
    return made;
}

/// Errors: InvalidFile, and whatever else a capture that cannot be read gives.
ChainModel::Made ChainModel::make(const Source& source)
{
    if (source.opened)
        return remake(source);
    std::vector<CapturedText> heard = textsThatSpeak(*source.speech);
    if (heard.empty())
        return {nullptr, std::nullopt, tr("No words were heard in the recording.")};
    Made made{nullptr, source.soundMap ? *source.soundMap : chainMap(*source.speech, heard.front()), {}};
    std::vector<CapturedText> asked = textsThatLook(*source.asked);
    std::pair<std::size_t, std::size_t> shared;
    try {
        shared = sharedText(heard, asked);
    } catch (const Error& error) { // another question than the spoken one: no chain, but the speech is still there
        made.reason = QString::fromStdString(error.what());
        return made;
    }
    ChainEnd a{source.speech, std::move(heard[shared.first]), {}};
    ChainEnd b{source.asked, std::move(asked[shared.second]), {}};
    a.map = reads(*a.capture, made.soundMap, a.text) ? *made.soundMap : chainMap(*a.capture, a.text);
    b.map = reads(*b.capture, source.askedMap, b.text) ? *source.askedMap : chainMap(*b.capture, b.text);
    made.soundMap = a.map;
    made.chain = std::make_shared<const Chain>(std::move(a), std::move(b));
    return made;
}

void ChainModel::update()
{
    Source source = wanted();
    if (source == m_source)
        return;
    const bool isOfOthers = source.speech != m_source.speech || source.asked != m_source.asked;
    const bool isOpened = source.opened && source.opened != m_source.opened &&
                          goesThroughShown(*source.opened, source.askedMap); // else it comes back with another head
    m_source = std::move(source);
    if (isOpened)
        return take({m_source.opened, m_source.opened->a().map, {}});
    if (isOfOthers)
        take({nullptr, m_soundMap, {}});
    m_isMade = !m_source.speech;
    if (!m_isMade && !m_making)
        start();
}

void ChainModel::start()
{
    m_making = true;
    const auto finish = [this, source = m_source](const Made& made) {
        m_making = false;
        if (source == m_source)
            take(made);
        else if (!m_isMade)
            start();
    };
    runInBackground(
        this, [source = m_source] { return make(source); }, finish,
        [finish, map = m_soundMap](const Error& error) {
            finish({nullptr, map, QString::fromStdString(error.what())});
        });
}

void ChainModel::take(const Made& made)
{
    m_isMade = true;
    m_chain = made.chain;
    m_reason = made.reason;
    m_soundMap = made.soundMap;
    m_source.soundMap = made.soundMap;
    m_readPlace.reset();
    emit chainChanged();
}

void ChainModel::setSpeechHover(const Hover& hover)
{
    if (hover == std::exchange(m_speechHover, hover))
        return;
    emit speechHoverChanged();
}

ChainPlace ChainModel::placeOfSpeech() const
{
    const ChainEnd& heard = m_chain->a();
    ChainPlace place;
    if (m_speechHover.key)
        place.keyOfA = heard.keyAt(m_speechHover.key->axis, m_speechHover.key->position);
    if (!place.keyOfA)
        place.tokenOfA = tokenInRow(heard.text, m_speechHover.query);
    return place;
}

ChainPlace ChainModel::selectedPlace() const
{
    if (!m_chain)
        return {};
    const Hover& hover = m_selection.hover();
    const Selection& kept = m_selection.selection();
    const ChainEnd& asked = m_chain->b();
    ChainPlace place;
    if (hover.key && hover.key->axis == asked.keys().id)
        place.keyOfB = hover.key->position;
    else if (hover.query)
        place.tokenOfB = tokenInRow(asked.text, hover.query);
    else if (kept.key && keyAxisOf(*asked.capture, kept.map).id == asked.keys().id)
        place.keyOfB = kept.key;
    else if (const auto query = kept.query())
        place.tokenOfB = tokenInRow(asked.text, AxisPosition{queryAxisOf(*asked.capture, kept.map).id, *query});
    return place;
}

ChainPlace ChainModel::place() const
{
    if (!m_chain)
        return {};
    return isPointingAtSpeech() ? placeOfSpeech() : selectedPlace();
}

const std::optional<ChainReading>& ChainModel::reading() const
{
    const ChainPlace now = place();
    if (m_readPlace != now) {
        m_reading = m_chain ? m_chain->from(now) : std::nullopt;
        m_readPlace = now;
    }
    return m_reading;
}

} // namespace heedmap
