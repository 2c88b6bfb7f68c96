#pragma once

#include "app/session/engine_client.h"
#include "app/session/model_inputs.h"
#include "core/capture/intervention.h"

#include <QByteArray>
#include <QMap>
#include <QObject>
#include <QString>

#include <vector>

namespace heedmap {

/// What a user asks for: one run of a model on inputs. What the model does not take is left out.
struct RunSpec
{
    QString modelFolder;
    QByteArray picture;            ///< the original file's bytes; empty: none
    std::string pictureSha256;     ///< of them, in hexadecimal
    QString pictureName;           ///< for messages and the capture
    QByteArray sound = {};         ///< the original file's bytes of a recording; empty: none
    std::string soundSha256 = {};  ///< of them, in hexadecimal
    QString soundName = {};        ///< for messages and the capture
    QString text;                  ///< question, caption or prompt; may be empty where the model allows it
    QString capturePath;           ///< where the .heed file goes; empty: the method makes none
    Json options = Json::object(); ///< PROTOCOL.md, run/start
    std::vector<Intervention> interventions = {}; ///< what to change inside the model; empty: nothing
    bool announcesSize = false;                   ///< asks for the size of the capture before the run
    QString method = QStringLiteral("run/start"); ///< or one that takes the same inputs, such as speech/rerank
    Json members = Json::object();                ///< further params of that method
};

/// Sites that belong together, and what storing them takes.
struct PlannedGroup
{
    QString id;
    QString title;
    qint64 bytes = 0;
    bool operator==(const PlannedGroup&) const = default;
};

/// One run from start to capture file: model/open, input/put, run/start in order, with progress and cancel. Used by the
/// window and by the `capture` verb alike. One signal of finished and failed is emitted, once.
class RunJob : public QObject
{
    Q_OBJECT

public:
    RunJob(EngineClient& client, RunSpec spec, QObject* parent = nullptr);

    void start();
    /// Only asks for the size of the capture: sizeKnown() or failed() follows, and nothing is computed.
    void plan();
    void cancel(); ///< failed() follows with ErrorKind::Cancelled
    bool isRunning() const;

signals:
    /// `stage` is for people; total 0 means unknown.
    void progress(const QString& stage, qint64 done, qint64 total);
    void inputsKnown(const heedmap::ModelInputs& inputs); ///< the model is open
    /// All groups the run has, stored or not; before sizeKnown(), where the engine says so.
    void groupsKnown(const std::vector<heedmap::PlannedGroup>& groups);
    /// Bytes the capture will have at most, before anything is computed; only when the run announces its size, and the
    /// engine knows it.
    void sizeKnown(qint64 bytes);
    /// `modelInfo` is the answer of model/open, `result` that of run/start.
    void finished(const QString& capturePath, const heedmap::Json& modelInfo, const heedmap::Json& result);
    void failed(const heedmap::Error& error);

private:
    void openModel();
    void takeModel(const Json& modelInfo);
    void putPicture(const Json& modelInfo, const ModelInputs& inputs);
    void putSound(const Json& modelInfo, const ModelInputs& inputs, const Json& taken);
    void planRun(const Json& modelInfo, const ModelInputs& inputs, Json taken);
    void startRun(const Json& modelInfo, const Json& params);
    EngineClient::Handlers step(std::function<void(const Json&)> next);
    void fail(const Error& error);

    EngineClient& m_client;
    RunSpec m_spec;
    qint64 m_request = 0;
    bool m_running = false;
    bool m_cancelled = false;
    bool m_onlyPlans = false;
};

} // namespace heedmap
