// Running the model, and changing what happens inside it.

#include "app/session/session.h"
#include "core/capture/answer_change.h"
#include "core/capture/intervention_edit.h"
#include "widgets/context/background.h"
#include "widgets/context/map_navigation.h"
#include "widgets/image/picture_image.h"

namespace heedmap {

namespace {

constexpr std::size_t kMostFollowedTokens = 24;
/// Opened in about a second, in the engine: worth it to know what a run writes before it is asked for.
constexpr qint64 kSmallModelBytes = qint64{1} << 30;

bool isOfModel(const Capture& capture, const ModelSummary& model)
{
    const ModelInfo& info = capture.manifest().model;
    return info.name == model.name.toStdString() && info.architecture == model.architecture.toStdString();
}

/// As run/start takes it (PROTOCOL.md).
Json optionsOf(const GradientTarget& target)
{
    if (!target.step)
        return {{"target", target.score}};
    return {{"target", target.output}, {"step", *target.step}, {"token", target.tokenId}};
}

QString withAnswer(const QString& what, const Capture& capture)
{
    const QString answer = QString::fromStdString(answerSummary(capture.manifest())).simplified();
    return answer.isEmpty() ? what : QStringLiteral("%1 ⇒ %2").arg(what, answer);
}

} // namespace

void Session::setInterventions(const std::vector<Intervention>& list, const QString& text)
{
    if (list == m_document.interventions)
        return;
    if (!m_document.capture)
        return emit failed(tr("Run the model first: what is muted or hidden is chosen in its maps."));
    if (const QString reason = whyNotRunAgain(); !reason.isEmpty())
        return emit failed(reason);
    Document after = m_document;
    after.interventions = list;
    after.baseline = runWithoutInterventions();
    if (list.empty() && after.baseline) {
        after.capture = std::exchange(after.baseline, nullptr);
        after.heardWith = after.listening;
        Selection fresh = m_document.selection;
        fresh.queries.clear();
        if (m_document.capture)
            after.selection = carriedSelection(*m_document.capture, m_document.selection, *after.capture, fresh);
        const QString line = withAnswer(text, *after.capture);
        return change(line, std::move(after));
    }
    m_interventionId = ++m_lastMergeId;
    change(text, std::move(after), m_interventionId);
    m_interventionText = text;
    run();
}

/// The capture there is, on its inputs. Empty: go ahead.
QString Session::whyNotRunAgain() const
{
    const Document& document = m_document;
    if (!isOfModel(*document.capture, document.model))
        return tr("This capture was made by the model %1. Open its folder first (File → Open model), so that it can "
                  "run again.")
            .arg(QString::fromStdString(document.capture->manifest().model.name));
    if (pictureInput(*document.capture) && document.picture.isNull())
        return tr("This capture holds no picture to run the model on again. Open the picture and run the model first.");
    if (recordingInput(*document.capture) && !document.recording)
        return tr("This capture holds no recording to run the model on again. Open the recording and run the model "
                  "first.");
    return {};
}

/// Whether a run of the document as it is, without interventions, would give this capture again.
bool Session::isPlainRun(const Capture& capture) const
{
    if (!capture.manifest().interventions.empty() || !isOfModel(capture, m_document.model))
        return false;
    const ModelInputs* inputs = modelInputs();
    const CaptureInput* picture = pictureInput(capture);
    const bool samePicture =
        (inputs && !inputs->picture) || (picture ? picture->sha256 : std::string()) == m_document.picture.sha256;
    return samePicture && hearsTheRecordingOf(capture) && asksTheQuestionOf(capture);
}

/// Or hears no recording at all. The run to compare with is never kept beyond a change of how to listen.
bool Session::hearsTheRecordingOf(const Capture& capture) const
{
    const CaptureInput* sound = recordingInput(capture);
    if (!sound)
        return !takesRecording() || !m_document.recording;
    const bool sameOptions = &capture != m_document.capture.get() || m_document.heardWith == m_document.listening;
    return m_document.recording && m_document.recording->sha256 == sound->sha256 && sameOptions;
}

/// Or would, if the model took text.
bool Session::asksTheQuestionOf(const Capture& capture) const
{
    const ModelInputs* inputs = modelInputs();
    return (inputs && !inputs->text) || questionOf(capture) == m_document.question;
}

std::shared_ptr<const Capture> Session::runWithoutInterventions() const
{
    for (const auto& capture : {m_document.capture, m_document.baseline})
        if (capture && isPlainRun(*capture))
            return capture;
    return nullptr;
}

void Session::forgetInterventions(Document& document)
{
    document.interventions.clear();
    document.baseline.reset();
}

/// Another question has other words at the same positions.
void Session::forgetHiddenWords(Document& document)
{
    const std::map<std::string, TokenAxis>& axes = document.capture->manifest().axes;
    std::erase_if(document.interventions, [&](const Intervention& intervention) {
        const auto* hide = std::get_if<HideKeys>(&intervention);
        const auto axis = hide ? axes.find(hide->axis) : axes.end();
        return axis != axes.end() && hasText(axis->second);
    });
}

void Session::run()
{
    startRun(tr("run"), Json::object());
}

void Session::runWithValues(const std::optional<GradientTarget>& gradients)
{
    if (!m_document.capture)
        return emit failed(tr("Run the model first: what is stored besides attention belongs to a run."));
    if (const QString reason = whyNotRunAgain(); !reason.isEmpty())
        return emit failed(reason);
    if (!asksTheQuestionOf(*m_document.capture))
        return emit failed(tr("The question was changed after this run. Run the model first."));
    if (!gradients)
        return startRun(tr("values"), {{"values", true}});
    const QString label = QString::fromStdString(gradientTargetLabel(*gradients));
    startRun(tr("gradients of the %1").arg(label), {{"gradients", optionsOf(*gradients)}});
}

RunSpec Session::specOfDocument() const
{
    RunSpec spec;
    spec.modelFolder = m_document.model.folder;
    spec.picture = m_document.picture.bytes;
    spec.pictureSha256 = m_document.picture.sha256;
    spec.pictureName = m_document.picture.name;
    spec.text = m_document.question;
    if (const Recording* recording = takesRecording() ? m_document.recording.get() : nullptr) {
        spec.sound = recording->bytes;
        spec.soundSha256 = recording->sha256;
        spec.soundName = recording->name;
        spec.options = optionsOf(m_document.listening, speechChoices());
    }
    spec.interventions = m_document.interventions;
    if (m_storageType != DType::F32) // an engine that knows no other may not know the option
        spec.options["storage_dtype"] = dtypeName(m_storageType);
    // By name, so that the engine says so if one of them is not there any more.
    for (const PlannedGroup& group : m_leftOutGroups.isEmpty() ? std::vector<PlannedGroup>() : m_plannedGroups)
        if (!m_leftOutGroups.contains(group.id))
            spec.options["sites"].push_back(group.id.toStdString() + ".L*");
    return spec;
}

void Session::takeGroups(const std::vector<PlannedGroup>& groups)
{
    if (groups == std::exchange(m_plannedGroups, groups))
        return;
    emit storedGroupsChanged();
}

void Session::setLeftOutGroups(const QSet<QString>& groups)
{
    if (groups == std::exchange(m_leftOutGroups, groups))
        return;
    emit storedGroupsChanged();
}

void Session::setStorageType(DType dtype)
{
    if (dtype == std::exchange(m_storageType, dtype))
        return;
    emit storageTypeChanged();
}

bool Session::canPlanSize() const
{
    if (m_running || m_document.model.isNull())
        return false;
    if (m_engine.state() != EngineClient::State::Stopped)
        return m_engine.state() == EngineClient::State::Ready;
    const bool hasInput = takesRecording() ? m_document.recording != nullptr : !m_document.picture.isNull();
    return hasInput && m_document.model.byteCount <= kSmallModelBytes && !runWithoutInterventions();
}

void Session::planSize()
{
    if (!canPlanSize())
        return;
    delete m_planJob.data(); // whose answer is no longer wanted
    m_planJob = new RunJob(m_engine, specOfDocument(), this);
    connect(m_planJob, &RunJob::inputsKnown, this,
            [this, folder = m_document.model.folder](const ModelInputs& inputs) { takeInputs(folder, inputs); });
    connect(m_planJob, &RunJob::groupsKnown, this, &Session::takeGroups);
    connect(m_planJob, &RunJob::sizeKnown, this, &Session::sizeKnown);
    connect(m_planJob, &RunJob::sizeKnown, m_planJob, &QObject::deleteLater);
    connect(m_planJob, &RunJob::failed, m_planJob, &QObject::deleteLater); // a run says what is wrong
    m_planJob->plan();
}

/// What the model takes is not known before the engine has opened it; but something it must be given.
QString Session::whatIsMissing() const
{
    const ModelInputs* inputs = modelInputs();
    const bool needsRecording = inputs ? inputs->sound && inputs->sound->required : m_document.model.hears;
    if (needsRecording && !m_document.recording)
        return tr("Choose a recording first: drop one on the window, or open one.");
    const bool needsPicture =
        inputs ? inputs->picture && inputs->picture->required : !needsRecording && m_document.question.isEmpty();
    if (needsPicture && m_document.picture.isNull())
        return tr("Choose a picture first: drop one on the window, paste one, or pick a sample.");
    return {};
}

void Session::startRun(const QString& text, const Json& options)
{
    if (m_document.model.isNull())
        return emit failed(tr("Choose a model first: File → Open model."));
    if (const QString missing = whatIsMissing(); !missing.isEmpty())
        return emit failed(missing);
    cancelRun();
    m_runListening = m_document.listening;
    m_runText = text;
    m_runSpec = specOfDocument();
    m_runSpec.options.update(options);
    m_runBaseline = m_document.interventions.empty() ? nullptr : runWithoutInterventions();
    const bool needsBaseline = !m_document.interventions.empty() && !m_runBaseline;
    startJob(needsBaseline ? std::vector<Intervention>() : m_document.interventions);
}

void Session::startJob(const std::vector<Intervention>& interventions)
{
    RunSpec spec = m_runSpec;
    spec.interventions = interventions;
    const bool isWhole = sameInterventions(interventions, m_runSpec.interventions);
    if (!isWhole) // only to compare with
        spec.options = specOfDocument().options;
    try {
        spec.capturePath = m_cache.newPath();
    } catch (const Error& error) {
        if (m_running)
            endRun();
        return emit failed(QString::fromStdString(error.what()));
    }
    if (m_runBaseline && !interventions.empty())
        if (const auto tokens = tokensToFollow(m_runBaseline->manifest(), kMostFollowedTokens); !tokens.empty())
            spec.options["score_tokens"] = tokens; // the answer of before can be followed, however unlikely it became
    m_engineDied = false;
    m_job = new RunJob(m_engine, spec, this);
    connect(m_job, &RunJob::progress, this, &Session::runProgress);
    connect(m_job, &RunJob::inputsKnown, this,
            [this, folder = spec.modelFolder](const ModelInputs& inputs) { takeInputs(folder, inputs); });
    connect(m_job, &RunJob::finished, this,
            [this, isWhole](const QString& path) { isWhole ? showRunResult(path) : takeBaseline(path); });
    connect(m_job, &RunJob::failed, this, &Session::onRunFailed);
    if (!std::exchange(m_running, true))
        emit runStarted();
    m_job->start();
}

const ModelInputs* Session::modelInputs() const
{
    const auto found = m_modelInputs.find(m_document.model.folder);
    return found == m_modelInputs.end() ? nullptr : &found->second;
}

void Session::takeInputs(const QString& folder, const ModelInputs& inputs)
{
    const auto [known, isNew] = m_modelInputs.try_emplace(folder, inputs);
    if (!isNew && known->second == inputs) // who plans again when the model changes would never end
        return;
    known->second = inputs;
    if (folder == m_document.model.folder)
        emit modelChanged();
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
    m_hearing.reset();
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

/// The run without interventions is there; now the one with them.
void Session::takeBaseline(const QString& capturePath)
{
    if (m_job)
        m_job->deleteLater();
    m_job.clear();
    runInBackground(
        this, [capturePath] { return Capture::open(capturePath.toStdString()); },
        [this, id = m_runId](const std::shared_ptr<const Capture>& baseline) {
            if (id != m_runId)
                return;
            m_runBaseline = baseline;
            startJob(m_runSpec.interventions);
        },
        [this, id = m_runId](const Error& error) {
            if (id == m_runId)
                onRunFailed(error);
        });
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
        [capturePath, previous, selection, recording = m_document.recording, cache = m_cache] {
            OpenedCapture opened = readCapture(capturePath, recording);
            cache.trim({capturePath});
            if (previous)
                opened.selection = carriedSelection(*previous, selection, *opened.capture, opened.selection);
            return opened;
        },
        [this, id](const OpenedCapture& opened) {
            if (id == m_runId) // not cancelled, and no newer run is under way
                takeRunResult(opened);
        },
        [this, id](const Error& error) {
            if (id == m_runId)
                onRunFailed(error);
        });
}

void Session::takeRunResult(const OpenedCapture& opened)
{
    Document after = m_document;
    after.capture = opened.capture;
    after.selection = opened.selection;
    after.picture =
        opened.picture.isNull() || opened.picture.sha256 == after.picture.sha256 ? after.picture : opened.picture;
    after.heardWith = m_runListening;
    after.baseline = std::exchange(m_runBaseline, nullptr);
    // The change of interventions and what came of it are one step to undo, unless something else was done meanwhile:
    // then the stack does not merge them.
    const QString text = std::exchange(m_interventionText, {});
    if (text.isEmpty())
        change(withAnswer(m_runText, *opened.capture), std::move(after));
    else
        change(withAnswer(text, *opened.capture), std::move(after), m_interventionId);
    trimCache(opened.capture->path());
    endRun();
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

} // namespace heedmap
