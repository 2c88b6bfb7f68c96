#include "widgets/views/view_export.h"

namespace heedmap {

Exporter exporterOfView(View& view, ExportFormat format)
{
    if (!view.isUpToDate())
        return {};
    if (isNumbers(format)) {
        std::optional<NumberTable> numbers = view.numbers();
        return numbers ? exporterOfTable(std::move(*numbers), format) : Exporter();
    }
    std::optional<Figure> figure = view.figure();
    return figure ? exporterOfFigure(std::move(*figure), format) : Exporter();
}

} // namespace heedmap
