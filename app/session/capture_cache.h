#pragma once

#include <QString>
#include <QStringList>

namespace heedmap {

/// Where captures of runs live until somebody saves them: one folder, oldest out first. Any thread.
class CaptureCache
{
public:
    /// `folder` is made when first needed.
    explicit CaptureCache(QString folder, qint64 maxBytes = qint64{1} << 30);

    /// The user's cache folder.
    static QString standardFolder();

    /// Whether a file is in the folder, so that it will go one day.
    bool holds(const QString& path) const;
    /// A path nobody has yet. Errors: Io when the folder cannot be made.
    QString newPath() const;
    /// Removes the oldest captures until the rest fits, and what broken runs left behind more than a day ago. A capture
    /// that is open stays readable after its file is gone. Files named in `keep` stay.
    void trim(const QStringList& keep) const;

private:
    QString m_folder;
    qint64 m_maxBytes;
};

} // namespace heedmap
