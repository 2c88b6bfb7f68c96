#include "app/session/capture_file.h"

#include "core/base/error.h"

#include <QSaveFile>

#include <algorithm>

namespace heedmap {

namespace {

constexpr std::size_t kBlock = 4 << 20;

[[noreturn]] void refuse(const QSaveFile& target)
{
    throw Error(ErrorKind::Io, "cannot write {}: {}; choose another place or make room",
                target.fileName().toStdString(), target.errorString().toStdString());
}

} // namespace

void saveCaptureAs(const Capture& capture, const std::filesystem::path& to)
{
    QSaveFile target(QString::fromStdString(to.string()));
    if (!target.open(QIODevice::WriteOnly))
        refuse(target);
    const std::span<const std::byte> bytes = capture.file().bytes();
    for (std::size_t begin = 0; begin < bytes.size(); begin += kBlock) {
        const auto block = bytes.subspan(begin, std::min(kBlock, bytes.size() - begin));
        const auto size = static_cast<qint64>(block.size());
        if (target.write(reinterpret_cast<const char*>(block.data()), size) != size)
            refuse(target);
    }
    capture.file().checkIntact(); // before the old content goes
    if (!target.commit())
        refuse(target);
}

} // namespace heedmap
