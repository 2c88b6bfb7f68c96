// What the lane shows.

#include "core/analysis/running_median.h"
#include "widgets/context/generated_steps.h"
#include "widgets/context/map_labels.h"
#include "widgets/context/token_text.h"
#include "widgets/controls/range_control.h"
#include "widgets/controls/sound_canvas.h"
#include "widgets/image/kept_rows.h"
#include "widgets/image/time_axis.h"
#include "widgets/views/sound_view.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace heedmap {

namespace {

constexpr double kWorthTelling = 0.005; ///< of a row's mass: less is 0.00

std::vector<float> placesOf(const ValueScale& scale, std::span<const float> weights)
{
    const std::vector<double> probabilities(weights.begin(), weights.end());
    const std::vector<double> positions = scale.positions(probabilities);
    std::vector<float> places(positions.begin(), positions.end());
    for (std::size_t i = 0; i < places.size(); ++i)
        if (!std::isfinite(weights[i]))
            places[i] = std::numeric_limits<float>::quiet_NaN();
    return places;
}

/// The part of a row over the keys that are sound.
std::span<const float> overSound(std::span<const float> row, const SoundPositions& positions)
{
    const auto first = static_cast<std::size_t>(positions.first);
    const auto count = static_cast<std::size_t>(positions.count);
    return first + count <= row.size() ? row.subspan(first, count) : std::span<const float>();
}

bool isSameUnit(const ValueScale& a, const ValueScale& b)
{
    return a.timesUniform == b.timesUniform && a.curve == b.curve && a.rule == b.rule && a.keyCount == b.keyCount &&
           a.low == b.low && a.high == b.high && a.withoutSpecial == b.withoutSpecial;
}

} // namespace

void SoundView::readSpoken()
{
    const std::shared_ptr<const Capture> capture = soundCapture();
    const bool predictingRow = context().options().predictingRow;
    if (capture == m_spoken.capture && predictingRow == m_spoken.predictingRow)
        return;
    m_spoken = {capture, predictingRow, {}, {}, {}};
    m_tokenMap.reset();
    m_mapKey.reset();
    if (capture)
        m_spoken.windows = soundWindows(*capture);
    m_reader->setCapture(capture, m_spoken.windows.size());
    for (const SoundWindow& window : m_spoken.windows)
        m_spoken.timedBy.push_back(timedByModel(*capture, window));
    for (std::size_t window = 0; window < m_spoken.windows.size(); ++window)
        for (const SoundToken& from : soundTokens(*capture, m_spoken.windows[window], predictingRow)) {
            SoundScene::Token token;
            token.text = shownTokenText(from.text);
            token.kind = from.kind;
            token.window = window;
            token.generated = from.generated;
            if (from.row)
                token.query = AxisPosition{m_spoken.windows[window].words, *from.row};
            m_spoken.tokens.push_back(std::move(token));
        }
}

/// The window whose sound or words the shown map has at one of its sides; else the first.
std::optional<std::size_t> SoundView::shownWindow(const ShownMap& shown) const
{
    const std::string& queries = queryAxisOf(*m_spoken.capture, shown.map).id;
    const std::string& keys = keyAxisOf(*m_spoken.capture, shown.map).id;
    for (std::size_t i = 0; i < m_spoken.windows.size(); ++i)
        for (const std::string& axis : {queries, keys})
            if (axis == m_spoken.windows[i].words || axis == m_spoken.windows[i].sound)
                return i;
    return m_spoken.windows.empty() ? std::nullopt : std::optional(std::size_t{0});
}

SoundScene SoundView::makeScene()
{
    SoundScene scene;
    m_rows.clear();
    m_positions.reset();
    m_times.reset();
    scene.isBelowPicture = isOfSpeech();
    addRecording(scene);
    if (m_spoken.capture)
        addMap(scene);
    else if (scene.recording)
        scene.attentionNote = tr("Run a speech model to see what its words listen to.");
    return scene;
}

void SoundView::addRecording(SoundScene& scene)
{
    scene.recording = m_source->recording();
    scene.envelope = m_features->envelope();
    double end = scene.recording ? scene.recording->sound.seconds() : 0;
    if (m_spoken.capture) {
        end = std::max(end, recordingEnd(*m_spoken.capture));
        for (const auto& [id, axis] : m_spoken.capture->manifest().axes)
            if (hasSound(axis))
                scene.whole = {std::min(scene.whole.start, SoundPositions::of(axis).span().start),
                               std::max(scene.whole.end, SoundPositions::of(axis).span().end)};
    }
    scene.whole.end = std::max(scene.whole.end, end);
    scene.recordingEnd = end;
    if (!scene.recording)
        scene.noWaveform = tr("The recording is not in this capture: open it to see and hear it.");
    // A scene of other sound is not on the canvas yet: its axis is still that of the one before.
    const bool isKnown = scene.whole == m_canvas->scene().whole && scene.recordingEnd == m_canvas->scene().recordingEnd;
    scene.mel = m_features->mel(isKnown ? m_canvas->axis().visible() : TimeSpan{scene.whole.start, end});
    scene.noMel = m_features->reasonForNoMel();
}

void SoundView::addMap(SoundScene& scene)
{
    scene.tokens = m_spoken.tokens;
    const std::optional<ShownMap> shown = m_source->shown();
    const std::optional<std::size_t> window = shown ? shownWindow(*shown) : std::nullopt;
    for (std::size_t i = 0; i < m_spoken.windows.size(); ++i)
        scene.windows.push_back({m_spoken.windows[i].heard, i == window || m_source->goesThrough(m_spoken.windows[i])});
    for (SoundScene::Token& token : scene.tokens)
        token.isOfShownWindow = token.window == window.value_or(0) || scene.windows[token.window].isShown;
    if (!shown)
        return;
    addTimes(scene, *shown);
    addCurves(scene, *shown);
    if (m_heads->isChecked() && m_positions && !scene.isBelowPicture)
        addHeads(scene, *shown);
    addMoment(scene, *shown);
    markTokens(scene);
    if (window && m_map->isChecked() && !scene.isBelowPicture)
        addTokenMap(scene, *shown, m_spoken.windows[*window]);
}

int SoundView::medianWidth() const
{
    const bool isNamed = !m_spoken.timedBy.empty() && m_spoken.timedBy.front();
    return isNamed ? m_spoken.timedBy.front()->alignment.medianWidth : Alignment().medianWidth;
}

TimedBy SoundView::timing(std::size_t window, const ShownMap& shown) const
{
    const std::optional<TimedBy>& named = m_spoken.timedBy[window];
    TimedBy by = named ? *named : timedByMap(*m_spoken.capture, m_source->mapOf(m_spoken.windows[window], shown));
    by.rows = m_spoken.predictingRow ? TimingRows::Predicting : TimingRows::Input;
    return by;
}

std::vector<float> SoundView::smoothed(std::vector<float> row) const
{
    return m_smooth->isChecked() ? runningMedian(row, medianWidth()) : row;
}

void SoundView::addCurves(SoundScene& scene, const ShownMap& shown)
{
    const TokenAxis& keys = keyAxisOf(*m_spoken.capture, shown.map);
    if (!hasSound(keys)) {
        const QString group = groupLabel(*m_spoken.capture, shown);
        scene.attentionNote =
            tr("%1 looks at no sound: choose another map of the heads to see when its words were heard.").arg(group);
        return;
    }
    m_positions = scene.positions = SoundPositions::of(keys);
    if (addComposed(scene))
        return;
    const std::string& queries = queryAxisOf(*m_spoken.capture, shown.map).id;
    std::vector<std::int64_t> wanted;
    if (!m_source->hoveredQuery())
        for (const AxisPosition& kept : m_source->kept())
            if (kept.axis == queries)
                wanted.push_back(kept.position);
    if (wanted.empty() && shown.query)
        wanted = {*shown.query};
    const KeptRows rows = keptRows(*m_spoken.capture, shown.map, wanted, m_spoken.predictingRow,
                                   [&](std::int64_t query) { return m_source->row(shown.map, query); });
    m_scale = m_source->scale(rows.rows.empty() ? std::span<const float>() : std::span(rows.rows.back()), keys);
    for (std::size_t i = 0; i < rows.rows.size(); ++i)
        if (!rows.rows[i].empty())
            m_rows.push_back({wanted[i], rows.names[static_cast<qsizetype>(i)],
                              wanted.size() == 1 ? ViewContext::markColor() : colorFromRgb(rows.colors[i]),
                              rows.rows[i]});
    for (const Row& row : m_rows) {
        const std::span<const float> part = overSound(row.weights, scene.positions);
        scene.curves.push_back({row.name, row.color, placesOf(m_scale, smoothed({part.begin(), part.end()}))});
    }
    if (m_rows.empty())
        scene.attentionNote = tr("Hover a token to see what it listens to; click to keep it.");
    else
        scene.heightTicks = m_scale.ticks();
    if (m_smooth->isChecked() && !m_rows.empty())
        scene.attentionNote = tr("smoothed: median of %1 positions").arg(medianWidth());
}

/// What a patch or a word of the question makes of the sound; false where nothing of the kind is pointed at.
bool SoundView::addComposed(SoundScene& scene)
{
    const std::optional<ComposedCurve> composed = m_source->composed();
    if (!composed)
        return false;
    m_scale = m_source->scale(composed->weights, *composed->keys);
    const std::vector<SoundPositions> windows = SoundPositions::allOf(*composed->keys);
    for (const SoundPositions& positions : windows) {
        const std::span<const float> part = overSound(composed->weights, positions);
        const bool isOfOtherWindows = std::ranges::all_of(part, [](float weight) { return weight == 0; });
        if (windows.size() == 1 || !isOfOtherWindows)
            scene.curves.push_back({composed->name, ViewContext::markColor(),
                                    placesOf(m_scale, smoothed({part.begin(), part.end()})), positions});
    }
    scene.heightTicks = m_scale.ticks();
    scene.attentionNote = composed->name;
    return true;
}

void SoundView::addHeads(SoundScene& scene, const ShownMap& shown)
{
    const std::shared_ptr<const GroupRows> rows = m_source->heads();
    if (!rows)
        return;
    auto heads = std::make_shared<SoundScene::Heads>();
    heads->heat.colors = &context().colorMap();
    const bool isPerMap = context().options().limits == LimitsMode::PerMap;
    const std::vector<SiteHead> members = shown.map.members();
    for (const auto& site : rows->sites)
        for (const int number : site->headNumbers()) {
            const HeadChoice head{number};
            const std::span<const float> row = overSound(site->shownRow(head), scene.positions);
            if (row.empty())
                continue;
            const ValueScale scale = isPerMap ? withSharedLimits(m_scale, row) : m_scale;
            const std::vector<float> places = placesOf(scale, row);
            heads->heat.places.insert(heads->heat.places.end(), places.begin(), places.end());
            ++heads->heat.rows;
            heads->heads.push_back({site->site, head});
            heads->names << QStringLiteral("L%1·H%2").arg(m_spoken.capture->site(site->site).layer).arg(number);
            heads->isShown.push_back(std::ranges::find(members, SiteHead{site->site, head}) != members.end());
        }
    scene.heads = std::move(heads);
}

/// Of the shown window first, then of those in sight: a recording of hours has hundreds.
void SoundView::addTimes(SoundScene& scene, const ShownMap& shown)
{
    std::vector<std::shared_ptr<const SoundTimes>> times(m_spoken.windows.size());
    const TimeSpan visible = m_canvas->axis().visible();
    for (const bool ofShown : {true, false})
        for (std::size_t i = 0; i < times.size(); ++i)
            if (scene.windows[i].isShown == ofShown &&
                (ofShown || !common(m_spoken.windows[i].heard, visible).isEmpty()))
                times[i] = m_reader->times(m_spoken.windows[i], timing(i, shown));
    for (SoundScene::Token& token : scene.tokens)
        if (const auto& known = times[token.window];
            known && token.generated && *token.generated < known->tokens.size())
            token.time = TimeSpan{known->tokens[*token.generated].start, known->tokens[*token.generated].end};
    for (std::size_t i = 0; i < times.size(); ++i)
        if (scene.windows[i].isShown)
            m_times = times[i];
    if (m_times && !m_times->reason.isEmpty())
        scene.timesNote = m_times->reason;
    else if (m_times && !m_times->tokens.empty())
        scene.timesNote = tr("times by %1").arg(m_times->heads);
}

/// The position asked about, and every token by how much it looks at it, in the colours of the scale.
void SoundView::addMoment(SoundScene& scene, const ShownMap& shown)
{
    const TokenAxis& queries = queryAxisOf(*m_spoken.capture, shown.map);
    if (hasSound(queries) && shown.query && SoundPositions::of(queries).contains(*shown.query)) {
        scene.moment = SoundPositions::of(queries).spanOf(*shown.query);
        return;
    }
    const std::optional<AxisPosition> moment = m_source->moment();
    if (!moment)
        return;
    const auto window = std::ranges::find(m_spoken.windows, moment->axis, &SoundWindow::sound);
    if (window == m_spoken.windows.end() || !window->positions.contains(moment->position))
        return;
    scene.moment = window->positions.spanOf(moment->position);
    const MapChoice map = m_source->mapOf(*window, shown);
    const std::vector<float> column = m_source->column(map, moment->position);
    if (column.empty())
        return;
    const ValueScale scale = m_rows.empty() || window->group != shown.group
                                 ? withSharedLimits(context().unitFor(keyAxisOf(*m_spoken.capture, map)), column)
                                 : m_scale;
    for (SoundScene::Token& token : scene.tokens)
        if (token.query && token.query->axis == window->words &&
            token.query->position < static_cast<std::int64_t>(column.size())) {
            const float weight = column[static_cast<std::size_t>(token.query->position)];
            if (std::isfinite(weight))
                token.fill = colorFromRgb(context().colorMap().at(scale.position(double(weight))));
        }
}

void SoundView::markTokens(SoundScene& scene)
{
    const std::vector<AxisPosition> kept = m_source->kept();
    std::vector<std::int64_t> positions;
    for (const AxisPosition& place : kept)
        positions.push_back(place.position);
    const std::vector<std::size_t> colors = tokenColorIndices(positions);
    const std::optional<AxisPosition> hovered = m_source->hoveredQuery();
    for (SoundScene::Token& token : scene.tokens) {
        if (!token.query)
            continue;
        const auto found = std::ranges::find(kept, *token.query);
        if (found != kept.end())
            token.frame = kept.size() == 1
                              ? ViewContext::markColor()
                              : colorFromRgb(kTokenColors[colors[static_cast<std::size_t>(found - kept.begin())]]);
        else if (hovered == token.query)
            token.frame = ViewContext::markColor();
    }
}

/// Coloured anew only when the rows, the times or the scale's unit are others: a hover changes none of them.
void SoundView::addTokenMap(SoundScene& scene, const ShownMap& shown, const SoundWindow& window)
{
    std::vector<std::int64_t> queries;
    auto map = std::make_shared<SoundScene::Map>();
    for (std::size_t i = 0; i < scene.tokens.size(); ++i) {
        const SoundScene::Token& token = scene.tokens[i];
        if (!token.isOfShownWindow || token.kind == SoundTokenKind::Prompt || !token.query)
            continue;
        queries.push_back(token.query->position);
        map->tokens.push_back(i);
        map->names << token.text;
    }
    const MapChoice choice = m_source->mapOf(window, shown);
    const auto rows = m_reader->rows(choice, queries, context().options().withoutSpecial);
    if (!rows || rows->rows != queries || queries.empty())
        return;
    const TokenAxis& keys = keyAxisOf(*m_spoken.capture, choice);
    if (!m_positions)
        scene.positions = SoundPositions::of(keys);
    const ValueScale unit = context().unitFor(keys);
    if (m_mapKey && m_mapKey->rows == rows && isSameUnit(m_mapKey->unit, unit) &&
        m_mapKey->colors == &context().colorMap() && m_mapKey->times == m_times) {
        scene.map = m_tokenMap;
        return;
    }
    const ValueScale scale = withSharedLimits(unit, rows->weights);
    map->heat.rows = queries.size();
    map->heat.colors = &context().colorMap();
    const auto length = static_cast<std::size_t>(rows->keys);
    for (std::size_t row = 0; row < queries.size(); ++row) {
        const std::vector<float> places =
            placesOf(scale, overSound(std::span(rows->weights).subspan(row * length, length), scene.positions));
        map->heat.places.insert(map->heat.places.end(), places.begin(), places.end());
        map->path.push_back(timeOfRow(window, queries[row]));
    }
    m_mapKey = MapKey{rows, unit, &context().colorMap(), m_times};
    scene.map = m_tokenMap = std::move(map);
}

/// Times are read off the rows that are shown as the tokens', and there the path runs.
std::optional<TimeSpan> SoundView::timeOfRow(const SoundWindow& window, std::int64_t row) const
{
    const CaptureOutput* output = m_spoken.capture->manifest().output(window.output);
    if (!output || !m_times)
        return std::nullopt;
    for (std::size_t i = 0; i < std::min(output->tokens.size(), m_times->tokens.size()); ++i)
        if (rowOfToken(output->tokens[i], m_spoken.predictingRow) == row)
            return TimeSpan{m_times->tokens[i].start, m_times->tokens[i].end};
    return std::nullopt;
}

void SoundView::showScale()
{
    if (m_rows.empty()) {
        m_range->setPointer(std::nullopt);
        return m_range->showNothing({});
    }
    m_range->showScale(m_scale, context().limitsSource(), std::nullopt);
    const std::optional<AxisPosition> moment = m_source->moment();
    const std::vector<float>& row = m_rows.back().weights;
    const bool has = moment && m_canvas->scene().moment && moment->position < static_cast<std::int64_t>(row.size());
    m_range->setPointer(has ? std::optional(double(row[static_cast<std::size_t>(moment->position)])) : std::nullopt);
}

double SoundView::massWithin(const Row& row, const TimeSpan& span) const
{
    double mass = 0;
    for (std::int64_t i = 0; m_positions && i < m_positions->count; ++i) {
        const auto key = static_cast<std::size_t>(m_positions->first + i);
        if (key < row.weights.size() && span.contains(m_positions->spanOf(m_positions->first + i).middle()) &&
            std::isfinite(row.weights[key]))
            mass += double(row.weights[key]);
    }
    return mass;
}

/// "0.40–0.92 s: 0.83 of “ball”".
QString SoundView::spanText() const
{
    const std::optional<TimeSpan>& chosen = m_canvas->scene().chosen;
    if (!chosen)
        return {};
    QStringList masses;
    for (const Row& row : m_rows)
        masses << tr("%1 of %2").arg(massWithin(row, *chosen), 0, 'f', 2).arg(row.name);
    const QString span = tr("%1 (%2)").arg(heedmap::spanText(*chosen), timeText(chosen->length()));
    return masses.isEmpty() ? span : tr("%1: %2").arg(span, masses.join(QStringLiteral(", ")));
}

void SoundView::showStatement()
{
    const SoundScene& scene = m_canvas->scene();
    QStringList parts;
    const QString whyNoChain = isOfSpeech() ? context().chain().reason() : QString();
    if (!whyNoChain.isEmpty())
        parts << tr("not linked with the picture");
    if (scene.chosen)
        parts << spanText();
    else if (!scene.timesNote.isEmpty())
        parts << scene.timesNote;
    if (m_positions && !m_rows.empty() &&
        m_positions->span().end > scene.recordingEnd + m_positions->secondsPerPosition) {
        QStringList masses;
        double most = 0;
        for (const Row& row : m_rows) {
            const double mass = massWithin(row, {scene.recordingEnd, m_positions->span().end});
            masses << QString::number(mass, 'f', 2);
            most = std::max(most, mass);
        }
        if (most >= kWorthTelling)
            parts << tr("after the end %1").arg(masses.join(QStringLiteral(", ")));
    }
    m_statement->setText(parts.join(QStringLiteral(" · ")));
    QStringList lines{m_statement->text()};
    if (!whyNoChain.isEmpty())
        lines << whyNoChain;
    if (m_times && !m_times->names.isEmpty())
        lines << tr("The model names them: %1").arg(m_times->names);
    m_statement->setToolTip(lines.join(u'\n'));
}

} // namespace heedmap
