#pragma once

#include <QImage>
#include <QStringList>

class QMimeData;

namespace heedmap {

/// What a drop or the clipboard brings: local files, else a picture.
struct DroppedData
{
    QStringList paths;
    QImage image;
};

bool holdsSomethingToOpen(const QMimeData& data);
DroppedData readDropData(const QMimeData& data);

} // namespace heedmap
