#pragma once

#include "app/verbs/command_line.h"

class QApplication;

namespace heedmap {

/// Opens the window and runs the event loop. Returns the exit status.
int runWindow(QApplication& application, const WindowStart& start);

} // namespace heedmap
