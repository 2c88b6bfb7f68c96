#include "widgets/image/exporter.h"

#include "core/base/error.h"
#include "core/base/files.h"

#include <QFileInfo>

namespace heedmap {

namespace {

const ExportFormatInfo kFormats[] = {
    {ExportFormat::Png, "png", QT_TRANSLATE_NOOP("heedmap::ExportFormat", "PNG picture")},
    {ExportFormat::Svg, "svg", QT_TRANSLATE_NOOP("heedmap::ExportFormat", "SVG drawing")},
    {ExportFormat::Pdf, "pdf", QT_TRANSLATE_NOOP("heedmap::ExportFormat", "PDF document")},
    {ExportFormat::Csv, "csv", QT_TRANSLATE_NOOP("heedmap::ExportFormat", "CSV numbers")},
    {ExportFormat::Npy, "npy", QT_TRANSLATE_NOOP("heedmap::ExportFormat", "NumPy array")},
    {ExportFormat::Json, "json", QT_TRANSLATE_NOOP("heedmap::ExportFormat", "JSON numbers")},
};

QByteArray byteArray(const std::vector<std::byte>& bytes)
{
    return QByteArray(reinterpret_cast<const char*>(bytes.data()), static_cast<qsizetype>(bytes.size()));
}

} // namespace

std::span<const ExportFormatInfo> exportFormats()
{
    return kFormats;
}

std::optional<ExportFormat> exportFormatOfPath(const QString& path)
{
    const QString suffix = QFileInfo(path).suffix().toLower();
    for (const ExportFormatInfo& info : kFormats)
        if (suffix == QLatin1String(info.suffix))
            return info.format;
    return std::nullopt;
}

ExportFormat exportFormatFor(const std::string& path)
{
    if (const std::optional<ExportFormat> format = exportFormatOfPath(QString::fromStdString(path)))
        return *format;
    std::vector<std::string> endings;
    for (const ExportFormatInfo& info : kFormats)
        endings.push_back(fmt::format(".{}", info.suffix));
    throw Error(ErrorKind::InvalidRequest, "{}: the ending says what is written; give one of {}", path,
                fmt::join(endings, ", "));
}

bool isNumbers(ExportFormat format)
{
    return format == ExportFormat::Csv || format == ExportFormat::Npy || format == ExportFormat::Json;
}

Exporter exporterOfFigure(Figure figure, ExportFormat format, double pngScale)
{
    return [figure = std::move(figure), format, pngScale] {
        switch (format) {
        case ExportFormat::Svg:
            return svgFromFigure(figure);
        case ExportFormat::Pdf:
            return pdfFromFigure(figure);
        default:
            return pngFromFigure(figure, pngScale);
        }
    };
}

Exporter exporterOfTable(NumberTable table, ExportFormat format)
{
    return [table = std::move(table), format] {
        switch (format) {
        case ExportFormat::Npy:
            return byteArray(npyFromTable(table));
        case ExportFormat::Json:
            return QByteArray::fromStdString(jsonFromTable(table).dump(2) + '\n');
        default:
            return QByteArray::fromStdString(csvFromTable(table));
        }
    };
}

void writeExport(const Exporter& exporter, const QString& path)
{
    const QByteArray bytes = exporter();
    writeFileAtomically(path.toStdString(),
                        std::as_bytes(std::span(bytes.constData(), static_cast<std::size_t>(bytes.size()))));
}

} // namespace heedmap
