#include "app/window/main_window.h"
#include "app/window/message_bar.h"
#include "app/window/recent_files.h"
#include "app/window/spoken_line.h"
#include "core/base/files.h"
#include "core/capture/chain_document.h"
#include "core/capture/chain_maps.h"
#include "tests/app/window/wait.h"
#include "tests/widgets/painted_capture.h"
#include "tests/widgets/spoken_capture.h"
#include "widgets/controls/sound_canvas.h"
#include "widgets/image/time_axis.h"
#include "widgets/views/sound_view.h"
#include "widgets/views/stage_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <QApplication>
#include <QDropEvent>
#include <QFile>
#include <QFileDialog>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QMouseEvent>
#include <QTemporaryDir>
#include <QTimer>
#include <QUrl>

// Chains as documents of the window: tests/fixtures/capture/make_chain.py wrote the captures, one heard, one asked.

namespace heedmap {
namespace {

using namespace test;
using testing::HasSubstr;

const QString kCaptures = QStringLiteral(HEEDMAP_SOURCE_DIR "/tests/fixtures/capture/");

class ChainDocumentTest : public testing::Test
{
protected:
    ChainDocumentTest()
    {
        m_window = std::make_unique<MainWindow>(m_engine, CaptureCache(m_folder.filePath("cache")));
        m_window->resize(1200, 760);
        m_window->show();
        QDir(m_folder.path()).mkpath("cache");
        QDir(m_folder.path()).mkpath("saved");
    }

    Session& session() { return m_window->session(); }
    const Document& document() { return session().document(); }
    const std::shared_ptr<const Chain>& chain() { return m_window->context().chain().chain(); }
    std::string message() { return m_window->messages().message().toStdString(); }
    WindowActions& actions() { return m_window->actions(); }
    std::string path(const QString& name) { return m_folder.filePath(name).toStdString(); }
    QString copied(const QString& name, const QString& to)
    {
        EXPECT_TRUE(QFile::copy(kCaptures + name, m_folder.filePath(to)));
        return m_folder.filePath(to);
    }
    /// A chain through other heads than a chain takes by itself, in a folder of the test's own.
    QString makeChain(const QString& folder = "saved")
    {
        const auto heard = Capture::open(copied("chain_heard.heed", folder + "/heard.heed").toStdString());
        const auto asked = Capture::open(copied("chain_asked.heed", folder + "/asked.heed").toStdString());
        const std::string file = path(folder + "/of.heedchain");
        writeChain(documentOf(Chain({heard, textsThatLook(*heard).front(), {1, {1}, {}}},
                                    {asked, textsThatLook(*asked).front(), {0, {3}, {}}})),
                   file);
        return QString::fromStdString(file);
    }
    void open(const QString& file)
    {
        m_window->messages().hide();
        m_window->openPath(file);
        ASSERT_TRUE(waitFor([&] { return document().capture != nullptr || m_window->messages().isVisible(); }));
        settleAll();
    }
    void settleAll()
    {
        for (int i = 0; i < 3; ++i)
            settle();
    }
    /// What the window says once it is done.
    std::string saidOf(const std::function<void()>& act)
    {
        m_window->messages().hide();
        act();
        EXPECT_TRUE(waitFor([&] { return m_window->messages().isVisible(); }));
        settleAll();
        return message();
    }
    /// Triggers an action and types a path into the dialog that comes.
    void chooseIn(QAction* action, const QString& path)
    {
        QTimer::singleShot(0, m_window.get(), [path] {
            auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
            ASSERT_NE(dialog, nullptr);
            auto* line = dialog->findChild<QLineEdit*>();
            line->setText(path);
            QKeyEvent press(QEvent::KeyPress, Qt::Key_Return, Qt::NoModifier);
            QApplication::sendEvent(line, &press);
            if (dialog->isVisible())
                dialog->reject();
        });
        action->trigger();
    }

    QTemporaryDir m_folder;
    EngineClient m_engine{qEnvironmentVariable("HEEDMAP_BIN_DIR") + QStringLiteral("/heedmap-engine")};
    std::unique_ptr<MainWindow> m_window;
};

TEST_F(ChainDocumentTest, opensBothCapturesAndTheLane)
{
    open(makeChain());
    ASSERT_TRUE(document().capture && document().speech) << message();
    EXPECT_EQ(document().capture->path(), path("saved/asked.heed"));
    EXPECT_EQ(document().speech->path(), path("saved/heard.heed"));
    EXPECT_EQ(document().question, questionOf(*document().capture));
    ASSERT_TRUE(chain());
    EXPECT_EQ(chain()->a().map, (MapChoice{1, {1}, {}})) << "the heads of the file";
    EXPECT_EQ(chain()->b().map, (MapChoice{0, {3}, {}}));
    EXPECT_EQ(document().selection.map, chain()->b().map) << "and these are in sight";
    EXPECT_EQ(m_window->context().chain().soundMap(), chain()->a().map);
    EXPECT_TRUE(m_window->view("sound")->isVisible());
    EXPECT_TRUE(m_window->view("stage")->isVisible());
    session().undoStack().undo();
    EXPECT_FALSE(document().capture || document().speech || chain());
    EXPECT_FALSE(m_window->view("sound")->isVisible());
    session().undoStack().redo();
    EXPECT_EQ(chain()->b().map, (MapChoice{0, {3}, {}}));
}

TEST_F(ChainDocumentTest, isLinkedAsASpokenQuestionIs)
{
    open(makeChain());
    auto& sound = dynamic_cast<SoundView&>(*m_window->view("sound"));
    auto& stage = dynamic_cast<StageView&>(*m_window->view("stage"));
    SoundCanvas& canvas = sound.canvas();
    const QPointF place(canvas.axis().x(0.42), canvas.currentLayout().lane(SoundLane::Attention).center().y());
    QMouseEvent move(QEvent::MouseMove, place, canvas.mapToGlobal(place), Qt::NoButton, Qt::NoButton, {});
    QApplication::sendEvent(&canvas, &move);
    EXPECT_EQ(m_window->context().chain().place().keyOfA, 10);
    EXPECT_THAT(stage.chainText().toStdString(), HasSubstr("composed"));
}

TEST_F(ChainDocumentTest, keepsItsTextsWhenOtherHeadsAreLookedAt)
{
    open(makeChain());
    m_window->context().selection().selectHead(0, {1});
    settleAll();
    EXPECT_EQ(chain()->b().map, (MapChoice{0, {1}, {}}));
    EXPECT_EQ(chain()->a().map, (MapChoice{1, {1}, {}}));
    EXPECT_EQ(chain()->a().text.id, "transcript");
}

TEST_F(ChainDocumentTest, isDroppedOnTheWindowAndRemembered)
{
    const QString file = makeChain();
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(file)});
    QDragEnterEvent enter(QPoint(600, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(m_window.get(), &enter);
    QDropEvent event(QPointF(600, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(m_window.get(), &event);
    ASSERT_TRUE(waitFor([&] { return document().speech != nullptr; })) << message();
    emit actions().recentFiles->aboutToShow();
    EXPECT_EQ(actions().recentFiles->actions().front()->text(), file);
}

TEST_F(ChainDocumentTest, thatIsBrokenIsSaidAndTakesNothingAway)
{
    const QString good = makeChain();
    open(good);
    const auto shown = document().capture;
    const int steps = session().undoStack().count();
    const auto write = [this](const QString& name, const std::string& text) {
        writeFileAtomically(path(name), std::as_bytes(std::span(text)));
        return m_folder.filePath(name);
    };
    const std::string text = readTextFile(good.toStdString(), 1 << 20);
    const auto with = [&](const std::string& old, const std::string& fresh) {
        std::string changed = text;
        changed.replace(changed.find(old), old.size(), fresh);
        return changed;
    };
    const std::pair<QString, const char*> wrong[] = {
        {write("saved/words.heedchain", "not a chain"), "words.heedchain"},
        {write("saved/later.heedchain", with("\"version\": 1", "\"version\": 7")), "later version"},
        {write("saved/gone.heedchain", with("heard.heed", "gone.heed")), "gone.heed"},
        {write("saved/other.heedchain", with("heard.heed", "asked.heed")), "not the capture"},
        {write("saved/site.heedchain", with("layers.1", "layers.9")), "layers.9"},
        {write("saved/large.heedchain", std::string((1 << 20) + 1, ' ')), "at most"},
        {m_folder.filePath("saved/none.heedchain"), "none.heedchain"}};
    for (const auto& [file, reason] : wrong) {
        EXPECT_THAT(saidOf([&, file = file] { m_window->openPath(file); }), HasSubstr(reason));
        EXPECT_THAT(message(), HasSubstr("The chain cannot be opened"));
        EXPECT_EQ(document().capture, shown);
        EXPECT_TRUE(chain());
    }
    EXPECT_EQ(session().undoStack().count(), steps);
}

TEST_F(ChainDocumentTest, namesCapturesThatAreFilesWhereTheyAre)
{
    open(makeChain());
    chooseIn(actions().saveChain, m_folder.filePath("copy")); // the suffix comes by itself
    ASSERT_TRUE(waitFor([&] { return QFile::exists(m_folder.filePath("copy.heedchain")); }));
    settleAll();
    EXPECT_THAT(message(), HasSubstr("copy.heedchain"));
    EXPECT_THAT(readTextFile(path("copy.heedchain"), 1 << 20), HasSubstr("\"saved/heard.heed\""));
    EXPECT_EQ(openChain(readChain(path("copy.heedchain"))).a().map, chain()->a().map);
    EXPECT_EQ(QDir(m_folder.path()).entryList({"*.heed"}).size(), 0);
}

/// The dialog of files asks about the name as it is typed; the suffix comes later.
TEST_F(ChainDocumentTest, aFileThatOnlyTheSuffixLeadsToIsAskedAbout)
{
    open(makeChain());
    const QString kept = m_folder.filePath("kept.heedchain");
    ASSERT_TRUE(QFile::copy(m_folder.filePath("saved/of.heedchain"), kept));
    ASSERT_TRUE(QFile::resize(kept, 10));
    for (const auto answer : {QMessageBox::No, QMessageBox::Yes}) {
        QString question;
        QTimer answers;
        QObject::connect(&answers, &QTimer::timeout, m_window.get(), [&] {
            if (const auto* box = qobject_cast<QMessageBox*>(QApplication::activeModalWidget())) {
                question = box->text();
                box->button(answer)->click();
            }
        });
        answers.start(5);
        chooseIn(actions().saveChain, m_folder.filePath("kept"));
        settleAll();
        EXPECT_THAT(question.toStdString(), HasSubstr("kept.heedchain already exists"));
        EXPECT_EQ(QFileInfo(kept).size() == 10, answer == QMessageBox::No);
    }
    EXPECT_NO_THROW(openChain(readChain(kept.toStdString())));
}

TEST_F(ChainDocumentTest, capturesThatNobodySavedAreSavedBesideIt)
{
    open(makeChain("cache"));
    session().saveChain(chain(), m_folder.filePath("saved/mine.heedchain"));
    ASSERT_TRUE(waitFor([&] { return m_window->messages().isVisible(); }));
    EXPECT_THAT(message(), HasSubstr("mine.heard.heed and mine.asked.heed"));
    QDir(m_folder.filePath("cache")).removeRecursively(); // as the cache does, one day
    const Chain again = openChain(readChain(path("saved/mine.heedchain")));
    EXPECT_EQ(again.b().map, chain()->b().map);
    EXPECT_EQ(again.a().capture->path(), path("saved/mine.heard.heed"));
    EXPECT_EQ(again.fromKeyOfA(7).keysOfB, chain()->fromKeyOfA(7).keysOfB);

    // A second chain of the same captures needs no second copy, not even when one was changed meanwhile.
    EXPECT_THAT(saidOf([&] { session().saveChain(chain(), m_folder.filePath("second.heedchain")); }),
                testing::Not(HasSubstr("beside")));
    QFile::remove(m_folder.filePath("saved/mine.heard.heed"));
    QFile::copy(kCaptures + "blip.heed", m_folder.filePath("saved/mine.heard.heed"));
    EXPECT_THAT(saidOf([&] { session().saveChain(chain(), m_folder.filePath("saved/mine.heedchain")); }),
                HasSubstr("beside it, mine.heard.2.heed."));
    EXPECT_EQ(Capture::open(path("saved/mine.heard.heed"))->byteCount(), QFile(kCaptures + "blip.heed").size())
        << "nothing is written over another capture";
    EXPECT_NO_THROW(openChain(readChain(path("saved/mine.heedchain"))));
}

TEST_F(ChainDocumentTest, aCaptureThatWasSavedIsKnown)
{
    open(makeChain("cache"));
    saidOf([&] { session().saveCapture(m_folder.filePath("saved/answer.heed")); });
    saidOf([&] { session().saveChain(chain(), m_folder.filePath("saved/mine.heedchain")); });
    EXPECT_THAT(message(), HasSubstr("beside it, mine.heard.heed."));
    EXPECT_EQ(readChain(path("saved/mine.heedchain")).b.capture, path("saved/answer.heed"));
}

TEST_F(ChainDocumentTest, thatCannotBeSavedLeavesNothingBehind)
{
    open(makeChain("cache"));
    QDir(m_folder.path()).mkpath("saved/taken.heedchain/full"); // a folder in the chain's place
    saidOf([&] { session().saveChain(chain(), m_folder.filePath("saved/taken.heedchain")); });
    EXPECT_THAT(message(), HasSubstr("taken.heedchain"));
    EXPECT_EQ(QDir(m_folder.filePath("saved")).entryList(QDir::Files).size(), 0);
    EXPECT_THAT(saidOf([&] { session().saveChain(chain(), "/nonexistent/of.heedchain"); }), HasSubstr("/nonexistent"));
}

TEST_F(ChainDocumentTest, canBeSavedWhereThereIsOneAndElseSaysWhyNot)
{
    EXPECT_FALSE(actions().saveChain->isEnabled());
    EXPECT_FALSE(actions().joinCapture->isEnabled());
    EXPECT_THAT(actions().saveChain->toolTip().toStdString(), HasSubstr("no chain"));
    open(makeChain());
    EXPECT_TRUE(actions().saveChain->isEnabled());
    EXPECT_TRUE(actions().joinCapture->isEnabled());
    EXPECT_THAT(actions().saveChain->toolTip().toStdString(), HasSubstr("beside it"));
    open(QString::fromStdString(makeCapture(m_folder)->path().string()));
    ASSERT_TRUE(waitFor([&] { return !document().speech; }));
    EXPECT_FALSE(actions().saveChain->isEnabled());
}

TEST_F(ChainDocumentTest, isMadeOfTheShownCaptureAndAnotherOne)
{
    const QString heard = copied("chain_heard.heed", "heard.heed");
    const QString asked = copied("chain_asked.heed", "asked.heed");
    open(asked);
    chooseIn(actions().joinCapture, heard);
    ASSERT_TRUE(waitFor([&] { return chain() != nullptr; })) << message();
    EXPECT_EQ(document().capture->path(), asked.toStdString());
    EXPECT_EQ(chain()->a().capture->path(), heard.toStdString());
    session().undoStack().undo();
    EXPECT_FALSE(document().speech);
    session().setQuestion("typed since");
    session().joinWith(heard);
    ASSERT_TRUE(waitFor([&] { return document().speech != nullptr; })) << message();
    EXPECT_EQ(document().question, questionOf(*document().capture)) << "what was spoken";
    session().undoStack().undo();
    EXPECT_EQ(document().question, "typed since");

    session().undoStack().clear();
    m_window->openPath(heard); // the other way round
    ASSERT_TRUE(waitFor([&] { return document().capture->path() == heard.toStdString(); }));
    chooseIn(actions().joinCapture, asked);
    ASSERT_TRUE(waitFor([&] { return chain() != nullptr; })) << message();
    EXPECT_EQ(document().capture->path(), asked.toStdString());
    EXPECT_EQ(document().speech->path(), heard.toStdString());
}

/// Three windows, of which the first two heard what is asked (tests/fixtures/capture/make_chain.py).
TEST_F(ChainDocumentTest, goesThroughSeveralWindowsAndIsSavedAsThat)
{
    open(copied("chain_asked.heed", "asked.heed"));
    session().joinWith(copied("chain_windows.heed", "heard.heed"));
    ASSERT_TRUE(waitFor([&] { return chain() != nullptr; })) << message();
    EXPECT_EQ(chain()->a().windows.size(), 2u);
    EXPECT_THAT(saidOf([&] { session().saveChain(chain(), m_folder.filePath("long.heedchain")); }),
                HasSubstr("long.heedchain"));
    const std::vector<float> sound = chain()->fromKeyOfB(5).keysOfA;
    const auto first = chain();
    m_window->openPath(m_folder.filePath("long.heedchain"));
    ASSERT_TRUE(waitFor([&] { return chain() && chain() != first; })) << message();
    EXPECT_EQ(chain()->a().windows.size(), 2u);
    EXPECT_EQ(chain()->fromKeyOfB(5).keysOfA, sound);
    m_window->context().selection().selectHead(0, {1});
    settleAll();
    EXPECT_EQ(chain()->a().windows.size(), 2u) << "through another head as well";
    EXPECT_EQ(chain()->b().map, (MapChoice{0, {1}, {}}));
}

TEST_F(ChainDocumentTest, isNotMadeOfWhatDoesNotFit)
{
    const QString heard = copied("chain_heard.heed", "heard.heed");
    const QString stranger = copied("blip.heed", "blip.heed");
    open(heard);
    const auto shown = document().capture;
    EXPECT_THAT(saidOf([&] { session().joinWith(stranger); }), HasSubstr("share no text"));
    EXPECT_THAT(saidOf([&] { session().joinWith(heard); }), HasSubstr("both are captures of sound"));
    EXPECT_THAT(saidOf([&] { session().joinWith(m_folder.filePath("none.heed")); }), HasSubstr("none.heed"));
    EXPECT_EQ(document().capture, shown);
    EXPECT_FALSE(document().speech);
}

} // namespace
} // namespace heedmap
