#include "app/session/session.h"

#include "app/session/capture_file.h"
#include "app/session/document_command.h"
#include "core/base/files.h"
#include "widgets/context/background.h"
#include "widgets/context/map_navigation.h"
#include "widgets/image/picture_image.h"

#include <QBuffer>
#include <QDir>
#include <QFileInfo>

namespace heedmap {

namespace {

constexpr int kTyping = 1; ///< merge id
constexpr int kUndoSteps = 200;

QByteArray readBytes(const QString& path, std::size_t maxBytes)
{
    const std::vector<std::byte> bytes = readFile(path.toStdString(), maxBytes);
    return QByteArray(reinterpret_cast<const char*>(bytes.data()), static_cast<qsizetype>(bytes.size()));
}

QImage decode(const QByteArray& bytes, const QString& name)
{
    return decodePicture(std::as_bytes(std::span(bytes.constData(), static_cast<std::size_t>(bytes.size()))),
                         name.toStdString());
}

/// What a capture brings with it.
struct OpenedCapture
{
    std::shared_ptr<const Capture> capture;
    Selection selection;
    Picture picture; ///< null when none is embedded
    QString question;
    QString warning; ///< why an embedded picture is not shown; usually empty
};

QString questionOf(const Capture& capture)
{
    for (const CaptureInput& input : capture.manifest().inputs)
        if (input.kind == InputKind::Text)
            return QString::fromStdString(input.text);
    return {};
}

OpenedCapture readCapture(const QString& path)
{
    OpenedCapture opened;
    opened.capture = Capture::open(path.toStdString());
    opened.selection = initialSelection(*opened.capture);
    opened.question = questionOf(*opened.capture);
    if (const CaptureInput* input = pictureInput(*opened.capture); input && !input->tensor.empty()) {
        const std::vector<std::byte> bytes = opened.capture->inputBytes(*input);
        opened.picture.bytes =
            QByteArray(reinterpret_cast<const char*>(bytes.data()), static_cast<qsizetype>(bytes.size()));
        opened.picture.name = QString::fromStdString(input->name);
        try {
            opened.picture.image = decodePicture(bytes, input->name);
        } catch (const Error& error) { // the attention in it is still worth seeing
            opened.picture = {};
            opened.warning = QString::fromStdString(error.what());
        }
    }
    return opened;
}

} // namespace

Session::Session(EngineClient& engine, CaptureCache cache, QObject* parent)
    : QObject(parent), m_engine(engine), m_cache(std::move(cache))
{
    m_undoStack.setUndoLimit(kUndoSteps);
    connect(&m_engine, &EngineClient::died, this, [this] { m_engineDied = true; });
}

Session::~Session()
{
    m_undoStack.clear(); // commands refer to the session
}

void Session::change(const QString& text, Document after, int mergeId)
{
    m_undoStack.push(new DocumentCommand(*this, text, m_document, std::move(after), mergeId));
}

void Session::apply(const Document& document)
{
    const Document before = std::exchange(m_document, document);
    if (!(before.model == document.model))
        emit modelChanged();
    if (!(before.picture == document.picture))
        emit pictureChanged();
    if (before.question != document.question)
        emit questionChanged();
    if (before.capture != document.capture)
        emit captureChanged();
    else if (!(before.selection == document.selection))
        emit selectionChanged();
    if (before.headSets != document.headSets)
        emit headSetsChanged();
}

void Session::openModel(const QString& folder)
{
    const int id = ++m_modelId;
    runInBackground(
        this, [folder] { return readModelSummary(folder); },
        [this, id](const ModelSummary& model) {
            if (id != m_modelId)
                return;
            emit modelOpened(model.folder);
            if (model == m_document.model)
                return;
            Document after = m_document;
            after.model = model;
            change(tr("model %1").arg(model.name), std::move(after));
        },
        [this](const Error& error) { emit failed(QString::fromStdString(error.what())); });
}

void Session::openPicture(const QString& path)
{
    readPicture([path] { return readBytes(path, kMaxImageBytes); }, QFileInfo(path).fileName(), path, {});
}

void Session::pastePicture(const QImage& image)
{
    const auto encode = [image] {
        QByteArray bytes;
        QBuffer buffer(&bytes);
        if (!image.save(&buffer, "PNG"))
            throw Error(ErrorKind::Unsupported,
                        "the picture on the clipboard cannot be read; save it to a file and open that");
        return bytes;
    };
    readPicture(encode, tr("pasted picture.png"), {}, {});
}

void Session::openSample(const QString& picturePath, const QString& question)
{
    readPicture([picturePath] { return readBytes(picturePath, kMaxImageBytes); }, QFileInfo(picturePath).fileName(), {},
                question);
}

void Session::readPicture(std::function<QByteArray()> read, const QString& name, const QString& path,
                          std::optional<QString> question)
{
    const int id = ++m_openId;
    runInBackground(
        this,
        [read, name] {
            const QByteArray bytes = read();
            return Picture{bytes, name, decode(bytes, name)};
        },
        [this, id, path, question](const Picture& picture) {
            if (id != m_openId)
                return;
            if (!path.isEmpty())
                emit fileOpened(path);
            cancelRun(); // of another picture
            Document after = m_document;
            after.picture = picture;
            after.question = question.value_or(m_document.question);
            after.capture.reset(); // it shows another picture
            after.selection = {};
            change(question ? tr("sample %1").arg(picture.name) : tr("picture %1").arg(picture.name), std::move(after));
        },
        [this, id](const Error& error) {
            if (id == m_openId)
                emit failed(QString::fromStdString(error.what()));
        });
}

void Session::openCapture(const QString& path)
{
    const int id = ++m_openId; // a picture still being decoded is older than this wish
    runInBackground(
        this, [path] { return readCapture(path); },
        [this, id, path](const OpenedCapture& opened) {
            if (id != m_openId)
                return;
            emit fileOpened(path);
            cancelRun();
            Document after = m_document;
            after.capture = opened.capture;
            after.selection = opened.selection;
            after.picture = opened.picture;
            after.question = opened.question;
            change(tr("capture %1").arg(QFileInfo(path).fileName()), std::move(after));
            if (!opened.warning.isEmpty())
                emit failed(opened.warning);
        },
        [this, id](const Error& error) {
            if (id == m_openId)
                emit failed(QString::fromStdString(error.what()));
        });
}

void Session::setQuestion(const QString& question)
{
    if (question == m_document.question)
        return;
    Document after = m_document;
    after.question = question;
    change(tr("typing"), std::move(after), kTyping);
}

void Session::setSelection(const Selection& selection)
{
    if (!m_document.capture || selection == m_document.selection)
        return;
    Document after = m_document;
    after.selection = selection;
    const bool sameMap = selection.group == m_document.selection.group && selection.map == m_document.selection.map;
    change(sameMap ? tr("kept token") : tr("choice of head"), std::move(after));
}

void Session::setHeadSets(const std::vector<SavedHeadSet>& sets)
{
    if (sets == m_document.headSets)
        return;
    const bool more = sets.size() > m_document.headSets.size();
    const bool fewer = sets.size() < m_document.headSets.size();
    Document after = m_document;
    after.headSets = sets;
    change(more    ? tr("saved set of heads")
           : fewer ? tr("removed set of heads")
                   : tr("changed set of heads"),
           std::move(after));
}

void Session::saveCapture(const QString& path)
{
    if (!m_document.capture)
        return;
    runInBackground(
        this,
        [source = m_document.capture, path] {
            saveCaptureAs(*source, path.toStdString());
            return path;
        },
        [this](const QString& saved) {
            emit fileOpened(saved);
            emit informed(tr("Saved %1").arg(QDir::toNativeSeparators(saved)));
        },
        [this](const Error& error) { emit failed(QString::fromStdString(error.what())); });
}

void Session::run()
{
    if (m_document.model.isNull())
        return emit failed(tr("Choose a model first: File → Open model."));
    if (m_document.picture.isNull())
        return emit failed(tr("Choose a picture first: drop one on the window, paste one, or pick a sample."));
    RunSpec spec;
    try {
        spec.capturePath = m_cache.newPath();
    } catch (const Error& error) {
        return emit failed(QString::fromStdString(error.what()));
    }
    cancelRun();
    spec.modelFolder = m_document.model.folder;
    spec.picture = m_document.picture.bytes;
    spec.pictureName = m_document.picture.name;
    spec.text = m_document.question;
    m_engineDied = false;
    m_running = true;
    m_job = new RunJob(m_engine, spec, this);
    connect(m_job, &RunJob::progress, this, &Session::runProgress);
    connect(m_job, &RunJob::finished, this, [this](const QString& path) { showRunResult(path); });
    connect(m_job, &RunJob::failed, this, &Session::onRunFailed);
    emit runStarted();
    m_job->start();
}

void Session::cancelRun()
{
    ++m_runId;
    if (RunJob* job = m_job) {
        m_job.clear();
        job->disconnect(this);
        connect(job, &RunJob::finished, job, &QObject::deleteLater);
        connect(job, &RunJob::failed, job, &QObject::deleteLater);
        job->cancel();
    }
    if (m_running)
        endRun();
}

void Session::endRun()
{
    m_running = false;
    if (m_job)
        m_job->deleteLater();
    m_job.clear();
    emit runEnded();
}

void Session::onRunFailed(const Error& error)
{
    const bool died = m_engineDied;
    endRun();
    if (error.kind() == ErrorKind::Cancelled)
        return;
    const QString message = QString::fromStdString(error.what());
    if (died)
        emit engineDied(message);
    else
        emit failed(message);
}

void Session::showRunResult(const QString& capturePath)
{
    if (m_job)
        m_job->deleteLater();
    m_job.clear();
    const int id = m_runId;
    const std::shared_ptr<const Capture> previous = m_document.capture;
    const Selection selection = m_document.selection;
    runInBackground(
        this,
        [capturePath, previous, selection, cache = m_cache] {
            OpenedCapture opened = readCapture(capturePath);
            cache.trim({capturePath});
            if (previous)
                opened.selection = carriedSelection(*previous, selection, *opened.capture, opened.selection);
            return opened;
        },
        [this, id](const OpenedCapture& opened) {
            if (id != m_runId)
                return; // cancelled, or a newer run is under way
            Document after = m_document;
            after.capture = opened.capture;
            after.selection = opened.selection;
            after.picture =
                opened.picture.isNull() || opened.picture.bytes == after.picture.bytes ? after.picture : opened.picture;
            change(tr("run: %1").arg(opened.question), std::move(after));
            trimCache(opened.capture->path());
            endRun();
        },
        [this, id](const Error& error) {
            if (id == m_runId)
                onRunFailed(error);
        });
}

void Session::trimCache(const std::filesystem::path& keep)
{
    const auto trim = [cache = m_cache, keep = QString::fromStdString(keep.string())] {
        cache.trim({keep});
        return keep;
    };
    // What cannot be removed now is tried again after the next run.
    runInBackground(
        this, trim, [](const QString&) {}, [](const Error&) {});
}

void Session::restartEngine()
{
    cancelRun();
    m_engine.stop();
    emit informed(tr("The engine was ended. The next run starts it again."));
}

} // namespace heedmap
