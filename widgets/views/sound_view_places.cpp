// What places on the lane ask for, by mouse and keyboard, and what they say.

#include "widgets/context/map_labels.h"
#include "widgets/controls/sound_canvas.h"
#include "widgets/image/time_axis.h"
#include "widgets/views/sound_view.h"

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

constexpr std::size_t kMostTellingTokens = 4; ///< in a tool tip

} // namespace

/// On the axis of the shown map where it has this moment, else of the first window that does. A spoken question goes
/// through all windows: there it is the last one that has a part in the chain, which heard again what
/// was cut off before.
std::optional<AxisPosition> SoundView::momentAt(double seconds) const
{
    const std::optional<ShownMap> shown = m_spoken.capture ? m_source->shown() : std::nullopt;
    if (!shown)
        return std::nullopt;
    for (const bool isOfChain : {true, false})
        for (auto window = m_spoken.windows.rbegin(); isOfSpeech() && window != m_spoken.windows.rend(); ++window)
            if (const auto position = window->positions.positionAt(seconds);
                position && m_source->goesThrough(*window) == isOfChain)
                return AxisPosition{window->sound, *position};
    for (const TokenAxis* axis :
         {&keyAxisOf(*m_spoken.capture, shown->map), &queryAxisOf(*m_spoken.capture, shown->map)})
        if (const auto position = SoundPositions::of(*axis).positionAt(seconds))
            return AxisPosition{axis->id, *position};
    for (const SoundWindow& window : m_spoken.windows)
        if (const auto position = window.positions.positionAt(seconds))
            return AxisPosition{window.sound, *position};
    return std::nullopt;
}

/// Moments are asked "who looks at you?" when words do the looking, and "where do you look?" when they do it
/// themselves.
Hover SoundView::hoverAt(const SoundPlace& place) const
{
    Hover hover;
    if (place.token)
        hover.query = m_canvas->scene().tokens[*place.token].query;
    const bool asksMoment = place.isOnTime && (!place.token || place.lane == SoundLane::Map);
    const std::optional<AxisPosition> moment = asksMoment ? momentAt(place.seconds) : std::nullopt;
    if (!moment)
        return hover;
    const std::optional<ShownMap> shown = m_source->shown();
    const bool looksItself = shown && queryAxisOf(*m_spoken.capture, shown->map).id == moment->axis;
    (looksItself ? hover.query : hover.key) = moment;
    return hover;
}

void SoundView::point(const SoundPlace& place)
{
    m_source->hover(hoverAt(place));
    m_canvas->setToolTip(tipAt(place));
}

void SoundView::click(const SoundPlace& place, bool besideOthers)
{
    const Hover asked = hoverAt(place);
    if (place.head && place.lane == SoundLane::Heads && m_canvas->scene().heads) {
        m_source->selectHead(m_canvas->scene().heads->heads[*place.head]);
    } else if (asked.query) {
        m_source->toggleToken(*asked.query, besideOthers);
    } else if (asked.key) {
        const auto window = std::ranges::find(m_spoken.windows, asked.key->axis, &SoundWindow::sound);
        if (window != m_spoken.windows.end())
            m_source->toggleMoment(*asked.key, *window);
    }
}

/// The next token that has a row, from the hovered or else the kept one on.
void SoundView::stepToken(int by)
{
    const std::vector<SoundScene::Token>& tokens = m_canvas->scene().tokens;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < tokens.size(); ++i)
        if (tokens[i].query && tokens[i].kind != SoundTokenKind::Prompt)
            places.push_back(i);
    if (places.empty())
        return;
    std::optional<AxisPosition> current = m_source->hoveredQuery();
    if (const std::vector<AxisPosition> kept = m_source->kept(); !current && !kept.empty())
        current = kept.back();
    const auto found = std::ranges::find_if(places, [&](std::size_t i) { return tokens[i].query == current; });
    auto next = static_cast<std::ptrdiff_t>(found - places.begin()) + by;
    if (!current || found == places.end())
        next = 0;
    const auto last = static_cast<std::ptrdiff_t>(places.size()) - 1;
    const SoundScene::Token token = tokens[places[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(next, 0, last))]];
    m_source->hover({token.query, {}});
    if (token.time)
        m_canvas->reveal(*token.time);
}

void SoundView::stepMoment(int by)
{
    const SoundScene& scene = m_canvas->scene();
    const double from = scene.moment ? scene.moment->middle() : m_canvas->axis().visible().middle();
    const std::optional<AxisPosition> here = momentAt(from);
    if (!here)
        return;
    const SoundPositions positions = SoundPositions::of(m_spoken.capture->manifest().axis(here->axis));
    const double to = scene.moment ? from + by * positions.secondsPerPosition : from;
    SoundPlace place;
    place.seconds = to;
    if (momentAt(to)) {
        m_source->hover(hoverAt(place));
        m_canvas->reveal({to, to});
    }
}

void SoundView::stepHead(int by)
{
    const SoundScene::Heads* heads = m_canvas->scene().heads.get();
    if (!heads || heads->heads.empty())
        return;
    const auto current = std::ranges::find(heads->isShown, true) - heads->isShown.begin();
    const auto last = static_cast<std::ptrdiff_t>(heads->heads.size()) - 1;
    const std::ptrdiff_t next = current > last ? 0 : std::clamp<std::ptrdiff_t>(current + by, 0, last);
    m_source->selectHead(heads->heads[static_cast<std::size_t>(next)]);
}

QStringList SoundView::tokenTip(std::size_t index)
{
    const SoundScene::Token& token = m_canvas->scene().tokens[index];
    QStringList lines{QStringLiteral("“%1”").arg(token.text)};
    if (token.kind == SoundTokenKind::Prompt)
        lines << tr("given to the decoder, not heard");
    if (token.time)
        lines << tr("%1, by %2")
                     .arg(heedmap::spanText(*token.time),
                          m_times && token.isOfShownWindow ? m_times->heads : tr("this head"));
    const CaptureOutput* output = m_spoken.capture->manifest().output(m_spoken.windows[token.window].output);
    if (output && token.generated)
        lines << tr("written with probability %1")
                     .arg(probabilityText(std::exp(output->tokens[*token.generated].logProbability)));
    if (!token.query)
        lines << tr("has no row to be shown");
    return lines;
}

/// The values of what is drawn there, exact, and who looks most.
QStringList SoundView::momentTip(const AxisPosition& moment)
{
    const TokenAxis& axis = m_spoken.capture->manifest().axis(moment.axis);
    const SoundPositions positions = SoundPositions::of(axis);
    QStringList lines{
        tr("%1 · position %2").arg(heedmap::spanText(positions.spanOf(moment.position))).arg(moment.position)};
    const bool isShownAxis = m_positions && *m_positions == positions;
    for (const Row& row : m_rows)
        if (isShownAxis && moment.position < static_cast<std::int64_t>(row.weights.size()))
            lines << tr("%1: %2").arg(
                row.name, valueText(m_scale, double(row.weights[static_cast<std::size_t>(moment.position)])));
    const auto window = std::ranges::find(m_spoken.windows, moment.axis, &SoundWindow::sound);
    const std::optional<ShownMap> shown = m_source->shown();
    if (window == m_spoken.windows.end() || !shown)
        return lines;
    const std::vector<float> column = m_source->column(m_source->mapOf(*window, *shown), moment.position);
    std::vector<std::pair<float, QString>> looking;
    for (const SoundScene::Token& token : m_canvas->scene().tokens)
        if (token.query && token.query->axis == window->words && token.kind != SoundTokenKind::Prompt &&
            token.query->position < static_cast<std::int64_t>(column.size()))
            if (const float weight = column[static_cast<std::size_t>(token.query->position)]; std::isfinite(weight))
                looking.emplace_back(weight, token.text); // others cannot be sorted
    std::ranges::stable_sort(looking, std::ranges::greater{}, &std::pair<float, QString>::first);
    QStringList most;
    for (const auto& [weight, text] : looking)
        if (most.size() < static_cast<qsizetype>(kMostTellingTokens))
            most << QStringLiteral("“%1” %2").arg(text, probabilityText(double(weight)));
    if (!most.isEmpty())
        lines << tr("looked at by %1").arg(most.join(QStringLiteral(", ")));
    return lines;
}

QString SoundView::tipAt(const SoundPlace& place)
{
    const SoundScene& scene = m_canvas->scene();
    QStringList lines;
    if (place.lane == SoundLane::Heads && place.head && scene.heads)
        lines << scene.heads->names[static_cast<qsizetype>(*place.head)];
    if (place.token && m_spoken.capture)
        lines << tokenTip(*place.token);
    if (place.lane == SoundLane::Map && !m_spoken.windows.empty())
        lines << tr("colours: limits of this map; line: when each token was spoken, the path that the times come from");
    if (place.isOnTime && m_spoken.capture && !(place.token && place.lane == SoundLane::Tokens)) {
        if (const std::optional<AxisPosition> moment = momentAt(place.seconds))
            lines << momentTip(*moment);
        if (place.seconds >= scene.recordingEnd)
            lines << tr("behind the recording's end: silence the model was given");
    }
    if (place.lane == SoundLane::Mel && !place.isOnTime) // on its name: a moment says enough as it is
        lines << melParameters();
    return lines.join(u'\n');
}

} // namespace heedmap
