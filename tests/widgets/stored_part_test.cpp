#include "tests/widgets/painted_capture.h"
#include "widgets/controls/head_grid_model.h"
#include "widgets/controls/statistic_map.h"
#include "widgets/controls/token_chip.h"
#include "widgets/image/map_caption.h"
#include "widgets/image/picture_image.h"
#include "widgets/views/view_registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <QAbstractItemView>
#include <QApplication>
#include <QLabel>

#include <algorithm>
#include <cmath>

namespace heedmap {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;

/// Views over a capture of which heads 0 and 2 of 3 and the words "[CLS]" and "ball" are stored.
class StoredPartViews : public testing::Test
{
protected:
    void SetUp() override
    {
        m_capture = makePart(m_folder);
        QObject::connect(&m_context.selection(), &SelectionModel::refused,
                         [this](const QString& message) { m_refused = message.toStdString(); });
        QObject::connect(&m_context.rows(), &RowProvider::failed,
                         [](const QString& message) { ADD_FAILURE() << message.toStdString(); });
        m_context.selection().setCapture(m_capture, initialSelection(*m_capture));
    }

    std::unique_ptr<View> open(const std::string& id)
    {
        const auto& entry = *std::ranges::find(viewRegistry(), id, [](const ViewEntry& one) { return one.id; });
        std::unique_ptr<View> view(entry.create(m_context, nullptr));
        view->resize(830, 400);
        view->show();
        QApplication::processEvents();
        return view;
    }

    QTemporaryDir m_folder;
    ViewContext m_context;
    std::shared_ptr<const Capture> m_capture;
    std::string m_refused;
};

TEST_F(StoredPartViews, BeginWithAHeadAndATokenThatAreThere)
{
    const Selection& selection = m_context.selection().selection();
    EXPECT_TRUE(m_capture->site(selection.map.site).holdsHead(selection.map.head.head));
    EXPECT_THAT(selection.queries, ElementsAre(kBallToken));
}

TEST_F(StoredPartViews, ATokenWithoutARowIsRefusedInASentence)
{
    SelectionModel& selection = m_context.selection();
    const Selection before = selection.selection();
    for (const auto& wish :
         {&SelectionModel::toggleQuery, &SelectionModel::addOrRemoveQuery, &SelectionModel::keepQuery}) {
        m_refused.clear();
        (selection.*wish)({"question", 1});
        EXPECT_THAT(m_refused, HasSubstr("“red” is not stored in this capture, which holds 2 of the 5 of “question”"));
        EXPECT_EQ(selection.selection(), before);
    }
    selection.setHover({AxisPosition{"question", 1}, {}});
    EXPECT_EQ(selection.shown()->query, kBallToken) << "what is hovered has no map: the kept one stays";
    EXPECT_THAT(selection.reasonForNoRow().toStdString(), HasSubstr("“red” is not stored"));
    Selection wish = before;
    wish.queries = {1, 0, 4};
    wish.map.head = {1};
    selection.setSelection(wish);
    EXPECT_THAT(selection.selection().queries, ElementsAre(0));
    EXPECT_TRUE(selection.selection().map.head.isMean());
}

TEST_F(StoredPartViews, TheChipsOfSuchTokensCannotBeClickedAndSayWhy)
{
    const auto view = open("tokens");
    int clickable = 0;
    for (const TokenChip* chip : view->findChildren<TokenChip*>()) {
        const bool isStored = chip->text() == "[CLS]" || chip->text() == "ball" || chip->text().startsWith("yes");
        EXPECT_EQ(chip->isEnabled() && chip->spec().query, isStored) << chip->text().toStdString();
        clickable += isStored ? 1 : 0;
        if (chip->text() == "red") {
            EXPECT_THAT(chip->toolTip().toStdString(), HasSubstr("its row is not stored in this capture"));
        }
    }
    EXPECT_EQ(clickable, 3);
}

TEST_F(StoredPartViews, HeadsKeepTheModelsNumbers)
{
    const auto view = open("heads");
    const std::optional<NumberTable> table = view->numbers();
    ASSERT_TRUE(table);
    const auto heads = std::ranges::find(table->rows.names, "head") - table->rows.names.begin();
    std::vector<std::string> numbers;
    for (const auto& labels : table->rows.labels)
        numbers.push_back(labels[static_cast<std::size_t>(heads)]);
    EXPECT_THAT(numbers, ElementsAre("mean", "0", "2", "mean", "0", "2"));
    const auto* grid = view->findChild<QAbstractItemView*>();
    ASSERT_TRUE(grid);
    const auto* model = dynamic_cast<const HeadGridModel*>(grid->model());
    ASSERT_TRUE(model);
    EXPECT_EQ(model->columnCount(), 4) << "a place for every head, and the mean";
    EXPECT_TRUE(model->cellAt(model->index(0, 2)) == (SiteHead{siteOf(*m_capture, "question_picture", 0), {2}}));
    EXPECT_FALSE(model->cellAt(model->index(0, 1))) << "head 1 is not stored";
    EXPECT_EQ(headLabel(*m_capture, 0, HeadChoice::mean()), "L0 · mean of 2 stored");
    const QStringList caption = mapCaption(*m_capture, {"question_picture", {0, HeadChoice::mean(), {}}, {}, {}});
    EXPECT_THAT(caption.join("\n").toStdString(), HasSubstr("mean of 2 stored of 3 heads"));
}

TEST_F(StoredPartViews, TheMatrixLeavesRowsBlankAndSaysSo)
{
    const auto view = open("matrix");
    for (int i = 0; i < 100 && !view->numbers(); ++i)
        QApplication::processEvents(QEventLoop::WaitForMoreEvents, 50);
    const std::optional<NumberTable> table = view->numbers();
    ASSERT_TRUE(table);
    EXPECT_EQ(table->rows.labels.size(), 2u) << "rows that are there";
    for (const double value : table->values)
        EXPECT_TRUE(std::isfinite(value));
    QString texts;
    for (const QLabel* label : view->findChildren<QLabel*>())
        texts += label->text() + '\n';
    EXPECT_THAT(texts.toStdString(), HasSubstr("2 of 5 rows are stored"));
}

TEST_F(StoredPartViews, WhoLooksAtAPatchIsCountedAmongThoseStored)
{
    m_context.selection().toggleKey(3);
    const std::vector<float> column = m_context.rows().column(m_context.selection().selection().map, 3);
    ASSERT_EQ(column.size(), 5u);
    for (std::size_t query = 0; query < column.size(); ++query)
        EXPECT_EQ(std::isnan(column[query]), query != 0 && query != kBallToken) << query;
}

TEST_F(StoredPartViews, TheHeadFinderHasNoCellForAHeadThatIsNotStored)
{
    const auto view = open("head_finder");
    const auto* map = view->findChild<StatisticMap*>();
    ASSERT_TRUE(map);
    const std::optional<NumberTable> table = view->numbers();
    ASSERT_TRUE(table);
    EXPECT_EQ(table->rows.labels.size(), 4u) << "two heads of two layers";
    std::string texts;
    for (const QLabel* label : view->findChildren<QLabel*>())
        texts += label->text().toStdString() + '\n';
    EXPECT_THAT(texts, HasSubstr("not stored"));
}

TEST_F(StoredPartViews, TheLayerFlowSaysWhatItsMeansAreOver)
{
    const auto view = open("layer_flow");
    std::string texts;
    for (const QLabel* label : view->findChildren<QLabel*>())
        texts += label->text().toStdString() + '\n';
    EXPECT_THAT(texts, HasSubstr("of the heads and rows that are stored"));
}

TEST_F(StoredPartViews, WhatTheCaptureBeforeHeldIsCarriedAsFarAsItGoes)
{
    const auto whole = makeCapture(m_folder);
    Selection before = initialSelection(*whole);
    before.map = {siteOf(*whole, "question_picture", 1), {2}, {}};
    before.queries = {1, kBallToken};
    const Selection fresh = initialSelection(*m_capture);
    EXPECT_THAT(carriedSelection(*whole, before, *m_capture, fresh).queries, ElementsAre(kBallToken));
    before.map.head = {1};
    EXPECT_EQ(carriedSelection(*whole, before, *m_capture, fresh), fresh) << "head 1 is not stored";
}

} // namespace
} // namespace heedmap
