// The window's dialogs and what they open or write.

#include "app/window/drop_data.h"
#include "app/window/inputs_panel.h"
#include "app/window/main_window.h"
#include "app/window/message_bar.h"
#include "core/analysis/result_cache.h"
#include "core/base/byte_text.h"
#include "widgets/context/background.h"

#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>
#include <QMimeData>
#include <QSettings>

namespace heedmap {

namespace {

/// The folder dialogs of one kind were last used in.
QString lastFolder(const QString& kind)
{
    return QSettings().value(QStringLiteral("folders/") + kind, QDir::homePath()).toString();
}

void rememberFolder(const QString& kind, const QString& path)
{
    QSettings().setValue(QStringLiteral("folders/") + kind, QFileInfo(path).absolutePath());
}

bool isNamedAsRecording(const QFileInfo& file)
{
    static const QStringList suffixes{QStringLiteral("wav"), QStringLiteral("flac"), QStringLiteral("ogg"),
                                      QStringLiteral("oga"), QStringLiteral("mp3"),  QStringLiteral("aiff"),
                                      QStringLiteral("aif"), QStringLiteral("aifc")};
    return suffixes.contains(file.suffix(), Qt::CaseInsensitive);
}

bool hasSuffix(const QFileInfo& file, const char* suffix)
{
    return file.suffix().compare(QLatin1String(suffix), Qt::CaseInsensitive) == 0;
}

/// The path that was chosen, with its suffix; empty where none was, or where the file there is to stay: the dialog
/// asked about the name as it was typed.
QString withSuffix(QWidget* parent, const QString& chosen, const QString& suffix)
{
    if (chosen.isEmpty() || chosen.endsWith(suffix, Qt::CaseInsensitive))
        return chosen;
    const QString path = chosen + suffix;
    if (QFileInfo::exists(path) &&
        QMessageBox::question(
            parent, QObject::tr("Replace file"),
            QObject::tr("%1 already exists.\nDo you want to replace it?").arg(QFileInfo(path).fileName()),
            QMessageBox::Yes | QMessageBox::No, QMessageBox::No) != QMessageBox::Yes)
        return {};
    return path;
}

} // namespace

void MainWindow::connectFileActions()
{
    connect(m_actions.openPicture, &QAction::triggered, this, &MainWindow::choosePicture);
    const auto openRecording = [this] {
        if (const QString path = askForRecording(tr("Open recording")); !path.isEmpty())
            m_session.openRecording(path);
    };
    connect(m_actions.openRecording, &QAction::triggered, this, openRecording);
    connect(m_inputs, &InputsPanel::openRecordingRequested, this, openRecording);
    connect(m_inputs, &InputsPanel::speakQuestionRequested, this, [this] {
        if (const QString path = askForRecording(tr("Open a recording of the question")); !path.isEmpty())
            m_session.speakQuestion(path);
    });
    connect(m_actions.openModel, &QAction::triggered, this, &MainWindow::chooseModel);
    connect(m_actions.openCapture, &QAction::triggered, this, &MainWindow::chooseCapture);
    connect(m_actions.joinCapture, &QAction::triggered, this, &MainWindow::chooseJoinedCapture);
    connect(m_actions.saveChain, &QAction::triggered, this, &MainWindow::chooseChainPath);
    connect(m_actions.saveCapture, &QAction::triggered, this, &MainWindow::chooseSavePath);
    connect(m_actions.removeResults, &QAction::triggered, this, &MainWindow::removeResults);
    connect(m_actions.paste, &QAction::triggered, this, &MainWindow::pasteFromClipboard);
    connect(m_actions.quit, &QAction::triggered, this, &QWidget::close);
    connect(m_inputs, &InputsPanel::openPictureRequested, this, &MainWindow::choosePicture);
    connect(m_inputs, &InputsPanel::openModelRequested, this, &MainWindow::chooseModel);
}

void MainWindow::openPath(const QString& path)
{
    const QFileInfo info(path);
    if (info.isDir())
        m_session.openModel(path);
    else if (info.fileName() == QStringLiteral("config.json"))
        m_session.openModel(info.absolutePath());
    else if (hasSuffix(info, "heed"))
        m_session.openCapture(path);
    else if (hasSuffix(info, "heedchain"))
        m_session.openChain(path);
    else if (isNamedAsRecording(info))
        m_session.openRecording(path);
    else
        m_session.openPicture(path);
}

void MainWindow::choosePicture()
{
    const QString path = QFileDialog::getOpenFileName(this, tr("Open picture"), lastFolder(QStringLiteral("pictures")),
                                                      tr("Pictures (*.png *.jpg *.jpeg *.webp);;All files (*)"));
    if (path.isEmpty())
        return;
    rememberFolder(QStringLiteral("pictures"), path);
    m_session.openPicture(path);
}

/// Empty: the user thought better of it.
QString MainWindow::askForRecording(const QString& title)
{
    const QString path =
        QFileDialog::getOpenFileName(this, title, lastFolder(QStringLiteral("recordings")),
                                     tr("Recordings (*.wav *.flac *.ogg *.oga *.mp3 *.aiff *.aif);;All files (*)"));
    if (!path.isEmpty())
        rememberFolder(QStringLiteral("recordings"), path);
    return path;
}

void MainWindow::chooseModel()
{
    const QString folder =
        QFileDialog::getExistingDirectory(this, tr("Open model folder"), lastFolder(QStringLiteral("models")));
    if (folder.isEmpty())
        return;
    rememberFolder(QStringLiteral("models"), folder);
    m_session.openModel(folder);
}

void MainWindow::chooseCapture()
{
    const QString path =
        QFileDialog::getOpenFileName(this, tr("Open capture or chain"), lastFolder(QStringLiteral("captures")),
                                     tr("Captures and chains (*.heed *.heedchain);;All files (*)"));
    if (path.isEmpty())
        return;
    rememberFolder(QStringLiteral("captures"), path);
    if (hasSuffix(QFileInfo(path), "heedchain"))
        m_session.openChain(path);
    else
        m_session.openCapture(path);
}

void MainWindow::chooseJoinedCapture()
{
    const QString path = QFileDialog::getOpenFileName(
        this, tr("Join with capture"), lastFolder(QStringLiteral("captures")), tr("Captures (*.heed);;All files (*)"));
    if (path.isEmpty())
        return;
    rememberFolder(QStringLiteral("captures"), path);
    m_session.joinWith(path);
}

void MainWindow::chooseSavePath()
{
    const QString chosen = QFileDialog::getSaveFileName(
        this, tr("Save capture"), lastFolder(QStringLiteral("captures")), tr("Captures (*.heed)"));
    const QString path = withSuffix(this, chosen, QStringLiteral(".heed"));
    if (path.isEmpty())
        return;
    rememberFolder(QStringLiteral("captures"), path);
    m_session.saveCapture(path);
}

void MainWindow::chooseChainPath()
{
    const std::shared_ptr<const Chain> chain = m_context.chain().chain(); // the one there is now, whatever comes
    const QString chosen = QFileDialog::getSaveFileName(this, tr("Save chain"), lastFolder(QStringLiteral("captures")),
                                                        tr("Chains (*.heedchain)"));
    const QString path = withSuffix(this, chosen, QStringLiteral(".heedchain"));
    if (path.isEmpty() || !chain)
        return;
    rememberFolder(QStringLiteral("captures"), path);
    m_session.saveChain(chain, path);
}

void MainWindow::removeResults()
{
    const auto capture = m_session.document().capture;
    runInBackground(
        this, [capture] { return removeKeptResults(capture ? capture->path() : std::filesystem::path()); },
        [this](std::uint64_t bytes) {
            const QString removed = QString::fromStdString(byteText(static_cast<std::int64_t>(bytes)));
            m_messages->showNote(
                bytes == 0
                    ? tr("No results were kept on disk.")
                    : tr("Removed %1 of results; they are computed again when they are looked at.").arg(removed));
        },
        [this](const Error& error) { m_messages->showError(QString::fromStdString(error.what())); });
}

void MainWindow::chooseExportPath(const Exporter& exporter, const ExportFormatInfo& format, const QString& view)
{
    const QString suffix = QStringLiteral(".") + QLatin1String(format.suffix);
    const QString name = tr("%1 (*%2)").arg(QString::fromLatin1(format.suffix).toUpper(), suffix);
    const QString proposal = QDir(lastFolder(QStringLiteral("figures"))).filePath(view.toLower() + suffix);
    const QString chosen = QFileDialog::getSaveFileName(this, tr("Export “%1”").arg(view), proposal, name);
    const QString path = withSuffix(this, chosen, suffix);
    if (path.isEmpty())
        return;
    rememberFolder(QStringLiteral("figures"), path);
    exportTo(exporter, path);
}

void MainWindow::exportTo(const Exporter& exporter, const QString& path)
{
    runInBackground(
        this,
        [exporter, path] {
            writeExport(exporter, path);
            return path;
        },
        [this](const QString& saved) { m_messages->showNote(tr("Saved %1").arg(QDir::toNativeSeparators(saved))); },
        [this](const Error& error) { m_messages->showError(QString::fromStdString(error.what())); });
}

void MainWindow::pasteFromClipboard()
{
    const QMimeData* data = QApplication::clipboard()->mimeData();
    const DroppedData found = data ? readDropData(*data) : DroppedData();
    if (!found.paths.isEmpty())
        openPath(found.paths.front());
    else if (!found.image.isNull())
        m_session.pastePicture(found.image);
    else
        m_messages->showNote(tr("There is no picture on the clipboard."));
}

void MainWindow::showAbout()
{
    QMessageBox::about(
        this, tr("About Heedmap"),
        tr("<h3>Heedmap %1</h3><p>Shows what multimodal transformers attend to.</p>"
           "<p>Free software: GPL-3.0-or-later.</p><p>Colour maps: viridis, cividis and magma of matplotlib (CC0).</p>")
            .arg(QStringLiteral(HEEDMAP_VERSION)));
}

} // namespace heedmap
