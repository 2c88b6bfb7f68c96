#include "app/window/icons.h"
#include "app/window/inputs_panel.h"
#include "app/window/main_window.h"
#include "app/window/message_bar.h"
#include "app/window/status_line.h"
#include "app/window/theme.h"
#include "core/analysis/result_cache.h"
#include "core/base/files.h"
#include "tests/app/window/wait.h"
#include "tests/widgets/painted_capture.h"
#include "tests/widgets/spoken_capture.h"
#include "widgets/controls/step_scrubber.h"
#include "widgets/controls/token_strip.h"
#include "widgets/views/answer_view.h"
#include "widgets/views/tokens_view.h"
#include "widgets/views/view_registry.h"

#include <gtest/gtest.h>
#include <QApplication>
#include <QClipboard>
#include <QDockWidget>
#include <QDropEvent>
#include <QFile>
#include <QFileInfo>
#include <QMenu>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSet>
#include <QUrl>

#include <csignal>

namespace heedmap {
namespace {

using namespace test;

const QString kFixtures = QStringLiteral(HEEDMAP_SOURCE_DIR "/tests/fixtures/blip/");

QString enginePath()
{
    return qEnvironmentVariable("HEEDMAP_BIN_DIR") + QStringLiteral("/heedmap-engine");
}

class MainWindowTest : public testing::Test
{
protected:
    MainWindowTest()
    {
        loadIcons();
        m_window = std::make_unique<MainWindow>(m_engine, CaptureCache(m_folder.filePath("cache")));
        m_window->resize(1200, 760);
        m_window->show();
    }

    Session& session() { return m_window->session(); }
    const Document& document() { return session().document(); }

    void openPainted()
    {
        m_window->openPath(QString::fromStdString(makeCapture(m_folder)->path().string()));
        ASSERT_TRUE(waitFor([&] { return document().capture != nullptr; }));
        QApplication::processEvents();
    }
    void prepareRun(const QString& model = "models/qa")
    {
        m_window->openPath(kFixtures + model);
        m_window->openPath(kFixtures + "pictures/wide.png");
        ASSERT_TRUE(waitFor([&] { return !document().model.isNull() && !document().picture.isNull(); }));
        m_window->inputs().question().setPlainText("what color is the big ball?");
    }
    bool runToEnd()
    {
        m_window->inputs().runButton().click();
        return waitFor([&] { return !session().isRunning(); }) && document().capture;
    }
    TokenChip* chip(const QString& text)
    {
        for (TokenChip* chip : dynamic_cast<TokensView*>(m_window->view("tokens"))->strip().chips())
            if (chip->text().startsWith(text))
                return chip;
        return nullptr;
    }
    void drop(QMimeData* data)
    {
        const QPointF place(600, 300);
        QDragEnterEvent enter(place.toPoint(), Qt::CopyAction, data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(m_window.get(), &enter);
        EXPECT_TRUE(enter.isAccepted());
        QDropEvent event(place, Qt::CopyAction, data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(m_window.get(), &event);
    }

    QTemporaryDir m_folder;
    EngineClient m_engine{enginePath()};
    std::unique_ptr<MainWindow> m_window;
};

TEST_F(MainWindowTest, everyViewOfTheRegistryHasItsPlaceAndItsMenuEntry)
{
    for (const ViewEntry& entry : viewRegistry()) {
        ASSERT_NE(m_window->view(entry.id), nullptr) << entry.id;
        auto* dock = m_window->findChild<QDockWidget*>(QString::fromLatin1(entry.id));
        EXPECT_EQ(dock != nullptr, entry.place != ViewPlace::Centre) << entry.id;
        if (dock) {
            EXPECT_TRUE(m_window->actions().view->actions().contains(dock->toggleViewAction())) << entry.id;
        }
    }
}

TEST_F(MainWindowTest, fitsALaptopHoweverManyViewsThereAre)
{
    QApplication::processEvents();
    EXPECT_LE(m_window->width(), 1440);
}

TEST_F(MainWindowTest, everyViewOfTheRegistryHasAShortcutThatGoesToIt)
{
    m_window->show();
    openPainted();
    const QList<QAction*> actions = m_window->actions().goTo->actions();
    ASSERT_EQ(actions.size(), static_cast<qsizetype>(viewRegistry().size()));
    QSet<QKeySequence> keys;
    for (qsizetype i = 0; i < actions.size(); ++i) {
        const ViewEntry& entry = viewRegistry()[static_cast<std::size_t>(i)];
        EXPECT_FALSE(actions[i]->shortcut().isEmpty()) << entry.id;
        EXPECT_FALSE(keys.contains(actions[i]->shortcut())) << entry.id;
        keys << actions[i]->shortcut();
        if (auto* dock = m_window->findChild<QDockWidget*>(QString::fromLatin1(entry.id)))
            dock->hide();
        actions[i]->trigger();
        const View* view = m_window->view(entry.id);
        EXPECT_EQ(view->isVisible(), view->isWanted()) << entry.id; // not sound, of a picture
    }
}

TEST_F(MainWindowTest, soundTakesThePicturesPlace)
{
    m_window->show();
    openPainted();
    EXPECT_TRUE(m_window->view("stage")->isVisible());
    EXPECT_FALSE(m_window->view("sound")->isVisible());
    m_window->openPath(QString::fromStdString(makeSpoken(m_folder)->path().string()));
    ASSERT_TRUE(waitFor([&] { return m_window->view("sound")->isVisible(); }));
    EXPECT_FALSE(m_window->view("stage")->isVisible());
    EXPECT_TRUE(m_window->view("sound")->figure());
    openPainted();
    ASSERT_TRUE(waitFor([&] { return m_window->view("stage")->isVisible(); }));
    EXPECT_FALSE(m_window->view("sound")->isVisible());
}

TEST_F(MainWindowTest, aCaptureOpensWithoutAnEngine)
{
    openPainted();
    EXPECT_EQ(m_engine.state(), EngineClient::State::Stopped);
    EXPECT_EQ(m_window->context().selection().picture().size(), QSize(60, 40));
    EXPECT_EQ(m_window->inputs().question().toPlainText(), QString("red ball?"));
    EXPECT_EQ(dynamic_cast<AnswerView*>(m_window->view("answer"))->headline(), QString("yes"));
    EXPECT_TRUE(m_window->windowTitle().contains("painted"));
}

TEST_F(MainWindowTest, keptResultsAreRemoved)
{
    qputenv("XDG_CACHE_HOME", m_folder.filePath("cache").toLocal8Bit());
    const QString path = m_folder.filePath("kept.heed");
    ASSERT_TRUE(QFile::copy(kFixtures + "../capture/blip.heed", path));
    m_window->openPath(path);
    ASSERT_TRUE(waitFor([&] { return document().capture != nullptr; }));
    ResultCaching caching;
    caching.leastSeconds = 0;
    caching.settled = {};
    ResultCache(*document().capture, caching).keep("a result", asBytes("of a long computation"), 1);
    ASSERT_TRUE(QFileInfo::exists(path + ".cache"));
    m_window->actions().removeResults->trigger();
    EXPECT_TRUE(waitFor([&] { return !QFileInfo::exists(path + ".cache"); }));
    EXPECT_TRUE(QFileInfo::exists(path));
    qunsetenv("XDG_CACHE_HOME");
}

TEST_F(MainWindowTest, keepingATokenCanBeUndone)
{
    openPainted();
    m_window->actions().release->trigger();
    const Selection before = document().selection;
    TokenChip* red = chip("red");
    ASSERT_NE(red, nullptr);
    red->click();
    EXPECT_EQ(document().selection.query(), 1);
    EXPECT_TRUE(red->isKept());
    m_window->actions().undo->trigger();
    EXPECT_EQ(m_window->context().selection().selection(), before);
    EXPECT_FALSE(red->isKept());
    m_window->actions().redo->trigger();
    EXPECT_TRUE(red->isKept());
    m_window->actions().release->trigger();
    EXPECT_FALSE(red->isKept());
}

TEST_F(MainWindowTest, keepingSeveralTokensIsUndoneOneByOne)
{
    openPainted();
    m_window->actions().release->trigger();
    m_window->context().selection().toggleQuery({"question", 1});
    m_window->context().selection().addOrRemoveQuery({"question", 3});
    EXPECT_EQ(document().selection.queries, (std::vector<std::int64_t>{1, 3}));
    m_window->actions().undo->trigger();
    EXPECT_EQ(document().selection.queries, std::vector<std::int64_t>{1});
    m_window->actions().redo->trigger();
    EXPECT_TRUE(chip("red")->isKept() && chip("?")->isKept());
    m_window->actions().release->trigger();
    EXPECT_TRUE(document().selection.queries.empty());
}

TEST_F(MainWindowTest, theStatusLineNamesTokenPatchPixelsAndValue)
{
    openPainted();
    SelectionModel& selection = m_window->context().selection();
    selection.selectHead(siteOf(*document().capture, "question_picture", 1), HeadChoice{2});
    const int patch = paintedPatch({}, 1, 2, kBallToken);
    selection.setHover({AxisPosition{"question", kBallToken}, AxisPosition{"picture", 1 + patch}});
    const QString text = m_window->statusLine().text();
    EXPECT_TRUE(text.contains(QString("“ball” → patch row %1, col %2").arg(patch / 6).arg(patch % 6)))
        << text.toStdString();
    EXPECT_TRUE(text.contains(QString("pixels x %1–%2, y %3–%4")
                                  .arg(patch % 6 * 10)
                                  .arg(patch % 6 * 10 + 9)
                                  .arg(patch / 6 * 10)
                                  .arg(patch / 6 * 10 + 9)))
        << text.toStdString();
    EXPECT_TRUE(text.contains("probability 0.606")) << text.toStdString(); // 0.6 + 0.15 / 25
    EXPECT_TRUE(text.contains("L1 · H2")) << text.toStdString();
}

TEST_F(MainWindowTest, takesFilesAndPicturesDroppedAnywhere)
{
    QMimeData file;
    file.setUrls({QUrl::fromLocalFile(kFixtures + "pictures/tall.png")});
    drop(&file);
    ASSERT_TRUE(waitFor([&] { return document().picture.name == "tall.png"; }));
    QImage image(7, 5, QImage::Format_RGB32);
    image.fill(Qt::blue);
    QMimeData pixels;
    pixels.setImageData(image);
    drop(&pixels);
    ASSERT_TRUE(waitFor([&] { return document().picture.image.size() == QSize(7, 5); }));
}

TEST_F(MainWindowTest, pastesAPictureEvenWhileTheQuestionHasTheFocus)
{
    QImage image(9, 4, QImage::Format_RGB32);
    image.fill(Qt::green);
    QApplication::clipboard()->setImage(image);
    m_window->actions().paste->trigger();
    ASSERT_TRUE(waitFor([&] { return document().picture.image.size() == QSize(9, 4); }));
}

TEST_F(MainWindowTest, brokenFilesAreSaidInTheWindow)
{
    QFile broken(m_folder.filePath("broken.heed"));
    ASSERT_TRUE(broken.open(QIODevice::WriteOnly));
    broken.write("not a capture");
    broken.close();
    m_window->openPath(broken.fileName());
    ASSERT_TRUE(waitFor([&] { return m_window->messages().isVisible(); }));
    EXPECT_TRUE(m_window->messages().message().contains("broken.heed")) << m_window->messages().message().toStdString();
    EXPECT_FALSE(m_window->messages().actionButton().isVisible());
}

TEST_F(MainWindowTest, runsAModelAndShowsItsAnswer)
{
    prepareRun();
    ASSERT_TRUE(runToEnd()) << m_window->messages().message().toStdString();
    EXPECT_NE(chip("ball"), nullptr);
    EXPECT_FALSE(dynamic_cast<AnswerView*>(m_window->view("answer"))->headline().isEmpty());
    ASSERT_TRUE(document().selection.query());
    EXPECT_FALSE(m_window->messages().isVisible());
    const auto first = document().capture;
    ASSERT_TRUE(runToEnd());
    EXPECT_NE(document().capture, first);
    m_window->actions().undo->trigger();
    EXPECT_EQ(document().capture, first);
}

TEST_F(MainWindowTest, captionsAPictureAndShowsWhereItsWordsLook)
{
    prepareRun("models/caption_settings");
    m_window->inputs().question().setPlainText("");
    ASSERT_TRUE(runToEnd()) << m_window->messages().message().toStdString();
    const auto shown = m_window->context().selection().shown();
    ASSERT_TRUE(shown);
    EXPECT_FALSE(shown->map.isComposed()); // captions look at the picture directly
    EXPECT_TRUE(hasPatches(keyAxisOf(*document().capture, shown->map)));
}

TEST_F(MainWindowTest, theScrubberOfACaptionLeadsStageAndHeads)
{
    prepareRun("models/caption_settings");
    m_window->inputs().question().setPlainText("");
    ASSERT_TRUE(runToEnd()) << m_window->messages().message().toStdString();
    StepScrubber& scrubber = dynamic_cast<AnswerView*>(m_window->view("answer"))->scrubber();
    const CaptureOutput& caption = document().capture->manifest().outputs[0];
    ASSERT_EQ(scrubber.steps().size(), caption.tokens.size());
    for (const int key : {Qt::Key_Home, Qt::Key_Right, Qt::Key_Right}) {
        QKeyEvent press(QEvent::KeyPress, key, Qt::NoModifier);
        QApplication::sendEvent(&scrubber, &press);
    }
    EXPECT_EQ(m_window->context().selection().shown()->query, caption.tokens[2].predictingRow);
    EXPECT_TRUE(m_window->statusLine().text().contains(QString::fromStdString(caption.tokens[2].text).trimmed()))
        << m_window->statusLine().text().toStdString();
}

TEST_F(MainWindowTest, showsTheScoresOfRetrieval)
{
    prepareRun("models/retrieval");
    ASSERT_TRUE(runToEnd()) << m_window->messages().message().toStdString();
    QTreeWidget& table = dynamic_cast<AnswerView*>(m_window->view("answer"))->table();
    ASSERT_GT(table.topLevelItemCount(), 0);
    EXPECT_EQ(table.topLevelItem(0)->text(0).toStdString(), document().capture->manifest().outputs[0].scores[0].name);
}

TEST_F(MainWindowTest, survivesTheEnginesDeathAndRunsAgain)
{
    prepareRun();
    ASSERT_TRUE(runToEnd());
    const auto before = document().capture;
    ASSERT_EQ(::kill(static_cast<pid_t>(m_engine.processId()), SIGSTOP), 0); // so that the run is surely under way
    m_window->inputs().runButton().click();
    EXPECT_TRUE(session().isRunning());
    QApplication::processEvents();
    ASSERT_EQ(::kill(static_cast<pid_t>(m_engine.processId()), SIGKILL), 0);
    ASSERT_TRUE(waitFor([&] { return !session().isRunning(); }));
    EXPECT_TRUE(m_window->messages().isVisible());
    QPushButton& again = m_window->messages().actionButton();
    ASSERT_TRUE(again.isVisible());
    EXPECT_EQ(document().capture, before); // nothing is lost
    again.click();
    ASSERT_TRUE(waitFor([&] { return !session().isRunning(); }));
    EXPECT_NE(document().capture, before);
    EXPECT_FALSE(m_window->messages().isVisible());
}

TEST_F(MainWindowTest, cancelStopsARunQuietly)
{
    prepareRun();
    m_window->inputs().runButton().click();
    EXPECT_TRUE(m_window->actions().cancel->isEnabled());
    m_window->actions().cancel->trigger();
    EXPECT_FALSE(session().isRunning());
    settle();
    EXPECT_FALSE(document().capture);
    EXPECT_FALSE(m_window->messages().isVisible());
    EXPECT_TRUE(runToEnd()); // and the engine is still of use
}

TEST_F(MainWindowTest, returnInTheQuestionAsks)
{
    prepareRun();
    QKeyEvent press(QEvent::KeyPress, Qt::Key_Return, Qt::NoModifier, "\r");
    QApplication::sendEvent(&m_window->inputs().question(), &press);
    EXPECT_TRUE(session().isRunning());
    EXPECT_FALSE(document().question.contains('\n'));
    EXPECT_TRUE(waitFor([&] { return !session().isRunning(); }));
}

TEST(Theme, palettesKeepTextReadable)
{
    const auto luminance = [](const QColor& color) {
        const auto linear = [](double c) { return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
        return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
    };
    const auto contrast = [&](const QColor& a, const QColor& b) {
        const double la = luminance(a);
        const double lb = luminance(b);
        return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
    };
    for (const QPalette& palette : {lightPalette(), darkPalette()}) { // WCAG 2.1, AA
        EXPECT_GE(contrast(palette.color(QPalette::WindowText), palette.color(QPalette::Window)), 7);
        EXPECT_GE(contrast(palette.color(QPalette::Text), palette.color(QPalette::Base)), 7);
        EXPECT_GE(contrast(palette.color(QPalette::Disabled, QPalette::Text), palette.color(QPalette::Window)), 4.3);
        EXPECT_GE(contrast(palette.color(QPalette::HighlightedText), palette.color(QPalette::Highlight)), 4.5);
    }
}

TEST_F(MainWindowTest, aViewBehindAnotherTabIsHiddenUntilItsTabIsChosen)
{
    openPainted();
    const auto inSight = [this] {
        std::vector<std::string> ids;
        for (const ViewEntry& entry : viewRegistry())
            if (entry.place == ViewPlace::Bottom && m_window->view(entry.id)->isVisible())
                ids.push_back(entry.id);
        return ids;
    };
    const std::vector<std::string> before = inSight();
    ASSERT_EQ(before.size(), 1u) << "the others would work for nobody";
    const int height = m_window->findChild<QDockWidget*>(QString::fromStdString(before[0]))->height();
    for (const ViewEntry& entry : viewRegistry()) {
        if (entry.place != ViewPlace::Bottom)
            continue;
        auto* dock = m_window->findChild<QDockWidget*>(QString::fromLatin1(entry.id));
        ASSERT_TRUE(dock);
        dock->raise();
        QApplication::processEvents();
        EXPECT_EQ(inSight(), (std::vector<std::string>{entry.id}));
        dock->hide();
        dock->show();
        dock->raise();
        QApplication::processEvents();
        EXPECT_EQ(inSight(), (std::vector<std::string>{entry.id}));
        EXPECT_EQ(dock->height(), height) << "choosing a tab moves nothing";
    }
}

} // namespace
} // namespace heedmap
