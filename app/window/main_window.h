#pragma once

#include "app/session/session.h"
#include "app/window/sound_playback.h"
#include "app/window/window_actions.h"
#include "widgets/context/view_context.h"
#include "widgets/views/view_export.h"
#include "widgets/views/view_registry.h"

#include <QMainWindow>

#include <map>
#include <string>

class QLabel;

namespace heedmap {

class ExportMenu;
class InputsPanel;
class MessageBar;
class PinnedViews;
class RecentFiles;
class StatusLine;

/// The window: puts the views of the registry and the inputs panel in place and connects them with the session. Owns no
/// state of the document.
class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    explicit MainWindow(EngineClient& engine, CaptureCache cache, QWidget* parent = nullptr);
    ~MainWindow() override;

    /// Works out an export and writes it on a worker; success and failure are said in the message bar.
    void exportTo(const Exporter& exporter, const QString& path);
    /// A capture, a chain, a picture, a recording or a model folder.
    void openPath(const QString& path);
    /// The first sample with a spoken question, or without one where there is none, asked of the shipped model.
    void startDemo();
    /// The shipped model and samples, where they are installed.
    void openShipped();

    Session& session() { return m_session; }
    ViewContext& context() { return m_context; }
    InputsPanel& inputs() { return *m_inputs; }
    MessageBar& messages() { return *m_messages; }
    StatusLine& statusLine() { return *m_status; }
    WindowActions& actions() { return m_actions; }
    View* view(const std::string& id) const;                 ///< null for an unknown id
    ExportMenu* exportMenu(const std::string& viewId) const; ///< null for an unknown id
    PinnedViews& pinnedViews() { return *m_pinned; }

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void closeEvent(QCloseEvent* event) override;

private:
    void buildCentre();
    void buildDocks();
    void sizeDocks(const QList<QDockWidget*>& left, const QList<QDockWidget*>& right,
                   const QList<QDockWidget*>& bottom);
    void buildToolBar();
    void buildMenus();
    void buildPlayback();
    void fillExports();
    void fillThemes();
    void fillColorMaps();
    void fillPins();
    void fillGoTo();
    void goTo(View& view);
    QDockWidget* addDock(const QString& id, const QString& title, QWidget* content, Qt::DockWidgetArea area);
    QList<QDockWidget*> addViewDocks(ViewPlace place, Qt::DockWidgetArea area, qsizetype front);
    void connectSelection();
    void connectSession();
    void connectFileActions();
    void connectOtherActions();
    void restoreLayout();

    void choosePicture();
    QString askForRecording(const QString& title);
    void chooseModel();
    void chooseCapture();
    void chooseJoinedCapture();
    void chooseSavePath();
    void chooseChainPath();
    void removeResults(); ///< what was kept on disk of the open capture, and in the user's cache folder
    void chooseExportPath(const Exporter& exporter, const ExportFormatInfo& format, const QString& view);
    void pasteFromClipboard();
    void showTitle();
    void showReplay();
    void updateActions();
    void updateChainActions();
    void showAbout();

    Session m_session;
    ViewContext m_context;
    SoundPlayback m_playback;
    WindowActions m_actions;
    InputsPanel* m_inputs;
    MessageBar* m_messages;
    StatusLine* m_status;
    QLabel* m_replay;
    PinnedViews* m_pinned;
    RecentFiles* m_recentFiles = nullptr;
    RecentFiles* m_recentModels = nullptr;
    std::map<std::string, View*> m_views;
    std::map<std::string, ExportMenu*> m_exports;
    QByteArray m_defaultLayout;
    bool m_runWhenReady = false;
};

} // namespace heedmap
