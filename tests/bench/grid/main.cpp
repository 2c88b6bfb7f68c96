// How long the head grid of a large model takes from a hovered token to painted cells: 32 layers of 32 heads over
// 24 × 24 patches and CLS, offscreen.

#include "tests/widgets/painted_capture.h"
#include "widgets/controls/head_grid_model.h"
#include "widgets/views/heads_view.h"

#include <fmt/format.h>
#include <QApplication>
#include <QElapsedTimer>

#include <algorithm>

namespace heedmap::bench {

namespace {

constexpr int kRepeats = 40;

double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values[values.size() / 2];
}

/// Milliseconds until the rows of the hovered token are on the screen, and of the longest time nothing else could run.
struct Latency
{
    std::vector<double> shown;
    std::vector<double> blocked;
};

/// `isFirst`: every token for the first time, so that its rows are read from the file; otherwise rows are remembered.
Latency hover(ViewContext& context, HeadsView& view, const HeadGridModel& model, bool isFirst)
{
    Latency latency;
    for (int i = 0; i < (isFirst ? test::kQuestionLength : kRepeats); ++i) {
        QElapsedTimer whole;
        whole.start();
        context.selection().setHover({AxisPosition{"question", i % test::kQuestionLength}, {}});
        QApplication::processEvents();
        double blocked = static_cast<double>(whole.nsecsElapsed()) / 1e6;
        while (model.index(0, 0).data(HeadGridModel::PendingRole).toBool()) {
            QApplication::processEvents(QEventLoop::WaitForMoreEvents, 5);
        }
        view.grab();
        latency.shown.push_back(static_cast<double>(whole.nsecsElapsed()) / 1e6);
        latency.blocked.push_back(blocked);
    }
    return latency;
}

void report(const char* what, const Latency& latency)
{
    fmt::print("{:<28} shown after {:6.1f} ms (longest {:6.1f}), window busy {:6.1f} ms (longest {:6.1f})\n", what,
               median(latency.shown), *std::ranges::max_element(latency.shown), median(latency.blocked),
               *std::ranges::max_element(latency.blocked));
}

} // namespace

int run()
{
    const QTemporaryDir folder;
    test::PaintedCapture painted;
    painted.rows = painted.columns = 24;
    painted.layers = painted.heads = 32;
    painted.withAnswer = false;
    const auto capture = test::makeCapture(folder, painted);
    for (const char* statistic : {"", "picture_mass", "entropy"}) {
        ViewContext context;
        HeadsView view(context);
        view.resize(720, 900);
        view.show();
        Selection selection;
        selection.group = "question_picture";
        selection.map = {test::siteOf(*capture, "question_picture", 3), {5}, {}};
        context.selection().setCapture(capture, selection);
        const int order = std::max(0, view.sorting().findData(QString::fromLatin1(statistic)));
        view.sorting().setCurrentIndex(order);
        emit view.sorting().activated(order);
        const auto& model = dynamic_cast<const HeadGridModel&>(*view.grid().model());
        for (const bool isFirst : {true, false})
            report(
                fmt::format("{}, {}", order == 0 ? "layer order" : statistic, isFirst ? "read" : "remembered").c_str(),
                hover(context, view, model, isFirst));
    }
    return 0;
}

} // namespace heedmap::bench

int main(int argc, char** argv)
{
    const QApplication application(argc, argv);
    return heedmap::bench::run();
}
