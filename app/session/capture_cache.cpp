#include "app/session/capture_cache.h"

#include "core/base/error.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>
#include <QUuid>

namespace heedmap {

CaptureCache::CaptureCache(QString folder, qint64 maxBytes) : m_folder(std::move(folder)), m_maxBytes(maxBytes) {}

QString CaptureCache::standardFolder()
{
    return QStandardPaths::writableLocation(QStandardPaths::CacheLocation) + QStringLiteral("/captures");
}

bool CaptureCache::holds(const QString& path) const
{
    return QFileInfo(path).absolutePath() == QDir(m_folder).absolutePath();
}

QString CaptureCache::newPath() const
{
    if (!QDir().mkpath(m_folder))
        throw Error(ErrorKind::Io,
                    "cannot make the folder {} for captures of runs; check its permissions and the free space",
                    m_folder.toStdString());
    const QString when = QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd-HHmmss"));
    return QDir(m_folder).absoluteFilePath(when + u'-' + QUuid::createUuid().toString(QUuid::Id128).left(8) +
                                           QStringLiteral(".heed"));
}

void CaptureCache::trim(const QStringList& keep) const
{
    const QDir folder(m_folder);
    const QDateTime yesterday = QDateTime::currentDateTime().addDays(-1);
    for (const QFileInfo& file : folder.entryInfoList({QStringLiteral("*.heed.partial")}, QDir::Files))
        if (file.lastModified() < yesterday)
            QFile::remove(file.absoluteFilePath());
    qint64 total = 0;
    for (const QFileInfo& file :
         folder.entryInfoList({QStringLiteral("*.heed")}, QDir::Files, QDir::Time)) { // newest first
        total += file.size();
        if (total > m_maxBytes && !keep.contains(file.absoluteFilePath()))
            QFile::remove(file.absoluteFilePath());
    }
}

} // namespace heedmap
