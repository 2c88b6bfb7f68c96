#pragma once

#include <QIcon>
#include <QString>

namespace heedmap {

/// Makes the icons of this library known; before the first icon is asked for.
void loadIcons();
/// An icon of resources/icons in the palette's ink, drawn at any size. Made anew when the theme changes.
QIcon themedIcon(const QString& name);
/// The program's own icon.
QIcon programIcon();

} // namespace heedmap
