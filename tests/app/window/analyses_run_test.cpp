#include "app/window/icons.h"
#include "app/window/inputs_panel.h"
#include "app/window/main_window.h"
#include "core/checkpoint/safetensors.h"
#include "tests/app/window/wait.h"
#include "widgets/controls/run_again_button.h"
#include "widgets/views/analyses_view.h"

#include <gtest/gtest.h>
#include <QApplication>
#include <QDockWidget>
#include <QPlainTextEdit>
#include <QTemporaryDir>

namespace heedmap {
namespace {

using namespace test;

const QString kTests = QStringLiteral(HEEDMAP_SOURCE_DIR "/tests/fixtures/");

/// From a run without gradients to the relevance of its answer: one press, and what autograd and the published rules
/// gave for this checkpoint (tests/fixtures/analysis/make_blip_relevance.py).
TEST(AnalysesRun, OnePressGivesTheRelevanceOfTheAnswer)
{
    loadIcons();
    const QTemporaryDir folder;
    EngineClient engine{qEnvironmentVariable("HEEDMAP_BIN_DIR") + QStringLiteral("/heedmap-engine")};
    MainWindow window(engine, CaptureCache(folder.filePath("cache")));
    window.resize(1400, 860);
    window.show();
    auto& view = dynamic_cast<AnalysesView&>(*window.view("analyses"));
    for (QWidget* parent = &view; parent; parent = parent->parentWidget())
        if (auto* dock = qobject_cast<QDockWidget*>(parent)) {
            dock->show();
            dock->raise();
        }
    Session& session = window.session();
    window.openPath(kTests + "blip/models/qa");
    window.openPath(kTests + "blip/pictures/wide.png");
    ASSERT_TRUE(waitFor([&] { return !session.document().model.isNull() && !session.document().picture.isNull(); }));
    window.inputs().question().setPlainText("what color is the big ball?");
    window.inputs().runButton().click();
    ASSERT_TRUE(waitFor([&] { return session.document().capture && !session.isRunning(); }));
    Selection selection = session.document().selection;
    selection.group = "answer_question";
    selection.map = MapChoice{session.document().capture->manifest().sitesOfGroup("answer_question").front(),
                              HeadChoice::mean(), std::nullopt};
    selection.queries = {0}; // predicts the first word
    session.setSelection(selection);
    view.list().setCurrentRow(static_cast<int>(&analysisById("relevance") - analyses().data()));
    ASSERT_TRUE(waitFor([&] { return view.againButton().isVisible(); }));
    EXPECT_FALSE(view.numbers());
    view.againButton().click();
    ASSERT_TRUE(waitFor([&] { return view.numbers().has_value(); })) << view.message().toStdString();
    EXPECT_FALSE(view.againButton().isVisible());
    const SafetensorsFile expected =
        SafetensorsFile::open((kTests + "analysis/blip_relevance.safetensors").toStdString());
    const TensorView& tensor = expected.tensors.at("qa_wide/aq"); // [answer, question]
    const std::vector<float> whole = tensor.toFloats();
    const std::vector<double> shown = view.numbers()->values;
    ASSERT_EQ(static_cast<std::int64_t>(shown.size()), tensor.shape[1]);
    for (std::size_t key = 0; key < shown.size(); ++key)
        EXPECT_NEAR(shown[key], whole[key], 1e-5) << key;
}

} // namespace
} // namespace heedmap
