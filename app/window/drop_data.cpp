#include "app/window/drop_data.h"

#include <QMimeData>
#include <QUrl>

namespace heedmap {

bool holdsSomethingToOpen(const QMimeData& data)
{
    if (data.hasImage())
        return true;
    for (const QUrl& url : data.urls())
        if (url.isLocalFile())
            return true;
    return false;
}

DroppedData readDropData(const QMimeData& data)
{
    DroppedData found;
    for (const QUrl& url : data.urls())
        if (url.isLocalFile())
            found.paths << url.toLocalFile();
    if (found.paths.isEmpty() && data.hasImage())
        found.image = qvariant_cast<QImage>(data.imageData());
    return found;
}

} // namespace heedmap
