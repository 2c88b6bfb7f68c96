#include "widgets/image/mode_figure.h"

#include "widgets/context/map_labels.h"
#include "widgets/image/figure_headline.h"
#include "widgets/image/map_caption.h"
#include "widgets/image/mode_painter.h"
#include "widgets/image/patch_grid_painter.h"
#include "widgets/image/picture_image.h"

#include <QCoreApplication>
#include <QFontMetricsF>

#include <algorithm>

namespace heedmap {

namespace {

constexpr double kSpectrumWidth = 200;
constexpr double kSideWidth = 320;
constexpr double kGap = 24;
constexpr double kHeight = 300;

QString tr(const char* text)
{
    return QCoreApplication::translate("heedmap::Modes", text);
}

QString centringText(const ModeFigureParts& parts)
{
    QString text = QString::fromUtf8(centringInfo(parts.result->front().modes.centring).title);
    if (parts.withoutSpecial)
        text += tr(", rows renormalised without special tokens, which are no columns");
    return text;
}

const char* signText(const ModeSubspace& subspace)
{
    return subspace.isSingle() ? "red and blue: opposite signs; the strongest query is positive"
                               : "root sum of squares over the modes of the subspace, no signs";
}

std::string stackedHead(const Capture& capture, const MapChoice& part)
{
    return capture.site(part.site).key() + ":" + (part.head.isMean() ? "mean" : std::to_string(part.head.head));
}

void addRows(NumberTable& table, const SvdModes& modes)
{
    table.rows.names = {"mode", "singular_value", "energy", "subspace"};
    for (std::size_t i = 0; i < modes.subspaces.size(); ++i) {
        const ModeSubspace& subspace = modes.subspaces[i];
        for (std::int64_t mode = subspace.first; mode < subspace.first + subspace.dimension; ++mode) {
            table.rows.labels.push_back({std::to_string(mode + 1), fmt::format("{:.17g}", modes.values[mode]),
                                         fmt::format("{:.17g}", modes.energy(mode)), std::to_string(i + 1)});
            for (const double value : modes.queries.col(mode))
                table.values.push_back(value);
            for (const double value : modes.keys.col(mode))
                table.values.push_back(value);
        }
    }
}

} // namespace

QSizeF modePictureSize(const Capture& capture, const TokenAxis& axis)
{
    const CaptureInput* input = pictureInput(capture);
    const QSizeF size = input ? QSizeF(input->width, input->height) : QSizeF();
    return size.isEmpty() ? seenRegion(axis).size() : size;
}

QStringList modesCaption(const Capture& capture, const ModeFigureParts& parts)
{
    const MapModes& modes = parts.result->front();
    const MapChoice& map = modes.map.parts.front();
    QStringList lines;
    lines << tr("%1 · %2 · %3")
                 .arg(QString::fromStdString(capture.manifest().model.name),
                      groupLabel(capture, {parts.group, map, {}}), stackName(capture, modes.map));
    lines << tr("singular value decomposition of %1 × %2 weights · %3")
                 .arg(modes.map.rows())
                 .arg(modes.map.columns())
                 .arg(centringText(parts));
    lines << tr("%1 (Roy and Vetterli 2007)").arg(effectiveRankText(modes.modes));
    if (modes.modes.nonFinite > 0)
        lines << tr("%1 weights are no finite numbers and count as 0").arg(modes.modes.nonFinite);
    if (const QString changed = interventionsCaption(capture); !changed.isEmpty())
        lines << changed;
    return lines;
}

Figure figureOfMode(const Capture& capture, const ModeFigureParts& parts)
{
    const MapModes& modes = parts.result->front();
    const ModeSubspace& subspace = modes.modes.subspaces[parts.subspace];
    const MapChoice& map = modes.map.parts.front();
    const QImage faded = fadedPicture(parts.picture);
    const TokenAxis& queryAxis = queryAxisOf(capture, map);
    const TokenAxis& keyAxis = keyAxisOf(capture, map);
    const ModeSideScene queries = modeSideScene(tr("queries"), querySideOf(capture, modes, subspace), queryAxis, faded,
                                                modePictureSize(capture, queryAxis));
    const ModeSideScene keys = modeSideScene(tr("keys"), keySideOf(capture, modes, subspace), keyAxis, faded,
                                             modePictureSize(capture, keyAxis));
    Figure figure;
    const QString headline = tr("%1 · %2").arg(modeName(subspace), modeFacts(modes.modes, subspace));
    figure.caption = modesCaption(capture, parts);
    figure.caption.insert(2, QString::fromUtf8(signText(subspace)));
    figure.title = headline + QStringLiteral(" · ") + figure.caption.front();
    const double top = headlineHeight(headline) + 4;
    figure.size = QSizeF(kSpectrumWidth + 2 * (kSideWidth + kGap), top + kHeight);
    figure.paint = [result = parts.result, chosen = parts.subspace, queries, keys, headline, top,
                    width = figure.size.width()](QPainter& painter, const FigureStyle& style) {
        paintHeadline(painter, headline, width, style);
        const ModeInk ink{style.ink, style.fainter, style.accent};
        const QFontMetricsF metrics(style.font);
        painter.setPen(ink.fainter);
        painter.drawText(QRectF(0, top, kSpectrumWidth, metrics.height()), Qt::AlignLeft, tr("singular values"));
        paintSpectrum(painter, QRectF(0, top + metrics.height() + 6, kSpectrumWidth, kHeight * 0.6),
                      result->front().modes, chosen, ink);
        paintModeSide(painter, QRectF(kSpectrumWidth + kGap, top, kSideWidth, kHeight), queries, ink);
        paintModeSide(painter, QRectF(kSpectrumWidth + 2 * kGap + kSideWidth, top, kSideWidth, kHeight), keys, ink);
    };
    return figure;
}

NumberTable tableOfModes(const Capture& capture, const ModeFigureParts& parts)
{
    const MapModes& modes = parts.result->front();
    const MapChoice& first = modes.map.parts.front();
    const TokenAxis& queries = queryAxisOf(capture, first);
    const TokenAxis& keys = keyAxisOf(capture, first);
    NumberTable table;
    table.doublePrecision = true;
    table.valueName = "vector_entry";
    const Manifest& manifest = capture.manifest();
    table.notes = {fmt::format("model: {} ({})", manifest.model.name, manifest.model.architecture),
                   fmt::format("capture: {}", capture.path().filename().string()),
                   fmt::format("centring: {}", centringText(parts).toStdString()),
                   fmt::format("signs: {}", kModeSignRule),
                   fmt::format("subspaces: {}", kModeSubspaceRule),
                   "the vectors of a subspace of several modes are one of its bases among many"};
    table.columns.names = {"side", "token", "position", "head"};
    for (std::int64_t row = 0; row < modes.map.rows(); ++row) {
        const std::int64_t query = modes.map.queryOf(row);
        table.columns.labels.push_back(
            {"query", queries.label(query), std::to_string(query), stackedHead(capture, modes.map.partOf(row))});
    }
    for (const std::int64_t key : modes.map.keys)
        table.columns.labels.push_back({"key", keys.label(key), std::to_string(key), ""});
    addRows(table, modes.modes);
    return table;
}

} // namespace heedmap
