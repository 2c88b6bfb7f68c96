#pragma once

#include "core/capture/attention.h"
#include "core/capture/capture.h"
#include "widgets/context/map_navigation.h"
#include "widgets/context/view_context.h"

#include <QString>

#include <cstdint>

namespace heedmap {

/// Names for people of what is on screen; one wording for status bar, captions, tool tips and screen readers.

/// How a query row belongs to the token it is shown for.
enum class RowKind
{
    Own,        ///< the position's own row
    Predicting, ///< the row that predicted a generated token
    Input       ///< the row of a generated token when it was the input
};

struct QueryName
{
    QString token; ///< the token's text, "patch row 3, column 7", …
    RowKind kind = RowKind::Own;
};

/// `predictingRow`: how generated tokens are shown (DisplayOptions::predictingRow).
QueryName queryName(const Capture& capture, const std::string& axis, std::int64_t position, bool predictingRow);
QString rowKindLabel(RowKind kind);
/// A position of any axis; tokens in quotation marks, patches with row and column.
QString positionLabel(const TokenAxis& axis, std::int64_t position);
/// "corners: mean of 3 heads"; without a name the reduction alone.
QString setLabel(const HeadSet& set);
/// "L3 · H1", or what setLabel says; for composed maps with the first step.
QString mapLabel(const Capture& capture, const MapChoice& map);
/// The group's title, and "composed" where the map is a product.
/// " · of the heads and rows that are stored" where a capture holds a part; else empty.
QString storedPartNote(const Capture& capture);
QString groupLabel(const Capture& capture, const ShownMap& shown);
/// "probability 0.1834 (59.4× uniform)", and that it is renormalised: the exact readout everywhere.
QString valueText(const ValueScale& scale, double probability);
/// "renormalised without special tokens; 0.21 of the mass left out".
QString leftOutText(double leftOut);
/// "limits of all heads: 0.09× to 23.5×, 99.5th percentile".
QString limitsText(const ValueScale& scale, LimitsSource source);
/// 0.1834 as people compare it: four decimals, an exponent below 0.001.
QString probabilityText(double probability);

} // namespace heedmap
