#include "app/window/icons.h"
#include "app/window/inputs_panel.h"
#include "app/window/main_window.h"
#include "app/window/message_bar.h"
#include "app/window/model_notes.h"
#include "core/base/files.h"
#include "tests/app/window/wait.h"
#include "tests/widgets/input_events.h"

#include <gtest/gtest.h>
#include <QApplication>
#include <QHelpEvent>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>
#include <QTextDocumentFragment>
#include <QToolTip>

#include <filesystem>

// What a model's files ask for without effect: a count in the model's card, and the engine's words on request.

namespace heedmap {
namespace {

using namespace test;

const QString kFixtures = QStringLiteral(HEEDMAP_SOURCE_DIR "/tests/fixtures/whisper/");

class ModelNotesTest : public testing::Test
{
protected:
    ModelNotesTest()
    {
        QSettings().clear();
        loadIcons();
        m_window = std::make_unique<MainWindow>(m_engine, CaptureCache(m_folder.filePath("cache")));
        m_window->resize(1200, 760);
        m_window->show();
    }
    ~ModelNotesTest() override { QToolTip::hideText(); }

    Session& session() { return m_window->session(); }
    ModelNotes& notes() { return m_window->inputs().modelNotes(); }
    std::string message() { return m_window->messages().message().toStdString(); }

    /// A copy of the tiny model whose generation_config.json has `more` in it.
    QString modelWith(const QString& name, const Json& more)
    {
        const std::filesystem::path folder = m_folder.filePath(name).toStdString();
        std::filesystem::copy((kFixtures + "models/multilingual").toStdString(), folder);
        Json generation = parseJson(readTextFile(folder / "generation_config.json", 1 << 20), name.toStdString());
        generation.update(more);
        writeFileAtomically(folder / "generation_config.json", asBytes(generation.dump()));
        return QString::fromStdString(folder.string());
    }
    void openModel(const QString& folder)
    {
        m_window->openPath(folder);
        ASSERT_TRUE(waitFor([&] { return session().document().model.folder == folder; })) << message();
    }
    void run()
    {
        if (!session().document().recording)
            m_window->openPath(kFixtures + "recordings/short.wav");
        ASSERT_TRUE(waitFor([&] { return session().document().recording != nullptr; })) << message();
        session().run();
        ASSERT_TRUE(waitFor([&] { return !session().isRunning(); })) << message();
        settle();
    }
    /// In plain text, as they are read.
    static QStringList tipLines()
    {
        return QTextDocumentFragment::fromHtml(QToolTip::text()).toPlainText().split('\n', Qt::SkipEmptyParts);
    }

    QTemporaryDir m_folder;
    EngineClient m_engine{qEnvironmentVariable("HEEDMAP_BIN_DIR") + QStringLiteral("/heedmap-engine")};
    std::unique_ptr<MainWindow> m_window;
};

TEST_F(ModelNotesTest, aModelWithNotesSaysHowManyAndAnotherOneNothing)
{
    EXPECT_FALSE(notes().isVisible()) << "no model yet";
    openModel(modelWith("noted", {{"logprob_threshold", -1.0}}));
    run();
    ASSERT_TRUE(notes().isVisible());
    EXPECT_EQ(notes().text(), QString("1 note"));
    EXPECT_EQ(notes().accessibleName(), QString("1 note on the model"));
    EXPECT_TRUE(notes().accessibleDescription().startsWith("\"logprob_threshold\" is -1.0 in "))
        << notes().accessibleDescription().toStdString();
    openModel(modelWith("plain", Json::object()));
    EXPECT_FALSE(notes().isVisible());
    run();
    EXPECT_FALSE(notes().isVisible());
    openModel(modelWith("twice", {{"logprob_threshold", -1.0}, {"compression_ratio_threshold", 1.35}}));
    run();
    ASSERT_TRUE(notes().isVisible());
    EXPECT_EQ(notes().text(), QString("2 notes"));
    session().undoStack().undo(); // the run
    session().undoStack().undo(); // the model
    EXPECT_FALSE(notes().isVisible()) << "it is about the model that is shown";
}

/// The engine opens small models to say how large a run becomes.
TEST_F(ModelNotesTest, theyAreThereBeforeAnythingRuns)
{
    openModel(modelWith("noted", {{"logprob_threshold", -1.0}}));
    m_window->openPath(kFixtures + "recordings/short.wav");
    EXPECT_TRUE(waitFor([&] { return notes().isVisible(); })) << message();
    EXPECT_FALSE(session().isRunning());
    EXPECT_FALSE(session().document().capture);
}

TEST_F(ModelNotesTest, theyAreReadWithThePointerAndWithTheKeyboard)
{
    openModel(modelWith("noted", {{"logprob_threshold", -1.0}, {"compression_ratio_threshold", 1.35}}));
    run();
    const QStringList said = notes().accessibleDescription().split('\n');
    ASSERT_EQ(said.size(), 2);
    const QPoint middle = notes().rect().center();
    QHelpEvent help(QEvent::ToolTip, middle, notes().mapToGlobal(middle));
    QApplication::sendEvent(&notes(), &help);
    EXPECT_TRUE(QToolTip::isVisible());
    EXPECT_EQ(tipLines(), said);
    QToolTip::hideText();
    ASSERT_TRUE(waitFor([] { return !QToolTip::isVisible(); }));

    m_window->activateWindow();
    ASSERT_TRUE(QTest::qWaitForWindowActive(m_window.get()));
    QWidget* before = notes().previousInFocusChain();
    while (!(before->focusPolicy() & Qt::TabFocus) || !before->isVisible())
        before = before->previousInFocusChain();
    before->setFocus();
    press(*before, Qt::Key_Tab);
    ASSERT_TRUE(notes().hasFocus());
    press(notes(), Qt::Key_Space);
    EXPECT_TRUE(QToolTip::isVisible());
    EXPECT_EQ(tipLines(), said);
    QToolTip::hideText();
    ASSERT_TRUE(waitFor([] { return !QToolTip::isVisible(); }));
    click(notes());
    EXPECT_EQ(tipLines(), said);
}

TEST(ModelNotesOfStrangers, areLinesOfPlainTextAndBounded)
{
    const Json answer = {{"notes", {"<b>bold</b> & so on", "one\nline\x1b[31m", std::string(5000, 'x')}}};
    const QStringList notes = modelInputsFrom(answer).notes;
    ASSERT_EQ(notes.size(), 3);
    EXPECT_EQ(notes[1], QString("one?line?[31m"));
    EXPECT_LT(notes[2].size(), 1100);
    ModelNotes shown;
    shown.setNotes(notes.first(1));
    EXPECT_EQ(QTextDocumentFragment::fromHtml(shown.toolTip()).toPlainText(), notes[0]);
    EXPECT_EQ(modelInputsFrom({{"notes", std::vector<std::string>(10'000, "much")}}).notes.size(), 64);
    EXPECT_THROW(modelInputsFrom({{"notes", {1, 2}}}), Json::exception);
}

} // namespace
} // namespace heedmap
