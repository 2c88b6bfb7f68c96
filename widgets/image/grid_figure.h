#pragma once

#include "widgets/image/figure.h"

#include <QAbstractItemModel>

namespace heedmap {

/// A table of pictures on paper: row and column headers as text, each cell's `pictureRole` (an image) in a frame
/// of `cellShape` (width divided by height), its Qt::DisplayRole (a few words, or nothing) below it, the chosen cells
/// outlined. The images are copied; the model may change.
Figure figureOfGrid(const QAbstractItemModel& model, double cellShape, int pictureRole, const QModelIndexList& chosen);

} // namespace heedmap
