// What the sentence of chips hands out.

#include "widgets/context/map_numbers.h"
#include "widgets/controls/token_strip.h"
#include "widgets/image/answer_figure.h"
#include "widgets/views/tokens_view.h"

namespace heedmap {

namespace {

constexpr double kWidth = 720;

/// Colours on paper, whatever the window's theme.
ChipColors paperColors(const FigureStyle& style)
{
    return {style.ink, style.fainter, QColor(0xe8, 0xea, 0xed), QColor(0xb4, 0xb9, 0xc0), style.accent};
}

} // namespace

std::optional<Figure> TokensView::figure()
{
    const auto& capture = selection().capture();
    if (!capture || m_strip->chips().empty())
        return std::nullopt;
    std::vector<ChipLook> looks;
    std::vector<QSizeF> sizes;
    const QFontMetricsF metrics(FigureStyle::defaultFont());
    for (const TokenChip* chip : m_strip->chips()) {
        looks.push_back(chip->look());
        sizes.push_back(chipSize(looks.back().text, metrics));
    }
    std::vector<QRectF> places = arrangeChips(sizes, kWidth);
    Figure figure;
    figure.size = QSizeF(kWidth, places.back().bottom());
    figure.caption << QString::fromStdString(capture->manifest().model.name);
    for (const QString& line : {m_map->text(), m_explanation->text()})
        if (!line.isEmpty())
            figure.caption << line;
    figure.title = figure.caption.join(QStringLiteral(" · "));
    figure.paint = [looks = std::move(looks), places = std::move(places)](QPainter& painter, const FigureStyle& style) {
        for (std::size_t i = 0; i < looks.size(); ++i)
            paintChip(painter, places[i], looks[i], paperColors(style));
    };
    return figure;
}

std::optional<NumberTable> TokensView::numbers()
{
    const auto& capture = selection().capture();
    if (!capture)
        return std::nullopt;
    const std::optional<ShownMap> shown = selection().shown();
    if (shown)
        if (const Bars bars = currentBars(); !bars.weights.empty())
            return tableOfBars(*shown, bars);
    for (const CaptureOutput& output : capture->manifest().outputs)
        if (output.rank == 0 && (!output.tokens.empty() || !output.scores.empty()))
            return tableOfAnswer(*capture, output);
    return std::nullopt;
}

NumberTable TokensView::tableOfBars(const ShownMap& shown, const Bars& bars)
{
    const Capture& capture = *selection().capture();
    const bool predictingRow = context().options().predictingRow;
    if (bars.onKeys) {
        const MapChoice map =
            shown.map.isComposed() ? MapChoice{shown.map.first->site, shown.map.first->head, {}} : shown.map;
        return tableOfRows(capture, keyAxisOf(capture, map), {}, {{map, *shown.query, bars.weights}}, bars.unit,
                           predictingRow);
    }
    std::vector<NumberedRow> rows;
    for (std::size_t query = 0; query < bars.weights.size(); ++query)
        rows.push_back({shown.map, static_cast<std::int64_t>(query), {bars.weights[query]}});
    return tableOfRows(capture, keyAxisOf(capture, shown.map), {*selection().shownKey()}, rows, bars.unit,
                       predictingRow);
}

} // namespace heedmap
