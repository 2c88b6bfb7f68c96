#pragma once

#include "core/capture/attention.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace heedmap {

/// What an analysis reads of a capture beside its tokens.
enum class AnalysisNeed
{
    Attention,
    ValueNorms, ///< AttentionSite::valueNorms
    Gradients   ///< AttentionSite::values and outputGradients
};

enum class ParameterKind
{
    Number, ///< between low and high; `whole` ones without fraction
    Choice, ///< one of `choices`
    Flag    ///< 0 or 1
};

struct ParameterChoice
{
    const char* id;
    const char* title;
};

/// Something about an analysis that people decide. Data: forms, help texts and checks are made from it.
struct AnalysisParameter
{
    const char* id;
    const char* title;
    const char* meaning; ///< a sentence
    ParameterKind kind = ParameterKind::Number;
    double standard = 0;               ///< Choice: index of the choice
    double low = 0;                    ///< Number
    double high = 1;                   ///< Number
    bool whole = false;                ///< Number
    const char* lowestMeans = nullptr; ///< Number: what `low` stands for, such as "all"; null: itself
    std::vector<ParameterChoice> choices = {};

    double least() const { return kind == ParameterKind::Number ? low : 0; }
    double most() const;
};

/// Which modules an analysis reads.
enum class AnalysisReach
{
    Shown, ///< those of the shown map
    Group, ///< all layers of the shown group
    Capture
};

enum class ResultShape
{
    Map,   ///< [queries, keys] over two axes of the capture
    Table, ///< rows × columns of numbers
    Series ///< of every query, how much lies on each part of some axes after each layer
};

/// What an analysis is asked about: what the shown map is, as views and verbs name it.
struct AnalysisScope
{
    std::string group; ///< site group or composition
    MapChoice map;
    std::optional<std::int64_t> query; ///< the current token, a position on the map's query axis
    bool operator==(const AnalysisScope&) const = default;
};

/// A line of a series: what holds once a layer has been taken.
struct SeriesStep
{
    std::string label;    ///< "L3"
    std::size_t site = 0; ///< the last module that was taken
    bool operator==(const SeriesStep&) const = default;
};

/// A column of a series: positions of an axis that go by one name, added up.
struct SeriesPart
{
    std::string axis;
    std::string id; ///< AxisPart::id
    std::string title;
    bool operator==(const SeriesPart&) const = default;
};

/// What an analysis says.
struct AnalysisResult
{
    ResultShape shape = ResultShape::Map;
    std::string queryAxis;            ///< Map, Series
    std::string keyAxis;              ///< Map
    std::vector<float> map;           ///< [queries, keys]
    std::vector<std::string> rows;    ///< Table
    std::vector<std::string> columns; ///< Table
    std::vector<SeriesStep> steps;    ///< Series, in the order they were taken
    std::vector<SeriesPart> parts;    ///< Series; those of one axis stand together
    std::vector<double> numbers;      ///< Table: [rows, columns]; Series: [steps, queries, parts]
    std::string unit;                 ///< of the values: "probability", "relevance, no probability", …
    std::vector<std::string> notes;   ///< sentences: what y is, what was left out
};

struct Analysis;

/// The values of an analysis' parameters.
class AnalysisSettings
{
public:
    /// Standard values. The analysis must outlive this; those of the registry do.
    explicit AnalysisSettings(const Analysis& analysis);

    const Analysis& analysis() const { return *m_analysis; }
    double number(std::string_view id) const;
    bool flag(std::string_view id) const { return number(id) != 0; }
    std::string choice(std::string_view id) const; ///< id of the choice
    /// Errors: InvalidRequest outside the declared range.
    void set(std::string_view id, double value);
    /// A number or what its lowest stands for ("all"), the id of a choice, or "on"/"off". Errors: InvalidRequest with
    /// the nearest names.
    void setText(std::string_view id, std::string_view text);
    /// "Heads: maximum · Residual share: 0.25 · Layers: all"; empty without parameters.
    std::string text() const;
    bool operator==(const AnalysisSettings&) const = default;

private:
    const AnalysisParameter& parameter(std::string_view id) const;

    const Analysis* m_analysis;
    std::map<std::string, double, std::less<>> m_values;
};

/// How far a computation has come, and whether it is still wanted.
class AnalysisProgress
{
public:
    /// `report` is told a share in [0, 1], in the thread that computes; may be empty.
    AnalysisProgress(std::stop_token stop, std::function<void(double)> report)
        : m_stop(std::move(stop)), m_report(std::move(report))
    {}

    /// What the coming steps are together, in units of the caller's choice. Errors: Cancelled.
    void begin(double total);
    /// Errors: Cancelled.
    void advance(double steps);

private:
    std::stop_token m_stop;
    std::function<void(double)> m_report;
    double m_total = 1;
    double m_done = 0;
};

/// Why an analysis says nothing about a scope, and what would help.
struct AnalysisObstacle
{
    std::string reason;    ///< a sentence
    std::string remedy;    ///< a sentence; may be empty
    bool isOfFile = false; ///< the capture lacks something; otherwise something else must be chosen
};

/// A way of reading what a model attended to. All of it is data but the two functions.
struct Analysis
{
    const char* id; ///< stable: names the method on command lines and in files
    const char* title;
    const char* formula; ///< in plain text
    const char* source;  ///< where it is published
    const char* unit;
    AnalysisNeed need = AnalysisNeed::Attention;
    ResultShape shape = ResultShape::Map;
    AnalysisReach reach = AnalysisReach::Shown;
    bool ofToken = false; ///< a result is about AnalysisScope::query alone
    std::vector<AnalysisParameter> parameters;
    /// Beyond what is common to all. Preconditions: those of `run` without the obstacles.
    std::optional<AnalysisObstacle> (*obstacle)(const Capture& capture, const AnalysisScope& scope);
    AnalysisResult (*run)(const Capture& capture, const AnalysisScope& scope, const AnalysisSettings& settings,
                          AnalysisProgress& progress);
    bool ofComposed = true; ///< false: defined for the model's own maps alone
};

} // namespace heedmap
