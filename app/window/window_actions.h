#pragma once

#include <QAction>

class QMenu;
class QMenuBar;
class QUndoStack;

namespace heedmap {

/// Every command of the window, with its words, keys and icon. What they do is connected elsewhere.
struct WindowActions
{
    /// Owned by `parent`.
    WindowActions(QUndoStack& undoStack, QObject* parent);
    /// Fills the menus; `docks` entries are appended to View by the caller.
    void fill(QMenuBar& bar);

    QAction* openPicture;
    QAction* openRecording;
    QAction* openModel;
    QAction* openCapture;
    QAction* joinCapture;
    QAction* saveCapture;
    QAction* saveChain;
    QAction* removeResults;
    QAction* quit;
    QAction* undo;
    QAction* redo;
    QAction* paste;
    QAction* release;
    QAction* run;
    QAction* cancel;
    QAction* restartEngine;
    QAction* zoomIn;
    QAction* zoomOut;
    QAction* fit;
    QAction* resetLayout;
    QAction* about;

    QMenu* recentFiles = nullptr;
    QMenu* recentModels = nullptr;
    QMenu* exports = nullptr; ///< a menu for each view goes here
    QMenu* themes = nullptr;
    QMenu* colorMaps = nullptr;
    QMenu* goTo = nullptr; ///< one entry for each view
    QMenu* pins = nullptr; ///< one entry for each view
    QMenu* view = nullptr; ///< docks go here
};

} // namespace heedmap
