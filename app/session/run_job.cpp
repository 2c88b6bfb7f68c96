#include "app/session/run_job.h"

#include "core/base/utf8.h"

#include <QFile>
#include <QPointer>

#include <tuple>
#include <utility>

namespace heedmap {

RunJob::RunJob(EngineClient& client, RunSpec spec, QObject* parent)
    : QObject(parent), m_client(client), m_spec(std::move(spec))
{}

void RunJob::start()
{
    if (std::exchange(m_running, true))
        return;
    m_cancelled = false;
    openModel();
}

void RunJob::plan()
{
    m_onlyPlans = true;
    m_spec.announcesSize = true;
    start();
}

void RunJob::cancel()
{
    if (!m_running || std::exchange(m_cancelled, true))
        return;
    m_client.cancel(m_request);
}

bool RunJob::isRunning() const
{
    return m_running;
}

void RunJob::openModel()
{
    emit progress(tr("Opening the model"), 0, 0);
    m_request = m_client.request(QStringLiteral("model/open"), {{"path", m_spec.modelFolder.toStdString()}},
                                 step([this](const Json& modelInfo) { takeModel(modelInfo); }));
}

void RunJob::takeModel(const Json& modelInfo)
{
    const ModelInputs inputs = modelInputsFrom(modelInfo);
    emit inputsKnown(inputs);
    if (m_cancelled)
        return fail(Error(ErrorKind::Cancelled, "The run was cancelled."));
    for (const auto& [entry, bytes, what] :
         {std::tuple(inputs.picture, m_spec.picture, "picture"), std::tuple(inputs.sound, m_spec.sound, "recording")})
        if (entry && entry->required && bytes.isEmpty())
            return fail(Error(ErrorKind::InvalidRequest, "The model {} needs a {}, and there is none yet.",
                              printable(modelInfo.value("name", "")), what));
    putPicture(modelInfo, inputs);
}

void RunJob::putPicture(const Json& modelInfo, const ModelInputs& inputs)
{
    if (!inputs.picture || m_spec.picture.isEmpty())
        return putSound(modelInfo, inputs, Json::object());
    emit progress(tr("Sending the picture"), 0, 0);
    m_request = m_client.putInput(
        m_spec.picture, m_spec.pictureSha256, step([this, modelInfo, inputs](const Json& answer) {
            const Json taken = {{inputs.picture->id,
                                 {{"content", answer.value("id", "")}, {"name", m_spec.pictureName.toStdString()}}}};
            putSound(modelInfo, inputs, taken);
        }));
}

void RunJob::putSound(const Json& modelInfo, const ModelInputs& inputs, const Json& taken)
{
    if (!inputs.sound || m_spec.sound.isEmpty())
        return planRun(modelInfo, inputs, taken);
    emit progress(tr("Sending the recording"), 0, 0);
    m_request = m_client.putInput(
        m_spec.sound, m_spec.soundSha256, step([this, modelInfo, inputs, taken](const Json& answer) {
            Json all = taken;
            all[inputs.sound->id] = {{"content", answer.value("id", "")}, {"name", m_spec.soundName.toStdString()}};
            planRun(modelInfo, inputs, std::move(all));
        }));
}

/// `taken` are the files that go in, by input.
void RunJob::planRun(const Json& modelInfo, const ModelInputs& inputs, Json taken)
{
    if (inputs.text)
        taken[inputs.text->id] = {{"text", m_spec.text.toStdString()}};
    Json params = {{"model", modelInfo.value("model", "")}, {"inputs", taken}, {"options", m_spec.options}};
    if (!m_spec.capturePath.isEmpty())
        params["capture"] = {{"path", m_spec.capturePath.toStdString()}};
    params.update(m_spec.members);
    if (!m_spec.interventions.empty()) // an engine that cannot intervene may not know the member
        params["interventions"] = jsonFromInterventions(m_spec.interventions);
    if (!m_spec.announcesSize)
        return startRun(modelInfo, params);
    EngineClient::Handlers planned = step([this, modelInfo, params](const Json& plan) {
        const auto bytes = plan.at("byte_count").get<qint64>();
        std::vector<PlannedGroup> groups;
        for (const Json& group : plan.value("groups", Json::array()))
            groups.push_back({QString::fromStdString(group.at("id").get<std::string>()),
                              QString::fromStdString(group.at("title").get<std::string>()),
                              group.at("byte_count").get<qint64>()});
        m_running = !m_onlyPlans;
        emit groupsKnown(groups);
        emit sizeKnown(bytes);
        if (!m_onlyPlans)
            startRun(modelInfo, params);
    });
    // An engine need not know run/plan, and what is wrong with a run is said when it is started.
    const QPointer<RunJob> self(this);
    planned.onError = [self, modelInfo, params, fail = planned.onError](const Error& error) {
        const bool goesOn = error.kind() != ErrorKind::Io && error.kind() != ErrorKind::Cancelled;
        if (goesOn && self && self->m_running && !self->m_cancelled && !self->m_onlyPlans)
            self->startRun(modelInfo, params);
        else
            fail(error);
    };
    m_request = m_client.request(QStringLiteral("run/plan"), params, planned);
}

void RunJob::startRun(const Json& modelInfo, const Json& params)
{
    m_request = m_client.request(m_spec.method, params, step([this, modelInfo](const Json& result) {
                                     m_running = false;
                                     emit finished(m_spec.capturePath, modelInfo, result);
                                 }));
}

/// Handlers of one request of the chain. A job that is gone when the answer comes is not called any more.
EngineClient::Handlers RunJob::step(std::function<void(const Json&)> next)
{
    const QPointer<RunJob> self(this);
    return {[self, next = std::move(next)](const Json& result) {
                if (!self || !self->m_running)
                    return;
                // An engine is a stranger: what it answers may have any shape.
                try {
                    if (self->m_cancelled)
                        self->fail(Error(ErrorKind::Cancelled, "The run was cancelled."));
                    else
                        next(result);
                } catch (const Json::exception&) {
                    self->fail(Error(ErrorKind::Io, "The engine gave an answer that cannot be understood."));
                }
            },
            [self](const Error& error) {
                if (self && self->m_running)
                    self->fail(error);
            },
            [self](const QString& stage, qint64 done, qint64 total) {
                if (self && self->m_running && !self->m_cancelled)
                    emit self->progress(stage, done, total);
            }};
}

void RunJob::fail(const Error& error)
{
    m_running = false;
    // An engine that was killed could not remove what it had begun to write. A plan writes nothing.
    if (!m_spec.capturePath.isEmpty())
        QFile::remove(m_spec.capturePath + QStringLiteral(".partial"));
    if (m_cancelled)
        emit failed(Error(ErrorKind::Cancelled, "The run was cancelled."));
    else
        emit failed(error);
}

} // namespace heedmap
