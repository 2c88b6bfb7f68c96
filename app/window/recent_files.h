#pragma once

#include <QObject>
#include <QStringList>

class QMenu;

namespace heedmap {

/// Paths opened lately, newest first, kept in the settings. Fills a menu each time it opens.
class RecentFiles : public QObject
{
    Q_OBJECT

public:
    /// `settingsKey` names the list.
    RecentFiles(QString settingsKey, QMenu* menu, QObject* parent);

    void add(const QString& path);
    QStringList paths() const;

signals:
    void chosen(const QString& path);

private:
    void fill();

    QString m_key;
    QMenu* m_menu;
};

} // namespace heedmap
