#pragma once

#include "app/session/document.h"

namespace heedmap {

/// What a capture brings with it.
struct OpenedCapture
{
    std::shared_ptr<const Capture> capture;
    Selection selection;
    Picture picture; ///< null when none is embedded
    QString question;
    QString warning; ///< why an embedded picture is not shown; usually empty
};

/// Any thread; slow. Errors: as Capture::open and initialSelection.
OpenedCapture readCapture(const QString& path);
/// The text a capture was asked; empty when there was none.
QString questionOf(const Capture& capture);

} // namespace heedmap
