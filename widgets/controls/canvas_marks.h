#pragma once

#include <QString>

class QPainter;
class QWidget;

namespace heedmap {

// What every canvas draws alike, in the colours of its palette. GUI thread.

/// Around a canvas that the keyboard speaks to.
void paintFocusFrame(QPainter& painter, const QWidget& canvas);
/// In place of everything, where there is nothing to show yet.
void paintEmptyHint(QPainter& painter, const QWidget& canvas, const QString& hint);

} // namespace heedmap
