#include "widgets/context/sound_reader.h"

#include "core/base/error.h"
#include "core/capture/without_special.h"
#include "widgets/context/background.h"
#include "widgets/context/map_labels.h"
#include "widgets/context/row_cost.h"

#include <QTimer>

#include <algorithm>
#include <limits>

namespace heedmap {

namespace {

SoundTimes timesOf(const Capture& capture, const std::string& outputId, const TimedBy& by)
{
    SoundTimes times;
    times.heads = by.heads;
    times.names = by.names;
    const CaptureOutput* output = capture.manifest().output(outputId);
    try {
        if (output && !by.alignment.heads.empty())
            times.tokens = tokenSeconds(capture, *output, by.alignment, by.rows);
    } catch (const Error& error) {
        times.reason = QString::fromStdString(error.what());
    }
    return times;
}

HeardRows rowsOf(const Capture& capture, const MapChoice& map, const std::vector<std::int64_t>& queries,
                 bool withoutSpecial)
{
    HeardRows rows{queries, keyAxisOf(capture, map).length, {}};
    for (const std::int64_t query : queries) {
        const std::vector<float> row = readShownRow(capture, map, query, withoutSpecial);
        rows.weights.insert(rows.weights.end(), row.begin(), row.end());
    }
    return rows;
}

/// Names of the heads that the model names for this; none where the capture lacks one of them.
QStringList heldAlignmentHeads(const Capture& capture, const SoundWindow& window)
{
    const CaptureOutput* output = capture.manifest().output(window.output);
    if (!capture.manifest().alignment || !output)
        return {};
    QStringList names;
    try {
        for (const SiteHead& head : alignmentHeads(capture, *output, *capture.manifest().alignment)) {
            if (!capture.site(head.site).holdsHead(head.head.head))
                return {};
            names << QString::fromStdString(headLabel(capture, head.site, head.head));
        }
    } catch (const Error&) {
        return {}; // it lacks their modules: the shown head says as much as it can
    }
    return names;
}

/// Every weight of every head is read, and sorted among those around it.
double costOfTimes(const Capture& capture, const SoundWindow& window, const Alignment& alignment)
{
    const CaptureOutput* output = capture.manifest().output(window.output);
    const std::size_t site = window.choice.sites.front();
    const double median = static_cast<double>(capture.keyAxis(site).length) * alignment.medianWidth;
    const double row = costOfRow(capture, {site, HeadChoice{0}, {}}) + median;
    return output ? row * static_cast<double>(output->tokens.size() * alignment.heads.size()) : 0;
}

} // namespace

std::optional<TimedBy> timedByModel(const Capture& capture, const SoundWindow& window)
{
    const QStringList names = heldAlignmentHeads(capture, window);
    if (names.isEmpty())
        return std::nullopt;
    TimedBy by;
    by.alignment = *capture.manifest().alignment;
    by.heads = names.size() == 1 ? SoundReader::tr("alignment head %1").arg(names.front())
                                 : SoundReader::tr("%1 alignment heads").arg(names.size());
    by.names = names.join(QStringLiteral(", "));
    return by;
}

TimedBy timedByMap(const Capture& capture, const MapChoice& map)
{
    TimedBy by;
    by.heads = mapLabel(capture, map);
    for (const SiteHead& member : map.members()) {
        const AttentionSite& site = capture.site(member.site);
        const std::vector<int> heads = member.head.isMean() ? site.headNumbers() : std::vector{member.head.head};
        for (const int head : heads)
            by.alignment.heads.push_back({site.name, head});
    }
    return by;
}

void SoundReader::setCapture(std::shared_ptr<const Capture> capture, std::size_t windows)
{
    m_times.most = std::max(kLeastTimes, 2 * windows);
    if (capture == m_capture)
        return;
    m_capture = std::move(capture);
    m_times.entries.clear();
    m_rows.entries.clear();
    m_maps.entries.clear();
}

/// A rebuild asks for many things, each of them cheap.
bool SoundReader::isDoneAtOnce(double& spent, double cost)
{
    if (spent + cost > m_immediateCost)
        return false;
    if (spent == 0 && cost > 0)
        QTimer::singleShot(0, this, [&spent] { spent = 0; });
    spent += cost;
    return true;
}

/// One thing of a kind at a time: what cannot be begun now is asked for again when arrived() is heard.
template <typename Key, typename Value, typename Read>
std::shared_ptr<const Value> SoundReader::known(Known<Key, Value>& all, const Key& key, double cost, Read read)
{
    if (const auto found = std::ranges::find(all.entries, key, &std::pair<Key, std::shared_ptr<const Value>>::first);
        found != all.entries.end()) {
        all.entries.splice(all.entries.begin(), all.entries, found);
        return all.entries.front().second;
    }
    if (all.isReading)
        return nullptr;
    const auto keep = [&all, key](std::shared_ptr<const Value> value) {
        all.entries.emplace_front(key, std::move(value));
        if (all.entries.size() > all.most)
            all.entries.pop_back();
    };
    if (isDoneAtOnce(all.spent, cost)) {
        try {
            keep(std::make_shared<const Value>(read()));
        } catch (const Error&) {
            keep(std::make_shared<const Value>()); // whoever shows a row of the same map says why
        }
        return all.entries.front().second;
    }
    all.isReading = true;
    const auto take = [this, keep, &all, capture = m_capture](std::shared_ptr<const Value> value) {
        all.isReading = false;
        if (capture == m_capture)
            keep(std::move(value));
        emit arrived();
    };
    runInBackground(
        this, [read] { return std::make_shared<const Value>(read()); }, take,
        [take](const Error&) { take(std::make_shared<const Value>()); });
    return nullptr;
}

std::shared_ptr<const SoundTimes> SoundReader::times(const SoundWindow& window, const TimedBy& by)
{
    if (window.output.empty())
        return std::make_shared<const SoundTimes>();
    const TimesKey key{window.output, by.alignment.heads, by.alignment.medianWidth, by.rows};
    return known(m_times, key, costOfTimes(*m_capture, window, by.alignment),
                 [capture = m_capture, output = window.output, by] { return timesOf(*capture, output, by); });
}

std::shared_ptr<const HeardRows> SoundReader::rows(const MapChoice& map, const std::vector<std::int64_t>& queries,
                                                   bool withoutSpecial)
{
    const std::int64_t keys = keyAxisOf(*m_capture, map).length;
    if (static_cast<std::int64_t>(queries.size()) > kMostWeights / std::max<std::int64_t>(keys, 1))
        return nullptr;
    return known(
        m_rows, RowsKey{map, queries, withoutSpecial}, costOfRow(*m_capture, map) * static_cast<double>(queries.size()),
        [capture = m_capture, map, queries, withoutSpecial] { return rowsOf(*capture, map, queries, withoutSpecial); });
}

std::shared_ptr<const HeardRows> SoundReader::wholeMap(const MapChoice& map)
{
    const TokenAxis& axis = queryAxisOf(*m_capture, map);
    if (axis.length > kMostWeights / std::max<std::int64_t>(keyAxisOf(*m_capture, map).length, 1))
        return nullptr;
    const std::vector<std::int64_t> queries = axis.storedQueries.numbers(axis.length);
    return known(m_maps, RowsKey{map, {}, false}, std::numeric_limits<double>::infinity(),
                 [capture = m_capture, map, queries] { return rowsOf(*capture, map, queries, false); });
}

} // namespace heedmap
