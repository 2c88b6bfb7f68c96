#include "widgets/context/row_provider.h"

#include "core/capture/without_special.h"
#include "widgets/context/background.h"

namespace heedmap {

namespace {

constexpr std::size_t kKeptGroups = 48;

std::vector<float> readShownColumn(const Capture& capture, const MapChoice& map, std::int64_t key, bool withoutSpecial)
{
    return withoutSpecial ? readColumnWithoutSpecial(capture, map, key) : readColumn(capture, map, key);
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
    m_askedGroup.reset();
    m_askedColumn.reset();
    m_waiting = nullptr;
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

std::shared_ptr<const GroupRows> RowProvider::shownGroup()
{
    const std::optional<ShownMap> shown = m_selection.shown();
    if (!shown || !shown->query)
        return nullptr;
    const RowsRequest request{shown->group, shown->map.first, *shown->query, m_withoutSpecial};
    for (const auto& rows : m_groups)
        if (rows->request == request)
            return rows;
    const std::optional<GroupChoice> group = groupChoice(*m_selection.capture(), shown->group);
    if (!group || m_askedGroup == request)
        return nullptr;
    const std::shared_ptr<const Capture> capture = m_selection.capture();
    auto keep = [this](std::shared_ptr<const GroupRows> rows) {
        m_groups.push_front(std::move(rows));
        if (m_groups.size() > kKeptGroups)
            m_groups.pop_back();
    };
    if (costOfGroupRows(*capture, *group) <= m_immediateCost)
        return guarded([&]() -> std::shared_ptr<const GroupRows> {
            keep(std::make_shared<const GroupRows>(readGroupRows(*capture, *group, request)));
            return m_groups.front();
        });
    m_askedGroup = request;
    later([capture, group = *group, request, keep]() -> std::function<void()> {
        auto rows = std::make_shared<const GroupRows>(readGroupRows(*capture, group, request));
        return [rows, keep] { keep(rows); };
    });
    return nullptr;
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
        m_columnKey = wanted;
        m_column = std::move(column);
    };
    if (costOfColumn(*capture, map) <= m_immediateCost) {
        keep(guarded([&] { return readShownColumn(*capture, map, key, m_withoutSpecial); }));
        return m_column;
    }
    m_askedColumn = wanted;
    later([capture, map, key, keep, withoutSpecial = m_withoutSpecial]() -> std::function<void()> {
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
        m_whole = guarded([&] { return readMap(capture, map); });
        if (m_withoutSpecial)
            OrdinaryKeys(keyAxisOf(capture, map)).renormalizeRows(m_whole);
        m_wholeKey = map;
    }
    return m_whole;
}

void RowProvider::later(Task task)
{
    m_waiting = std::move(task); // a newer request replaces one that has not begun
    if (!m_working)
        startWaiting();
}

void RowProvider::startWaiting()
{
    m_working = m_waiting != nullptr;
    if (!m_working)
        return;
    const std::shared_ptr<const Capture> capture = m_selection.capture();
    auto isStale = [this, capture] { return capture != m_selection.capture(); };
    runInBackground(
        this, std::exchange(m_waiting, nullptr),
        [this, isStale](const std::function<void()>& deliver) {
            if (!isStale()) {
                deliver();
                emit arrived();
            }
            startWaiting();
        },
        [this, isStale](const Error& error) {
            if (!isStale())
                report(error);
            startWaiting();
        });
}

} // namespace heedmap
