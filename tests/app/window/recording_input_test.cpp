#include "app/window/icons.h"
#include "app/window/inputs_panel.h"
#include "app/window/main_window.h"
#include "app/window/message_bar.h"
#include "app/window/recording_button.h"
#include "app/window/recording_card.h"
#include "tests/app/window/wait.h"
#include "tests/app/window/wav_file.h"
#include "widgets/context/generated_steps.h"
#include "widgets/views/answer_view.h"

#include <gtest/gtest.h>
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDropEvent>
#include <QFile>
#include <QKeyEvent>
#include <QMimeData>
#include <QMouseEvent>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QUrl>

// A recording is an input as a picture is: opened, dropped, run, changed inside the model, undone.

namespace heedmap {
namespace {

using namespace test;

const QString kFixtures = QStringLiteral(HEEDMAP_SOURCE_DIR "/tests/fixtures/");
const QString kShort = kFixtures + "whisper/recordings/short.wav";

class RecordingInput : public testing::Test
{
protected:
    RecordingInput()
    {
        QSettings().clear();
        loadIcons();
        makeWindow();
    }

    void makeWindow()
    {
        m_window = std::make_unique<MainWindow>(m_engine, CaptureCache(m_folder.filePath("cache")));
        m_window->resize(1200, 760);
        m_window->show();
    }
    Session& session() { return m_window->session(); }
    const Document& document() { return session().document(); }
    RecordingCard& card() { return m_window->inputs().recording(); }
    std::string message() { return m_window->messages().message().toStdString(); }

    void openModel(const QString& name)
    {
        m_window->openPath(kFixtures + name);
        ASSERT_TRUE(waitFor([&] { return document().model.folder.endsWith(name); })) << message();
    }
    void drop(const QString& path)
    {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(path)});
        const QPointF place(600, 300);
        QDragEnterEvent enter(place.toPoint(), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(m_window.get(), &enter);
        EXPECT_TRUE(enter.isAccepted());
        QDropEvent event(place, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(m_window.get(), &event);
    }
    void dropRecording(const QString& path = kShort)
    {
        const auto before = document().recording;
        drop(path);
        ASSERT_TRUE(waitFor([&] { return document().recording != before; })) << message();
    }
    bool runToEnd()
    {
        click(m_window->inputs().runButton());
        const bool ended = waitFor([&] { return !session().isRunning(); });
        settle();
        return ended && document().capture;
    }
    void runFixture(const QString& model = "whisper/models/multilingual")
    {
        openModel(model);
        dropRecording();
        ASSERT_TRUE(runToEnd()) << message();
    }
    static void click(QWidget& widget)
    {
        const QPointF place(widget.rect().center());
        for (auto type : {QEvent::MouseButtonPress, QEvent::MouseButtonRelease}) {
            QMouseEvent event(type, place, widget.mapToGlobal(place), Qt::LeftButton,
                              type == QEvent::MouseButtonPress ? Qt::LeftButton : Qt::NoButton, Qt::NoModifier);
            QApplication::sendEvent(&widget, &event);
        }
    }
    static void press(QWidget& widget, int key)
    {
        for (auto type : {QEvent::KeyPress, QEvent::KeyRelease}) {
            QKeyEvent event(type, key, Qt::NoModifier);
            QApplication::sendEvent(&widget, &event);
        }
    }
    QString write(const QString& name, const QByteArray& bytes)
    {
        QFile file(m_folder.filePath(name));
        EXPECT_TRUE(file.open(QIODevice::WriteOnly));
        file.write(bytes);
        return file.fileName();
    }
    /// What the decoder was told before the transcript.
    std::string promptToken(std::int64_t position)
    {
        return document().capture->manifest().axis("transcript").tokenAt(position)->text;
    }

    QTemporaryDir m_folder;
    EngineClient m_engine{qEnvironmentVariable("HEEDMAP_BIN_DIR") + QStringLiteral("/heedmap-engine")};
    std::unique_ptr<MainWindow> m_window;
};

TEST_F(RecordingInput, aSpeechModelAsksForARecordingInsteadOfPictureAndQuestion)
{
    openModel("blip/models/qa");
    EXPECT_FALSE(card().isVisible());
    EXPECT_TRUE(m_window->inputs().question().isVisible());
    openModel("whisper/models/multilingual"); // before any engine has said what it takes
    EXPECT_EQ(m_engine.state(), EngineClient::State::Stopped);
    EXPECT_TRUE(card().isVisible());
    EXPECT_FALSE(m_window->inputs().question().isVisible());
    click(m_window->inputs().runButton());
    EXPECT_NE(message().find("Choose a recording first"), std::string::npos) << message();
}

TEST_F(RecordingInput, aDroppedRecordingRunsAndIsUndone)
{
    openModel("whisper/models/multilingual");
    dropRecording();
    ASSERT_TRUE(document().recording);
    EXPECT_EQ(document().recording->header.sampleRate, 16000);
    EXPECT_EQ(document().recording->sound.sampleRate, 16000);
    EXPECT_NEAR(document().recording->sound.seconds(), 0.74, 1e-3);
    EXPECT_EQ(m_window->context().selection().recording(), document().recording);
    EXPECT_TRUE(m_window->windowTitle().contains("short.wav"));
    const QLabel* detail = nullptr;
    for (const QLabel* label : card().findChildren<QLabel*>())
        if (label->text().contains("Hz"))
            detail = label;
    ASSERT_TRUE(detail);
    EXPECT_EQ(detail->text(), QString("0.74 s · 16000 Hz · mono"));
    EXPECT_EQ(QSettings().value("recent/files").toStringList().value(0), kShort);

    ASSERT_TRUE(runToEnd()) << message();
    EXPECT_EQ(document().capture->manifest().inputs.at(0).kind, InputKind::Audio);
    EXPECT_EQ(document().capture->manifest().inputs.at(0).name, "short.wav");
    QUndoStack& history = session().undoStack();
    history.undo();
    EXPECT_FALSE(document().capture);
    EXPECT_TRUE(document().recording);
    history.undo();
    EXPECT_FALSE(document().recording);
    EXPECT_FALSE(m_window->context().selection().recording());
    history.redo();
    history.redo();
    EXPECT_TRUE(document().capture && document().recording);
}

TEST_F(RecordingInput, aCaptureBringsItsRecordingBack)
{
    runFixture();
    const QString saved = m_folder.filePath("talk.heed");
    session().saveCapture(saved);
    ASSERT_TRUE(waitFor([&] { return QFile::exists(saved); }));
    makeWindow();
    m_window->openPath(saved);
    ASSERT_TRUE(waitFor([&] { return document().capture != nullptr; })) << message();
    ASSERT_TRUE(document().recording);
    EXPECT_EQ(document().recording->name, QString("short.wav"));
    QFile file(kShort);
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    EXPECT_EQ(document().recording->bytes, file.readAll());
    EXPECT_EQ(document().recording->header.sampleRate, 16000);
}

TEST_F(RecordingInput, aCaptureWithABrokenRecordingIsShownWithoutIt)
{
    runFixture();
    const QString broken = m_folder.filePath("broken.heed");
    ASSERT_TRUE(QFile::copy(QString::fromStdString(document().capture->path().string()), broken));
    QFile file(broken);
    ASSERT_TRUE(file.open(QIODevice::ReadWrite));
    const qsizetype place = file.readAll().indexOf("RIFF");
    ASSERT_GT(place, 0);
    file.seek(place);
    file.write("JUNK");
    file.close();
    makeWindow();
    m_window->openPath(broken);
    ASSERT_TRUE(waitFor([&] { return document().capture != nullptr; })) << message();
    EXPECT_FALSE(document().recording);
    EXPECT_NE(message().find("short.wav"), std::string::npos) << message();
    EXPECT_TRUE(m_window->context().selection().shown());
}

TEST_F(RecordingInput, whatCannotBeHeardIsSaidAndChangesNothing)
{
    openModel("whisper/models/multilingual");
    dropRecording();
    const Document before = document();
    QByteArray cut = toneFile(1.0);
    cut.truncate(100);
    QByteArray manyChannels = toneFile(0.5);
    manyChannels[22] = static_cast<char>(0xff); // 255 channels
    QByteArray vast = toneFile(0.5);            // says that 4 GiB follow
    vast.replace(40, 4, "\xff\xff\xff\x7f");
    vast.replace(28, 4, QByteArray(4, '\0'));
    vast.replace(24, 4, QByteArray("\x01\x00\x00\x00", 4)); // one sample a second
    const std::pair<QString, const char*> files[] = {
        {write("no_sound.wav", "this is no recording"), "no_sound.wav"},
        {write("empty.wav", QByteArray()), "empty.wav"},
        {write("cut.wav", cut), "cut.wav"},
        {write("nothing.wav", wavFile({}, 16000)), "no sound"},
        {write("many.wav", manyChannels), "many.wav"},
        {write("vast.wav", vast), "vast.wav"},
        {write("one.wav", wavFile({12000}, 16000)), "too short"},
        {write("silent.wav", wavFile(std::vector<std::int16_t>(16000), 16000)), "silent"},
        {write("long.wav", wavFile(std::vector<std::int16_t>(1000 * 7300), 1000)), "long.wav"},
        {m_folder.filePath("missing.wav"), "missing.wav"}};
    for (const auto& [path, words] : files) {
        m_window->messages().hide();
        drop(path);
        ASSERT_TRUE(waitFor([&] { return m_window->messages().isVisible(); })) << path.toStdString();
        EXPECT_NE(message().find(words), std::string::npos) << message();
        EXPECT_EQ(document().recording, before.recording) << path.toStdString();
    }
    EXPECT_EQ(document().model, before.model);
    EXPECT_EQ(m_window->windowTitle(), QString("multilingual · short.wav — Heedmap"));
}

TEST_F(RecordingInput, theLanguageIsChosenWhereTheModelHasAny)
{
    openModel("whisper/models/english");
    EXPECT_FALSE(card().language().isVisible());
    openModel("whisper/models/multilingual");
    ASSERT_TRUE(card().language().isVisible());
    EXPECT_EQ(card().language().count(), 1 + 3);
    card().language().setFocus();
    for (int i = 0; i < 3 && card().language().currentData() != "fr"; ++i)
        press(card().language(), Qt::Key_Down);
    EXPECT_EQ(document().listening.language, QString("fr"));
    dropRecording();
    ASSERT_TRUE(runToEnd()) << message();
    EXPECT_EQ(promptToken(1), "<|fr|>");
    ASSERT_TRUE(card().beams().isVisible());
    press(card().beams(), Qt::Key_Up);
    press(card().beams(), Qt::Key_Up);
    press(card().timestamps(), Qt::Key_Space);
    EXPECT_EQ(document().listening, (SpeechOptions{"fr", 3, true}));
    ASSERT_TRUE(runToEnd()) << message();
    EXPECT_NE(promptToken(3), "<|notimestamps|>");
    m_window->close();
    makeWindow();
    EXPECT_EQ(document().listening, (SpeechOptions{"fr", 3, true})); // remembered, and no step to undo
    EXPECT_FALSE(session().undoStack().canUndo());
}

TEST_F(RecordingInput, headsAreMutedAndSpansHiddenAsInAPicturesRun)
{
    runFixture();
    const auto plain = document().capture;
    const Intervention mute = MuteHead{plain->site(4).name, 1};
    session().setInterventions({mute}, "mute");
    ASSERT_TRUE(waitFor([&] { return !session().isRunning(); }));
    EXPECT_EQ(document().baseline, plain) << message(); // no second run of what there is
    EXPECT_EQ(document().capture->manifest().interventions, std::vector{mute});
    session().setInterventions({}, "let it speak");
    EXPECT_EQ(document().capture, plain);

    const Intervention hide = HideKeys{"sound", {3, 4, 5, 6}};
    session().setInterventions({hide}, "hide a span");
    ASSERT_TRUE(waitFor([&] { return !session().isRunning(); }));
    EXPECT_EQ(document().baseline, plain) << message();
    EXPECT_EQ(document().capture->manifest().interventions, std::vector{hide});

    SpeechOptions german = document().listening;
    german.language = "de";
    session().setSpeechOptions(german);
    EXPECT_FALSE(document().baseline); // it was heard in another language
    click(m_window->inputs().runButton());
    ASSERT_TRUE(waitFor([&] { return !session().isRunning(); }));
    ASSERT_TRUE(document().baseline) << message();
    EXPECT_NE(document().baseline, plain);
    EXPECT_EQ(document().baseline->manifest().axis("transcript").tokenAt(1)->text, "<|de|>");
    EXPECT_EQ(promptToken(1), "<|de|>");
    session().undoStack().undo();
    session().undoStack().undo();
    EXPECT_EQ(document().baseline, plain);
    EXPECT_EQ(document().listening.language, QString());
}

TEST_F(RecordingInput, valuesAndGradientsOfATranscriptAreStored)
{
    runFixture();
    const std::optional<GradientTarget> target = targetOfRow(*document().capture, "transcript", {}, true);
    ASSERT_TRUE(target);
    session().runWithValues(target);
    ASSERT_TRUE(waitFor([&] { return !session().isRunning(); }));
    ASSERT_TRUE(document().capture->manifest().gradientTarget) << message();
    EXPECT_EQ(document().capture->manifest().gradientTarget->tokenId, target->tokenId);
}

TEST_F(RecordingInput, whatTheModelDoesNotTakeOpensTheModelThatDoes)
{
    session().setStandardModels(kFixtures + "blip/models/qa", kFixtures + "whisper/models/english");
    openModel("whisper/models/multilingual");
    drop(kFixtures + "blip/pictures/wide.png");
    ASSERT_TRUE(waitFor([&] { return !document().picture.isNull(); }));
    EXPECT_EQ(document().model.name, QString("qa"));
    EXPECT_NE(message().find("multilingual takes no picture"), std::string::npos) << message();
    session().undoStack().undo(); // one step
    EXPECT_EQ(document().model.name, QString("multilingual"));
    EXPECT_TRUE(document().picture.isNull());

    openModel("blip/models/qa"); // no picture to ask about: the recording is to be heard for its own sake
    dropRecording();
    EXPECT_EQ(document().model.name, QString("multilingual")); // the speech model opened last
}

TEST_F(RecordingInput, undoWhileARecordingRunsEndsItsRun)
{
    runFixture();
    const Document first = document();
    dropRecording(write("tone.wav", toneFile(0.5)));
    click(m_window->inputs().runButton());
    ASSERT_TRUE(session().isRunning());
    session().undoStack().undo();
    EXPECT_FALSE(session().isRunning());
    ASSERT_TRUE(waitFor([&] { return m_engine.state() == EngineClient::State::Ready; }));
    settle();
    EXPECT_EQ(document().capture, first.capture); // and not the tone's, beside the other waveform
    EXPECT_EQ(document().recording, first.recording);
}

TEST_F(RecordingInput, aRecordingOpenedAfterASampleOfSoundWins)
{
    openModel("whisper/models/multilingual");
    const QString tone = write("tone.wav", toneFile(60)); // takes longer to read
    session().openSample({{}, tone, {}});
    session().openRecording(kShort);
    ASSERT_TRUE(waitFor([&] { return document().recording != nullptr; })) << message();
    settle();
    EXPECT_EQ(document().recording->name, QString("short.wav"));
    EXPECT_FALSE(session().isRunning());
}

TEST_F(RecordingInput, theNewerOfTwoRecordingsWinsAndAPictureIsNoRival)
{
    openModel("whisper/models/multilingual");
    const QString tone = write("tone.wav", toneFile(0.5));
    drop(tone);
    drop(kShort);
    ASSERT_TRUE(waitFor([&] { return document().recording != nullptr; }));
    settle();
    EXPECT_EQ(document().recording->name, QString("short.wav"));
}

TEST_F(RecordingInput, theWaveformIsPaintedAndAClickAsksForAnother)
{
    openModel("whisper/models/multilingual");
    RecordingButton& button = card().recording();
    const QImage empty = button.grab().toImage();
    QByteArray half = wavFile(
        [] {
            std::vector<std::int16_t> samples(16000, 3);
            for (std::size_t i = 8000; i < samples.size(); ++i)
                samples[i] = i % 2 ? 20000 : -20000;
            return samples;
        }(),
        16000);
    dropRecording(write("half.wav", half));
    settle();
    const QImage shown = button.grab().toImage();
    EXPECT_NE(shown, empty);
    const QColor ground = shown.pixelColor(shown.width() / 4, shown.height() / 4);
    int inked = 0; // above the middle, where only what is loud reaches
    for (int x = shown.width() * 3 / 5; x < shown.width() - 12; ++x)
        inked += shown.pixelColor(x, shown.height() / 4) != ground;
    EXPECT_GT(inked, shown.width() / 8);
    for (int x = 12; x < shown.width() * 2 / 5; ++x)
        EXPECT_EQ(shown.pixelColor(x, shown.height() / 4), ground) << x;
    int asked = 0;
    m_window->inputs().disconnect(m_window.get());
    QObject::connect(&m_window->inputs(), &InputsPanel::openRecordingRequested, [&] { ++asked; });
    click(button);
    EXPECT_EQ(asked, 1);
}

} // namespace
} // namespace heedmap
