#include "widgets/context/map_labels.h"

#include "core/base/byte_characters.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("heedmap::MapLabels", text);
}

QString quoted(const QString& text)
{
    return QStringLiteral("“%1”").arg(text.trimmed());
}

} // namespace

QueryName queryName(const Capture& capture, const std::string& axis, std::int64_t position, bool predictingRow)
{
    for (const CaptureOutput& output : capture.manifest().outputs) {
        if (!output.isText || output.axis != axis)
            continue;
        for (const GeneratedToken& token : output.tokens)
            if (predictingRow ? token.predictingRow == position : token.inputRow == position)
                return {quoted(QString::fromStdString(readablePiece(token.text))),
                        predictingRow ? RowKind::Predicting : RowKind::Input};
    }
    return {positionLabel(capture.manifest().axis(axis), position), RowKind::Own};
}

QString rowKindLabel(RowKind kind)
{
    switch (kind) {
    case RowKind::Predicting:
        return tr("predicting row");
    case RowKind::Input:
        return tr("input row");
    case RowKind::Own:
        break;
    }
    return tr("its own row");
}

QString positionLabel(const TokenAxis& axis, std::int64_t position)
{
    if (position < 0 || position >= axis.length)
        return tr("nothing");
    if (const auto place = patchRowColumn(axis, position))
        return tr("patch row %1, col %2").arg(place->first).arg(place->second);
    const QString label = QString::fromStdString(axis.label(position));
    return axis.tokenAt(position) ? quoted(label) : label;
}

QString setLabel(const HeadSet& set)
{
    const QString label = QString::fromStdString(set.label());
    return set.name.empty() ? label : tr("%1: %2").arg(QString::fromStdString(set.name), label);
}

QString mapLabel(const Capture& capture, const MapChoice& map)
{
    const QString second =
        map.set ? setLabel(*map.set) : QString::fromStdString(headLabel(capture, map.site, map.head));
    if (!map.isComposed())
        return second;
    const QString first = QString::fromStdString(headLabel(capture, map.first->site, map.first->head));
    return tr("(%1) × (%2)").arg(first, second);
}

QString storedPartNote(const Capture& capture)
{
    const Manifest& manifest = capture.manifest();
    const bool isWhole =
        std::ranges::all_of(manifest.sites, [](const AttentionSite& site) { return site.storedHeads.areAll(); }) &&
        std::ranges::all_of(manifest.axes, [](const auto& axis) { return axis.second.storedQueries.areAll(); });
    return isWhole ? QString() : tr(" · of the heads and rows that are stored");
}

QString groupLabel(const Capture& capture, const ShownMap& shown)
{
    const std::optional<GroupChoice> group = groupChoice(capture, shown.group);
    const QString title = QString::fromStdString(group ? group->title : shown.group);
    return shown.map.isComposed() ? tr("%1, composed").arg(title) : title;
}

QString valueText(const ValueScale& scale, double probability)
{
    if (!std::isfinite(probability))
        return scale.unit.empty() ? tr("probability: not a number") : tr("not a number");
    if (!scale.unit.empty())
        return tr("%1: %2").arg(QString::fromStdString(scale.unit), QString::fromStdString(scale.format(probability)));
    const QString text = tr("probability %1").arg(QString::fromStdString(scale.format(probability)));
    return scale.withoutSpecial ? tr("%1, renormalised without special tokens").arg(text) : text;
}

QString leftOutText(double leftOut)
{
    return tr("renormalised without special tokens; %1 of the mass left out").arg(leftOut, 0, 'f', 2);
}

QString limitsText(const ValueScale& scale, LimitsSource source)
{
    const QString range = tr("%1 to %2")
                              .arg(QString::fromStdString(scale.formatDisplayed(scale.low)),
                                   QString::fromStdString(scale.formatDisplayed(scale.high)));
    if (source == LimitsSource::ByHand)
        return tr("limits set by hand: %1").arg(range);
    const QString whose = source == LimitsSource::AllHeads ? tr("limits of all heads: %1").arg(range)
                                                           : tr("limits of this map: %1").arg(range);
    if (scale.rule == LimitsRule::Extremes || scale.curve == ValueCurve::Percentile)
        return tr("%1, smallest to largest weight").arg(whose);
    return tr("%1, top = 99.5th percentile").arg(whose);
}

QString probabilityText(double probability)
{
    if (!std::isfinite(probability))
        return tr("not a number");
    return QString::number(probability, std::abs(probability) < 1e-3 && probability != 0 ? 'e' : 'f',
                           std::abs(probability) < 1e-3 && probability != 0 ? 1 : 4);
}

} // namespace heedmap
