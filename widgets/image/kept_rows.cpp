#include "widgets/image/kept_rows.h"

#include "widgets/context/group_rows.h"
#include "widgets/context/map_labels.h"

#include <QCoreApplication>

namespace heedmap {

namespace {

QString weightText(double weight, const ValueScale& scale)
{
    const double factor = weight * scale.keyCount;
    const QString times = factor > 0 && factor < 0.01 ? QStringLiteral("<0.01") : QString::number(factor, 'g', 3);
    return QStringLiteral("%1 · %2×").arg(probabilityText(weight), times);
}

QString offPictureText(double mass)
{
    return QCoreApplication::translate("heedmap::TokenLegend", "off picture %1").arg(mass, 0, 'f', 2);
}

} // namespace

KeptRows keptRows(const Capture& capture, const MapChoice& map, const std::vector<std::int64_t>& queries,
                  bool predictingRow, const std::function<std::vector<float>(std::int64_t)>& read)
{
    KeptRows kept;
    const std::string& axis = queryAxisOf(capture, map).id;
    for (const std::size_t index : tokenColorIndices(queries)) {
        const std::int64_t query = queries[kept.rows.size()];
        kept.names << queryName(capture, axis, query, predictingRow).token;
        kept.colors.push_back(kTokenColors[index]);
        kept.rows.push_back(read(query));
        kept.offPicture.push_back(kept.rows.back().empty() ? 0
                                                           : massOffPatches(keyAxisOf(capture, map), kept.rows.back()));
    }
    return kept;
}

std::vector<LegendToken> legendOf(const KeptRows& kept, const TokenAxis& keys, const ValueScale& scale,
                                  std::optional<std::int64_t> key)
{
    std::vector<LegendToken> legend;
    for (std::size_t i = 0; i < kept.rows.size(); ++i) {
        QString value;
        if (key)
            value = weightText(kept.rows[i][static_cast<std::size_t>(*key)], scale);
        else if (hasPatches(keys))
            value = offPictureText(kept.offPicture[i]);
        legend.push_back({kept.names[static_cast<qsizetype>(i)], colorFromRgb(kept.colors[i]), value});
    }
    return legend;
}

QColor colorFromRgb(const Rgb& color)
{
    return QColor(color.r, color.g, color.b);
}

} // namespace heedmap
