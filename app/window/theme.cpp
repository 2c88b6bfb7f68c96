#include "app/window/theme.h"

#include <QApplication>
#include <QStyleFactory>

#include <initializer_list>
#include <utility>

namespace heedmap {

namespace {

using RoleColor = std::pair<QPalette::ColorRole, QColor>;

QPalette paletteOf(std::initializer_list<RoleColor> colors, const QColor& muted)
{
    QPalette palette;
    for (const auto& [role, color] : colors)
        palette.setColor(role, color);
    for (QPalette::ColorRole role : {QPalette::Text, QPalette::WindowText, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, muted);
    palette.setColor(QPalette::PlaceholderText, muted);
    return palette;
}

QString styleSheet(const QPalette& palette)
{
    const auto name = [&](QPalette::ColorGroup group, QPalette::ColorRole role) {
        return palette.color(group, role).name();
    };
    const QString panel = name(QPalette::Active, QPalette::Base);
    const QString border = name(QPalette::Active, QPalette::Mid);
    const QString muted = name(QPalette::Disabled, QPalette::Text);
    const QString accent = name(QPalette::Active, QPalette::Highlight);
    const QString button = name(QPalette::Active, QPalette::Button);
    const QString accentText = name(QPalette::Active, QPalette::HighlightedText);
    return QStringLiteral(R"(
        QLabel#muted { color: %1; }
        QLabel#heading { color: %1; font-size: 8.5pt; letter-spacing: 1px; }
        QLabel#headline { font-size: 16pt; font-weight: 600; }
        QLabel#headline[long="true"] { font-size: 11pt; }
        QLabel#modelName { font-weight: 600; }
        QFrame#card { background: %2; border: 1px solid %3; border-radius: 6px; }
        QFrame#message { background: %2; border: 1px solid %3; border-left: 4px solid %4; border-radius: 4px; }
        QToolBar { border: none; border-bottom: 1px solid %3; padding: 4px 8px; spacing: 6px; }
        QStatusBar { border-top: 1px solid %3; }
        QStatusBar::item { border: none; }
        QDockWidget::title { padding: 7px 10px 3px 10px; background: transparent; }
        QMainWindow::separator { background: %3; width: 1px; height: 1px; }
        QPlainTextEdit { background: %2; border: 1px solid %3; border-radius: 6px; padding: 3px; }
        QPlainTextEdit:focus { border: 1px solid %4; }
        QTableView, QTreeWidget { background: transparent; }
        QTableView { outline: none; border: 1px solid transparent; }
        QTableView:focus { border: 1px dotted %4; }
        QHeaderView { background: transparent; }
        QHeaderView::section { background: transparent; border: none; color: %1; font-size: 8pt; padding: 1px; }
        QTableCornerButton::section { background: transparent; border: none; }
        QToolButton#choice { background: %5; border: 1px solid %3; border-radius: 4px; padding: 2px 8px; }
        QToolButton#choice:hover, QToolButton#choice:focus { border: 1px solid %4; }
        QToolButton#choice:checked { background: %4; color: %6; border: 1px solid %4; }
        QToolButton#choice:checked:focus { border: 1px solid %6; }
        QToolButton#note { background: transparent; color: %1; border: 1px solid transparent; border-radius: 4px; padding: 0 3px; }
        QToolButton#note:hover, QToolButton#note:focus { border: 1px solid %4; }
        QPushButton#run { background: %4; color: %6; border: 1px solid %4; border-radius: 6px; padding: 6px 14px; font-weight: 600; }
        QPushButton#run:hover { border: 1px solid %6; }
        QPushButton#run:focus { border: 2px solid %6; }
        QPushButton#run:disabled { background: %5; color: %1; border: 1px solid %3; }
        QProgressBar { background: %5; border: none; border-radius: 3px; max-height: 6px; }
        QProgressBar::chunk { background: %4; border-radius: 3px; }
    )")
        .arg(muted, panel, border, accent, button, accentText);
}

bool isDark(const QPalette& palette)
{
    return palette.color(QPalette::Window).lightness() < palette.color(QPalette::WindowText).lightness();
}

} // namespace

QString themeKey(Theme theme)
{
    return theme == Theme::Light  ? QStringLiteral("light")
           : theme == Theme::Dark ? QStringLiteral("dark")
                                  : QStringLiteral("system");
}

Theme themeFromKey(const QString& key)
{
    return key == QStringLiteral("light") ? Theme::Light : key == QStringLiteral("dark") ? Theme::Dark : Theme::System;
}

QPalette lightPalette()
{
    return paletteOf({{QPalette::Window, QColor(0xf3, 0xf4, 0xf7)},
                      {QPalette::WindowText, QColor(0x22, 0x25, 0x2b)},
                      {QPalette::Base, QColor(0xff, 0xff, 0xff)},
                      {QPalette::AlternateBase, QColor(0xf0, 0xf2, 0xf5)},
                      {QPalette::Text, QColor(0x22, 0x25, 0x2b)},
                      {QPalette::Button, QColor(0xe4, 0xe8, 0xee)},
                      {QPalette::ButtonText, QColor(0x22, 0x25, 0x2b)},
                      {QPalette::BrightText, QColor(0xd9, 0x3a, 0x3a)},
                      {QPalette::ToolTipBase, QColor(0xff, 0xff, 0xff)},
                      {QPalette::ToolTipText, QColor(0x22, 0x25, 0x2b)},
                      {QPalette::Light, QColor(0xff, 0xff, 0xff)},
                      {QPalette::Midlight, QColor(0xec, 0xee, 0xf2)},
                      {QPalette::Mid, QColor(0xcf, 0xd4, 0xdc)},
                      {QPalette::Dark, QColor(0xa9, 0xb0, 0xbb)},
                      {QPalette::Shadow, QColor(0x80, 0x88, 0x94)},
                      {QPalette::Highlight, QColor(0x1a, 0x6d, 0xd6)},
                      {QPalette::HighlightedText, QColor(0xff, 0xff, 0xff)},
                      {QPalette::Link, QColor(0x1a, 0x6d, 0xd6)}},
                     QColor(0x6a, 0x72, 0x7d));
}

QPalette darkPalette()
{
    return paletteOf({{QPalette::Window, QColor(0x20, 0x22, 0x26)},
                      {QPalette::WindowText, QColor(0xe6, 0xe8, 0xec)},
                      {QPalette::Base, QColor(0x29, 0x2c, 0x32)},
                      {QPalette::AlternateBase, QColor(0x2e, 0x31, 0x38)},
                      {QPalette::Text, QColor(0xe6, 0xe8, 0xec)},
                      {QPalette::Button, QColor(0x34, 0x38, 0x40)},
                      {QPalette::ButtonText, QColor(0xe6, 0xe8, 0xec)},
                      {QPalette::BrightText, QColor(0xff, 0x6b, 0x6b)},
                      {QPalette::ToolTipBase, QColor(0x34, 0x38, 0x40)},
                      {QPalette::ToolTipText, QColor(0xe6, 0xe8, 0xec)},
                      {QPalette::Light, QColor(0x4a, 0x4f, 0x59)},
                      {QPalette::Midlight, QColor(0x40, 0x45, 0x4e)},
                      {QPalette::Mid, QColor(0x40, 0x45, 0x4e)},
                      {QPalette::Dark, QColor(0x18, 0x1a, 0x1d)},
                      {QPalette::Shadow, QColor(0x10, 0x11, 0x13)},
                      {QPalette::Highlight, QColor(0x5a, 0xa9, 0xff)},
                      {QPalette::HighlightedText, QColor(0x0d, 0x1a, 0x2a)},
                      {QPalette::Link, QColor(0x5a, 0xa9, 0xff)}},
                     QColor(0x95, 0x9c, 0xa7));
}

void applyTheme(QApplication& application, Theme theme)
{
    static const bool desktopIsDark = isDark(application.palette());
    const bool dark = theme == Theme::Dark || (theme == Theme::System && desktopIsDark);
    const QPalette palette = dark ? darkPalette() : lightPalette();
    application.setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    application.setPalette(palette);
    application.setStyleSheet(styleSheet(palette));
}

} // namespace heedmap
