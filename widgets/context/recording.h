#pragma once

#include "core/media/audio.h"

#include <QByteArray>
#include <QString>

#include <string>

namespace heedmap {

/// A recording as it came and as a model hears it.
struct Recording
{
    QByteArray bytes; ///< the original file
    QString name;
    std::string sha256;      ///< of `bytes`, in hexadecimal; stands for them where recordings are compared
    Audio sound;             ///< decoded: one channel at 16 000 samples a second, as every public Whisper hears it
    AudioHeader header = {}; ///< of the file

    bool operator==(const Recording& other) const { return sha256 == other.sha256 && name == other.name; }
};

} // namespace heedmap
