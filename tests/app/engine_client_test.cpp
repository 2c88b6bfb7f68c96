#include "app/session/engine_client.h"
#include "app/session/held_inputs.h"
#include "core/base/files.h"
#include "tests/app/client_probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <QElapsedTimer>
#include <QPointer>

#include <csignal>

namespace heedmap {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using State = EngineClient::State;

/// A client of the fake engine; the mode counts from the next start of the process.
class FakeEngine : public testing::Test
{
protected:
    FakeEngine()
    {
        setMode("");
        QObject::connect(&m_client, &EngineClient::died, [this](const QString& reason) { m_deaths << reason; });
        QObject::connect(&m_client, &EngineClient::stateChanged, [this](State state) { m_states.push_back(state); });
        QObject::connect(&m_client, &EngineClient::logMessage, [this](const QString& line) { m_log << line; });
    }

    static void setMode(const char* mode) { qputenv("HEEDMAP_FAKE_ENGINE", mode); }

    void expectWorksAgain()
    {
        setMode("");
        EXPECT_EQ(ask(m_client, "test/echo", {{"again", true}}).result, (Json{{"again", true}}));
    }

    EngineClient m_client{fakeEngine()};
    QStringList m_deaths;
    QStringList m_log;
    std::vector<State> m_states;
};

TEST_F(FakeEngine, startsWhenFirstNeededAndAnswers)
{
    EXPECT_EQ(m_client.state(), State::Stopped);
    EXPECT_EQ(m_client.processId(), 0);
    const Outcome outcome = ask(m_client, "test/echo", {{"text", "grün"}});
    EXPECT_EQ(outcome.result, (Json{{"text", "grün"}}));
    EXPECT_THAT(outcome.stages, ElementsAre("echoing"));
    EXPECT_THAT(m_states, ElementsAre(State::Starting, State::Busy, State::Ready));
    EXPECT_NE(m_client.processId(), 0);
    EXPECT_TRUE(m_log.contains("an echo"));
}

TEST_F(FakeEngine, ctrlCInATerminalIsForTheFrontEndAlone)
{
    ask(m_client, "test/echo");
    const qint64 process = m_client.processId();
    ASSERT_EQ(::kill(static_cast<pid_t>(process), SIGINT), 0); // a terminal sends it to the whole group
    EXPECT_TRUE(ask(m_client, "test/echo").result);
    EXPECT_EQ(m_client.processId(), process);
    EXPECT_THAT(m_deaths, testing::IsEmpty());
}

TEST_F(FakeEngine, answersManyRequestsOnce)
{
    std::vector<std::shared_ptr<Outcome>> outcomes;
    for (int i = 0; i < 50; ++i) {
        outcomes.push_back(std::make_shared<Outcome>());
        m_client.request("test/echo", {{"n", i}}, recordInto(outcomes.back()));
    }
    ASSERT_TRUE(waitUntil([&] { return outcomes.back()->answered(); }));
    for (int i = 0; i < 50; ++i) {
        EXPECT_EQ(outcomes[i]->answers, 1);
        EXPECT_EQ(outcomes[i]->result, (Json{{"n", i}}));
    }
}

TEST_F(FakeEngine, sendsAnInputOnceToEachProcess)
{
    const QByteArray picture(9'000'000, 'p'); // more than one frame
    const auto put = [&] {
        const auto outcome = std::make_shared<Outcome>();
        m_client.putInput(picture, sha256Hex(std::as_bytes(std::span(picture))), recordInto(outcome));
        EXPECT_FALSE(outcome->answered());
        EXPECT_TRUE(waitUntil([&] { return outcome->answered(); }));
        return outcome->result.value_or(Json::object()).value("id", "");
    };
    const std::string id = put();
    EXPECT_EQ(id.size(), 64u);
    EXPECT_EQ(put(), id);
    EXPECT_EQ(ask(m_client, "test/puts").result, Json(1));
    m_client.stop();
    EXPECT_EQ(put(), id);
    EXPECT_EQ(ask(m_client, "test/puts").result, Json(1)) << "the new process was sent it anew";
}

TEST_F(FakeEngine, killsAnEngineThatDoesNotStopTwoSecondsAfterCancel)
{
    const auto never = std::make_shared<Outcome>();
    const auto other = std::make_shared<Outcome>();
    const qint64 id = m_client.request("test/never", Json::object(), recordInto(never));
    m_client.request("test/never", Json::object(), recordInto(other));
    ASSERT_TRUE(waitUntil([&] { return m_client.state() == State::Busy; }));
    QElapsedTimer timer;
    timer.start();
    m_client.cancel(id);
    m_client.cancel(id);
    ASSERT_TRUE(waitUntil([&] { return never->answered() && other->answered(); }));
    EXPECT_GE(timer.elapsed(), 1900);
    EXPECT_LT(timer.elapsed(), 10'000);
    EXPECT_EQ(never->error->kind(), ErrorKind::Cancelled);
    EXPECT_EQ(other->error->kind(), ErrorKind::Io);
    EXPECT_EQ(never->answers, 1);
    EXPECT_EQ(m_deaths.size(), 1);
    EXPECT_EQ(m_client.state(), State::Died);
    expectWorksAgain();
}

TEST_F(FakeEngine, cancelBeforeTheEngineRunsNeedsNoEngine)
{
    const auto outcome = std::make_shared<Outcome>();
    m_client.cancel(m_client.request("test/never", Json::object(), recordInto(outcome)));
    EXPECT_FALSE(outcome->answered());
    ASSERT_TRUE(waitUntil([&] { return outcome->answered(); }));
    EXPECT_EQ(outcome->error->kind(), ErrorKind::Cancelled);
    EXPECT_EQ(ask(m_client, "test/echo").result, Json::object());
    EXPECT_TRUE(m_deaths.isEmpty());
}

TEST_F(FakeEngine, reportsADeathToEveryOpenRequestAndStartsAgain)
{
    const auto first = std::make_shared<Outcome>();
    const auto second = std::make_shared<Outcome>();
    m_client.request("test/never", Json::object(), recordInto(first));
    m_client.request("test/never", Json::object(), recordInto(second));
    ASSERT_TRUE(waitUntil([&] { return m_client.state() == State::Busy; }));
    ::kill(static_cast<pid_t>(m_client.processId()), SIGKILL);
    ASSERT_TRUE(waitUntil([&] { return first->answered() && second->answered(); }));
    EXPECT_EQ(first->error->kind(), ErrorKind::Io);
    EXPECT_THAT(second->error->what(), HasSubstr("signal 9"));
    ASSERT_EQ(m_deaths.size(), 1);
    EXPECT_THAT(m_deaths[0].toStdString(), HasSubstr("The next run starts it again"));
    EXPECT_EQ(m_client.state(), State::Died);
    EXPECT_EQ(m_client.processId(), 0);
    expectWorksAgain();
    EXPECT_EQ(first->answers, 1);
}

TEST_F(FakeEngine, aDeathWhileIdleIsReportedToo)
{
    ask(m_client, "test/echo");
    ::kill(static_cast<pid_t>(m_client.processId()), SIGSEGV);
    ASSERT_TRUE(waitUntil([&] { return m_deaths.size() == 1; }));
    expectWorksAgain();
}

TEST_F(FakeEngine, whatIsNoProtocolEndsTheEngineWithAMessage)
{
    for (const char* mode : {"garbage", "huge length", "huge header", "malformed json", "deep json", "not a reply",
                             "exits", "closes its output"}) {
        m_deaths.clear();
        setMode(mode);
        m_client.stop();
        const Outcome outcome = ask(m_client, "test/misbehave");
        ASSERT_TRUE(outcome.error) << mode;
        EXPECT_EQ(outcome.error->kind(), ErrorKind::Io) << mode;
        EXPECT_EQ(outcome.answers, 1);
        EXPECT_EQ(m_deaths.size(), 1) << mode;
        EXPECT_EQ(m_client.state(), State::Died) << mode;
        expectWorksAgain();
    }
}

TEST_F(FakeEngine, anEngineThatCannotBeginIsReported)
{
    const std::map<const char*, const char*> words{{"exits in initialize", "cannot find libtorch"},
                                                   {"refuses", "too old"},
                                                   {"other protocol", "another version"},
                                                   {"garbage at once", "Hello, I am an engine"}};
    for (const auto& [mode, expected] : words) {
        m_deaths.clear();
        setMode(mode);
        m_client.stop();
        const Outcome outcome = ask(m_client, "test/echo");
        ASSERT_TRUE(outcome.error) << mode;
        EXPECT_THAT(outcome.error->what(), HasSubstr(expected)) << mode;
        EXPECT_EQ(outcome.answers, 1);
        EXPECT_EQ(m_deaths.size(), 1) << mode;
        expectWorksAgain();
    }
}

TEST_F(FakeEngine, stopReportsNoDeath)
{
    const auto open = std::make_shared<Outcome>();
    m_client.request("test/never", Json::object(), recordInto(open));
    ASSERT_TRUE(waitUntil([&] { return m_client.state() == State::Busy; }));
    m_client.stop();
    EXPECT_EQ(m_client.state(), State::Stopped);
    EXPECT_EQ(m_client.processId(), 0);
    ASSERT_TRUE(waitUntil([&] { return open->answered(); }));
    EXPECT_EQ(open->error->kind(), ErrorKind::Cancelled);
    expectWorksAgain();
    EXPECT_TRUE(m_deaths.isEmpty());
}

TEST_F(FakeEngine, anEngineThatIgnoresShutdownIsKilled)
{
    setMode("ignores shutdown");
    ask(m_client, "test/echo");
    const auto pid = static_cast<pid_t>(m_client.processId());
    m_client.stop();
    EXPECT_TRUE(waitUntil([&] { return ::kill(pid, 0) != 0; }, 10)) << "still there";
}

TEST_F(FakeEngine, standardErrorBecomesLogLines)
{
    ask(m_client, "test/stderr", {{"length", 100'000}});
    ASSERT_TRUE(waitUntil([&] { return m_log.size() >= 2; }));
    EXPECT_EQ(m_log[0], "first line");
    for (const QString& line : m_log)
        EXPECT_LE(line.size(), 16 * 1024);
}

TEST_F(FakeEngine, aHandlerMayAskAgainOrDeleteTheClient)
{
    const auto nested = std::make_shared<Outcome>();
    auto* client = new EngineClient(fakeEngine());
    const QPointer<EngineClient> alive(client);
    client->request("test/echo", Json::object(),
                    {[&](const Json&) {
                         client->request("test/echo", {{"nested", 1}}, recordInto(nested));
                     },
                     {},
                     {}});
    ASSERT_TRUE(waitUntil([&] { return nested->answered(); }));
    client->request("test/echo", Json::object(), {[&](const Json&) { delete client; }, {}, {}});
    EXPECT_TRUE(waitUntil([&] { return alive.isNull(); }));
}

TEST(EngineClientWithoutEngine, saysThatItIsMissing)
{
    EngineClient client("/nonexistent/heedmap-engine");
    const Outcome outcome = ask(client, "test/echo");
    EXPECT_THAT(outcome.error->what(), HasSubstr("/nonexistent/heedmap-engine is missing"));
    EXPECT_EQ(client.state(), State::Died);
    EXPECT_EQ(ask(client, "test/echo").error->kind(), ErrorKind::Io) << "asked again, tried again";
    EngineClient notAProgram("/etc/passwd");
    EXPECT_THAT(ask(notAProgram, "test/echo").error->what(), HasSubstr("could not be started"));
}

TEST(EngineClientWithoutEngine, closesQuicklyWhateverTheEngineDoes)
{
    qputenv("HEEDMAP_FAKE_ENGINE", "ignores shutdown");
    auto client = std::make_unique<EngineClient>(fakeEngine());
    ask(*client, "test/echo");
    QElapsedTimer timer;
    timer.start();
    client.reset();
    EXPECT_LT(timer.elapsed(), 3000);
}

TEST(HeldInputs, forgetsTheOldestAboveWhatAnEngineHolds)
{
    HeldInputs held;
    const std::size_t size = std::size_t{200} << 20;
    held.add("a", size);
    held.add("a", size);
    held.add("b", size);
    EXPECT_TRUE(held.contains("a")) << "added once";
    held.add("c", size);
    EXPECT_FALSE(held.contains("a"));
    EXPECT_TRUE(held.contains("b"));
    EXPECT_TRUE(held.contains("c"));
    held.clear();
    EXPECT_FALSE(held.contains("c"));
}

} // namespace
} // namespace heedmap
