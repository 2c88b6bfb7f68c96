#include "app/session/run_job.h"
#include "core/base/files.h"
#include "core/capture/capture.h"
#include "tests/app/client_probe.h"
#include "tests/core/base/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <QDir>
#include <QFile>

#include <csignal>

namespace heedmap {
namespace {

using testing::HasSubstr;

std::string sha256Of(const QByteArray& bytes)
{
    return sha256Hex(std::as_bytes(std::span(bytes)));
}

class RealEngine : public testing::Test
{
protected:
    void SetUp() override { ASSERT_TRUE(QFile::exists(realEngine())) << realEngine().toStdString(); }

    RunSpec spec() const
    {
        QFile picture(QStringLiteral(HEEDMAP_SOURCE_DIR "/tests/fixtures/blip/pictures/wide.png"));
        EXPECT_TRUE(picture.open(QIODevice::ReadOnly));
        const QByteArray bytes = picture.readAll();
        return {.modelFolder = HEEDMAP_SOURCE_DIR "/tests/fixtures/blip/models/qa",
                .picture = bytes,
                .pictureSha256 = sha256Of(bytes),
                .pictureName = "wide.png",
                .text = "what color is the big ball?",
                .capturePath = capturePath()};
    }
    QString capturePath() const { return QString::fromStdString((m_folder.path() / "run.heed").string()); }
    bool folderIsEmpty() const { return std::filesystem::is_empty(m_folder.path()); }

    struct End
    {
        std::optional<Json> modelInfo;
        std::optional<Json> result;
        std::optional<Error> error;
        int signals_ = 0;
        int progress = 0;
    };

    /// Follows a job to its end; `atProgress` is called at each progress.
    std::shared_ptr<End> follow(RunJob& job, std::function<void(const QString&)> atProgress = {})
    {
        auto end = std::make_shared<End>();
        QObject::connect(&job, &RunJob::progress, [end, atProgress](const QString& stage, qint64, qint64) {
            ++end->progress;
            if (atProgress)
                atProgress(stage);
        });
        QObject::connect(&job, &RunJob::finished, [end](const QString&, const Json& modelInfo, const Json& result) {
            end->modelInfo = modelInfo;
            end->result = result;
            ++end->signals_;
        });
        QObject::connect(&job, &RunJob::failed, [end](const Error& error) {
            end->error = error;
            ++end->signals_;
        });
        return end;
    }

    void expectRuns()
    {
        RunJob job(m_client, spec());
        const auto end = follow(job);
        job.start();
        ASSERT_TRUE(waitUntil([&] { return !job.isRunning(); }));
        EXPECT_FALSE(end->error) << end->error->what();
        EXPECT_TRUE(QFile::exists(capturePath()));
    }

    TempFolder m_folder;
    EngineClient m_client{realEngine()};
};

TEST_F(RealEngine, runsToACapture)
{
    RunJob job(m_client, spec());
    const auto end = follow(job);
    job.start();
    EXPECT_TRUE(job.isRunning());
    ASSERT_TRUE(waitUntil([&] { return !job.isRunning(); }));
    ASSERT_FALSE(end->error) << end->error->what();
    EXPECT_EQ(end->signals_, 1);
    EXPECT_GE(end->progress, 3);
    EXPECT_EQ((*end->modelInfo)["task"], "question_answering");
    const auto capture = Capture::open(capturePath().toStdString());
    EXPECT_EQ((*end->result)["outputs"][0]["text"], capture->manifest().outputs[0].text);
    EXPECT_EQ(capture->manifest().input("picture")->name, "wide.png");
}

TEST_F(RealEngine, optionsReachTheEngine)
{
    RunSpec one = spec();
    one.options = {{"max_new_tokens", 1}};
    RunJob job(m_client, one);
    const auto end = follow(job);
    job.start();
    ASSERT_TRUE(waitUntil([&] { return !job.isRunning(); }));
    EXPECT_EQ((*end->result)["outputs"][0]["tokens"].size(), 1u);
}

TEST_F(RealEngine, anErrorOfTheEngineIsTheJobsError)
{
    RunSpec bad = spec();
    bad.picture = "no picture";
    bad.pictureSha256 = sha256Of(bad.picture);
    bad.pictureName = "letter.txt";
    RunJob job(m_client, bad);
    const auto end = follow(job);
    job.start();
    ASSERT_TRUE(waitUntil([&] { return !job.isRunning(); }));
    ASSERT_TRUE(end->error);
    EXPECT_EQ(end->error->kind(), ErrorKind::Unsupported);
    EXPECT_THAT(end->error->what(), HasSubstr("letter.txt"));
    EXPECT_TRUE(folderIsEmpty());
    expectRuns();
}

TEST_F(RealEngine, killedInTheMiddleOfARunItSaysSoAndTheNextRunWorks)
{
    expectRuns();
    std::filesystem::remove(m_folder.path() / "run.heed");
    QStringList deaths;
    QObject::connect(&m_client, &EngineClient::died, [&](const QString& reason) { deaths << reason; });
    const auto engine = static_cast<pid_t>(m_client.processId());
    ::kill(engine, SIGSTOP); // whatever is asked of it now stays unanswered
    RunJob job(m_client, spec());
    const auto end = follow(job);
    job.start();
    ASSERT_EQ(m_client.state(), EngineClient::State::Busy);
    ::kill(engine, SIGKILL);
    ASSERT_TRUE(waitUntil([&] { return !job.isRunning(); }));
    EXPECT_EQ(end->signals_, 1);
    EXPECT_EQ(end->error->kind(), ErrorKind::Io);
    EXPECT_EQ(deaths.size(), 1);
    EXPECT_TRUE(folderIsEmpty());
    expectRuns();
}

TEST_F(RealEngine, killedAtItsFirstLayerNothingIsLeftBehind)
{
    RunJob job(m_client, spec());
    const auto end = follow(job, [&](const QString& stage) {
        if (stage.contains("layer"))
            ::kill(static_cast<pid_t>(m_client.processId()), SIGKILL);
    });
    job.start();
    ASSERT_TRUE(waitUntil([&] { return !job.isRunning(); }));
    EXPECT_EQ(end->signals_, 1);
    EXPECT_FALSE(QFile::exists(capturePath() + ".partial"));
    expectRuns();
}

TEST_F(RealEngine, cancelledInTheMiddleOfARunItLeavesNothingBehind)
{
    RunJob job(m_client, spec());
    const auto end = follow(job, [&](const QString& stage) {
        if (stage.contains("layer"))
            job.cancel();
    });
    job.start();
    ASSERT_TRUE(waitUntil([&] { return !job.isRunning(); }));
    EXPECT_EQ(end->signals_, 1);
    ASSERT_TRUE(end->error);
    EXPECT_EQ(end->error->kind(), ErrorKind::Cancelled);
    EXPECT_FALSE(QFile::exists(capturePath() + ".partial"));
    expectRuns();
}

TEST_F(RealEngine, cancelledAtOnceNothingIsWritten)
{
    RunJob job(m_client, spec());
    const auto end = follow(job);
    job.start();
    job.cancel();
    ASSERT_TRUE(waitUntil([&] { return !job.isRunning(); }));
    EXPECT_EQ(end->error->kind(), ErrorKind::Cancelled);
    EXPECT_TRUE(folderIsEmpty());
    expectRuns();
}

TEST_F(RealEngine, aJobMayBeDeletedWhileItRuns)
{
    auto job = std::make_unique<RunJob>(m_client, spec());
    job->start();
    job.reset();
    expectRuns();
}

RunSpec pictureSpec(const QByteArray& picture, const QString& capturePath)
{
    return {.modelFolder = "/m",
            .picture = picture,
            .pictureSha256 = sha256Of(picture),
            .pictureName = "p.png",
            .text = "what?",
            .capturePath = capturePath};
}

TEST(RunJobWithAStranger, anAnswerOfTheWrongShapeIsAnError)
{
    qputenv("HEEDMAP_FAKE_ENGINE", "");
    EngineClient client(fakeEngine());
    RunJob job(client, pictureSpec("picture", "/nonexistent/x.heed"));
    std::optional<Error> failure;
    QObject::connect(&job, &RunJob::failed, [&](const Error& error) { failure = error; });
    job.start();
    ASSERT_TRUE(waitUntil([&] { return !job.isRunning(); }));
    EXPECT_THAT(failure->what(), HasSubstr("cannot be understood"));
}

TEST(RunJobWithAStranger, aPlanThatFailsRemovesNoFile)
{
    qputenv("HEEDMAP_FAKE_ENGINE", "");
    const TempFolder folder;
    const QString before = QDir::currentPath();
    ASSERT_TRUE(QDir::setCurrent(QString::fromStdString(folder.path().string())));
    folder.write(".partial", "somebody's own");
    EngineClient client(fakeEngine());
    RunJob job(client, pictureSpec("picture", {}));
    bool failed = false;
    QObject::connect(&job, &RunJob::failed, [&](const Error&) { failed = true; });
    job.plan();
    EXPECT_TRUE(waitUntil([&] { return !job.isRunning(); }));
    EXPECT_TRUE(failed);
    EXPECT_FALSE(folder.isEmpty());
    QDir::setCurrent(before);
}

/// What arrives at a model that takes `kinds`, by input id; the message of the failure under "failure".
Json inputsArriving(const char* kinds, const QByteArray& picture)
{
    qputenv("HEEDMAP_FAKE_ENGINE", QByteArray("takes ") + kinds);
    EngineClient client(fakeEngine());
    RunJob job(client, pictureSpec(picture, "/nonexistent/x.heed"));
    Json arrived;
    QObject::connect(&job, &RunJob::finished,
                     [&](const QString&, const Json&, const Json& result) { arrived = result.at("inputs"); });
    QObject::connect(&job, &RunJob::failed, [&](const Error& error) { arrived = {{"failure", error.what()}}; });
    job.start();
    EXPECT_TRUE(waitUntil([&] { return !job.isRunning(); }));
    return arrived;
}

TEST(RunJobInputs, areThoseTheModelTakes)
{
    const Json text = {{"text", "what?"}};
    const Json picture = {{"content", sha256Of("picture")}, {"name", "p.png"}};
    EXPECT_EQ(inputsArriving("image text", "picture"), (Json{{"the_image", picture}, {"the_text", text}}));
    EXPECT_EQ(inputsArriving("text", "picture"), (Json{{"the_text", text}}));
    EXPECT_EQ(inputsArriving("image", "picture"), (Json{{"the_image", picture}}));
    EXPECT_EQ(inputsArriving("text image?", ""), (Json{{"the_text", text}}));
}

TEST(RunJobInputs, aPictureThatIsMissingIsMissed)
{
    EXPECT_THAT(inputsArriving("text image", "").at("failure").get<std::string>(), HasSubstr("tiny needs a picture"));
}

} // namespace
} // namespace heedmap
