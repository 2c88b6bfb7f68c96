#include "tests/widgets/painted_capture.h"
#include "tests/widgets/spoken_capture.h"
#include "widgets/image/picture_image.h"
#include "widgets/views/view_export.h"
#include "widgets/views/view_registry.h"

#include <gtest/gtest.h>
#include <QApplication>
#include <QLabel>

#include <limits>

namespace heedmap {
namespace {

using namespace test;

/// Every registered view meets every odd capture.
struct OddCapture
{
    const char* name;
    std::function<std::shared_ptr<const Capture>(const QTemporaryDir&)> make;
};

PaintedCapture painted(int rows, int columns, int layers, int heads)
{
    PaintedCapture result;
    result.rows = rows;
    result.columns = columns;
    result.layers = layers;
    result.heads = heads;
    return result;
}

const OddCapture kOddCaptures[] = {
    {"none", [](const QTemporaryDir&) { return nullptr; }},
    {"usual", [](const QTemporaryDir& folder) { return makeCapture(folder); }},
    {"one by one", [](const QTemporaryDir& folder) { return makeCapture(folder, painted(1, 1, 1, 1)); }},
    {"not square", [](const QTemporaryDir& folder) { return makeCapture(folder, painted(2, 31, 1, 2)); }},
    {"many heads", [](const QTemporaryDir& folder) { return makeCapture(folder, painted(2, 2, 3, 128)); }},
    {"several frames",
     [](const QTemporaryDir& folder) {
         PaintedCapture frames;
         frames.frames = 3;
         return makeCapture(folder, frames);
     }},
    {"huge", [](const QTemporaryDir& folder) { return makeHuge(folder); }},
    {"weights without meaning", [](const QTemporaryDir& folder) { return makePlainCapture(folder); }},
    {"no attention", [](const QTemporaryDir& folder) { return makeEmptyCapture(folder); }},
    {"a part", [](const QTemporaryDir& folder) { return makePart(folder); }},
    {"no picture",
     [](const QTemporaryDir& folder) {
         PaintedCapture without;
         without.withPicture = false;
         return makeCapture(folder, without);
     }},
    {"speech", [](const QTemporaryDir& folder) { return makeSpoken(folder, {.windows = 2}); }},
    {"not a number",
     [](const QTemporaryDir& folder) {
         PaintedCapture broken;
         broken.nan = std::numeric_limits<float>::quiet_NaN();
         return makeCapture(folder, broken);
     }},
};

class ViewContract : public testing::TestWithParam<std::tuple<std::size_t, std::size_t>>
{
protected:
    const ViewEntry& entry() const { return viewRegistry()[std::get<0>(GetParam())]; }
    const OddCapture& odd() const { return kOddCaptures[std::get<1>(GetParam())]; }

    void showCapture(ViewContext& context)
    {
        const std::shared_ptr<const Capture> capture = odd().make(m_folder);
        if (!capture)
            return;
        context.selection().setPicture(embeddedPicture(*capture));
        context.selection().setCapture(capture, initialSelection(*capture));
    }

    /// Walks through everything a user could point at.
    void touchEverything(ViewContext& context, QWidget& view)
    {
        SelectionModel& selection = context.selection();
        const std::optional<ShownMap> shown = selection.shown();
        if (!shown)
            return;
        const Capture& capture = *selection.capture();
        const std::string queries = queryAxisOf(capture, shown->map).id;
        const std::string keys = keyAxisOf(capture, shown->map).id;
        for (const auto& [id, axis] : capture.manifest().axes)
            for (std::int64_t position : {std::int64_t{0}, axis.length - 1}) {
                selection.setHover({AxisPosition{id, position}, {}});
                view.grab();
                selection.setHover({{}, AxisPosition{id, position}});
                view.grab();
            }
        selection.setHover({AxisPosition{queries, 0}, AxisPosition{keys, 0}});
        view.grab();
        selection.setHover({});
        for (const GroupChoice& group : groupChoices(capture)) {
            selection.selectGroup(group.id);
            selection.selectHead(group.sites.front(), HeadChoice::mean());
            view.grab();
        }
        selection.release();
        view.grab();
    }

    QTemporaryDir m_folder;
};

TEST_P(ViewContract, drawsEverythingShownOrHidden)
{
    ViewContext context;
    std::unique_ptr<View> view(entry().create(context, nullptr));
    QString failure;
    QObject::connect(&context.rows(), &RowProvider::failed, [&](const QString& message) { failure = message; });
    view->resize(420, 360);
    showCapture(context); // while hidden
    view->show();
    view->grab();
    touchEverything(context, *view);
    DisplayOptions options;
    options.interpolated = true;
    options.limits = LimitsMode::PerMap;
    options.timesUniform = false;
    options.curve = ValueCurve::Linear;
    options.colorMap = "a map of another version";
    context.setOptions(options);
    view->resize(60, 40);
    view->grab();
    context.selection().setCapture(nullptr, {});
    context.selection().setPicture({});
    view->grab();
    showCapture(context); // while shown
    touchEverything(context, *view);
    EXPECT_EQ(failure.toStdString(), "");
}

/// A hidden view draws nothing and catches up when it is shown.
TEST_P(ViewContract, looksTheSameWhetherItWasHiddenOrNot)
{
    const auto drawn = [this](bool hideMeanwhile) {
        ViewContext context;
        std::unique_ptr<View> view(entry().create(context, nullptr));
        view->resize(420, 360);
        view->show();
        if (hideMeanwhile)
            view->hide();
        showCapture(context);
        if (const auto shown = context.selection().shown())
            context.selection().setHover(
                {AxisPosition{queryAxisOf(*context.selection().capture(), shown->map).id, 0}, {}});
        view->show();
        for (int round = 0; round < 4; ++round) // one layout asks for the next
            QApplication::processEvents();
        return view->grab().toImage();
    };
    EXPECT_TRUE(drawn(false) == drawn(true));
}

/// What is behind a tab may be asked to export itself; it then shows nothing, or what belongs to the capture of now.
TEST_P(ViewContract, handsOutNothingOldWhileHidden)
{
    ViewContext context;
    std::unique_ptr<View> view(entry().create(context, nullptr));
    view->resize(420, 360);
    context.selection().setCapture(makeCapture(m_folder), initialSelection(*makeCapture(m_folder)));
    view->show();
    view->grab();
    view->hide();
    context.selection().setCapture(nullptr, {});
    for (const ExportFormatInfo& format : exportFormats())
        EXPECT_FALSE(exporterOfView(*view, format.format)) << format.suffix;
    showCapture(context);
    for (const ExportFormatInfo& format : exportFormats())
        if (const Exporter exporter = exporterOfView(*view, format.format)) {
            EXPECT_FALSE(exporter().isEmpty()) << format.suffix;
        }
}

std::string caseName(const testing::TestParamInfo<ViewContract::ParamType>& info)
{
    std::string name =
        std::string(viewRegistry()[std::get<0>(info.param)].id) + "_" + kOddCaptures[std::get<1>(info.param)].name;
    std::replace(name.begin(), name.end(), ' ', '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Registry, ViewContract,
                         testing::Combine(testing::Range(std::size_t{0}, viewRegistry().size()),
                                          testing::Range(std::size_t{0}, std::size(kOddCaptures))),
                         caseName);

TEST(ViewRegistry, hasUniqueIdsAndTitles)
{
    std::set<std::string> ids;
    for (const ViewEntry& entry : viewRegistry()) {
        EXPECT_TRUE(ids.insert(entry.id).second) << entry.id;
        EXPECT_FALSE(viewTitle(entry).isEmpty());
    }
}

/// What stands in tabs below the centre may not make the window wider than a screen.
TEST(ViewRegistry, bottomViewsFitTheDock)
{
    const QTemporaryDir folder;
    const auto capture = makeCapture(folder);
    for (const ViewEntry& entry : viewRegistry()) {
        if (entry.place != ViewPlace::Bottom)
            continue;
        ViewContext context;
        std::unique_ptr<View> view(entry.create(context, nullptr));
        view->resize(830, 280);
        view->show();
        context.selection().setPicture(embeddedPicture(*capture));
        context.selection().setCapture(capture, initialSelection(*capture));
        QApplication::processEvents();
        EXPECT_LE(view->minimumSizeHint().width(), 830) << entry.id;
        EXPECT_LE(view->sizeHint().width(), 830) << entry.id;
        EXPECT_LE(view->minimumSizeHint().height(), 280) << entry.id;
    }
}

} // namespace
} // namespace heedmap
