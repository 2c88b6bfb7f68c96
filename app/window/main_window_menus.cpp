#include "app/window/export_menu.h"
#include "app/window/main_window.h"
#include "app/window/message_bar.h"
#include "app/window/pinned_views.h"
#include "app/window/recent_files.h"
#include "app/window/theme.h"
#include "app/window/window_settings.h"
#include "widgets/views/view_registry.h"

#include <QActionGroup>
#include <QApplication>
#include <QDockWidget>
#include <QMenu>
#include <QMenuBar>

namespace heedmap {

void MainWindow::buildMenus()
{
    m_actions.fill(*menuBar());
    fillExports();
    fillThemes();
    fillColorMaps();
    fillPins();
    fillGoTo();
    for (QDockWidget* dock : findChildren<QDockWidget*>())
        m_actions.view->addAction(dock->toggleViewAction());
    m_recentFiles = new RecentFiles(QStringLiteral("recent/files"), m_actions.recentFiles, this);
    m_recentModels = new RecentFiles(QStringLiteral("recent/models"), m_actions.recentModels, this);
    connect(m_recentFiles, &RecentFiles::chosen, this, &MainWindow::openPath);
    connect(m_recentModels, &RecentFiles::chosen, this, &MainWindow::openPath);
}

/// One menu for each view, in the File menu, in the view's own context menu and in its dock's.
void MainWindow::fillExports()
{
    for (const ViewEntry& entry : viewRegistry()) {
        View* view = m_views[entry.id];
        const QString title = viewTitle(entry);
        auto* menu = new ExportMenu(*view, title, this);
        m_exports[entry.id] = menu;
        m_actions.exports->addMenu(menu);
        connect(menu, &ExportMenu::chosen, this,
                [this, title](const Exporter& exporter, const ExportFormatInfo& format) {
                    chooseExportPath(exporter, format, title);
                });
        connect(menu, &ExportMenu::nothingToExport, m_messages, [this, title] {
            m_messages->showNote(tr("“%1” shows nothing that could be saved: bring it to the front, with a capture "
                                    "open and a token kept.")
                                     .arg(title));
        });
        auto* exporting = new QAction(tr("&Export"), view);
        exporting->setMenu(menu);
        auto* dock = qobject_cast<QDockWidget*>(view->parentWidget());
        for (QWidget* widget : {static_cast<QWidget*>(view), static_cast<QWidget*>(dock)})
            if (widget) {
                widget->addAction(exporting);
                widget->setContextMenuPolicy(Qt::ActionsContextMenu);
            }
    }
    m_exports["stage"]->action(ExportFormat::Png)->setShortcut(QKeySequence(tr("Ctrl+E")));
}

void MainWindow::fillThemes()
{
    auto* group = new QActionGroup(this);
    const std::pair<Theme, QString> themes[] = {
        {Theme::System, tr("As the &system")}, {Theme::Light, tr("&Light")}, {Theme::Dark, tr("&Dark")}};
    for (const auto& [theme, title] : themes) {
        QAction* action = m_actions.themes->addAction(title);
        action->setCheckable(true);
        action->setChecked(theme == savedTheme());
        group->addAction(action);
        connect(action, &QAction::triggered, this, [theme = theme] {
            saveTheme(theme);
            applyTheme(*qApp, theme);
        });
    }
}

void MainWindow::fillColorMaps()
{
    auto* group = new QActionGroup(this);
    for (const ColorMap& map : colorMaps()) {
        const QString name = QString::fromStdString(map.name);
        QAction* action = m_actions.colorMaps->addAction(QString::fromStdString(map.title));
        action->setCheckable(true);
        group->addAction(action);
        const auto refresh = [this, action, name] { action->setChecked(m_context.options().colorMap == name); };
        refresh();
        connect(&m_context, &ViewContext::optionsChanged, action, refresh);
        connect(action, &QAction::triggered, this, [this, name] {
            DisplayOptions options = m_context.options();
            options.colorMap = name;
            m_context.setOptions(options);
        });
    }
}

/// In the View menu, and in the context menu of each view and its dock.
void MainWindow::fillPins()
{
    for (const ViewEntry& entry : viewRegistry()) {
        QWidget* view = m_views[entry.id];
        auto* pin = new QAction(tr("&Pin a copy of this view"), view);
        connect(pin, &QAction::triggered, this, [this, &entry] { m_pinned->pin(entry); });
        for (QWidget* widget : {view, static_cast<QWidget*>(qobject_cast<QDockWidget*>(view->parentWidget()))})
            if (widget) {
                widget->addAction(pin);
                widget->setContextMenuPolicy(Qt::ActionsContextMenu);
            }
        connect(m_actions.pins->addAction(viewTitle(entry)), &QAction::triggered, pin, &QAction::trigger);
    }
    connect(m_pinned, &PinnedViews::failed, m_messages,
            [this](const QString& message) { m_messages->showError(message); });
}

/// Ctrl+1, Ctrl+2, … in the registry's order; after the ninth Ctrl+Shift+1, ….
void MainWindow::fillGoTo()
{
    int number = 0;
    for (const ViewEntry& entry : viewRegistry()) {
        QAction* action = m_actions.goTo->addAction(viewTitle(entry));
        ++number;
        action->setShortcut(
            QKeySequence(number <= 9 ? tr("Ctrl+%1").arg(number) : tr("Ctrl+Shift+%1").arg(number - 9)));
        connect(action, &QAction::triggered, this, [this, &entry] { goTo(*m_views[entry.id]); });
    }
}

/// Shows the view, in front of the others of its place, with the keyboard focus in it.
void MainWindow::goTo(View& view)
{
    if (!view.isWanted())
        return; // there is nothing in it, and no room for it
    if (auto* dock = qobject_cast<QDockWidget*>(view.parentWidget())) {
        dock->show();
        dock->raise();
    }
    for (QWidget* child : view.findChildren<QWidget*>())
        if (child->isVisibleTo(&view) && child->isEnabled() && (child->focusPolicy() & Qt::TabFocus) != 0) {
            child->setFocus(Qt::ShortcutFocusReason);
            return;
        }
}

} // namespace heedmap
