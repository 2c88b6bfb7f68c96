#include "app/window/inputs_panel.h"
#include "app/window/main_window.h"
#include "app/window/message_bar.h"
#include "app/window/spoken_line.h"
#include "tests/app/window/wait.h"
#include "tests/app/window/wav_file.h"

#include <gtest/gtest.h>
#include <QApplication>
#include <QFile>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTemporaryDir>

#include <algorithm>

// A question about a picture can be spoken: a speech model writes down what it hears, and that is asked.

namespace heedmap {
namespace {

using namespace test;

const QString kFixtures = QStringLiteral(HEEDMAP_SOURCE_DIR "/tests/fixtures/");
const QString kShort = kFixtures + "whisper/recordings/short.wav";
const QString kWide = kFixtures + "blip/pictures/wide.png";
/// What transformers writes for short.wav with this model; tests/fixtures/whisper/fixtures.json, "speech_english".
const QString kHeard = QString(QChar(0xfffd)) + "%";

class SpokenQuestion : public testing::Test
{
protected:
    SpokenQuestion()
    {
        m_window = std::make_unique<MainWindow>(m_engine, CaptureCache(m_folder.filePath("cache")));
        m_window->resize(1200, 760);
        m_window->show();
        session().setStandardModels(kFixtures + "blip/models/qa", kFixtures + "whisper/models/english");
    }

    Session& session() { return m_window->session(); }
    const Document& document() { return session().document(); }
    std::string message() { return m_window->messages().message().toStdString(); }
    SelectionModel& selection() { return m_window->context().selection(); }
    SpokenLine& line() { return *m_window->findChild<SpokenLine*>(); }
    void openPictureModel()
    {
        m_window->openPath(kFixtures + "blip/models/qa");
        m_window->openPath(kWide);
        ASSERT_TRUE(waitFor([&] { return !document().model.isNull() && !document().picture.isNull(); })) << message();
        session().setQuestion("what is it?");
    }
    bool settled()
    {
        const bool ended = waitFor([&] { return !session().isRunning(); });
        settle();
        return ended;
    }
    void speak(const QString& path = kShort)
    {
        m_window->openPath(path);
        ASSERT_TRUE(waitFor([&] { return session().isRunning() || m_window->messages().isVisible(); }));
        ASSERT_TRUE(settled());
    }
    void type(const QString& text)
    {
        QKeyEvent event(QEvent::KeyPress, 0, Qt::NoModifier, text);
        QApplication::sendEvent(&m_window->inputs().question(), &event);
    }

    QTemporaryDir m_folder;
    EngineClient m_engine{qEnvironmentVariable("HEEDMAP_BIN_DIR") + QStringLiteral("/heedmap-engine")};
    std::unique_ptr<MainWindow> m_window;
};

TEST_F(SpokenQuestion, becomesTheQuestionInOneStep)
{
    openPictureModel();
    const int steps = session().undoStack().count();
    EXPECT_FALSE(line().isVisible());
    speak();
    EXPECT_EQ(document().question, kHeard) << message();
    EXPECT_EQ(m_window->inputs().question().toPlainText(), kHeard);
    ASSERT_TRUE(document().speech);
    EXPECT_EQ(document().speech->manifest().model.name, "english");
    EXPECT_EQ(selection().speech(), document().speech);
    EXPECT_EQ(selection().recording(), document().recording);
    EXPECT_EQ(document().model.name, QString("qa"));
    EXPECT_EQ(document().picture.name, QString("wide.png"));
    EXPECT_TRUE(line().isVisible());
    EXPECT_EQ(line().text(), QString("short.wav, heard by the model english"));
    EXPECT_EQ(session().undoStack().count(), steps + 1);
    session().undoStack().undo();
    EXPECT_EQ(document().question, QString("what is it?"));
    EXPECT_FALSE(document().speech || document().recording || selection().speech());
    EXPECT_FALSE(line().isVisible());
}

TEST_F(SpokenQuestion, isAskedAsAWrittenOneIs)
{
    openPictureModel();
    speak();
    m_window->inputs().runButton().click();
    ASSERT_TRUE(settled() && document().capture) << message();
    EXPECT_EQ(document().capture->manifest().model.name, "qa");
    EXPECT_EQ(questionOf(*document().capture), kHeard);
    EXPECT_TRUE(document().speech);
    // A head is muted against the run there is: the recording is no input of this model.
    const auto plain = document().capture;
    session().setInterventions({MuteHead{plain->site(0).name, 0}}, "mute");
    ASSERT_TRUE(settled());
    EXPECT_EQ(document().baseline, plain) << message();
    EXPECT_TRUE(document().speech);
}

TEST_F(SpokenQuestion, livesUntilTheQuestionIsEdited)
{
    openPictureModel();
    speak();
    const auto speech = document().speech;
    type("?");
    EXPECT_EQ(document().question, kHeard + "?");
    EXPECT_FALSE(document().speech);
    EXPECT_FALSE(document().recording);
    EXPECT_FALSE(line().isVisible());
    session().undoStack().undo();
    EXPECT_EQ(document().speech, speech);
    EXPECT_TRUE(document().recording);
    // Another picture is asked the same spoken question.
    m_window->openPath(kFixtures + "blip/pictures/tall.png");
    ASSERT_TRUE(waitFor([&] { return document().picture.name == "tall.png"; }));
    EXPECT_EQ(document().speech, speech);
    // A sample brings its own.
    session().openSample({kWide, {}, "what color?"});
    ASSERT_TRUE(waitFor([&] { return document().picture.name == "wide.png"; }));
    EXPECT_FALSE(document().speech || document().recording);
}

TEST_F(SpokenQuestion, thatCannotBeHeardIsSaidAndChangesNothing)
{
    openPictureModel();
    const int steps = session().undoStack().count();
    QFile silent(m_folder.filePath("silent.wav"));
    ASSERT_TRUE(silent.open(QIODevice::WriteOnly));
    silent.write(wavFile(std::vector<std::int16_t>(8000), 16000));
    silent.close();
    speak(silent.fileName());
    EXPECT_NE(message().find("silent"), std::string::npos) << message();
    session().setStandardModels({}, m_folder.path()); // no model folder
    m_window->messages().hide();
    speak();
    EXPECT_NE(message().find("could not be heard"), std::string::npos) << message();
    session().setStandardModels({}, {});
    m_window->messages().hide();
    speak();
    EXPECT_NE(message().find("no speech model"), std::string::npos) << message();
    EXPECT_EQ(document().question, QString("what is it?"));
    EXPECT_FALSE(document().speech || document().recording);
    EXPECT_EQ(session().undoStack().count(), steps);
    EXPECT_FALSE(session().isRunning());
}

TEST_F(SpokenQuestion, isDroppedWhenSomethingElseIsWantedMeanwhile)
{
    openPictureModel();
    m_window->openPath(kShort);
    ASSERT_TRUE(waitFor([&] { return session().isRunning(); }));
    type("x");
    EXPECT_FALSE(session().isRunning());
    settle();
    EXPECT_FALSE(document().speech);
    EXPECT_TRUE(document().question.contains("x"));
}

TEST_F(SpokenQuestion, aSampleIsHeardAndAskedAtOnce)
{
    m_window->openPath(kFixtures + "blip/models/qa");
    session().openSample({kWide, kShort, "what was written"});
    ASSERT_TRUE(waitFor([&] { return document().capture != nullptr; })) << message();
    ASSERT_TRUE(settled());
    EXPECT_EQ(document().question, kHeard);
    EXPECT_TRUE(document().speech && document().recording);
    EXPECT_EQ(questionOf(*document().capture), kHeard);
    QUndoStack& history = session().undoStack();
    EXPECT_EQ(history.count(), 3); // the model, the sample with what was heard, the run
    history.undo();
    EXPECT_FALSE(document().capture);
    EXPECT_TRUE(document().speech);
    history.undo();
    EXPECT_TRUE(document().picture.isNull());
    EXPECT_FALSE(document().speech || document().recording);
}

TEST_F(SpokenQuestion, comesTogetherWithItsPicture)
{
    m_window->openPath(kFixtures + "blip/models/qa");
    for (const QString& path : {kShort, kWide}) // as dropped: whichever is read first
        m_window->openPath(path);
    ASSERT_TRUE(waitFor([&] { return document().speech != nullptr; })) << message();
    ASSERT_TRUE(settled());
    EXPECT_EQ(document().model.name, QString("qa"));
    EXPECT_EQ(document().picture.name, QString("wide.png"));
    EXPECT_EQ(document().question, kHeard);
}

/// A word of the shipped misheard sample is heard as another one, and the answer is to what was heard.
TEST_F(SpokenQuestion, ofASampleIsHeardAndAskedByAClick)
{
    m_window->openShipped();
    SampleGallery& gallery = m_window->inputs().gallery();
    const auto& samples = gallery.samples();
    const auto misheard = std::ranges::find_if(
        samples, [](const Sample& sample) { return !sample.written.empty() && sample.written != sample.question; });
    ASSERT_NE(misheard, samples.end());
    QListWidgetItem* item = gallery.item(static_cast<int>(misheard - samples.begin()));
    gallery.scrollToItem(item);
    QApplication::processEvents();
    const QPointF place(gallery.visualItemRect(item).center());
    for (auto type : {QEvent::MouseButtonPress, QEvent::MouseButtonRelease}) {
        QMouseEvent event(type, place, gallery.viewport()->mapToGlobal(place), Qt::LeftButton,
                          type == QEvent::MouseButtonPress ? Qt::LeftButton : Qt::NoButton, Qt::NoModifier);
        QApplication::sendEvent(gallery.viewport(), &event);
    }
    ASSERT_TRUE(waitFor([&] { return document().capture != nullptr; })) << message();
    ASSERT_TRUE(settled());
    EXPECT_EQ(document().question.toStdString(), misheard->written);
    EXPECT_EQ(m_window->inputs().question().toPlainText().toStdString(), misheard->written);
    EXPECT_EQ(document().capture->manifest().outputs.front().text, misheard->modelAnswers);
    EXPECT_NE(misheard->modelAnswers, misheard->expected);
    EXPECT_TRUE(selection().speech() && selection().recording());
    EXPECT_TRUE(line().isVisible());
}

TEST_F(SpokenQuestion, isWhatTheDemoBeginsWith)
{
    m_window->openShipped();
    m_window->startDemo(); // before the model's summary has been read
    ASSERT_TRUE(waitFor([&] { return document().capture != nullptr; })) << message();
    ASSERT_TRUE(settled());
    ASSERT_TRUE(document().speech) << message();
    EXPECT_LE(m_window->minimumSizeHint().height(), 900) << "the lane below the picture leaves room for the rest";
    EXPECT_EQ(document().speech->manifest().model.name, "spoken");
    EXPECT_EQ(document().question, QString("What color is the cone to the right of the blue cube?"));
    EXPECT_EQ(document().model.name, QString("scenes"));
    EXPECT_EQ(document().capture->manifest().outputs.front().text, "green");
    EXPECT_TRUE(m_window->inputs().gallery().samples().front().picturePath.ends_with("cone_by_the_cube.png"));
}

TEST_F(SpokenQuestion, aSampleOfSoundAloneOpensTheSpeechModelAndRunsIt)
{
    openPictureModel();
    session().openSample({{}, kShort, {}});
    ASSERT_TRUE(waitFor([&] { return document().capture != nullptr; })) << message();
    ASSERT_TRUE(settled());
    EXPECT_EQ(document().model.name, QString("english"));
    EXPECT_EQ(transcriptOf(*document().capture), kHeard);
    EXPECT_FALSE(document().speech);
    // A picture now is asked what was heard.
    m_window->openPath(kWide);
    ASSERT_TRUE(waitFor([&] { return document().model.name == "qa"; })) << message();
    EXPECT_EQ(document().question, kHeard);
    EXPECT_TRUE(document().speech && document().recording);
}

} // namespace
} // namespace heedmap
