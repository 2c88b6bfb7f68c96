#include "app/session/session.h"

#include "app/session/capture_file.h"
#include "app/session/document_command.h"
#include "app/session/opened_capture.h"
#include "core/capture/intervention_edit.h"
#include "widgets/context/background.h"

#include <QDir>
#include <QFileInfo>

namespace heedmap {

namespace {

constexpr int kTyping = 1; ///< merge id
constexpr int kUndoSteps = 200;

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
    if (!(before.model == document.model)) {
        m_leftOutGroups.clear(); // another model has others
        takeGroups({});
        emit modelChanged();
    }
    if (!(before.picture == document.picture))
        emit pictureChanged();
    if (before.question != document.question)
        emit questionChanged();
    if (before.recording != document.recording)
        emit recordingChanged();
    if (before.speech != document.speech || before.openedChain != document.openedChain)
        emit speechChanged();
    if (!(before.listening == document.listening))
        emit speechOptionsChanged();
    if (before.capture != document.capture)
        emit captureChanged();
    else if (!(before.selection == document.selection))
        emit selectionChanged();
    if (before.headSets != document.headSets)
        emit headSetsChanged();
    if (before.interventions != document.interventions)
        m_interventionText.clear(); // the next result is of another change
    if (before.interventions != document.interventions || before.baseline != document.baseline)
        emit interventionsChanged();
    if (m_running &&
        (!sameInterventions(m_runSpec.interventions, document.interventions) || isOfOtherInputs(before, document)))
        cancelRun(); // what it is about is not wanted any more
}

void Session::openModel(const QString& folder)
{
    const int id = ++m_modelId;
    ++m_modelsUnderWay;
    const auto take = [this, id](const ModelSummary& model) {
        if (id != m_modelId)
            return;
        emit modelOpened(model.folder);
        (model.hears ? m_speechModel : m_pictureModel) = model.folder;
        if (model == m_document.model)
            return;
        Document after = m_document;
        after.model = model;
        forgetInterventions(after); // they name modules of the other model
        change(tr("model %1").arg(model.name), std::move(after));
    };
    runInBackground(
        this, [folder] { return readModelSummary(folder); },
        [this, take](const ModelSummary& model) {
            take(model);
            endRead(m_modelsUnderWay);
        },
        [this](const Error& error) {
            emit failed(QString::fromStdString(error.what()));
            endRead(m_modelsUnderWay);
        });
}

Document Session::withOpened(const OpenedCapture& opened) const
{
    Document after = m_document;
    after.capture = opened.capture;
    after.selection = opened.selection;
    after.picture = opened.picture;
    after.question = opened.question;
    after.recording = opened.recording;
    after.speech.reset();
    after.openedChain.reset();
    after.heardWith.reset();
    after.interventions = opened.capture->manifest().interventions;
    after.baseline.reset();
    return after;
}

void Session::openCapture(const QString& path)
{
    const int id = ++m_openId; // a picture or recording still being decoded is older than this wish
    ++m_recordingId;
    runInBackground(
        this, [path] { return readCapture(path); },
        [this, id, path](const OpenedCapture& opened) {
            if (id != m_openId)
                return;
            emit fileOpened(path);
            cancelRun();
            change(tr("capture %1").arg(QFileInfo(path).fileName()), withOpened(opened));
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
    if (after.speech && transcriptOf(*after.speech) != question) {
        after.speech.reset();
        after.recording.reset();
    }
    if (m_document.capture)
        forgetHiddenWords(after);
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
        [this, source = m_document.capture](const QString& saved) {
            rememberSaved(source, saved);
            emit fileOpened(saved);
            emit informed(tr("Saved %1").arg(QDir::toNativeSeparators(saved)));
        },
        [this](const Error& error) { emit failed(QString::fromStdString(error.what())); });
}

void Session::restartEngine()
{
    cancelRun();
    m_engine.stop();
    emit informed(tr("The engine was ended. The next run starts it again."));
}

} // namespace heedmap
