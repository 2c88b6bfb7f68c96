#include "widgets/context/what_if_intents.h"

#include "core/capture/intervention_edit.h"
#include "widgets/context/map_labels.h"

#include <QCoreApplication>

#include <algorithm>

namespace heedmap {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("heedmap::WhatIf", text);
}

bool isLookedAt(const Capture& capture, const std::string& axis)
{
    const std::vector<AttentionSite>& sites = capture.manifest().sites;
    return std::any_of(sites.begin(), sites.end(), [&](const AttentionSite& site) { return site.keyAxis == axis; });
}

QString positionsText(const TokenAxis& axis, std::span<const std::int64_t> positions)
{
    const bool patches = patchRowColumn(axis, positions.front()).has_value();
    if (positions.size() > 1)
        return (patches ? tr("%1 patches") : tr("%1 tokens")).arg(positions.size());
    return patches ? tr("this patch") : positionLabel(axis, positions.front());
}

} // namespace

WhatIfIntent::WhatIfIntent(ViewContext& context, std::vector<Intervention> list, QString title, QString history)
    : m_context(&context), m_list(std::move(list)), m_title(std::move(title)), m_history(std::move(history))
{}

std::optional<WhatIfIntent> WhatIfIntent::muteHeads(ViewContext& context, std::span<const SiteHead> heads)
{
    const auto& capture = context.selection().capture();
    std::vector<MuteHead> mutes;
    QString name;
    for (const SiteHead& head : heads)
        if (capture && !head.head.isMean()) {
            mutes.push_back({capture->site(head.site).name, head.head.head});
            name = QString::fromStdString(headLabel(*capture, head.site, head.head));
        }
    if (mutes.empty())
        return std::nullopt;
    std::vector<Intervention> list = context.whatIf().interventions();
    const bool muted =
        std::all_of(mutes.begin(), mutes.end(), [&](const MuteHead& mute) { return isMuted(list, mute); });
    for (const MuteHead& mute : mutes)
        list = withMuted(std::move(list), mute, !muted);
    const bool single = mutes.size() == 1;
    const QString what = single ? name : tr("%1 heads").arg(mutes.size());
    const QString history = single ? interventionText(context, mutes.front()) : tr("mute %1").arg(what);
    return WhatIfIntent(context, std::move(list),
                        (muted ? tr("Let %1 speak again and run again") : tr("Mute %1 and run again")).arg(what),
                        muted ? tr("without: %1").arg(history) : history);
}

std::optional<WhatIfIntent> WhatIfIntent::hideKeys(ViewContext& context, const std::string& axis,
                                                   std::span<const std::int64_t> positions)
{
    const auto& capture = context.selection().capture();
    if (!capture || positions.empty() || !isLookedAt(*capture, axis))
        return std::nullopt;
    const std::vector<Intervention>& list = context.whatIf().interventions();
    const std::vector<std::int64_t> hidden = hiddenKeys(list, axis);
    const bool allHidden = std::all_of(positions.begin(), positions.end(), [&](std::int64_t position) {
        return std::binary_search(hidden.begin(), hidden.end(), position);
    });
    const QString what = positionsText(capture->manifest().axis(axis), positions);
    HideKeys change{axis, {positions.begin(), positions.end()}};
    std::sort(change.positions.begin(), change.positions.end());
    const QString history = interventionText(context, change);
    return WhatIfIntent(context, withHidden(list, axis, positions, !allHidden),
                        allHidden ? tr("Show %1 again and run again").arg(what) : tr("Hide %1 and run again").arg(what),
                        allHidden ? tr("without: %1").arg(history) : history);
}

QString interventionText(const ViewContext& context, const Intervention& intervention)
{
    const auto& capture = context.selection().capture();
    return QString::fromStdString(interventionLabel(intervention, capture ? capture->manifest() : Manifest()));
}

} // namespace heedmap
