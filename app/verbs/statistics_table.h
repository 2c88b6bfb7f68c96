#pragma once

#include "core/analysis/map_statistics.h"
#include "core/base/json.h"
#include "widgets/context/map_navigation.h"

#include <span>
#include <string>

namespace heedmap {

/// The statistics of the heads of one site group, composition or site, on their way to the shell. Reads the capture as
/// long as it lives.
class StatisticsTable
{
public:
    StatisticsTable(const Capture& capture, GroupChoice group, MapStatisticsResult statistics);

    /// Only the heads a HeadFilter accepts. Errors: as HeadFilter.
    void keepWhere(const std::string& filter);
    /// Highest first unless `ascending`; heads that say nothing are last, equal ones stay in layer order. Errors:
    /// InvalidRequest with the nearest names.
    void sort(const std::string& column, bool ascending);
    void keepFirst(std::size_t count);

    /// Columns for people, four digits; what the columns mean stands below them.
    std::string text() const;
    /// A number that says nothing is null.
    Json json() const;

    const GroupChoice& group() const { return m_group; }
    const MapStatisticsResult& statistics() const { return m_statistics; }
    std::string label(const HeadSummary& head) const;     ///< "L2.H0"
    std::string sinkLabel(const HeadSummary& head) const; ///< of the key that is the strongest sink; may be empty
    const AttentionSite& site(const HeadSummary& head) const { return m_capture.site(head.head.site); }

private:
    const Capture& m_capture;
    GroupChoice m_group;
    MapStatisticsResult m_statistics;
};

/// One table for all: RFC 4180, full precision, the columns that any of them has; empty where a head has no such
/// number.
std::string csvOfStatistics(std::span<const StatisticsTable> tables);

} // namespace heedmap
