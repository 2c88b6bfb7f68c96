#pragma once

#include <QPalette>
#include <QString>

class QApplication;

namespace heedmap {

enum class Theme
{
    System, ///< light or dark, as the desktop's own palette is
    Light,
    Dark
};

QString themeKey(Theme theme); ///< stable, for settings
Theme themeFromKey(const QString& key);

QPalette lightPalette();
QPalette darkPalette();
/// Fusion, one of our palettes, a small style sheet. Remembers the desktop's palette at the first call.
void applyTheme(QApplication& application, Theme theme);

} // namespace heedmap
