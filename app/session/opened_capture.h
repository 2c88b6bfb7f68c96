#pragma once

#include "app/session/document.h"

namespace heedmap {

/// What a capture brings with it.
struct OpenedCapture
{
    std::shared_ptr<const Capture> capture;
    Selection selection;
    Picture picture;                            ///< null when none is embedded
    std::shared_ptr<const Recording> recording; ///< null when none is embedded
    QString question;
    QString warning; ///< why an embedded picture or recording is not shown; usually empty
};

/// `known` stands for a recording of the same hash, so that it is not decoded again. Any thread; slow. Errors: as
/// Capture::open and initialSelection.
OpenedCapture readCapture(const QString& path, const std::shared_ptr<const Recording>& known = nullptr);
/// The same of one that is open. Errors: as initialSelection.
OpenedCapture contentsOf(std::shared_ptr<const Capture> capture,
                         const std::shared_ptr<const Recording>& known = nullptr);
/// The recording in a capture; null when none is, or when it cannot be read: then `warning` says why. Any thread; slow.
std::shared_ptr<const Recording> embeddedRecording(const Capture& capture,
                                                   const std::shared_ptr<const Recording>& known, QString& warning);
/// The text a capture was asked; empty when there was none.
QString questionOf(const Capture& capture);
/// What a capture heard in all windows of its recording (heardText), blanks simplified. Empty when there is none.
QString transcriptOf(const Capture& capture);
/// The recording a capture is of, or null.
const CaptureInput* recordingInput(const Capture& capture);

} // namespace heedmap
