// What the links hand out.

#include "core/render/heat.h"
#include "widgets/context/map_labels.h"
#include "widgets/controls/links_canvas.h"
#include "widgets/image/map_caption.h"
#include "widgets/views/links_view.h"

#include <fmt/format.h>
#include <QTextDocumentFragment>

namespace heedmap {

namespace {

constexpr double kWidth = 720;
constexpr double kLowest = 200;
constexpr double kHighest = 1200;

QString plain(const QString& richText)
{
    return QTextDocumentFragment::fromHtml(richText).toPlainText();
}

} // namespace

std::optional<Figure> LinksView::figure()
{
    rebuild(); // while hidden, it may be behind
    const std::optional<ShownMap> shown = selection().shown();
    if (!shown || m_canvas->scene().curves.empty())
        return std::nullopt;
    const Capture& capture = *selection().capture();
    MapCaption caption{shown->group, shown->map, queriesInQuestion(*shown),
                       context().scaleFor(context().rows().shownRow(), keyAxisOf(capture, shown->map))};
    caption.predictingRow = context().options().predictingRow;
    caption.limits = tr("width and opacity full at %1")
                         .arg(QString::fromStdString(caption.scale.formatWithUnit(caption.scale.opaqueFrom())));
    Figure figure;
    figure.caption = mapCaption(capture, caption);
    for (const Bundle& bundle : m_bundles)
        figure.caption << plain(bundleText(bundle));
    figure.caption << tr("at most %1 links each, threshold: %2").arg(m_most->value()).arg(m_thresholdText->text());
    if (const int away = m_canvas->curvesOutOfSight(); away > 0)
        figure.caption << tr("%1 of the links end at tokens that are scrolled out of sight").arg(away);
    figure.title = figure.caption.front();
    const QSizeF size(kWidth,
                      std::clamp(kWidth * m_canvas->height() / std::max(1, m_canvas->width()), kLowest, kHighest));
    figure.size = size;
    const LinksLayout shownLayout = m_canvas->currentLayout();
    const std::array<double, 2> scroll{shownLayout.sides[0].scroll, shownLayout.sides[1].scroll};
    LinksScene scene = m_canvas->scene();
    scene.pointed = {};
    figure.paint = [scene = std::move(scene), size, scroll](QPainter& painter, const FigureStyle& style) {
        const LinksLayout layout = layoutLinks(scene, size, QFontMetricsF(painter.font()), scroll);
        paintLinks(painter, scene, layout, {style.ink, style.fainter, QColor(0xf2, 0xf3, 0xf5)});
    };
    return figure;
}

std::optional<NumberTable> LinksView::numbers()
{
    rebuild();
    const std::optional<ShownMap> shown = selection().shown();
    const std::vector<LinkCurve>& curves = m_canvas->scene().curves;
    if (!shown || curves.empty())
        return std::nullopt;
    const Capture& capture = *selection().capture();
    const TokenAxis& queries = queryAxisOf(capture, shown->map);
    const TokenAxis& keys = keyAxisOf(capture, shown->map);
    const ValueScale unit = context().unitFor(keys);
    NumberTable table;
    const Manifest& manifest = capture.manifest();
    table.notes = {fmt::format("model: {} ({})", manifest.model.name, manifest.model.architecture),
                   fmt::format("capture: {}", capture.path().filename().string()),
                   fmt::format("map: {}, {}", groupLabel(capture, *shown).toStdString(),
                               mapLabel(capture, shown->map).toStdString()),
                   fmt::format("probability: attention probability{}; 1/{} is uniform",
                               unit.withoutSpecial ? ", renormalised without special tokens" : "", unit.keyCount)};
    if (const QString changed = interventionsCaption(capture); !changed.isEmpty())
        table.notes.push_back(changed.toStdString());
    for (const Bundle& bundle : m_bundles)
        table.notes.push_back(plain(bundleText(bundle)).toStdString());
    table.notes.push_back(
        fmt::format("at most {} links each, threshold: {}", m_most->value(), m_thresholdText->text().toStdString()));
    table.rows.names = {"token", "position", "row_kind", "key", "key_position", "key_is_special"};
    table.columns.names = {"quantity"};
    table.columns.labels = {{"probability"}, {"times_uniform"}};
    table.valueName = "value";
    for (const LinkCurve& curve : curves) {
        const QueryName name = queryName(capture, queries.id, curve.query, context().options().predictingRow);
        table.rows.labels.push_back({queries.label(curve.query), std::to_string(curve.query),
                                     rowKindLabel(name.kind).toStdString(), keys.label(curve.key),
                                     std::to_string(curve.key), keys.isSpecial(curve.key) ? "yes" : "no"});
        table.values.push_back(curve.weight);
        table.values.push_back(curve.weight * unit.keyCount);
    }
    return table;
}

} // namespace heedmap
