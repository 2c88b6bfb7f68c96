#pragma once

#include "core/analysis/head_statistics.h"
#include "widgets/context/group_rows.h"

#include <QHash>
#include <QObject>

#include <memory>
#include <optional>

namespace heedmap {

/// A statistic of the rows of many heads: worked out on a worker where it takes longer than a moment. Lives in the GUI
/// thread.
class HeadRanking : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;
    using Values = QHash<qint64, double>;

    /// `statistic` null: no values are wanted. Rows of which some are still being read have none yet; null rows
    /// neither.
    void setOrder(const HeadStatistic* statistic, std::shared_ptr<const GroupRows> rows,
                  std::shared_ptr<const KeyRoles> keys);
    /// Of the rows and the statistic as they were last worked out; absent for a head that was not among them.
    std::optional<double> valueOf(const SiteHead& head) const;
    /// What valueOf() speaks of; null before anything was worked out.
    const HeadStatistic* knownStatistic() const { return m_known; }
    /// Whether valueOf() speaks of the rows and the statistic that are wanted.
    bool isCurrent() const { return m_known == m_statistic && m_knownRows == m_rows; }

    /// Keys looked at before setOrder() returns; about half a millisecond. Tests set 0 to take the other path.
    void setKeysAtOnce(std::int64_t keys) { m_keysAtOnce = keys; }

signals:
    void changed();

private:
    void startCounting();
    void keep(const HeadStatistic* statistic, std::shared_ptr<const GroupRows> rows, Values values);

    const HeadStatistic* m_statistic = nullptr;
    std::shared_ptr<const GroupRows> m_rows;
    std::shared_ptr<const KeyRoles> m_keys;
    const HeadStatistic* m_known = nullptr;
    std::shared_ptr<const GroupRows> m_knownRows;
    Values m_values;
    bool m_counting = false;
    std::int64_t m_keysAtOnce = std::int64_t{1} << 15;
};

} // namespace heedmap
