#include "widgets/context/row_provider.h"

#include "core/capture/attention_block.h"
#include "core/capture/without_special.h"
#include "widgets/context/background.h"

#include <QElapsedTimer>
#include <QTimer>

#include <algorithm>

namespace heedmap {

namespace {

constexpr std::size_t kKeptGroups = 48;
constexpr std::size_t kKeptBytes = std::size_t{128} << 20; ///< of rows; a group of 1 024 heads and 4 096 keys has 17 MB
constexpr qint64 kShownEveryMs = 50;                       ///< of a group that is being read

std::vector<float> readShownColumn(const Capture& capture, const MapChoice& map, std::int64_t key, bool withoutSpecial)
{
    return withoutSpecial ? readColumnWithoutSpecial(capture, map, key) : readColumn(capture, map, key);
}

/// Rows that the capture does not hold are NaN.
std::vector<float> readShownMap(const Capture& capture, const MapChoice& map, bool withoutSpecial)
{
    const TokenAxis& queries = queryAxisOf(capture, map);
    const TokenAxis& keys = keyAxisOf(capture, map);
    std::vector<float> weights(static_cast<std::size_t>(queries.length * keys.length));
    readHeldRows(capture, map, 0, queries.length, weights);
    const OrdinaryKeys ordinary(keys);
    for (const std::int64_t query :
         withoutSpecial ? queries.storedQueries.numbers(queries.length) : std::vector<std::int64_t>())
        ordinary.renormalize(std::span(weights).subspan(static_cast<std::size_t>(query * keys.length),
                                                        static_cast<std::size_t>(keys.length)));
    return weights;
}

/// Limits are taken from a sample of the weights: made on the worker that read them.
std::shared_ptr<const GroupRows> withSample(GroupRows rows, const TokenAxis& keys)
{
    rows.sample = std::make_shared<const WeightSample>(sampleOfGroup(rows, keys));
    return std::make_shared<const GroupRows>(std::move(rows));
}

} // namespace

RowProvider::RowProvider(SelectionModel& selection, QObject* parent) : QObject(parent), m_selection(selection)
{
    connect(&selection, &SelectionModel::captureChanged, this, &RowProvider::forget);
}

void RowProvider::forget()
{
    m_groups.clear();
    m_columnKey.reset();
    m_column.clear();
    m_wholeKey.reset();
    m_whole.clear();
    m_arriving.reset();
    m_askedGroup.reset();
    m_askedColumn.reset();
    for (Lane* lane : {&m_groupLane, &m_columnLane}) {
        lane->waiting = nullptr;
        lane->reading.request_stop();
    }
    m_failed = false;
}

void RowProvider::setWithoutSpecial(bool on)
{
    if (on == m_withoutSpecial)
        return;
    m_withoutSpecial = on;
    const bool failed = m_failed;
    forget(); // groups keep both kinds of rows by their request; columns and maps do not
    m_failed = failed;
}

template <typename Read>
auto RowProvider::guarded(Read read) -> decltype(read())
{
    try {
        return read();
    } catch (const Error& error) {
        report(error);
    } catch (const std::bad_alloc&) {
        report(Error(ErrorKind::TooLarge, "There is not enough memory to read this map."));
    }
    return {};
}

void RowProvider::report(const Error& error)
{
    if (!std::exchange(m_failed, true))
        emit failed(QString::fromStdString(error.what()));
}

std::optional<RowsRequest> RowProvider::shownRequest() const
{
    const std::optional<ShownMap> shown = m_selection.shown();
    if (!shown || !shown->query)
        return std::nullopt;
    return RowsRequest{shown->group, shown->map.first, *shown->query, m_withoutSpecial};
}

std::shared_ptr<const GroupRows> RowProvider::knownGroup(const RowsRequest& request) const
{
    const auto found = std::ranges::find_if(m_groups, [&](const auto& rows) { return rows->request == request; });
    return found == m_groups.end() ? nullptr : *found;
}

void RowProvider::keepGroup(std::shared_ptr<const GroupRows> rows)
{
    m_groups.push_front(std::move(rows));
    std::size_t bytes = 0;
    std::size_t kept = 0;
    for (; kept < m_groups.size(); ++kept)
        if (bytes += m_groups[kept]->byteCount(); kept > 0 && bytes > kKeptBytes)
            break;
    m_groups.resize(std::min(kept, kKeptGroups));
}

std::shared_ptr<const GroupRows> RowProvider::shownGroup()
{
    const std::optional<RowsRequest> request = shownRequest();
    if (!request)
        return nullptr;
    if (auto known = knownGroup(*request))
        return known;
    const Capture& capture = *m_selection.capture();
    const std::optional<GroupChoice> group = groupChoice(capture, request->group);
    if (!group || m_askedGroup == request)
        return nullptr;
    if (costOfGroupRows(capture, *group) > m_immediateCost) {
        askForGroup(*group, *request);
        return nullptr;
    }
    return guarded([&]() -> std::shared_ptr<const GroupRows> {
        keepGroup(std::make_shared<const GroupRows>(readGroupRows(capture, *group, *request)));
        return m_groups.front();
    });
}

std::shared_ptr<const GroupRows> RowProvider::arrivingGroup() const
{
    return m_arriving && m_arriving->request == shownRequest() ? m_arriving : nullptr;
}

void RowProvider::askForGroup(const GroupChoice& group, const RowsRequest& request)
{
    m_askedGroup = request;
    m_arriving.reset();
    auto show = [guard = QPointer<RowProvider>(this), request](std::shared_ptr<const GroupRows> rows) {
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [guard, request, rows = std::move(rows)] {
                if (!guard || guard->m_askedGroup != request || guard->knownGroup(request))
                    return;
                guard->m_arriving = rows;
                emit guard->arriving();
            },
            Qt::QueuedConnection);
    };
    later(m_groupLane, [this, capture = m_selection.capture(), group, request, show](std::stop_token stop) {
        const TokenAxis& keys = capture->keyAxis(group.sites.front());
        QElapsedTimer sinceShown;
        sinceShown.start();
        GroupReading reading{stop, [&](const GroupRows& soFar) {
                                 if (soFar.complete || sinceShown.elapsed() < kShownEveryMs)
                                     return;
                                 show(withSample(soFar, keys));
                                 sinceShown.restart();
                             }};
        auto rows = withSample(readGroupRows(*capture, group, request, reading), keys);
        return [this, rows] {
            m_arriving.reset();
            if (m_askedGroup == rows->request)
                m_askedGroup.reset();
            keepGroup(rows);
        };
    });
}

std::vector<float> RowProvider::shownRow()
{
    const std::optional<ShownMap> shown = m_selection.shown();
    if (!shown || !shown->query)
        return {};
    return row(shown->map, *shown->query);
}

std::vector<float> RowProvider::row(const MapChoice& map, std::int64_t query)
{
    std::vector<float> row = recordedRow(map, query);
    if (m_withoutSpecial && !row.empty())
        OrdinaryKeys(keyAxisOf(*m_selection.capture(), map)).renormalize(row);
    return row;
}

std::vector<float> RowProvider::recordedRow(const MapChoice& map, std::int64_t query)
{
    if (!queryAxisOf(*m_selection.capture(), map).storedQueries.contains(query))
        return {};
    if (map.set) {
        for (const auto& rows : m_groups)
            if (rows->request.query == query && rows->request.first == map.first)
                if (std::vector<float> row = rows->reducedRow(*map.set); !row.empty())
                    return row;
        if (costOfSetRow(*m_selection.capture(), map) > m_immediateCost) {
            shownGroup(); // arrived() comes with its rows
            return {};
        }
    }
    return guarded([&] { return readRow(*m_selection.capture(), map, query); });
}

std::vector<float> RowProvider::column(const MapChoice& map, std::int64_t key)
{
    const ColumnKey wanted{map, key, m_withoutSpecial};
    if (m_columnKey == wanted)
        return m_column;
    if (m_askedColumn == wanted)
        return {};
    const std::shared_ptr<const Capture> capture = m_selection.capture();
    auto keep = [this, wanted](std::vector<float> column) {
        if (m_askedColumn == wanted)
            m_askedColumn.reset(); // it may be asked for again when another column has taken its place
        m_columnKey = wanted;
        m_column = std::move(column);
    };
    if (costOfColumn(*capture, map) <= m_immediateCost) {
        keep(guarded([&] { return readShownColumn(*capture, map, key, m_withoutSpecial); }));
        return m_column;
    }
    m_askedColumn = wanted;
    later(m_columnLane,
          [capture, map, key, keep, withoutSpecial = m_withoutSpecial](std::stop_token) -> std::function<void()> {
              std::vector<float> column = readShownColumn(*capture, map, key, withoutSpecial);
              return [column, keep] { keep(column); };
          });
    return {};
}

std::vector<float> RowProvider::wholeMap(const MapChoice& map, std::int64_t maxWeights)
{
    const Capture& capture = *m_selection.capture();
    const double weights =
        static_cast<double>(queryAxisOf(capture, map).length) * static_cast<double>(keyAxisOf(capture, map).length);
    if (weights > static_cast<double>(maxWeights))
        return {};
    if (m_wholeKey != map) {
        m_whole = guarded([&] { return readShownMap(capture, map, m_withoutSpecial); });
        m_wholeKey = map;
    }
    return m_whole;
}

void RowProvider::later(Lane& lane, Task task)
{
    lane.reading.request_stop(); // nobody wants what is being read any more
    lane.waiting = std::move(task);
    if (std::exchange(lane.working, true))
        return;
    // What is read at once is painted first: on few cores the readers would take the painter's.
    QTimer::singleShot(0, this, [this, &lane] { startWaiting(lane); });
}

void RowProvider::startWaiting(Lane& lane)
{
    lane.working = lane.waiting != nullptr;
    if (!lane.working)
        return;
    lane.reading = std::stop_source();
    const std::shared_ptr<const Capture> capture = m_selection.capture();
    auto isStale = [this, capture] { return capture != m_selection.capture(); };
    runInBackground(
        this, [task = std::exchange(lane.waiting, nullptr), stop = lane.reading.get_token()] { return task(stop); },
        [this, isStale, &lane](const std::function<void()>& deliver) {
            if (!isStale()) {
                deliver();
                emit arrived();
            }
            startWaiting(lane);
        },
        [this, isStale, &lane](const Error& error) {
            if (!isStale() && error.kind() != ErrorKind::Cancelled)
                report(error);
            startWaiting(lane);
        });
}

} // namespace heedmap
