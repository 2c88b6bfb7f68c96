#include "widgets/context/statistics_model.h"

#include "core/analysis/remembered_statistics.h"
#include "widgets/context/background.h"
#include "widgets/context/map_navigation.h"

#include <algorithm>

namespace heedmap {

namespace {

constexpr std::size_t kKeptEntries = 64;
constexpr int kCollectMilliseconds = 100;
constexpr double kPerWeight = 8; // what is added up about one weight, in multiplications

double costOf(const Capture& capture, const MapStatisticsRequest& request)
{
    const std::int64_t most = defaultMostQueries(capture, request);
    const auto queries =
        static_cast<double>(std::min(most, static_cast<std::int64_t>(request.queries.positions.size())));
    double cost = 0;
    for (const std::size_t index : request.sites) {
        const AttentionSite& site = capture.site(index);
        const double perWeight =
            kPerWeight + (site.storesWeights() ? 1 : static_cast<double>(capture.tensor(site.queries).shape.back()));
        double weights = queries * static_cast<double>(capture.keyAxis(index).length) * site.heads;
        if (request.first)
            weights *= static_cast<double>(capture.queryAxis(index).length);
        cost += weights * perWeight;
    }
    return cost;
}

} // namespace

StatisticsModel::StatisticsModel(SelectionModel& selection, QObject* parent) : QObject(parent), m_selection(selection)
{
    m_collecting.setInterval(kCollectMilliseconds);
    connect(&m_collecting, &QTimer::timeout, this, &StatisticsModel::collect);
    // Before the views are told: what belongs to the old capture is not asked for any more.
    connect(&selection, &SelectionModel::captureChanged, this, [this] {
        m_wishes.clear();
        stopUnwished();
    });
}

StatisticsModel::~StatisticsModel()
{
    m_stop.request_stop();
}

const StatisticsModel::Entry* StatisticsModel::find(const StatisticsWish& wish) const
{
    const auto found = std::ranges::find_if(m_entries, [&](const std::shared_ptr<Entry>& entry) {
        return entry->wish == wish && entry->capture.lock() == m_selection.capture();
    });
    return found == m_entries.end() || !m_selection.capture() ? nullptr : found->get();
}

StatisticsModel::Entry* StatisticsModel::find(const StatisticsWish& wish)
{
    return const_cast<Entry*>(std::as_const(*this).find(wish));
}

std::shared_ptr<const MapStatisticsResult> StatisticsModel::result(const StatisticsWish& wish) const
{
    const Entry* entry = find(wish);
    return entry ? entry->result : nullptr;
}

StatisticsState StatisticsModel::state(const StatisticsWish& wish) const
{
    const Entry* entry = find(wish);
    return entry ? entry->state : StatisticsState::Unknown;
}

QString StatisticsModel::failure(const StatisticsWish& wish) const
{
    const Entry* entry = find(wish);
    return entry ? entry->failure : QString();
}

std::optional<MapStatisticsRequest> StatisticsModel::requestFor(const StatisticsWish& wish) const
{
    const Capture& capture = *m_selection.capture();
    const std::optional<GroupChoice> group = groupChoice(capture, wish.group);
    if (!group || group->isComposed() != wish.first.has_value())
        return std::nullopt;
    MapStatisticsRequest request;
    request.sites = group->sites;
    request.first = wish.first;
    const TokenAxis& axis = queryAxisOf(capture, {group->sites.front(), HeadChoice::mean(), wish.first});
    if (wish.query) {
        if (*wish.query < 0 || *wish.query >= axis.length || !axis.storedQueries.contains(*wish.query))
            return std::nullopt;
        request.queries = {"query", axis.label(*wish.query), {*wish.query}};
        return request;
    }
    const std::vector<AxisPart> sets = querySetsOf(capture, axis.id);
    const auto found = std::ranges::find(sets, wish.queries, &AxisPart::id);
    if (sets.empty())
        return std::nullopt;
    request.queries = found != sets.end() ? *found : sets.front(); // where every token is special, all of them
    return request;
}

bool StatisticsModel::isWished(const StatisticsWish& wish) const
{
    return std::ranges::any_of(m_wishes, [&](const auto& view) { return std::ranges::count(view.second, wish) > 0; });
}

void StatisticsModel::wish(const QObject* view, const std::vector<StatisticsWish>& wishes)
{
    if (wishes.empty())
        m_wishes.erase(view);
    else
        m_wishes[view] = wishes;
    if (m_selection.capture())
        for (const StatisticsWish& one : wishes)
            ensure(one);
    stopUnwished();
    startNext();
}

void StatisticsModel::ensure(const StatisticsWish& wish)
{
    if (find(wish))
        return;
    try {
        const std::optional<MapStatisticsRequest> request = requestFor(wish);
        if (!request)
            return;
        auto entry = std::make_shared<Entry>(Entry{m_selection.capture(), wish, StatisticsState::Waiting, {}, {}});
        m_entries.push_front(entry);
        forgetOld();
        if (costOf(*m_selection.capture(), *request) <= m_immediateCost)
            readAtOnce(*entry, *request);
    } catch (const Error&) { // a manifest whose axes say nothing: there is no such statistic
        return;
    }
}

void StatisticsModel::readAtOnce(Entry& entry, const MapStatisticsRequest& request)
{
    try {
        entry.result = std::make_shared<MapStatisticsResult>(computeMapStatistics(*m_selection.capture(), request));
        entry.state = StatisticsState::Complete;
    } catch (const Error& error) {
        entry.state = StatisticsState::Failed;
        entry.failure = QString::fromUtf8(error.what());
    }
}

void StatisticsModel::startNext()
{
    if (m_running || !m_selection.capture())
        return;
    for (const auto& [view, wishes] : m_wishes)
        for (const StatisticsWish& one : wishes)
            if (Entry* entry = find(one); entry && entry->state == StatisticsState::Waiting)
                return start(*entry);
}

void StatisticsModel::start(Entry& entry)
{
    const auto capture = m_selection.capture();
    const std::optional<MapStatisticsRequest> request = requestFor(entry.wish);
    if (!request)
        return;
    entry.state = StatisticsState::Working;
    entry.result = std::make_shared<MapStatisticsResult>(emptyStatistics(*capture, *request));
    m_running = *std::ranges::find(m_entries, &entry, &std::shared_ptr<Entry>::get);
    m_delivery = std::make_shared<Delivery>();
    m_stop = std::stop_source();
    m_collecting.start();
    const auto deliver = [delivery = m_delivery](std::span<const HeadSummary> heads) {
        const std::lock_guard lock(delivery->mutex);
        delivery->heads.insert(delivery->heads.end(), heads.begin(), heads.end());
    };
    runInBackground(
        this,
        [capture, request = *request, stop = m_stop.get_token(), deliver] {
            return rememberedStatistics(ResultCache(*capture), *capture, request, stop, deliver).heads.size();
        },
        [this, wish = entry.wish, weak = entry.capture](std::size_t) {
            finish(wish, weak, StatisticsState::Complete, {});
        },
        [this, wish = entry.wish, weak = entry.capture](const Error& error) {
            const bool stopped = error.kind() == ErrorKind::Cancelled;
            finish(wish, weak, stopped ? StatisticsState::Stopped : StatisticsState::Failed,
                   stopped ? QString() : QString::fromUtf8(error.what()));
        },
        WorkLength::Long);
}

/// Takes over the layers that have arrived.
void StatisticsModel::collect()
{
    std::vector<HeadSummary> heads;
    {
        const std::lock_guard lock(m_delivery->mutex);
        heads.swap(m_delivery->heads);
    }
    if (!m_running || heads.empty())
        return;
    auto grown = std::make_shared<MapStatisticsResult>(*m_running->result);
    grown->heads.insert(grown->heads.end(), heads.begin(), heads.end());
    m_running->result = std::move(grown);
    emit changed();
}

void StatisticsModel::finish(const StatisticsWish& wish, const std::weak_ptr<const Capture>& capture,
                             StatisticsState state, const QString& failure)
{
    collect();
    m_collecting.stop();
    const std::shared_ptr<Entry> entry = std::exchange(m_running, nullptr);
    if (!entry || entry->wish != wish || entry->capture.lock() != capture.lock())
        return;
    if (entry->state != StatisticsState::Stopped) { // nobody stopped it by hand
        entry->state = state;
        entry->failure = failure;
        if (state == StatisticsState::Stopped) { // no view looked any more: the next who wishes for it starts anew
            std::erase(m_entries, entry);
            if (isWished(wish) && m_selection.capture() == capture.lock())
                ensure(wish);
        }
    }
    emit changed();
    startNext();
}

void StatisticsModel::stopUnwished()
{
    const bool isOfThisCapture = m_running && m_running->capture.lock() == m_selection.capture();
    if (m_running && !(isOfThisCapture && isWished(m_running->wish)))
        m_stop.request_stop();
}

void StatisticsModel::stop(const StatisticsWish& wish)
{
    Entry* entry = find(wish);
    if (!entry || (entry->state != StatisticsState::Working && entry->state != StatisticsState::Waiting))
        return;
    entry->state = StatisticsState::Stopped;
    if (m_running.get() == entry)
        m_stop.request_stop();
    emit changed();
}

void StatisticsModel::resume(const StatisticsWish& wish)
{
    Entry* entry = find(wish);
    if (!entry || entry->state != StatisticsState::Stopped)
        return;
    entry->state = StatisticsState::Waiting; // where the worker has not noticed yet, finish() begins anew
    startNext();
    emit changed();
}

void StatisticsModel::forgetOld()
{
    std::erase_if(m_entries, [](const std::shared_ptr<Entry>& entry) { return entry->capture.expired(); });
    while (m_entries.size() > kKeptEntries)
        m_entries.pop_back();
}

} // namespace heedmap
