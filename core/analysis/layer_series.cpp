#include "core/analysis/layer_series.h"

#include "core/base/error.h"

#include <limits>

namespace heedmap {

AnalysisParameter partsParameter()
{
    AnalysisParameter by{"by", "Added up by",
                         "Which positions are added up: those of one kind, or those of a segment."};
    by.kind = ParameterKind::Choice;
    by.choices = {{"kind", "kind"}, {"segment", "segment"}};
    return by;
}

std::vector<AxisPart> partsOfAxis(const TokenAxis& axis, const AnalysisSettings& settings)
{
    return settings.choice("by") == "segment" ? segmentsOf(axis) : modalitiesOf(axis);
}

RealMatrix indicatorOf(const TokenAxis& axis, std::span<const AxisPart> parts)
{
    RealMatrix indicator = RealMatrix::Zero(axis.length, static_cast<Eigen::Index>(parts.size()));
    for (std::size_t part = 0; part < parts.size(); ++part)
        for (const std::int64_t position : parts[part].positions)
            indicator(position, static_cast<Eigen::Index>(part)) = 1;
    return indicator;
}

AnalysisResult emptySeries(const Capture& capture, const MapChoice& map)
{
    AnalysisResult series;
    series.shape = ResultShape::Series;
    series.queryAxis = queryAxisOf(capture, map).id;
    return series;
}

void addParts(AnalysisResult& series, const TokenAxis& axis, std::span<const AxisPart> parts)
{
    for (const AxisPart& part : parts)
        series.parts.push_back({axis.id, part.id, part.title});
}

void addStep(AnalysisResult& series, const Capture& capture, std::size_t site)
{
    series.steps.push_back({fmt::format("L{}", capture.site(site).layer), site});
}

void reserveNumbers(AnalysisResult& series, const Capture& capture)
{
    const auto queries = static_cast<double>(capture.manifest().axis(series.queryAxis).length);
    const double count = static_cast<double>(series.steps.size()) * queries * static_cast<double>(series.parts.size());
    if (count > static_cast<double>(kMostAnalysisValues))
        throw Error(ErrorKind::TooLarge,
                    "a series of {} layers, {} queries and {} parts is more than an analysis takes",
                    series.steps.size(), queries, series.parts.size());
    series.numbers.reserve(static_cast<std::size_t>(count));
}

void addNumbers(AnalysisResult& series, std::span<const RealMatrix> blocks)
{
    for (Eigen::Index query = 0; query < blocks.front().rows(); ++query)
        for (const RealMatrix& block : blocks)
            series.numbers.insert(series.numbers.end(), block.row(query).begin(), block.row(query).end());
}

std::vector<double> seriesMean(const AnalysisResult& series, std::size_t step, std::span<const std::int64_t> queries)
{
    if (queries.empty())
        return std::vector<double>(series.parts.size(), std::numeric_limits<double>::quiet_NaN());
    const std::size_t parts = series.parts.size();
    const std::size_t perStep = series.numbers.size() / series.steps.size();
    std::vector<double> mean(parts);
    for (const std::int64_t query : queries)
        for (std::size_t part = 0; part < parts; ++part)
            mean[part] += series.numbers[step * perStep + static_cast<std::size_t>(query) * parts + part];
    for (double& value : mean)
        value /= static_cast<double>(queries.size());
    return mean;
}

} // namespace heedmap
