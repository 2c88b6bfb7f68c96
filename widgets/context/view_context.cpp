#include "widgets/context/view_context.h"

#include "core/capture/without_special.h"
#include "widgets/context/generated_steps.h"

#include <QColor>

#include <algorithm>

namespace heedmap {

namespace {

constexpr std::size_t kKeptScales = 6; // of the current token, its columns, and tokens kept beside it

} // namespace

ViewContext::ViewContext(QObject* parent)
    : QObject(parent), m_rows(m_selection), m_statistics(m_selection), m_chain(m_selection)
{}

void ViewContext::setOptions(const DisplayOptions& options)
{
    if (options == m_options)
        return;
    const bool otherRows = options.predictingRow != m_options.predictingRow;
    m_options = options;
    m_rows.setWithoutSpecial(options.withoutSpecial);
    if (otherRows && m_selection.capture())
        m_selection.setSelection(
            withOtherRows(*m_selection.capture(), m_selection.selection(), m_options.predictingRow));
    emit optionsChanged();
}

const ColorMap& ViewContext::colorMap() const
{
    for (const ColorMap& map : colorMaps())
        if (m_options.colorMap.toStdString() == map.name)
            return map;
    return colorMaps().front(); // a setting written by another version
}

LimitsSource ViewContext::limitsSource()
{
    if (limitsByHand())
        return LimitsSource::ByHand;
    return m_options.limits == LimitsMode::Shared && m_rows.shownGroup() ? LimitsSource::AllHeads
                                                                         : LimitsSource::ThisMap;
}

ViewContext::LimitsByHand ViewContext::limitsHere() const
{
    const std::optional<ShownMap> shown = m_selection.shown();
    return {shown ? shown->group : std::string(), m_options.timesUniform, m_options.curve, m_options.withoutSpecial};
}

const ViewContext::LimitsByHand* ViewContext::limitsByHand() const
{
    const LimitsByHand here = limitsHere();
    const auto found = std::find_if(m_limitsByHand.begin(), m_limitsByHand.end(),
                                    [&](const LimitsByHand& limits) { return limits.appliesAs(here); });
    return found == m_limitsByHand.end() ? nullptr : &*found;
}

void ViewContext::setLimits(double low, double high)
{
    LimitsByHand limits = limitsHere();
    limits.low = low;
    limits.high = high;
    std::erase_if(m_limitsByHand, [&](const LimitsByHand& other) { return other.appliesAs(limits); });
    m_limitsByHand.push_back(limits);
    emit optionsChanged();
}

void ViewContext::releaseLimits()
{
    const LimitsByHand here = limitsHere();
    if (std::erase_if(m_limitsByHand, [&](const LimitsByHand& limits) { return limits.appliesAs(here); }) > 0)
        emit optionsChanged();
}

ValueScale ViewContext::unitFor(const TokenAxis& keys) const
{
    ValueScale scale;
    scale.timesUniform = m_options.timesUniform;
    scale.curve = m_options.curve;
    scale.rule = m_options.limitsRule;
    scale.withoutSpecial = m_options.withoutSpecial;
    const std::int64_t count = m_options.withoutSpecial ? OrdinaryKeys(keys).count() : keys.length;
    scale.keyCount = static_cast<double>(std::max<std::int64_t>(count, 1));
    if (const LimitsByHand* limits = limitsByHand()) {
        scale.rule = LimitsRule::ByHand;
        scale.low = limits->low;
        scale.high = limits->high;
    }
    return scale;
}

template <typename Sample>
ValueScale ViewContext::fitted(const ValueScale& unit, std::shared_ptr<const GroupRows> group,
                               std::span<const float> weights, Sample sampleOfThem)
{
    const auto isSameUnit = [&](const ValueScale& other) {
        return other.timesUniform == unit.timesUniform && other.curve == unit.curve && other.rule == unit.rule &&
               other.keyCount == unit.keyCount && other.withoutSpecial == unit.withoutSpecial &&
               other.low == unit.low && other.high == unit.high;
    };
    for (const FittedScale& known : m_scales)
        if (known.capture == m_selection.capture() && known.group == group && isSameUnit(known.unit) &&
            std::ranges::equal(known.weights, weights, [](float a, float b) { return a == b || (a != a && b != b); }))
            return known.scale;
    std::shared_ptr<const WeightSample> sample; // limits alone may have moved: the weights are the same
    for (const FittedScale& known : m_scales)
        if (group && known.capture == m_selection.capture() && known.group == group)
            sample = known.scale.sample;
    if (!sample)
        sample = sampleOfThem();
    FittedScale fresh{m_selection.capture(),
                      std::move(group),
                      {weights.begin(), weights.end()},
                      unit,
                      fittedTo(unit, std::move(sample))};
    m_scales.push_front(std::move(fresh));
    if (m_scales.size() > kKeptScales)
        m_scales.pop_back();
    return m_scales.front().scale;
}

ValueScale ViewContext::scaleFor(std::span<const float> row, const TokenAxis& keys)
{
    const bool withoutSpecial = m_options.withoutSpecial;
    if (const auto group = m_options.limits == LimitsMode::Shared ? m_rows.shownGroup() : nullptr)
        return scaleOfHeads(group, keys);
    return fitted(unitFor(keys), nullptr, row, [&] {
        std::vector<std::span<const float>> runs;
        if (!row.empty())
            appendWeightRuns(keys, row, withoutSpecial, runs);
        return std::make_shared<const WeightSample>(sampleOf(runs));
    });
}

ValueScale ViewContext::scaleOfHeads(const std::shared_ptr<const GroupRows>& group, const TokenAxis& keys)
{
    return fitted(unitFor(keys), group, {}, [&] {
        return group->sample ? group->sample : std::make_shared<const WeightSample>(sampleOfGroup(*group, keys));
    });
}

ValueScale ViewContext::scaleForWholeMap(std::span<const float> weights, const TokenAxis& keys)
{
    return fitted(unitFor(keys), nullptr, weights, [&] {
        std::vector<std::span<const float>> runs;
        const auto length = static_cast<std::size_t>(keys.length);
        for (std::size_t begin = 0; length > 0 && begin + length <= weights.size(); begin += length)
            appendWeightRuns(keys, weights.subspan(begin, length), m_options.withoutSpecial, runs);
        return std::make_shared<const WeightSample>(sampleOf(runs));
    });
}

QString ViewContext::reasonForNoMap(std::span<const float> row, const TokenAxis& keys) const
{
    if (!m_options.withoutSpecial || row.empty())
        return {};
    if (OrdinaryKeys(keys).count() == 0)
        return tr("Every key of this map is a special token: without them there is no map.");
    if (std::ranges::all_of(row, [](float weight) { return weight == 0; }))
        return tr("None of this token's weight lies on other than special tokens: without them there is no map.");
    return {};
}

QColor ViewContext::markColor()
{
    return QColor(0xff, 0x9f, 0x45);
}

} // namespace heedmap
