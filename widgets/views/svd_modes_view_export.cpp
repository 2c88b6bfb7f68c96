// What the modes of a map hand out.

#include "widgets/image/mode_figure.h"
#include "widgets/views/svd_modes_view.h"

namespace heedmap {

std::optional<ModeFigureParts> SvdModesView::figureParts() const
{
    if (!chosenSubspace())
        return std::nullopt;
    return ModeFigureParts{selection().selection().group, m_result, m_chosen, context().options().withoutSpecial,
                           selection().picture()};
}

std::optional<Figure> SvdModesView::figure()
{
    const std::optional<ModeFigureParts> parts = figureParts();
    return parts ? std::optional(figureOfMode(*selection().capture(), *parts)) : std::nullopt;
}

std::optional<NumberTable> SvdModesView::numbers()
{
    const std::optional<ModeFigureParts> parts = figureParts();
    return parts ? std::optional(tableOfModes(*selection().capture(), *parts)) : std::nullopt;
}

} // namespace heedmap
