#include "widgets/context/view_context.h"

#include "widgets/context/generated_steps.h"

#include <QColor>

namespace heedmap {

ViewContext::ViewContext(QObject* parent) : QObject(parent), m_rows(m_selection) {}

void ViewContext::setOptions(const DisplayOptions& options)
{
    if (options == m_options)
        return;
    const bool otherRows = options.predictingRow != m_options.predictingRow;
    m_options = options;
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

bool ViewContext::hasSharedLimits()
{
    return m_options.limits == LimitsMode::Shared && m_rows.shownGroup() != nullptr;
}

ValueScale ViewContext::scaleFor(std::span<const float> row, const TokenAxis& keys)
{
    ValueScale scale;
    scale.timesUniform = m_options.timesUniform;
    scale.curve = m_options.curve;
    scale.keyCount = static_cast<double>(keys.length);
    std::vector<float> weights;
    if (const auto group = m_options.limits == LimitsMode::Shared ? m_rows.shownGroup() : nullptr) {
        for (const ShownSiteRows& site : group->sites)
            for (int head = 0; head < site.heads; ++head)
                appendScaledWeights(keys, site.row(HeadChoice{head}), weights);
    } else if (!row.empty()) {
        appendScaledWeights(keys, row, weights);
    }
    return withSharedLimits(scale, weights);
}

QColor ViewContext::markColor()
{
    return QColor(0xff, 0x9f, 0x45);
}

} // namespace heedmap
