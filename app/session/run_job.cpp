#include "app/session/run_job.h"

#include <QFile>
#include <QPointer>

#include <utility>

namespace heedmap {

namespace {

/// The id of the first input of a kind in the answer of model/open; empty when the model takes none.
std::string inputOfKind(const Json& modelInfo, const std::string& kind)
{
    for (const Json& input : modelInfo.value("inputs", Json::array()))
        if (input.value("kind", "") == kind)
            return input.value("id", "");
    return {};
}

} // namespace

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
                                 step([this](const Json& modelInfo) { putPicture(modelInfo); }));
}

void RunJob::putPicture(const Json& modelInfo)
{
    emit progress(tr("Sending the picture"), 0, 0);
    m_request =
        m_client.putInput(m_spec.picture, m_spec.pictureSha256,
                          step([this, modelInfo](const Json& pictureInput) { startRun(modelInfo, pictureInput); }));
}

void RunJob::startRun(const Json& modelInfo, const Json& pictureInput)
{
    Json inputs = Json::object();
    inputs[inputOfKind(modelInfo, "image")] = {{"content", pictureInput.value("id", "")},
                                               {"name", m_spec.pictureName.toStdString()}};
    if (const std::string text = inputOfKind(modelInfo, "text"); !text.empty())
        inputs[text] = {{"text", m_spec.text.toStdString()}};
    Json params = {{"model", modelInfo.value("model", "")},
                   {"inputs", inputs},
                   {"options", m_spec.options},
                   {"capture", {{"path", m_spec.capturePath.toStdString()}}}};
    if (!m_spec.interventions.empty()) // an engine that cannot intervene may not know the member
        params["interventions"] = jsonFromInterventions(m_spec.interventions);
    m_request = m_client.request(QStringLiteral("run/start"), params, step([this, modelInfo](const Json& result) {
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
    // An engine that was killed could not remove what it had begun to write.
    QFile::remove(m_spec.capturePath + QStringLiteral(".partial"));
    if (m_cancelled)
        emit failed(Error(ErrorKind::Cancelled, "The run was cancelled."));
    else
        emit failed(error);
}

} // namespace heedmap
