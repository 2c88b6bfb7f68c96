#include "core/analysis/analysis.h"

#include "core/base/error.h"
#include "core/base/nearest_names.h"
#include "core/base/utf8.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace heedmap {

double AnalysisParameter::most() const
{
    switch (kind) {
    case ParameterKind::Number:
        return high;
    case ParameterKind::Choice:
        return static_cast<double>(choices.size()) - 1;
    case ParameterKind::Flag:
        break;
    }
    return 1;
}

AnalysisSettings::AnalysisSettings(const Analysis& analysis) : m_analysis(&analysis)
{
    for (const AnalysisParameter& parameter : analysis.parameters)
        m_values[parameter.id] = parameter.standard;
}

const AnalysisParameter& AnalysisSettings::parameter(std::string_view id) const
{
    std::vector<std::string> known;
    for (const AnalysisParameter& candidate : m_analysis->parameters) {
        if (candidate.id == id)
            return candidate;
        known.emplace_back(candidate.id);
    }
    if (known.empty())
        throw Error(ErrorKind::InvalidRequest, "{} has no parameters, and none called \"{}\"", m_analysis->id,
                    printable(id));
    throw Error(ErrorKind::InvalidRequest, "{} has no parameter \"{}\"{}", m_analysis->id, printable(id),
                namesThereAre(id, known));
}

double AnalysisSettings::number(std::string_view id) const
{
    return m_values.find(parameter(id).id)->second;
}

std::string AnalysisSettings::choice(std::string_view id) const
{
    return parameter(id).choices[static_cast<std::size_t>(number(id))].id;
}

void AnalysisSettings::set(std::string_view id, double value)
{
    const AnalysisParameter& known = parameter(id);
    if (!(value >= known.least()) || !(value <= known.most()))
        throw Error(ErrorKind::InvalidRequest, "{} of {} lies between {} and {}; {} does not", known.id, m_analysis->id,
                    known.least(), known.most(), value);
    const bool isWhole = known.whole || known.kind != ParameterKind::Number;
    if (isWhole && value != std::floor(value))
        throw Error(ErrorKind::InvalidRequest, "{} of {} is a whole number, and {} is none", known.id, m_analysis->id,
                    value);
    m_values[known.id] = value;
}

void AnalysisSettings::setText(std::string_view id, std::string_view text)
{
    const AnalysisParameter& known = parameter(id);
    std::vector<std::string> names;
    for (const ParameterChoice& choice : known.choices)
        names.emplace_back(choice.id);
    if (known.kind == ParameterKind::Flag)
        names = {"off", "on"};
    if (const auto name = std::ranges::find(names, text); name != names.end())
        return set(id, static_cast<double>(name - names.begin()));
    if (!names.empty())
        throw Error(ErrorKind::InvalidRequest, "{} of {} is one of {}, not \"{}\"{}", known.id, m_analysis->id,
                    fmt::join(names, ", "), printable(text), didYouMean(text, names));
    if (known.lowestMeans && text == known.lowestMeans)
        return set(id, known.low);
    double value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc() || end != text.data() + text.size())
        throw Error(ErrorKind::InvalidRequest, "{} of {} is a number, not \"{}\"", known.id, m_analysis->id,
                    printable(text));
    set(id, value);
}

std::string AnalysisSettings::text() const
{
    std::vector<std::string> parts;
    for (const AnalysisParameter& parameter : m_analysis->parameters) {
        const double value = number(parameter.id);
        std::string shown = fmt::format("{:.6g}", value);
        if (parameter.kind == ParameterKind::Choice)
            shown = parameter.choices[static_cast<std::size_t>(value)].title;
        else if (parameter.kind == ParameterKind::Flag)
            shown = value != 0 ? "on" : "off";
        else if (parameter.lowestMeans && value == parameter.low)
            shown = parameter.lowestMeans;
        parts.push_back(fmt::format("{}: {}", parameter.title, shown));
    }
    return fmt::format("{}", fmt::join(parts, " · "));
}

void AnalysisProgress::begin(double total)
{
    m_total = total;
    m_done = 0;
    advance(0);
}

void AnalysisProgress::advance(double steps)
{
    if (m_stop.stop_requested())
        throw Error(ErrorKind::Cancelled, "stopped");
    m_done += steps;
    if (m_report)
        m_report(std::min(1.0, m_done / m_total));
}

} // namespace heedmap
