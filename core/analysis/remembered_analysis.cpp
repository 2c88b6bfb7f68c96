#include "core/analysis/remembered_analysis.h"

namespace heedmap {

namespace {

constexpr int kVersion = 1; // of what any analysis computes; formulas are in the key themselves

std::string keyOfHead(const SiteHead& head)
{
    return fmt::format("{}.{}", head.site, head.head.head);
}

std::string keyOf(const AnalysisSettings& settings, const AnalysisScope& scope)
{
    const Analysis& analysis = settings.analysis();
    std::string values; // to the bit, which the settings' text is not
    for (const AnalysisParameter& parameter : analysis.parameters)
        values += fmt::format(" {}={:a}", parameter.id, settings.number(parameter.id));
    return fmt::format("analysis {} {}{}\n{}\ngroup {} map {} query {}", kVersion, analysis.id, values,
                       analysis.formula, scope.group, keyOfMap(scope.map), scope.query.value_or(-1));
}

void addTexts(BytePacker& packer, const std::vector<std::string>& texts)
{
    packer.add(std::ssize(texts));
    for (const std::string& text : texts)
        packer.addText(text);
}

std::vector<std::string> texts(ByteUnpacker& bytes)
{
    std::vector<std::string> result(bytes.count(sizeof(std::int64_t)));
    for (std::string& text : result)
        text = bytes.text();
    return result;
}

std::vector<std::byte> packed(const AnalysisResult& result)
{
    BytePacker packer;
    packer.add(static_cast<std::int64_t>(result.shape));
    packer.addText(result.queryAxis);
    packer.addText(result.keyAxis);
    packer.addNumbers(result.map);
    addTexts(packer, result.rows);
    addTexts(packer, result.columns);
    packer.add(std::ssize(result.steps));
    for (const SeriesStep& step : result.steps) {
        packer.addText(step.label);
        packer.add(static_cast<std::int64_t>(step.site));
    }
    packer.add(std::ssize(result.parts));
    for (const SeriesPart& part : result.parts)
        for (const std::string* text : {&part.axis, &part.id, &part.title})
            packer.addText(*text);
    packer.addNumbers(result.numbers);
    packer.addText(result.unit);
    addTexts(packer, result.notes);
    return packer.bytes();
}

void check(bool isRight)
{
    if (!isRight)
        throw Error(ErrorKind::InvalidFile, "this is the result of something else");
}

std::size_t lengthOf(const Capture& capture, const std::string& axis)
{
    const auto found = capture.manifest().axes.find(axis);
    check(found != capture.manifest().axes.end());
    return static_cast<std::size_t>(found->second.length);
}

/// Views trust the sizes of a result. Errors: InvalidFile.
void checkSizes(const AnalysisResult& result, const Capture& capture)
{
    switch (result.shape) {
    case ResultShape::Map:
        check(result.map.size() == lengthOf(capture, result.queryAxis) * lengthOf(capture, result.keyAxis));
        return;
    case ResultShape::Table:
        check(result.numbers.size() == result.rows.size() * result.columns.size());
        return;
    case ResultShape::Series:
        for (const SeriesStep& step : result.steps)
            check(step.site < capture.manifest().sites.size());
        for (const SeriesPart& part : result.parts)
            lengthOf(capture, part.axis);
        check(result.numbers.size() == result.steps.size() * lengthOf(capture, result.queryAxis) * result.parts.size());
        return;
    }
    check(false);
}

AnalysisResult unpacked(ByteUnpacker& bytes, const Capture& capture, const Analysis& analysis)
{
    AnalysisResult result;
    check(bytes.integer() == static_cast<std::int64_t>(analysis.shape));
    result.shape = analysis.shape;
    result.queryAxis = bytes.text();
    result.keyAxis = bytes.text();
    result.map = bytes.floats();
    result.rows = texts(bytes);
    result.columns = texts(bytes);
    result.steps.resize(bytes.count(2 * sizeof(std::int64_t)));
    for (SeriesStep& step : result.steps) {
        step.label = bytes.text();
        step.site = static_cast<std::size_t>(bytes.integer());
    }
    result.parts.resize(bytes.count(3 * sizeof(std::int64_t)));
    for (SeriesPart& part : result.parts)
        for (std::string* text : {&part.axis, &part.id, &part.title})
            *text = bytes.text();
    result.numbers = bytes.doubles();
    result.unit = bytes.text();
    result.notes = texts(bytes);
    checkSizes(result, capture);
    return result;
}

} // namespace

std::string keyOfMap(const MapChoice& map)
{
    std::string key = keyOfHead({map.site, map.head});
    if (map.first)
        key += " after " + keyOfHead(*map.first);
    if (map.set) {
        key += map.set->reduction == Reduction::Max ? " max" : " mean";
        for (const SiteHead& member : map.set->members)
            key += " " + keyOfHead(member);
    }
    return key;
}

AnalysisResult rememberedAnalysis(const ResultCache& cache, const AnalysisSettings& settings, const Capture& capture,
                                  const AnalysisScope& scope, const std::stop_token& stop,
                                  const std::function<void(double)>& report)
{
    return rememberedResult(
        cache, keyOf(settings, scope), [&] { return runAnalysis(settings, capture, scope, stop, report); }, packed,
        [&](ByteUnpacker& bytes) { return unpacked(bytes, capture, settings.analysis()); });
}

} // namespace heedmap
