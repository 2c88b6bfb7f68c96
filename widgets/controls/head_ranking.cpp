#include "widgets/controls/head_ranking.h"

#include "widgets/context/background.h"

#include <utility>

namespace heedmap {

namespace {

qint64 keyOf(std::size_t site, int head)
{
    return (static_cast<qint64>(site) << 32) + head;
}

HeadRanking::Values valuesOf(const HeadStatistic& statistic, const GroupRows& rows, const KeyRoles& keys)
{
    HeadRanking::Values values;
    for (const auto& site : rows.sites)
        for (const int head : site->headNumbers())
            values.insert(keyOf(site->site, head), statistic.ofRow(site->shownRow(HeadChoice{head}), keys));
    return values;
}

std::int64_t keyCount(const GroupRows& rows)
{
    std::int64_t keys = 0;
    for (const auto& site : rows.sites)
        keys += static_cast<std::int64_t>(site->rows.size());
    return keys;
}

} // namespace

void HeadRanking::setOrder(const HeadStatistic* statistic, std::shared_ptr<const GroupRows> rows,
                           std::shared_ptr<const KeyRoles> keys)
{
    m_statistic = statistic;
    m_rows = std::move(rows);
    m_keys = std::move(keys);
    if (!m_statistic || !m_rows || !m_keys) {
        m_known = nullptr;
        m_knownRows.reset();
        m_values.clear();
        return;
    }
    if (!m_rows->complete || isCurrent())
        return;
    if (keyCount(*m_rows) <= m_keysAtOnce)
        keep(m_statistic, m_rows, valuesOf(*m_statistic, *m_rows, *m_keys));
    else
        startCounting();
}

void HeadRanking::startCounting()
{
    if (m_counting)
        return;
    m_counting = true;
    runInBackground(
        this, [statistic = m_statistic, rows = m_rows, keys = m_keys] { return valuesOf(*statistic, *rows, *keys); },
        [this, statistic = m_statistic, rows = m_rows](Values values) {
            m_counting = false;
            if (statistic == m_statistic && rows == m_rows) {
                keep(statistic, rows, std::move(values));
                emit changed();
            } else if (m_statistic && m_rows && m_rows->complete && !isCurrent()) {
                startCounting(); // others are wanted by now
            }
        },
        [this](const Error&) { m_counting = false; }); // no memory for a few numbers: the order stays
}

void HeadRanking::keep(const HeadStatistic* statistic, std::shared_ptr<const GroupRows> rows, Values values)
{
    m_known = statistic;
    m_knownRows = std::move(rows);
    m_values = std::move(values);
}

std::optional<double> HeadRanking::valueOf(const SiteHead& head) const
{
    const auto found = m_values.constFind(keyOf(head.site, head.head.head));
    return found == m_values.constEnd() ? std::nullopt : std::optional(*found);
}

} // namespace heedmap
