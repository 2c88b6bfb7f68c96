// Spoken questions: a recording is heard by a speech model, and what it wrote is asked of the document's model.

#include "app/session/session.h"
#include "widgets/context/background.h"

#include <QFileInfo>

namespace heedmap {

namespace {

constexpr int kListening = 2;         ///< merge id
constexpr int kMostBeamsUnasked = 16; ///< before the engine has said how many

} // namespace

SpeechChoices Session::speechChoices() const
{
    const ModelInputs* inputs = modelInputs();
    if (inputs)
        return inputs->sound ? inputs->speech : SpeechChoices();
    return m_document.model.hears ? SpeechChoices{m_document.model.languages, kMostBeamsUnasked} : SpeechChoices();
}

void Session::setSpeechOptions(const SpeechOptions& options)
{
    if (options == m_document.listening)
        return;
    Document after = m_document;
    after.listening = options;
    if (takesRecording())
        after.baseline.reset(); // it was heard in another way
    change(tr("how to listen"), std::move(after), kListening);
}

void Session::restoreSpeechOptions(const SpeechOptions& options)
{
    m_document.listening = options;
}

void Session::hearQuestion(Hearing hearing)
{
    if (m_speechModel.isEmpty())
        return emit failed(tr("There is no speech model to hear the question with. Open one (File → Open model), then "
                              "the model for pictures again."));
    cancelRun();
    RunSpec spec;
    spec.modelFolder = m_speechModel;
    spec.sound = hearing.recording->bytes;
    spec.soundSha256 = hearing.recording->sha256;
    spec.soundName = hearing.recording->name;
    try {
        spec.capturePath = m_cache.newPath();
    } catch (const Error& error) {
        return emit failed(QString::fromStdString(error.what()));
    }
    m_hearing = std::move(hearing);
    m_runSpec.interventions = m_document.interventions; // of the document as it is; the speech model has none
    m_engineDied = false;
    m_job = new RunJob(m_engine, spec, this);
    connect(m_job, &RunJob::progress, this, [this](const QString& stage, qint64 done, qint64 total) {
        emit runProgress(tr("Hearing the question: %1").arg(stage), done, total);
    });
    connect(m_job, &RunJob::inputsKnown, this,
            [this, folder = spec.modelFolder](const ModelInputs& inputs) { m_modelInputs[folder] = inputs; });
    connect(m_job, &RunJob::finished, this, &Session::readHeard);
    connect(m_job, &RunJob::failed, this, &Session::failHearing);
    m_running = true;
    emit runStarted();
    m_job->start();
}

void Session::readHeard(const QString& capturePath)
{
    runInBackground(
        this, [capturePath] { return Capture::open(capturePath.toStdString()); },
        [this, id = m_runId](const std::shared_ptr<const Capture>& speech) {
            if (id == m_runId)
                takeHeard(speech);
        },
        [this, id = m_runId](const Error& error) {
            if (id == m_runId)
                failHearing(error);
        });
}

void Session::takeHeard(const std::shared_ptr<const Capture>& speech)
{
    const Hearing hearing = *m_hearing;
    endRun();
    const QString question = transcriptOf(*speech);
    if (question.isEmpty())
        return emit failed(tr("%1 heard no words in %2.")
                               .arg(QString::fromStdString(speech->manifest().model.name), hearing.recording->name));
    Document after = m_document;
    after.recording = hearing.recording;
    after.speech = speech;
    after.question = question;
    if (m_document.capture)
        forgetHiddenWords(after);
    change(tr("spoken question “%1”").arg(question), std::move(after), hearing.mergeId);
    trimCache(speech->path());
    if (hearing.runs)
        run();
}

void Session::failHearing(const Error& error)
{
    endRun();
    if (error.kind() != ErrorKind::Cancelled)
        emit failed(tr("The question could not be heard: %1").arg(QString::fromStdString(error.what())));
}

/// Whether what is under way is about something else after a change of the document.
bool Session::isOfOtherInputs(const Document& before, const Document& after) const
{
    if (m_hearing)
        return !(before.model == after.model) || !(before.picture == after.picture) ||
               before.recording != after.recording || before.question != after.question;
    return !m_runSpec.sound.isEmpty() && (before.recording != after.recording || before.listening != after.listening);
}

} // namespace heedmap
