#include "app/window/recent_files.h"

#include <QDir>
#include <QFileInfo>
#include <QMenu>
#include <QSettings>

namespace heedmap {

namespace {

constexpr qsizetype kMost = 8;

} // namespace

RecentFiles::RecentFiles(QString settingsKey, QMenu* menu, QObject* parent)
    : QObject(parent), m_key(std::move(settingsKey)), m_menu(menu)
{
    connect(menu, &QMenu::aboutToShow, this, &RecentFiles::fill);
}

QStringList RecentFiles::paths() const
{
    return QSettings().value(m_key).toStringList();
}

void RecentFiles::add(const QString& path)
{
    const QString absolute = QFileInfo(path).absoluteFilePath();
    QStringList list = paths();
    list.removeAll(absolute);
    list.prepend(absolute);
    QSettings().setValue(m_key, list.mid(0, kMost));
}

void RecentFiles::fill()
{
    m_menu->clear();
    for (const QString& path : paths()) {
        QAction* action = m_menu->addAction(QDir::toNativeSeparators(path).replace(u'&', QStringLiteral("&&")));
        action->setEnabled(QFileInfo::exists(path));
        connect(action, &QAction::triggered, this, [this, path] { emit chosen(path); });
    }
    if (m_menu->isEmpty())
        m_menu->addAction(tr("Nothing yet"))->setEnabled(false);
}

} // namespace heedmap
