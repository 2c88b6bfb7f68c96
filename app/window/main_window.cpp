#include "app/window/main_window.h"

#include "app/resources.h"
#include "app/window/covered_docks.h"
#include "app/window/drop_data.h"
#include "app/window/export_menu.h"
#include "app/window/history_panel.h"
#include "app/window/icons.h"
#include "app/window/inputs_panel.h"
#include "app/window/message_bar.h"
#include "app/window/pinned_views.h"
#include "app/window/recent_files.h"
#include "app/window/status_line.h"
#include "app/window/what_if_wiring.h"
#include "app/window/window_settings.h"
#include "widgets/controls/display_combos.h"
#include "widgets/controls/sound_canvas.h"
#include "widgets/controls/stage_canvas.h"
#include "widgets/views/centre_views.h"
#include "widgets/views/heads_view.h"
#include "widgets/views/sound_view.h"
#include "widgets/views/stage_view.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QLabel>
#include <QSettings>
#include <QToolBar>
#include <QVBoxLayout>

#include <algorithm>

namespace heedmap {

namespace {

constexpr int kLayoutVersion = 3;
constexpr int kMostTitlePixels = 480; ///< of the question in the window's title

} // namespace

MainWindow::MainWindow(EngineClient& engine, CaptureCache cache, QWidget* parent)
    : QMainWindow(parent), m_session(engine, std::move(cache)),
      m_playback(m_context.selection(), std::make_unique<DeviceOutput>()), m_actions(m_session.undoStack(), this),
      m_inputs(new InputsPanel(m_session, m_playback)), m_messages(new MessageBar), m_status(new StatusLine(m_context)),
      m_replay(new QLabel), m_pinned(new PinnedViews(*this, m_context))
{
    setWindowIcon(programIcon());
    setAcceptDrops(true);
    setDockOptions(QMainWindow::AnimatedDocks | QMainWindow::AllowNestedDocks | QMainWindow::AllowTabbedDocks);
    m_context.setOptions(savedDisplayOptions());
    m_session.restoreSpeechOptions(savedSpeechOptions());
    buildPlayback();
    buildCentre();
    buildDocks();
    buildToolBar();
    buildMenus();
    setStatusBar(m_status);
    connectWhatIf(m_session, m_context);
    raiseWithInterventions(findChild<QDockWidget*>(QStringLiteral("what_if")), m_context.whatIf());
    connectSelection();
    connectSession();
    connectFileActions();
    connectOtherActions();
    restoreLayout();
    showTitle();
    updateActions();
}

MainWindow::~MainWindow()
{
    // Views and panels read the context and the session until they are gone, so they go first.
    for (QDockWidget* dock : findChildren<QDockWidget*>())
        delete dock;
    delete takeCentralWidget();
    setStatusBar(nullptr);
}

View* MainWindow::view(const std::string& id) const
{
    const auto found = m_views.find(id);
    return found == m_views.end() ? nullptr : found->second;
}

ExportMenu* MainWindow::exportMenu(const std::string& viewId) const
{
    const auto found = m_exports.find(viewId);
    return found == m_exports.end() ? nullptr : found->second;
}

void MainWindow::buildCentre()
{
    auto* centre = new QWidget;
    auto* layout = new QVBoxLayout(centre);
    layout->setContentsMargins(14, 10, 14, 8);
    layout->setSpacing(8);
    layout->addWidget(m_messages);
    std::vector<View*> views;
    for (const ViewEntry& entry : viewRegistry())
        if (entry.place == ViewPlace::Centre) {
            views.push_back(entry.create(m_context, centre));
            layout->addWidget(views.back());
            m_views[entry.id] = views.back();
        }
    setCentralWidget(centre);
    new CentreViews(m_context.selection(), std::move(views), centre);
}

QDockWidget* MainWindow::addDock(const QString& id, const QString& title, QWidget* content, Qt::DockWidgetArea area)
{
    auto* dock = new QDockWidget(title, this);
    dock->setObjectName(id);
    dock->setWidget(content);
    hideWhenCovered(*dock);
    addDockWidget(area, dock);
    return dock;
}

/// Each goes behind the front one as soon as it is there: side by side, even for a moment, they would make the window
/// as wide as all of them.
QList<QDockWidget*> MainWindow::addViewDocks(ViewPlace place, Qt::DockWidgetArea area, qsizetype front)
{
    QList<QDockWidget*> docks;
    for (const ViewEntry& entry : viewRegistry())
        if (entry.place == place) {
            m_views[entry.id] = entry.create(m_context, nullptr);
            docks << addDock(QString::fromLatin1(entry.id), viewTitle(entry), m_views[entry.id], area);
            if (docks.size() > front + 1)
                tabifyDockWidget(docks[front], docks.back());
        }
    return docks;
}

void MainWindow::buildDocks()
{
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
    QDockWidget* inputs = addDock(QStringLiteral("inputs"), tr("Inputs"), m_inputs, Qt::LeftDockWidgetArea);
    QDockWidget* history =
        addDock(QStringLiteral("history"), tr("History"), new HistoryPanel(m_session), Qt::LeftDockWidgetArea);
    const QList<QDockWidget*> right = addViewDocks(ViewPlace::Right, Qt::RightDockWidgetArea, 1); // one above
    const QList<QDockWidget*> bottom = addViewDocks(ViewPlace::Bottom, Qt::BottomDockWidgetArea, 0);
    for (QDockWidget* front : right.mid(1, 1) + bottom.mid(0, 1))
        front->raise();
    sizeDocks({inputs, history}, right, bottom);
}

/// At last, for every dock that is put behind another undoes the sizes. Every list has its front dock first.
void MainWindow::sizeDocks(const QList<QDockWidget*>& left, const QList<QDockWidget*>& right,
                           const QList<QDockWidget*>& bottom)
{
    resizeDocks({left[0]}, {250}, Qt::Horizontal);
    resizeDocks({left[0], left[1]}, {640, 160}, Qt::Vertical);
    if (!right.isEmpty())
        resizeDocks({right[0]}, {340}, Qt::Horizontal);
    if (right.size() > 1)
        resizeDocks({right[0], right[1]}, {430, 280}, Qt::Vertical);
    if (!bottom.isEmpty())
        resizeDocks({bottom[0]}, {280}, Qt::Vertical);
}

void MainWindow::buildPlayback()
{
    m_context.setPlayback(&m_playback);
    connect(&m_playback, &Playback::failed, m_messages,
            [this](const QString& message) { m_messages->showError(message); });
}

void MainWindow::buildToolBar()
{
    QToolBar* bar = addToolBar(tr("Tools"));
    bar->setObjectName("tools");
    bar->setMovable(false);
    bar->setIconSize(QSize(18, 18));
    bar->addActions({m_actions.run, m_actions.cancel, m_actions.openPicture, m_actions.openRecording, m_actions.undo,
                     m_actions.redo});
    bar->addSeparator();
    bar->addWidget(makeScaleCombo(m_context, bar));
    bar->addWidget(makeColorMapCombo(m_context, bar));
    auto* stretch = new QWidget;
    stretch->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    bar->addWidget(stretch);
    m_replay->setObjectName("muted");
    bar->addWidget(m_replay);
}

void MainWindow::connectSelection()
{
    SelectionModel& selection = m_context.selection();
    connect(&m_session, &Session::pictureChanged, this,
            [this] { m_context.selection().setPicture(m_session.document().picture.image); });
    connect(&m_session, &Session::recordingChanged, this,
            [this] { m_context.selection().setRecording(m_session.document().recording); });
    connect(&m_session, &Session::speechChanged, this,
            [this] { m_context.selection().setSpeech(m_session.document().speech, m_session.document().openedChain); });
    connect(&m_session, &Session::captureChanged, this,
            [this] { m_context.selection().setCapture(m_session.document().capture, m_session.document().selection); });
    connect(&m_session, &Session::selectionChanged, this,
            [this] { m_context.selection().setSelection(m_session.document().selection); });
    connect(&selection, &SelectionModel::selectionChanged, this,
            [this] { m_session.setSelection(m_context.selection().selection()); });
    connect(&m_session, &Session::headSetsChanged, this,
            [this] { m_context.selection().setHeadSets(m_session.document().headSets); });
    connect(&selection, &SelectionModel::headSetsChanged, this,
            [this] { m_session.setHeadSets(m_context.selection().headSets()); });
    for (auto signal : {&SelectionModel::captureChanged, &SelectionModel::hoverChanged})
        connect(&selection, signal, this, &MainWindow::updateActions);
    connect(&selection, &SelectionModel::selectionChanged, this, &MainWindow::updateActions);
    connect(&m_context.chain(), &ChainModel::chainChanged, this, &MainWindow::updateChainActions);
    connect(&selection, &SelectionModel::refused, m_messages,
            [this](const QString& message) { m_messages->showNote(message); });
    connect(&m_context.rows(), &RowProvider::failed, m_messages,
            [this](const QString& message) { m_messages->showError(message); });
}

void MainWindow::connectSession()
{
    for (auto signal :
         {&Session::captureChanged, &Session::modelChanged, &Session::questionChanged, &Session::recordingChanged})
        connect(&m_session, signal, this, &MainWindow::showTitle);
    connect(&m_session, &Session::captureChanged, this, &MainWindow::showReplay);
    for (auto signal : {&Session::runStarted, &Session::runEnded, &Session::pictureChanged, &Session::modelChanged})
        connect(&m_session, signal, this, &MainWindow::updateActions);
    connect(&m_session, &Session::runStarted, m_messages, &QWidget::hide);
    connect(&m_session, &Session::failed, m_messages,
            [this](const QString& message) { m_messages->showError(message); });
    connect(&m_session, &Session::informed, m_messages,
            [this](const QString& message) { m_messages->showNote(message); });
    connect(&m_session, &Session::engineDied, m_messages, [this](const QString& message) {
        m_messages->showError(message, tr("Run again"), [this] { m_session.run(); });
    });
    connect(&m_session, &Session::fileOpened, this, [this](const QString& path) { m_recentFiles->add(path); });
    connect(&m_session, &Session::modelOpened, this, [this](const QString& folder) { m_recentModels->add(folder); });
}

void MainWindow::connectOtherActions()
{
    if (auto* stage = dynamic_cast<StageView*>(view("stage"))) {
        connect(m_actions.zoomIn, &QAction::triggered, &stage->canvas(), &StageCanvas::zoomIn);
        connect(m_actions.zoomOut, &QAction::triggered, &stage->canvas(), &StageCanvas::zoomOut);
        connect(m_actions.fit, &QAction::triggered, &stage->canvas(), &StageCanvas::fit);
        stage->gridAction().setShortcut(QKeySequence(Qt::Key_G)); // not those of pinned copies: a key means one view
        stage->swipeAction().setShortcut(QKeySequence(Qt::Key_S));
        m_actions.view->insertActions(m_actions.zoomIn, {&stage->gridAction(), &stage->swipeAction()});
    }
    if (auto* sound = dynamic_cast<SoundView*>(view("sound"))) {
        connect(m_actions.zoomIn, &QAction::triggered, &sound->canvas(), &SoundCanvas::zoomIn);
        connect(m_actions.zoomOut, &QAction::triggered, &sound->canvas(), &SoundCanvas::zoomOut);
        connect(m_actions.fit, &QAction::triggered, &sound->canvas(), &SoundCanvas::fit);
    }
    // Not window-wide: the Esc that closes a drop-down list must not let go of tokens.
    m_actions.release->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    centralWidget()->addAction(m_actions.release);
    if (auto* heads = dynamic_cast<HeadsView*>(view("heads")))
        heads->grid().addAction(m_actions.release);
    connect(m_actions.release, &QAction::triggered, this, [this] {
        m_context.selection().setHover({});
        m_context.selection().release();
    });
    connect(m_actions.run, &QAction::triggered, &m_session, &Session::run);
    connect(m_actions.cancel, &QAction::triggered, &m_session, &Session::cancelRun);
    connect(m_actions.restartEngine, &QAction::triggered, &m_session, &Session::restartEngine);
    connect(m_actions.resetLayout, &QAction::triggered, this,
            [this] { restoreState(m_defaultLayout, kLayoutVersion); });
    connect(m_actions.about, &QAction::triggered, this, &MainWindow::showAbout);
}

void MainWindow::restoreLayout()
{
    m_defaultLayout = saveState(kLayoutVersion);
    const QSettings settings;
    if (!restoreGeometry(settings.value("window/geometry").toByteArray()))
        resize(1440, 900);
    restoreState(settings.value("window/layout").toByteArray(), kLayoutVersion);
}

void MainWindow::openShipped()
{
    try {
        const QString scenes = QString::fromStdString(shippedModelFolder().string());
        m_session.setStandardModels(scenes, QString::fromStdString(shippedSpeechModelFolder().string()));
        m_session.openModel(scenes);
        m_inputs->setSamples(readSamples());
    } catch (const Error& error) {
        m_messages->showError(QString::fromStdString(error.what()));
    }
}

void MainWindow::startDemo()
{
    const std::vector<Sample>& samples = m_inputs->gallery().samples();
    if (samples.empty())
        return m_messages->showError(
            tr("There is no sample to show. Install Heedmap again, or open a picture of your own."));
    const auto isSpokenQuestion = [](const Sample& sample) {
        return !sample.recordingPath.empty() && !sample.picturePath.empty();
    };
    const auto spoken = std::find_if(samples.begin(), samples.end(), isSpokenQuestion);
    m_runWhenReady = spoken == samples.end(); // one that is spoken runs by itself
    m_inputs->openSample(m_runWhenReady ? samples.front() : *spoken);
}

void MainWindow::updateActions()
{
    const Document& document = m_session.document();
    m_actions.run->setEnabled(!m_session.isRunning());
    m_actions.cancel->setEnabled(m_session.isRunning());
    m_actions.saveCapture->setEnabled(document.capture != nullptr);
    updateChainActions();
    const Selection& kept = m_context.selection().selection();
    m_actions.release->setEnabled(!kept.queries.empty() || kept.key);
    if (m_runWhenReady && !document.model.isNull() && !document.picture.isNull()) {
        m_runWhenReady = false;
        m_session.run();
    }
}

void MainWindow::updateChainActions()
{
    const ChainModel& model = m_context.chain();
    m_actions.joinCapture->setEnabled(m_session.document().capture != nullptr);
    m_actions.joinCapture->setToolTip(
        tr("Opens a second capture that has a text of the shown one: what was heard, or what was asked."));
    m_actions.saveChain->setEnabled(model.chain() != nullptr);
    const bool isOnItsWay = m_context.selection().speech() && m_session.document().capture && model.reason().isEmpty();
    const QString whyNot = isOnItsWay ? tr("The chain is not there yet.")
                           : model.reason().isEmpty()
                               ? tr("There is no chain: ask a spoken question about a picture, or join two captures.")
                               : tr("There is no chain: %1").arg(model.reason());
    m_actions.saveChain->setToolTip(
        model.chain()
            ? tr("Writes which captures are joined, and by which heads.\nA capture that is in no file yet is saved "
                 "beside it.")
            : whyNot);
}

void MainWindow::showTitle()
{
    const Document& document = m_session.document();
    QString title = QString::fromStdString(document.capture ? document.capture->manifest().model.name : std::string());
    if (title.isEmpty())
        title = document.model.name;
    if (m_session.takesRecording()) {
        if (document.recording)
            title += QStringLiteral(" · ") + document.recording->name;
    } else if (!document.question.isEmpty())
        title += QStringLiteral(" · “%1”").arg(
            fontMetrics().elidedText(document.question.simplified(), Qt::ElideRight, kMostTitlePixels));
    setWindowTitle(title.isEmpty() ? tr("Heedmap") : tr("%1 — Heedmap").arg(title));
}

void MainWindow::showReplay()
{
    m_replay->clear();
    if (const auto& capture = m_session.document().capture)
        for (const CaptureOutput& output : capture->manifest().outputs)
            if (output.replayMaxLogitDifference && output.rank == 0)
                m_replay->setText(
                    tr("● recorded = run · max Δ logit %1").arg(*output.replayMaxLogitDifference, 0, 'g', 2));
    m_replay->setToolTip(tr("The answer is generated first, then replayed with recording.\n"
                            "This is the largest difference of a logit between the two."));
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (holdsSomethingToOpen(*event->mimeData()))
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event)
{
    const DroppedData found = readDropData(*event->mimeData());
    for (const QString& path : found.paths)
        openPath(path);
    if (found.paths.isEmpty() && !found.image.isNull())
        m_session.pastePicture(found.image);
    event->acceptProposedAction();
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    QSettings settings;
    settings.setValue("window/geometry", saveGeometry());
    settings.setValue("window/layout", saveState(kLayoutVersion));
    saveDisplayOptions(m_context.options());
    saveSpeechOptions(m_session.document().listening);
    m_session.cancelRun();
    m_session.engine().stop();
    QMainWindow::closeEvent(event);
}

} // namespace heedmap
