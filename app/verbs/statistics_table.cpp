#include "app/verbs/statistics_table.h"

#include "app/verbs/map_arguments.h"
#include "core/analysis/head_filter.h"
#include "core/base/number_table.h"
#include "core/base/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

constexpr int kNumberWidth = 10;

std::string numberText(double value)
{
    return std::isnan(value) ? "–" : fmt::format("{:.4f}", value);
}

/// Right-aligned by what is seen, not by bytes.
std::string padded(const std::string& text, std::size_t width)
{
    const auto seen = static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
    return std::string(width > seen ? width - seen : 0, ' ') + text;
}

} // namespace

StatisticsTable::StatisticsTable(const Capture& capture, GroupChoice group, MapStatisticsResult statistics)
    : m_capture(capture), m_group(std::move(group)), m_statistics(std::move(statistics))
{}

std::string StatisticsTable::label(const HeadSummary& head) const
{
    return headArgument(m_capture, head.head);
}

std::string StatisticsTable::sinkLabel(const HeadSummary& head) const
{
    return head.sinkKey ? m_capture.keyAxis(head.head.site).label(*head.sinkKey) : std::string();
}

void StatisticsTable::keepWhere(const std::string& filter)
{
    const HeadFilter accepted(filter, m_statistics);
    std::erase_if(m_statistics.heads, [&](const HeadSummary& head) { return !accepted.accepts(label(head), head); });
}

void StatisticsTable::sort(const std::string& column, bool ascending)
{
    const std::size_t index = m_statistics.column(column);
    std::ranges::stable_sort(m_statistics.heads, [&](const HeadSummary& a, const HeadSummary& b) {
        const double left = a.values[index];
        const double right = b.values[index];
        if (std::isnan(left) || std::isnan(right))
            return !std::isnan(left) && std::isnan(right);
        return ascending ? left < right : left > right;
    });
}

void StatisticsTable::keepFirst(std::size_t count)
{
    if (count < m_statistics.heads.size())
        m_statistics.heads.erase(m_statistics.heads.begin() + static_cast<std::ptrdiff_t>(count),
                                 m_statistics.heads.end());
}

std::string StatisticsTable::text() const
{
    std::string text = fmt::format("{}{}: {} ({}), {} keys\n\n{:<10}", m_group.title,
                                   m_group.isComposed() ? " (composed)" : "", m_statistics.coverage(),
                                   m_statistics.queries.title, m_capture.keyAxis(m_group.sites.front()).length, "head");
    const auto width = [](const MapStatistic& column) {
        return std::max<std::size_t>(kNumberWidth, codePointCount(column.id)) + 2;
    };
    for (const MapStatistic& column : m_statistics.columns)
        text += padded(column.id, width(column));
    text += "  sink key";
    for (const HeadSummary& head : m_statistics.heads) {
        text += fmt::format("\n{:<10}", label(head));
        for (std::size_t i = 0; i < head.values.size(); ++i)
            text += padded(numberText(head.values[i]), width(m_statistics.columns[i]));
        text += "  " + sinkLabel(head);
    }
    text += '\n';
    for (const MapStatistic& column : m_statistics.columns)
        text += fmt::format("\n{:<20} {}, {}: {} [{}]", column.id, column.title, column.unit, column.formula,
                            column.source);
    return text + '\n';
}

Json StatisticsTable::json() const
{
    Json columns = Json::array();
    for (const MapStatistic& column : m_statistics.columns)
        columns.push_back({{"id", column.id},
                           {"title", column.title},
                           {"formula", column.formula},
                           {"source", column.source},
                           {"unit", column.unit},
                           {"parameters", column.parameters}});
    Json heads = Json::array();
    for (const HeadSummary& summary : m_statistics.heads) {
        Json values = Json::object();
        for (std::size_t i = 0; i < summary.values.size(); ++i)
            values[m_statistics.columns[i].id] = summary.values[i]; // NaN becomes null
        Json head{{"label", label(summary)},
                  {"site", site(summary).key()},
                  {"layer", site(summary).layer},
                  {"head", summary.head.head.head},
                  {"statistics", values}};
        if (summary.sinkKey)
            head["sink_key"] = {{"position", *summary.sinkKey}, {"label", sinkLabel(summary)}};
        heads.push_back(std::move(head));
    }
    return {{"group", m_group.id},
            {"composed", m_group.isComposed()},
            {"queries",
             {{"id", m_statistics.queries.id},
              {"title", m_statistics.queries.title},
              {"chosen", m_statistics.queries.positions.size()},
              {"not_stored", m_statistics.queries.notStored},
              {"read", m_statistics.queriesRead},
              {"sampled", m_statistics.isSampled()}}},
            {"statistics", columns},
            {"heads", heads}};
}

std::string csvOfStatistics(std::span<const StatisticsTable> tables)
{
    std::vector<std::string> columns;
    for (const StatisticsTable& table : tables)
        for (const MapStatistic& column : table.statistics().columns)
            if (std::ranges::find(columns, column.id) == columns.end())
                columns.push_back(column.id);
    std::string text = "group,head,layer,index,site,queries_chosen,queries_read";
    for (const std::string& column : columns)
        text += "," + csvField(column);
    text += ",sink_key,sink_label";
    for (const StatisticsTable& table : tables)
        for (const HeadSummary& head : table.statistics().heads) {
            const MapStatisticsResult& statistics = table.statistics();
            text += fmt::format("\r\n{},{},{},{},{},{},{}", csvField(table.group().id), csvField(table.label(head)),
                                table.site(head).layer, head.head.head.head, csvField(table.site(head).key()),
                                statistics.queries.positions.size(), statistics.queriesRead);
            for (const std::string& column : columns) {
                const auto found = std::ranges::find(statistics.columns, column, &MapStatistic::id);
                const double value = found == statistics.columns.end()
                                         ? std::nan("")
                                         : head.values[static_cast<std::size_t>(found - statistics.columns.begin())];
                text += std::isnan(value) ? std::string(",") : fmt::format(",{}", value);
            }
            text += head.sinkKey ? fmt::format(",{},{}", *head.sinkKey, csvField(table.sinkLabel(head))) : ",,";
        }
    return text + "\r\n";
}

} // namespace heedmap
