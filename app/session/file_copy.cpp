#include "app/session/file_copy.h"

#include "core/base/error.h"

#include <QFile>
#include <QSaveFile>

namespace heedmap {

namespace {

constexpr qint64 kBlock = 4 << 20;

[[noreturn]] void refuse(const QString& path, const QString& reason)
{
    throw Error(ErrorKind::Io, "cannot write {}: {}; choose another place or make room", path.toStdString(),
                reason.toStdString());
}

} // namespace

void copyFileAtomically(const std::filesystem::path& from, const std::filesystem::path& to)
{
    QFile source(QString::fromStdString(from.string()));
    if (!source.open(QIODevice::ReadOnly))
        throw Error(ErrorKind::NotFound, "cannot read {}: {}", from.string(), source.errorString().toStdString());
    QSaveFile target(QString::fromStdString(to.string()));
    if (!target.open(QIODevice::WriteOnly))
        refuse(target.fileName(), target.errorString());
    while (!source.atEnd()) {
        const QByteArray block = source.read(kBlock);
        if (block.isEmpty())
            throw Error(ErrorKind::Io, "cannot read {}: {}", from.string(), source.errorString().toStdString());
        if (target.write(block) != block.size())
            refuse(target.fileName(), target.errorString());
    }
    if (!target.commit())
        refuse(target.fileName(), target.errorString());
}

} // namespace heedmap
