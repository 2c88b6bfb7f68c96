#pragma once

#include "widgets/context/recording.h"

#include <memory>

namespace heedmap {

/// A file's bytes with the sound in them, decoded at 16 kHz. Any thread; slow. Errors: as decodeAudio.
std::shared_ptr<const Recording> recordingFromBytes(QByteArray bytes, const QString& name);
/// As recordingFromBytes, of a file that a model is to hear. Errors: also those of requireAudible, Io, NotFound,
/// TooLarge.
std::shared_ptr<const Recording> recordingFromFile(const QString& path);

/// "1.9 s · 22050 Hz · mono", of the file as it came.
QString recordingDetail(const Recording& recording);

} // namespace heedmap
