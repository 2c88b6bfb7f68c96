#include "app/verbs/head_table.h"

#include "app/verbs/map_arguments.h"
#include "core/base/error.h"
#include "core/base/nearest_names.h"
#include "core/base/number_table.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace heedmap {

namespace {

std::optional<double> numberFromText(std::string_view text)
{
    double value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

} // namespace

NamedBox namedBoxFromText(const std::string& text)
{
    const std::size_t equals = text.rfind('=');
    const bool isNamed = equals != std::string::npos;
    NamedBox result{isNamed ? text.substr(0, equals) : text, {}};
    std::vector<double> numbers;
    std::size_t begin = isNamed ? equals + 1 : 0;
    while (begin <= text.size()) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        const std::optional<double> number = numberFromText(std::string_view(text).substr(begin, end - begin));
        if (!number)
            break;
        numbers.push_back(*number);
        begin = end + 1;
    }
    if (numbers.size() != 4 || begin <= text.size() || result.name.empty() || numbers[2] <= 0 || numbers[3] <= 0)
        throw Error(ErrorKind::InvalidRequest,
                    "--box {} is no box; write NAME=X,Y,WIDTH,HEIGHT in pixels of the picture, such as "
                    "cone=86.5,368,110,118",
                    text);
    result.box = {numbers[0], numbers[1], numbers[2], numbers[3]};
    return result;
}

HeadTable::HeadTable(const Capture& capture, const GroupChoice& group, const GroupRows& rows,
                     std::vector<NamedBox> boxes)
    : m_capture(capture), m_group(group), m_rows(rows), m_keys(capture.keyAxis(group.sites.front()))
{
    addColumns(std::move(boxes));
    for (const auto& site : rows.sites)
        for (const int head : site->headNumbers()) {
            const SiteHead choice{site->site, HeadChoice{head}};
            addLine(choice, headArgument(capture, choice), site->row(choice.head));
        }
}

void HeadTable::addLine(std::optional<SiteHead> head, const std::string& label, std::span<const float> row)
{
    Line line{head, label, {}};
    for (const Column& column : m_columns)
        line.values.push_back(column.statistic ? column.statistic->ofRow(row, m_keys) : massOn(row, column.keys));
    m_lines.push_back(std::move(line));
}

void HeadTable::keepHeads(const HeadSet& heads)
{
    m_lines.clear();
    for (const SiteHead& head : heads.members)
        addLine(head, headArgument(m_capture, head), m_rows.siteRows(head.site)->row(head.head));
    if (heads.members.size() > 1)
        addLine({}, heads.label(), m_rows.reducedRow(heads));
}

void HeadTable::addColumns(std::vector<NamedBox> boxes)
{
    for (const HeadStatistic& statistic : headStatistics())
        if (!statistic.ofPatches || !m_keys.patches.empty())
            m_columns.push_back({statistic.id, &statistic, {}, {}});
    if (!boxes.empty() && m_keys.patches.empty())
        throw Error(ErrorKind::InvalidRequest, "--box needs keys that are patches; the keys of \"{}\" are \"{}\"",
                    m_group.id, m_capture.keyAxis(m_group.sites.front()).id);
    for (NamedBox& box : boxes) {
        const std::vector<std::string> taken = columnNames();
        if (std::ranges::find(taken, box.name) != taken.end())
            throw Error(ErrorKind::InvalidRequest, "two columns would be called \"{}\"; give the box another name",
                        box.name);
        std::vector<std::size_t> keys = keysInBox(m_keys, box.box);
        if (keys.empty())
            throw Error(ErrorKind::InvalidRequest,
                        "the box \"{}\" covers no centre of a patch; boxes are X,Y,WIDTH,HEIGHT in pixels of the "
                        "picture, from its upper left corner",
                        box.name);
        m_columns.push_back({std::move(box.name), nullptr, box.box, std::move(keys)});
    }
}

std::vector<std::string> HeadTable::columnNames() const
{
    std::vector<std::string> names;
    for (const Column& column : m_columns)
        names.push_back(column.name);
    return names;
}

void HeadTable::sort(const std::string& column, bool ascending)
{
    const std::vector<std::string> names = columnNames();
    const auto found = std::ranges::find(names, column);
    if (found == names.end())
        throw Error(ErrorKind::InvalidRequest, "--sort {}: no such column{}", column, namesThereAre(column, names));
    const auto index = static_cast<std::size_t>(found - names.begin());
    std::ranges::stable_sort(m_lines, [&](const Line& a, const Line& b) {
        return ascending ? a.values[index] < b.values[index] : a.values[index] > b.values[index];
    });
}

void HeadTable::keepFirst(std::size_t count)
{
    m_lines.resize(std::min(count, m_lines.size()));
}

std::string HeadTable::text() const
{
    const TokenAxis& queries = m_capture.manifest().axis(
        m_capture.site(m_rows.request.first ? m_rows.request.first->site : m_group.sites.front()).queryAxis);
    std::size_t labelWidth = 8;
    for (const Line& line : m_lines)
        labelWidth = std::max(labelWidth, line.label.size());
    std::string text = fmt::format("{}{}, query {} \"{}\", {} keys\n\n{:<{}}", m_group.title,
                                   m_group.isComposed() ? " (composed)" : "", m_rows.request.query,
                                   queries.label(m_rows.request.query), m_keys.keyCount, "head", labelWidth);
    for (const Column& column : m_columns)
        text += fmt::format("  {:>9}", column.name);
    for (const Line& line : m_lines) {
        text += fmt::format("\n{:<{}}", line.label, labelWidth);
        for (std::size_t i = 0; i < m_columns.size(); ++i)
            text += fmt::format("  {:>{}.4f}", line.values[i], std::max<std::size_t>(9, m_columns[i].name.size()));
    }
    text += '\n';
    for (const Column& column : m_columns)
        text += column.statistic
                    ? fmt::format("\n{:<15} {}, {}: {}", column.name, column.statistic->title, column.statistic->unit,
                                  column.statistic->formula)
                    : fmt::format("\n{:<15} box {}, {}, {}, {}: Σ w over the {} patches whose centre lies in it",
                                  column.name, column.box.x, column.box.y, column.box.width, column.box.height,
                                  column.keys.size());
    return text + '\n';
}

std::string HeadTable::csv() const
{
    std::string text = "head,layer,index,site";
    for (const Column& column : m_columns)
        text += "," + csvField(column.name);
    for (const Line& line : m_lines) {
        text += "\r\n" + csvField(line.label);
        text += line.head ? fmt::format(",{},{},{}", m_capture.site(line.head->site).layer, line.head->head.head,
                                        csvField(m_capture.site(line.head->site).key()))
                          : ",,,";
        for (const double value : line.values)
            text += fmt::format(",{}", value);
    }
    return text + "\r\n";
}

Json HeadTable::json() const
{
    Json statistics = Json::array();
    Json boxes = Json::array();
    for (const Column& column : m_columns)
        if (column.statistic)
            statistics.push_back({{"id", column.name},
                                  {"title", column.statistic->title},
                                  {"formula", column.statistic->formula},
                                  {"unit", column.statistic->unit}});
        else
            boxes.push_back({{"name", column.name},
                             {"box", {column.box.x, column.box.y, column.box.width, column.box.height}},
                             {"patches", column.keys.size()}});
    Json heads = Json::array();
    for (const Line& line : m_lines) {
        Json head{{"label", line.label}};
        if (line.head) {
            const AttentionSite& site = m_capture.site(line.head->site);
            head.update({{"site", site.key()}, {"layer", site.layer}, {"head", line.head->head.head}});
        }
        for (std::size_t i = 0; i < m_columns.size(); ++i)
            head[m_columns[i].statistic ? "statistics" : "boxes"][m_columns[i].name] = line.values[i];
        heads.push_back(std::move(head));
    }
    return {{"group", m_group.id},     {"composed", m_group.isComposed()}, {"query", m_rows.request.query},
            {"keys", m_keys.keyCount}, {"statistics", statistics},         {"boxes", boxes},
            {"heads", heads}};
}

} // namespace heedmap
