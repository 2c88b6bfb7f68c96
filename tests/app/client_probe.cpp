#include "tests/app/client_probe.h"

#include <gtest/gtest.h>
#include <QCoreApplication>
#include <QEventLoop>
#include <QTimer>

namespace heedmap {

bool waitUntil(const std::function<bool()>& condition, int seconds)
{
    QTimer deadline;
    deadline.setSingleShot(true);
    deadline.start(seconds * 1000);
    while (!condition() && deadline.isActive())
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    return condition();
}

EngineClient::Handlers recordInto(const std::shared_ptr<Outcome>& outcome)
{
    return {[outcome](const Json& result) {
                outcome->result = result;
                ++outcome->answers;
            },
            [outcome](const Error& error) {
                outcome->error = error;
                ++outcome->answers;
            },
            [outcome](const QString& stage, qint64, qint64) { outcome->stages.push_back(stage.toStdString()); }};
}

Outcome ask(EngineClient& client, const QString& method, const Json& params)
{
    const auto outcome = std::make_shared<Outcome>();
    client.request(method, params, recordInto(outcome));
    EXPECT_FALSE(outcome->answered()) << "never from inside the call";
    EXPECT_TRUE(waitUntil([&] { return outcome->answered(); })) << method.toStdString() << " was not answered";
    return *outcome;
}

QString fakeEngine()
{
    return QStringLiteral(HEEDMAP_SOURCE_DIR "/tests/app/fake_engine.py");
}

QString realEngine()
{
    return qEnvironmentVariable("HEEDMAP_BIN_DIR") + QStringLiteral("/heedmap-engine");
}

} // namespace heedmap
