#pragma once

#include "core/base/number_table.h"
#include "widgets/image/figure.h"

#include <QByteArray>
#include <QString>

#include <functional>
#include <optional>
#include <span>

namespace heedmap {

enum class ExportFormat
{
    Png,
    Svg,
    Pdf,
    Csv,
    Npy,
    Json
};

struct ExportFormatInfo
{
    ExportFormat format;
    const char* suffix; ///< "png"
    const char* title;  ///< "PNG picture"
};

/// Every format, in menu order.
std::span<const ExportFormatInfo> exportFormats();
/// The format of a file name's ending; absent for endings that mean none of them.
std::optional<ExportFormat> exportFormatOfPath(const QString& path);

/// The same for a file somebody named. Errors: InvalidRequest with the endings there are.
ExportFormat exportFormatFor(const std::string& path);
/// Csv, Npy and Json hold numbers, the others a figure.
bool isNumbers(ExportFormat format);

/// The bytes of an export, worked out when called; owns all it needs and may be called on a worker. Errors: TooLarge,
/// Internal.
using Exporter = std::function<QByteArray()>;

constexpr double kPngScale = 2; ///< sharp on paper and on dense screens

/// Png, Svg or Pdf.
Exporter exporterOfFigure(Figure figure, ExportFormat format, double pngScale = kPngScale);
/// Csv, Npy or Json.
Exporter exporterOfTable(NumberTable table, ExportFormat format);

/// Writes so that `path` holds either its old content or all of the new. Any thread. Errors: as the exporter's, Io.
void writeExport(const Exporter& exporter, const QString& path);

} // namespace heedmap
