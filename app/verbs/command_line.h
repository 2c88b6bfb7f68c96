#pragma once

#include <QStringList>

class QApplication;

namespace heedmap {

/// How the window is opened: with these captures, pictures or model folders, or with the demo (first sample, running).
struct WindowStart
{
    QStringList files;
    bool demo = false;
    bool quitWhenShown = false; ///< end after the first painted frame; with files, after the first with a picture
};

using OpenWindow = int (*)(QApplication& application, const WindowStart& start);

/// Reads the command line and carries it out: a verb without a display, or `openWindow` for `open`, `demo` and no verb.
/// Returns the exit status: 0 done, 1 failed, 2 wrong use.
int runCommandLine(int argc, char** argv, OpenWindow openWindow);

} // namespace heedmap
