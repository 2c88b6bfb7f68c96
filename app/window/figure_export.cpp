#include "app/window/figure_export.h"

#include "core/base/error.h"

#include <QSaveFile>

namespace heedmap {

void exportFigure(const Capture& capture, const MapChoice& map, qint64 query, const RenderOptions& options,
                  const QString& path)
{
    const QImage figure = renderMapImage(capture, map, query, options);
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || !figure.save(&file, "PNG") || !file.commit())
        throw Error(ErrorKind::Io, "cannot write {}: {}; choose another place or make room", path.toStdString(),
                    file.errorString().toStdString());
}

} // namespace heedmap
