#pragma once

#include "core/capture/attention.h"
#include "core/render/token_colors.h"
#include "widgets/image/token_legend_painter.h"

#include <QStringList>

#include <functional>
#include <optional>
#include <vector>

namespace heedmap {

/// The rows of several kept tokens of one map, with their names and colours (tokenColorIndices).
struct KeptRows
{
    QStringList names;
    std::vector<Rgb> colors;
    std::vector<std::vector<float>> rows; ///< [tokens][keys]
    std::vector<double> offPicture;       ///< mass on keys that are no patch
};

/// `read` gives the row of a query; at most as many tokens as there are colours are kept. Errors: those of `read`.
KeptRows keptRows(const Capture& capture, const MapChoice& map, const std::vector<std::int64_t>& queries,
                  bool predictingRow, const std::function<std::vector<float>(std::int64_t)>& read);
/// Names and colours with, for each token, its value at `key`, or without one its mass off the picture.
std::vector<LegendToken> legendOf(const KeptRows& kept, const TokenAxis& keys, const ValueScale& scale,
                                  std::optional<std::int64_t> key);
QColor colorFromRgb(const Rgb& color);

} // namespace heedmap
