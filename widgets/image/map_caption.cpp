#include "widgets/image/map_caption.h"

#include "core/capture/intervention.h"
#include "widgets/context/map_labels.h"

#include <QCoreApplication>

namespace heedmap {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("heedmap::MapCaption", text);
}

QString tokensText(const Capture& capture, const MapCaption& caption)
{
    QStringList names;
    for (const std::int64_t query : caption.queries) {
        const QueryName name = queryName(capture, queryAxisOf(capture, caption.map).id, query, caption.predictingRow);
        names << tr("%1 (%2)").arg(name.token, rowKindLabel(name.kind));
    }
    return names.isEmpty() ? tr("all tokens") : names.join(QStringLiteral(", "));
}

constexpr qsizetype kMostMembers = 12;

/// The attention module, or the members of a set.
QString lastSiteText(const Capture& capture, const MapChoice& map)
{
    if (!map.set)
        return QString::fromStdString(capture.site(map.site).key());
    QStringList members;
    for (const SiteHead& member : map.set->members)
        members << QString::fromStdString(headLabel(capture, member.site, member.head));
    if (members.size() > kMostMembers)
        members = members.mid(0, kMostMembers) << tr("and %1 more").arg(members.size() - kMostMembers);
    return members.join(QStringLiteral(", "));
}

QString siteText(const Capture& capture, const MapChoice& map)
{
    const QString second = lastSiteText(capture, map);
    return map.isComposed() ? tr("%1 × %2").arg(QString::fromStdString(capture.site(map.first->site).key()), second)
                            : second;
}

QString reductionText(const Capture& capture, const MapCaption& caption)
{
    if (caption.map.set)
        return QString::fromStdString(caption.map.set->label());
    if (caption.map.isComposed())
        return tr("product of two maps");
    const AttentionSite& site = capture.site(caption.map.site);
    if (caption.map.head.isMean() && !site.storedHeads.areAll())
        return tr("mean of %1 stored of %2 heads").arg(site.heldHeadCount()).arg(site.heads);
    return caption.map.head.isMean() ? tr("mean of %1 heads").arg(site.heads) : tr("one head");
}

} // namespace

QStringList mapCaption(const Capture& capture, const MapCaption& caption)
{
    const ShownMap shown{caption.group, caption.map, std::nullopt};
    const ValueScale& scale = caption.scale;
    QStringList lines;
    lines << tr("%1 · %2 · %3")
                 .arg(tokensText(capture, caption), groupLabel(capture, shown), mapLabel(capture, caption.map));
    lines << tr("%1 · %2").arg(QString::fromStdString(capture.manifest().model.name), siteText(capture, caption.map));
    lines << tr("%1 · %2, %3 · %4")
                 .arg(reductionText(capture, caption), QString::fromStdString(scale.unitLabel()),
                      QString::fromStdString(scale.curveLabel()), caption.limits);
    if (hasPatches(keyAxisOf(capture, caption.map)))
        lines.back() += caption.interpolated ? tr(" · interpolated") : tr(" · exact patches");
    if (const QString changed = interventionsCaption(capture); !changed.isEmpty())
        lines << changed;
    return lines;
}

QString interventionsCaption(const Capture& capture)
{
    QStringList changes;
    for (const Intervention& intervention : capture.manifest().interventions)
        changes << QString::fromStdString(interventionLabel(intervention, capture.manifest()));
    if (changes.size() > kMostMembers)
        changes = changes.mid(0, kMostMembers) << tr("and %1 more").arg(changes.size() - kMostMembers);
    return changes.isEmpty() ? QString() : tr("changed inside the model: %1").arg(changes.join(QStringLiteral("; ")));
}

} // namespace heedmap
