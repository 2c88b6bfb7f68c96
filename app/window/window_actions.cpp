#include "app/window/window_actions.h"

#include "app/window/icons.h"

#include <QCoreApplication>
#include <QMenu>
#include <QMenuBar>
#include <QUndoStack>

namespace heedmap {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("heedmap::WindowActions", text);
}

QAction* make(QObject* parent, const QString& text, const QKeySequence& keys = {}, const char* icon = nullptr)
{
    auto* action = new QAction(text, parent);
    action->setShortcut(keys);
    if (icon)
        action->setIcon(themedIcon(QString::fromLatin1(icon)));
    return action;
}

} // namespace

WindowActions::WindowActions(QUndoStack& undoStack, QObject* parent)
{
    openPicture = make(parent, tr("Open &picture…"), QKeySequence::Open, "open");
    openRecording = make(parent, tr("Open &recording…"), QKeySequence(tr("Ctrl+R")), "microphone");
    openModel = make(parent, tr("Open &model…"), QKeySequence(tr("Ctrl+M")));
    openCapture = make(parent, tr("Open &capture or chain…"), QKeySequence(tr("Ctrl+Shift+O")));
    joinCapture = make(parent, tr("&Join with capture…"));
    saveCapture = make(parent, tr("&Save capture as…"), QKeySequence::SaveAs);
    saveChain = make(parent, tr("Save c&hain as…"));
    removeResults = make(parent, tr("Remove &kept results"));
    quit = make(parent, tr("&Quit"), QKeySequence::Quit);
    undo = undoStack.createUndoAction(parent, tr("&Undo"));
    undo->setShortcut(QKeySequence::Undo);
    undo->setIcon(themedIcon(QStringLiteral("undo")));
    redo = undoStack.createRedoAction(parent, tr("&Redo"));
    redo->setShortcuts({QKeySequence(tr("Ctrl+Shift+Z")), QKeySequence(tr("Ctrl+Y"))});
    redo->setIcon(themedIcon(QStringLiteral("redo")));
    paste = make(parent, tr("&Paste picture"), QKeySequence::Paste);
    release = make(parent, tr("&Let go of tokens"), QKeySequence(Qt::Key_Escape));
    run = make(parent, tr("&Run"), QKeySequence(tr("Ctrl+Return")), "run");
    cancel = make(parent, tr("&Cancel"), QKeySequence(tr("Ctrl+.")), "cancel");
    restartEngine = make(parent, tr("Restart &engine"));
    zoomIn = make(parent, tr("Zoom &in"), QKeySequence::ZoomIn);
    zoomOut = make(parent, tr("Zoom &out"), QKeySequence::ZoomOut);
    fit = make(parent, tr("&Fit"), QKeySequence(tr("Ctrl+0")));
    resetLayout = make(parent, tr("&Reset layout"));
    about = make(parent, tr("&About Heedmap"));
}

void WindowActions::fill(QMenuBar& bar)
{
    QMenu* file = bar.addMenu(tr("&File"));
    file->setToolTipsVisible(true); // of those that say why they cannot be chosen
    file->addActions({openPicture, openRecording, openModel, openCapture, joinCapture});
    recentFiles = file->addMenu(tr("Open &recent"));
    recentModels = file->addMenu(tr("Recent mo&dels"));
    file->addSeparator();
    file->addActions({saveCapture, saveChain});
    exports = file->addMenu(tr("&Export"));
    file->addAction(removeResults);
    file->addSeparator();
    file->addAction(quit);
    QMenu* edit = bar.addMenu(tr("&Edit"));
    edit->addActions({undo, redo});
    edit->addSeparator();
    edit->addActions({paste, release});
    QMenu* runMenu = bar.addMenu(tr("&Run"));
    runMenu->addActions({run, cancel});
    runMenu->addSeparator();
    runMenu->addAction(restartEngine);
    view = bar.addMenu(tr("&View"));
    themes = view->addMenu(tr("&Theme"));
    colorMaps = view->addMenu(tr("&Colour map"));
    view->addSeparator();
    goTo = view->addMenu(tr("&Go to"));
    pins = view->addMenu(tr("&Pin a copy of"));
    view->addSeparator();
    view->addActions({zoomIn, zoomOut, fit});
    view->addSeparator();
    view->addAction(resetLayout);
    view->addSeparator();
    bar.addMenu(tr("&Help"))->addAction(about);
}

} // namespace heedmap
