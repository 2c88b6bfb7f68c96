#include "app/session/document_command.h"
#include "app/window/history_panel.h"
#include "app/window/icons.h"
#include "app/window/inputs_panel.h"
#include "app/window/main_window.h"
#include "app/window/message_bar.h"
#include "core/capture/intervention_edit.h"
#include "tests/app/window/wait.h"
#include "widgets/controls/stage_canvas.h"
#include "widgets/controls/token_strip.h"
#include "widgets/views/heads_view.h"
#include "widgets/views/stage_view.h"
#include "widgets/views/tokens_view.h"
#include "widgets/views/what_if_view.h"

#include <gtest/gtest.h>
#include <QApplication>
#include <QContextMenuEvent>
#include <QDockWidget>
#include <QFile>
#include <QMenu>
#include <QMouseEvent>
#include <QPlainTextEdit>
#include <QTemporaryDir>

#include <csignal>

namespace heedmap {
namespace {

using namespace test;

const QString kSource = QStringLiteral(HEEDMAP_SOURCE_DIR "/");
const QString kFixtures = kSource + QStringLiteral("tests/fixtures/blip/");

/// The window with a real engine, driven by mouse and keys.
class WhatIf : public testing::Test
{
protected:
    WhatIf()
    {
        loadIcons();
        m_window = std::make_unique<MainWindow>(m_engine, CaptureCache(m_folder.filePath("cache")));
        m_window->resize(1400, 860);
        m_window->show();
    }

    Session& session() { return m_window->session(); }
    const Document& document() { return session().document(); }
    QUndoStack& history() { return session().undoStack(); }
    template <typename T>
    T& view(const char* id)
    {
        return dynamic_cast<T&>(*m_window->view(id));
    }
    WhatIfView& panel() { return view<WhatIfView>("what_if"); }
    std::string message() { return m_window->messages().message().toStdString(); }

    bool settled()
    {
        const bool ended = waitFor([&] { return !session().isRunning(); });
        QApplication::processEvents();
        return ended;
    }
    void runModel(const QString& model, const QString& picture, const QString& question)
    {
        m_window->openPath(model);
        m_window->openPath(picture);
        ASSERT_TRUE(waitFor([&] { return !document().model.isNull() && !document().picture.isNull(); }));
        m_window->inputs().question().setPlainText(question);
        m_window->inputs().runButton().click();
        ASSERT_TRUE(settled() && document().capture) << message();
    }
    void runFixture()
    {
        runModel(kFixtures + "models/qa", kFixtures + "pictures/wide.png", "what color is the big ball?");
    }
    void runShipped()
    {
        runModel(kSource + "resources/models/scenes", kSource + "resources/samples/cone_by_the_cube.png",
                 "What color is the cone to the right of the blue cube?");
    }

    /// Right click, and the first line of the menu that opens.
    void chooseFromMenu(QWidget& widget, const QPoint& place, const QString& words)
    {
        QContextMenuEvent event(QContextMenuEvent::Mouse, place, widget.mapToGlobal(place));
        QApplication::sendEvent(&widget, &event);
        pickFromOpenMenu(words);
    }
    void pickFromOpenMenu(const QString& words)
    {
        auto* menu = dynamic_cast<QMenu*>(QApplication::activePopupWidget());
        ASSERT_NE(menu, nullptr);
        ASSERT_FALSE(menu->actions().empty());
        EXPECT_TRUE(menu->actions()[0]->text().contains(words)) << menu->actions()[0]->text().toStdString();
        const QPointF line = QRectF(menu->actionGeometry(menu->actions()[0])).center();
        for (auto type : {QEvent::MouseMove, QEvent::MouseButtonPress, QEvent::MouseButtonRelease}) {
            QMouseEvent click(type, line, menu->mapToGlobal(line),
                              type == QEvent::MouseMove ? Qt::NoButton : Qt::LeftButton, Qt::LeftButton,
                              Qt::NoModifier);
            QApplication::sendEvent(menu, &click);
        }
    }
    static void press(QWidget& widget, int key)
    {
        QKeyEvent event(QEvent::KeyPress, key, Qt::NoModifier);
        QApplication::sendEvent(&widget, &event);
    }
    QPoint cellOf(int row, int column)
    {
        QTableView& grid = view<HeadsView>("heads").grid();
        return grid.visualRect(grid.model()->index(row, column)).center();
    }
    std::size_t siteShown() { return m_window->context().selection().shown()->map.site; }
    QColor colorAt(QWidget& widget, QPoint place) { return widget.grab().toImage().pixelColor(place); }
    std::shared_ptr<const Capture> muteOneHead()
    {
        chooseFromMenu(*view<HeadsView>("heads").grid().viewport(), cellOf(0, 1), "Mute L0 · H1");
        EXPECT_TRUE(settled()) << message();
        return document().capture;
    }
    /// Where a patch right and below of the middle of the picture is drawn now.
    QPoint patchPlace()
    {
        const QSizeF size = canvas().scene().pictureSize;
        return canvas().deviceFromPicture().map(QPointF(size.width() * 0.6, size.height() * 0.6)).toPoint();
    }
    StageCanvas& canvas() { return view<StageView>("stage").canvas(); }
    void mouse(QWidget& widget, QEvent::Type type, QPointF place, Qt::KeyboardModifiers modifiers)
    {
        const Qt::MouseButton button = type == QEvent::MouseMove ? Qt::NoButton : Qt::LeftButton;
        const Qt::MouseButtons buttons = type == QEvent::MouseButtonRelease ? Qt::NoButton : Qt::LeftButton;
        QMouseEvent event(type, place, widget.mapToGlobal(place), button, buttons, modifiers);
        QApplication::sendEvent(&widget, &event);
    }

    QTemporaryDir m_folder;
    EngineClient m_engine{qEnvironmentVariable("HEEDMAP_BIN_DIR") + QStringLiteral("/heedmap-engine")};
    std::unique_ptr<MainWindow> m_window;
};

TEST_F(WhatIf, aHeadIsMutedByRightClickAndUndoBringsTheOldRunBackAtOnce)
{
    runFixture();
    const auto before = document().capture;
    QTableView& grid = view<HeadsView>("heads").grid();
    const QColor plain = colorAt(grid, grid.viewport()->mapTo(&grid, cellOf(0, 1)));
    const auto after = muteOneHead();
    ASSERT_NE(after, before) << message();
    const MuteHead muted{before->site(siteShown()).name, 1};
    EXPECT_EQ(after->manifest().interventions, std::vector<Intervention>{muted});
    EXPECT_EQ(document().baseline, before);
    EXPECT_NE(colorAt(grid, grid.viewport()->mapTo(&grid, cellOf(0, 1))), plain) << "the cell is crossed out";
    EXPECT_TRUE(history().undoText().startsWith("mute L0 · H1 of")) << history().undoText().toStdString();
    EXPECT_TRUE(history().undoText().contains("⇒ ")) << history().undoText().toStdString();
    history().undo();
    EXPECT_FALSE(session().isRunning());
    EXPECT_EQ(document().capture, before);
    EXPECT_TRUE(document().interventions.empty());
    history().redo();
    EXPECT_FALSE(session().isRunning());
    EXPECT_EQ(document().capture, after);
}

TEST_F(WhatIf, theKeyMMutesTheCurrentHeadAndLetsItSpeakAgain)
{
    runFixture();
    const auto before = document().capture;
    QTableView& grid = view<HeadsView>("heads").grid();
    grid.setCurrentIndex(grid.model()->index(0, 0));
    press(grid, Qt::Key_M);
    ASSERT_TRUE(settled());
    ASSERT_EQ(document().interventions.size(), 1u);
    press(grid, Qt::Key_M);
    EXPECT_FALSE(session().isRunning()) << "the run without interventions is there already";
    EXPECT_TRUE(document().interventions.empty());
    EXPECT_EQ(document().capture, before);
}

TEST_F(WhatIf, patchesAreHiddenByRightClickAndByARectangle)
{
    runFixture();
    chooseFromMenu(canvas(), patchPlace(), "Hide this patch");
    ASSERT_TRUE(settled()) << message();
    ASSERT_EQ(document().interventions.size(), 1u);
    const HideKeys hidden = std::get<HideKeys>(document().interventions[0]);
    EXPECT_EQ(hidden.axis, "picture");
    ASSERT_EQ(hidden.positions.size(), 1u);
    // The model gives the patch no weight at all.
    for (std::size_t site = 0; site < document().capture->manifest().sites.size(); ++site)
        if (document().capture->site(site).keyAxis == "picture") {
            EXPECT_EQ(readColumn(*document().capture, {site, {0}, {}}, hidden.positions[0])[0], 0.0f);
        }
    chooseFromMenu(canvas(), patchPlace(), "Show this patch again");
    ASSERT_TRUE(settled());
    EXPECT_TRUE(document().interventions.empty());

    const QTransform device = canvas().deviceFromPicture();
    const QSizeF picture = canvas().scene().pictureSize;
    const QPointF from = device.map(QPointF(1, 1));
    const QPointF to = device.map(QPointF(picture.width() / 2 + 1, picture.height() / 2 + 1));
    mouse(canvas(), QEvent::MouseButtonPress, from, Qt::ShiftModifier);
    mouse(canvas(), QEvent::MouseMove, (from + to) / 2, Qt::ShiftModifier);
    mouse(canvas(), QEvent::MouseMove, to, Qt::ShiftModifier);
    mouse(canvas(), QEvent::MouseButtonRelease, to, Qt::ShiftModifier);
    pickFromOpenMenu("patches and run again");
    ASSERT_TRUE(settled()) << message();
    ASSERT_EQ(document().interventions.size(), 1u);
    EXPECT_EQ(hiddenKeys(document().interventions, "picture").size(), 4u) << "a quarter of 4 × 4 patches";
}

TEST_F(WhatIf, theKeyHHidesThePatchUnderThePointer)
{
    runFixture();
    const QPointF place = patchPlace();
    const QColor plain = colorAt(canvas(), place.toPoint());
    QMouseEvent move(QEvent::MouseMove, place, canvas().mapToGlobal(place), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
    QApplication::sendEvent(&canvas(), &move);
    press(canvas(), Qt::Key_H);
    ASSERT_TRUE(settled()) << message();
    EXPECT_EQ(hiddenKeys(document().interventions, "picture").size(), 1u);
    EXPECT_NE(colorAt(canvas(), place.toPoint()), plain) << "hidden patches are hatched";
}

TEST_F(WhatIf, aWordIsHiddenOnItsChip)
{
    runFixture();
    TokenChip* ball = nullptr;
    for (TokenChip* chip : view<TokensView>("tokens").strip().chips())
        if (chip->text() == "ball")
            ball = chip;
    ASSERT_NE(ball, nullptr);
    const auto position = ball->spec().key->position;
    QContextMenuEvent event(QContextMenuEvent::Mouse, ball->rect().center(), ball->mapToGlobal(ball->rect().center()));
    QApplication::sendEvent(ball, &event);
    pickFromOpenMenu("Hide “ball”");
    ASSERT_TRUE(settled()) << message();
    EXPECT_EQ(document().interventions, (std::vector<Intervention>{HideKeys{"question", {position}}}));
    for (TokenChip* chip : view<TokensView>("tokens").strip().chips())
        EXPECT_EQ(chip->isStruckOut(),
                  chip->spec().key && chip->spec().key->position == position && chip->spec().key->axis == "question")
            << chip->text().toStdString();
    m_window->inputs().question().setPlainText("what color is the small cube?");
    EXPECT_TRUE(document().interventions.empty()) << "the word is not asked any more";
}

TEST_F(WhatIf, thePanelSetsBeforeBesideAfter)
{
    runShipped();
    const CaptureOutput answer = document().capture->manifest().outputs[0];
    EXPECT_TRUE(panel().list().count() == 0 && panel().table().topLevelItemCount() == 0);
    // Away with all patches but the leftmost column, so that another answer is certain to come.
    std::vector<std::int64_t> most;
    for (std::int64_t patch = 0; patch < 18 * 18; ++patch)
        if (patch % 18 != 0)
            most.push_back(1 + patch);
    m_window->context().whatIf().request({HideKeys{"picture", most}}, "hide most");
    EXPECT_TRUE(session().isRunning());
    EXPECT_TRUE(panel().isVisible()) << "the panel comes to the front";
    EXPECT_TRUE(panel().statement().contains("Running")) << panel().statement().toStdString();
    ASSERT_TRUE(settled()) << message();
    const Manifest& after = document().capture->manifest();
    ASSERT_NE(after.outputs[0].text, answer.text);
    EXPECT_TRUE(panel().headline().startsWith(QString::fromStdString(answer.text) + " → "))
        << panel().headline().toStdString();
    ASSERT_EQ(panel().list().count(), 1);
    EXPECT_EQ(panel().list().item(0)->text(), QString("hide %1 patches").arg(most.size()));
    // The answer of before is followed exactly, however unlikely it became.
    QTreeWidgetItem* first = panel().table().topLevelItem(0);
    bool found = false;
    for (const TokenAlternative& alternative : after.outputs[0].tokens[0].alternatives)
        found = found || alternative.id == answer.tokens[0].id;
    EXPECT_TRUE(found);
    EXPECT_FALSE(first->text(2).contains("≤")) << first->text(2).toStdString();
    EXPECT_EQ(first->text(1).toDouble(), std::round(std::exp(answer.tokens[0].logProbability) * 1e4) / 1e4);
    panel().clearButton().click();
    EXPECT_FALSE(session().isRunning());
    EXPECT_EQ(document().capture->manifest().outputs[0].text, answer.text);
}

TEST_F(WhatIf, scoresAreSetSideBySide)
{
    runModel(kFixtures + "models/retrieval", kFixtures + "pictures/wide.png", "a big ball");
    const std::vector<Score> before = document().capture->manifest().outputs[0].scores;
    m_window->context().whatIf().request({HideKeys{"picture", {2, 3}}}, "hide 2 patches");
    ASSERT_TRUE(settled()) << message();
    const std::vector<Score> after = document().capture->manifest().outputs[0].scores;
    ASSERT_GE(panel().table().topLevelItemCount(), 1);
    const QTreeWidgetItem& line = *panel().table().topLevelItem(0);
    EXPECT_EQ(line.text(0).toStdString(), before[0].name);
    EXPECT_EQ(line.text(1), QString::number(before[0].value, 'f', 4));
    EXPECT_EQ(line.text(2), QString::number(after[0].value, 'f', 4));
}

TEST_F(WhatIf, anInterventionInAnOpenedCaptureIsComparedOnceItCanRun)
{
    runFixture();
    const std::shared_ptr<const Capture> changed = muteOneHead();
    const QString path = m_folder.filePath("changed.heed");
    session().saveCapture(path);
    ASSERT_TRUE(waitFor([&] { return QFile::exists(path); }));
    m_window->openPath(path);
    ASSERT_TRUE(waitFor([&] { return document().capture->path() == path.toStdString(); }));
    QApplication::processEvents();
    EXPECT_EQ(document().interventions, changed->manifest().interventions);
    EXPECT_TRUE(panel().statement().contains("no run without")) << panel().statement().toStdString();
    panel().runButton().click();
    ASSERT_TRUE(settled()) << message();
    ASSERT_TRUE(document().baseline);
    EXPECT_TRUE(document().baseline->manifest().interventions.empty());
    EXPECT_GT(panel().table().topLevelItemCount(), 0);
}

TEST_F(WhatIf, oneInterventionIsTakenBackWithoutTheOthers)
{
    runFixture();
    muteOneHead();
    chooseFromMenu(canvas(), patchPlace(), "Hide this patch");
    ASSERT_TRUE(settled()) << message();
    ASSERT_EQ(document().interventions.size(), 2u);
    panel().list().setCurrentRow(0);
    panel().removeButton().click();
    ASSERT_TRUE(settled());
    EXPECT_EQ(hiddenKeys(document().interventions, "picture").size(), 1u);
    EXPECT_EQ(document().interventions.size(), 1u);
    EXPECT_EQ(document().capture->manifest().interventions, document().interventions);
}

TEST_F(WhatIf, theNewestOfSeveralChangesWins)
{
    runFixture();
    const auto before = document().capture;
    WhatIfModel& model = m_window->context().whatIf();
    const std::string site = before->site(siteShown()).name;
    model.request({MuteHead{site, 0}}, "first");
    model.request({MuteHead{site, 0}, MuteHead{site, 1}}, "second");
    ASSERT_TRUE(settled()) << message();
    settle();
    EXPECT_EQ(document().capture->manifest().interventions.size(), 2u);
    EXPECT_EQ(document().baseline, before);
    EXPECT_TRUE(history().undoText().startsWith("second ⇒")) << history().undoText().toStdString();
}

TEST_F(WhatIf, undoWhileItRunsEndsTheRun)
{
    runFixture();
    const auto before = document().capture;
    m_window->context().whatIf().request({MuteHead{before->site(siteShown()).name, 0}}, "mute");
    EXPECT_TRUE(session().isRunning());
    m_window->actions().undo->trigger();
    EXPECT_FALSE(session().isRunning());
    settle();
    EXPECT_EQ(document().capture, before);
    EXPECT_TRUE(document().interventions.empty());
}

TEST_F(WhatIf, anotherQuestionIsRunWithoutTheInterventionsFirst)
{
    runFixture();
    muteOneHead();
    m_window->inputs().question().setPlainText("is the ball red?");
    m_window->inputs().runButton().click();
    ASSERT_TRUE(settled()) << message();
    ASSERT_TRUE(document().baseline);
    EXPECT_TRUE(document().baseline->manifest().interventions.empty());
    const auto questionOf = [](const Capture& capture) { return capture.manifest().input("question")->text; };
    EXPECT_EQ(questionOf(*document().baseline), "is the ball red?");
    EXPECT_EQ(questionOf(*document().capture), "is the ball red?");
    EXPECT_EQ(document().capture->manifest().interventions.size(), 1u);
}

TEST_F(WhatIf, whatTheEngineRefusesIsSaidAndNothingIsLost)
{
    runFixture();
    const auto before = document().capture;
    m_window->context().whatIf().request({MuteHead{"no.such.module", 0}}, "mute");
    ASSERT_TRUE(settled());
    EXPECT_TRUE(m_window->messages().message().contains("no.such.module")) << message();
    EXPECT_EQ(document().capture, before);
    EXPECT_TRUE(panel().statement().contains("not been run")) << panel().statement().toStdString();
    EXPECT_TRUE(panel().runButton().isVisible());
    history().undo();
    EXPECT_TRUE(document().interventions.empty());
}

TEST_F(WhatIf, survivesTheEnginesDeath)
{
    runFixture();
    const auto before = document().capture;
    ASSERT_EQ(::kill(static_cast<pid_t>(m_engine.processId()), SIGSTOP), 0); // so that the run is surely under way
    m_window->context().whatIf().request({MuteHead{before->site(siteShown()).name, 0}}, "mute");
    QApplication::processEvents();
    ASSERT_EQ(::kill(static_cast<pid_t>(m_engine.processId()), SIGKILL), 0);
    ASSERT_TRUE(settled());
    EXPECT_EQ(document().capture, before);
    ASSERT_TRUE(m_window->messages().actionButton().isVisible());
    m_window->messages().actionButton().click();
    ASSERT_TRUE(settled());
    EXPECT_EQ(document().capture->manifest().interventions.size(), 1u) << "what was wanted is run again";
    history().undo();
    EXPECT_EQ(document().capture, before);
}

TEST_F(WhatIf, theHistoryReadsAsADiaryAndGoesBack)
{
    runFixture();
    const auto before = document().capture;
    muteOneHead();
    auto* panel = m_window->findChild<HistoryPanel*>();
    ASSERT_NE(panel, nullptr);
    ASSERT_EQ(panel->count(), 4) << "model, picture, run, mute; typing and looking around are no lines";
    EXPECT_TRUE(panel->item(0)->text().contains("mute L0 · H1")) << panel->item(0)->text().toStdString();
    EXPECT_TRUE(panel->item(1)->text().contains("run ⇒ ")) << panel->item(1)->text().toStdString();
    const QPointF line = QRectF(panel->visualItemRect(panel->item(1))).center();
    mouse(*panel->viewport(), QEvent::MouseButtonPress, line, Qt::NoModifier);
    mouse(*panel->viewport(), QEvent::MouseButtonRelease, line, Qt::NoModifier);
    ASSERT_TRUE(waitFor([&] { return document().capture == before; }));
    EXPECT_EQ(panel->count(), 4) << "what was undone can be done again";
    EXPECT_EQ(panel->currentRow(), 1);
}

TEST_F(WhatIf, aCaptureOfAnotherModelIsNotRunWithThisOne)
{
    runFixture();
    const QString path = m_folder.filePath("copy.heed");
    session().saveCapture(path);
    ASSERT_TRUE(waitFor([&] { return QFile::exists(path); }));
    session().openModel(kSource + "resources/models/scenes");
    ASSERT_TRUE(waitFor([&] { return document().model.name == "scenes"; }));
    m_window->openPath(path);
    ASSERT_TRUE(waitFor([&] { return document().capture->path() == path.toStdString(); }));
    QApplication::processEvents();
    press(view<HeadsView>("heads").grid(), Qt::Key_M);
    EXPECT_FALSE(session().isRunning());
    EXPECT_TRUE(m_window->messages().message().contains("model qa")) << message();
}

} // namespace
} // namespace heedmap
