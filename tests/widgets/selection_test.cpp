#include "core/base/error.h"
#include "tests/app/window/wait.h"
#include "tests/widgets/painted_capture.h"
#include "tests/widgets/spoken_capture.h"
#include "widgets/context/background.h"
#include "widgets/context/map_labels.h"
#include "widgets/context/row_provider.h"
#include "widgets/controls/token_chips.h"

#include <gtest/gtest.h>
#include <QCoreApplication>
#include <QFile>

namespace heedmap {
namespace {

using namespace test;

TEST(Navigation, startsAtTheSharpestWordOfTheMapFromWordsToPicture)
{
    const QTemporaryDir folder;
    const auto capture = makeCapture(folder);
    const Selection selection = initialSelection(*capture);
    EXPECT_EQ(selection.group, "question_picture");
    ASSERT_TRUE(selection.query());
    EXPECT_FALSE(capture->queryAxis(selection.map.site).isSpecial(*selection.query()));
    EXPECT_TRUE(initialSelection(*makeEmptyCapture(folder)).group.empty());
    EXPECT_EQ(initialSelection(*makePlainCapture(folder)).group, "cross");
}

TEST(Navigation, listsGroupsAndCompositions)
{
    const QTemporaryDir folder;
    const auto choices = groupChoices(*makeCapture(folder));
    ASSERT_EQ(choices.size(), 3u);
    EXPECT_EQ(choices[2].id, "answer_picture");
    EXPECT_TRUE(choices[2].isComposed());
    EXPECT_EQ(choices[0].sites.size(), 2u);
}

TEST(Navigation, oneGroupIsTheOneInTheList)
{
    const QTemporaryDir folder;
    for (const auto& capture : {makeCapture(folder), makeSpoken(folder, {.windows = 3})}) {
        const std::vector<GroupChoice> choices = groupChoices(*capture);
        for (const GroupChoice& listed : choices) {
            const auto one = groupChoice(*capture, listed.id);
            ASSERT_TRUE(one) << listed.id;
            EXPECT_EQ(one->title, listed.title);
            EXPECT_EQ(one->sites, listed.sites);
            EXPECT_EQ(one->firstSites, listed.firstSites);
        }
        EXPECT_FALSE(groupChoice(*capture, "no such group"));
    }
    const auto spoken = makeSpoken(folder, {.windows = 3});
    EXPECT_EQ(groupChoices(*spoken).size(), 5u) << "three in the first window, one in every other";
}

TEST(Navigation, anAnswerGoesToThePictureThroughTheQuestionAndBack)
{
    const QTemporaryDir folder;
    const auto capture = makeCapture(folder);
    const ShownMap direct{"question_picture", {siteOf(*capture, "question_picture", 1), {2}, {}}, 1};
    const auto composed = mapForQueryAxis(*capture, direct, "answer");
    ASSERT_TRUE(composed);
    EXPECT_EQ(composed->group, "answer_picture");
    EXPECT_EQ(composed->map.site, direct.map.site); // the same head, seen through the question
    EXPECT_EQ(composed->map.head, direct.map.head);
    const auto back = mapForQueryAxis(*capture, *composed, "question");
    ASSERT_TRUE(back);
    EXPECT_EQ(back->map, direct.map);
    EXPECT_FALSE(mapForQueryAxis(*capture, direct, "picture"));
}

TEST(Navigation, anotherRunKeepsHeadAndWord)
{
    const QTemporaryDir folder;
    const auto first = makeCapture(folder);
    const auto second = makeCapture(folder);
    Selection chosen;
    chosen.group = "question_picture";
    chosen.map = {siteOf(*first, "question_picture", 1), {2}, {}};
    chosen.queries = {kBallToken};
    chosen.key = 7;
    const Selection carried = carriedSelection(*first, chosen, *second, initialSelection(*second));
    EXPECT_EQ(carried.map, chosen.map);
    EXPECT_EQ(carried.query(), kBallToken);
    EXPECT_FALSE(carried.key) << "another picture may lie under the patch";
    PaintedCapture small;
    small.heads = 1;
    small.withAnswer = false;
    const auto other = makeCapture(folder, small);
    EXPECT_EQ(carriedSelection(*first, chosen, *other, initialSelection(*other)), initialSelection(*other));
}

TEST(Navigation, anotherRunKeepsEveryWordThatComesAgain)
{
    const QTemporaryDir folder;
    const auto first = makeCapture(folder);
    const auto second = makeCapture(folder);
    Selection chosen = initialSelection(*first);
    chosen.queries = {3, 1};
    EXPECT_EQ(carriedSelection(*first, chosen, *second, initialSelection(*second)).queries, chosen.queries);
    chosen.queries.clear();
    const Selection fresh = initialSelection(*second);
    EXPECT_EQ(carriedSelection(*first, chosen, *second, fresh).queries, fresh.queries);
}

TEST(SelectionModel, keepsAsManyTokensAsThereAreColoursAndSaysSo)
{
    const QTemporaryDir folder;
    const auto capture = makeCapture(folder);
    SelectionModel model;
    Selection selection = initialSelection(*capture);
    selection.queries.assign(kMostKeptQueries, 0);
    for (std::size_t i = 0; i < kMostKeptQueries; ++i)
        selection.queries[i] = static_cast<std::int64_t>(i) + 10;
    model.setCapture(capture, selection);
    QStringList messages;
    QObject::connect(&model, &SelectionModel::refused, [&](const QString& message) { messages << message; });
    model.addOrRemoveQuery({"question", 1});
    EXPECT_EQ(model.selection(), selection);
    ASSERT_EQ(messages.size(), 1);
    EXPECT_TRUE(messages.front().contains(QString::number(kMostKeptQueries)));
    model.addOrRemoveQuery({"question", 12}); // letting go is always possible
    EXPECT_EQ(model.selection().queries.size(), kMostKeptQueries - 1);
}

/// Two heads of different layers of question → picture.
HeadSet twoHeads(const Capture& capture, Reduction reduction)
{
    return {"pair",
            {{siteOf(capture, "question_picture", 0), {1}}, {siteOf(capture, "question_picture", 1), {2}}},
            reduction};
}

TEST(SelectionModel, aSetOfHeadsIsOneMapUntilAHeadIsChosen)
{
    const QTemporaryDir folder;
    const auto capture = makeCapture(folder);
    SelectionModel model;
    model.setCapture(capture, initialSelection(*capture));
    const HeadSet set = twoHeads(*capture, Reduction::Mean);
    model.selectSet(set);
    EXPECT_EQ(model.selection().map.set, set);
    EXPECT_TRUE(set.contains({model.selection().map.site, model.selection().map.head}));
    EXPECT_EQ(mapLabel(*capture, model.selection().map), QString("pair: mean of 2 heads"));
    model.selectGroup("answer_picture"); // the second step has the same heads
    EXPECT_EQ(model.selection().map.set, set);
    model.selectGroup("answer_question");
    EXPECT_FALSE(model.selection().map.set);
    model.selectGroup("question_picture");
    model.selectSet(set);
    model.selectHead(set.members[0].site, HeadChoice{0});
    EXPECT_FALSE(model.selection().map.set);
    model.selectSet({});
    EXPECT_FALSE(model.selection().map.set);
}

TEST(Navigation, anotherRunKeepsASetWhereItsHeadsExist)
{
    const QTemporaryDir folder;
    const auto first = makeCapture(folder);
    Selection chosen = initialSelection(*first);
    chosen.map = {siteOf(*first, "question_picture", 0), {1}, {}, twoHeads(*first, Reduction::Max)};
    const auto second = makeCapture(folder);
    EXPECT_EQ(carriedSelection(*first, chosen, *second, initialSelection(*second)).map, chosen.map);
    PaintedCapture narrow;
    narrow.heads = 2; // head 2 of the set is not there
    const auto third = makeCapture(folder, narrow);
    const Selection carried = carriedSelection(*first, chosen, *third, initialSelection(*third));
    EXPECT_FALSE(carried.map.set);
    EXPECT_EQ(carried.map.head, HeadChoice{1});
}

TEST(RowProvider, theRowOfASetIsTheSameFromTheCaptureAndFromTheRowsOfItsGroup)
{
    const QTemporaryDir folder;
    const auto capture = makeCapture(folder);
    for (const Reduction reduction : {Reduction::Mean, Reduction::Max}) {
        SelectionModel model;
        RowProvider rows(model);
        model.setCapture(capture, initialSelection(*capture));
        model.selectSet(twoHeads(*capture, reduction));
        const MapChoice map = model.selection().map;
        const std::vector<float> direct = rows.row(map, kBallToken);
        EXPECT_EQ(direct, readRow(*capture, map, kBallToken));
        model.setHover({AxisPosition{"question", kBallToken}, {}});
        ASSERT_TRUE(rows.shownGroup());
        EXPECT_EQ(rows.row(map, kBallToken), direct);
    }
}

TEST(RowProvider, aDearSetComesWithTheRowsOfItsGroup)
{
    const QTemporaryDir folder;
    const auto capture = makeCapture(folder);
    SelectionModel model;
    RowProvider rows(model);
    rows.setImmediateCost(0);
    model.setCapture(capture, initialSelection(*capture));
    model.selectSet(twoHeads(*capture, Reduction::Mean));
    EXPECT_TRUE(rows.shownRow().empty());
    ASSERT_TRUE(waitFor([&] { return !rows.shownRow().empty(); }));
    EXPECT_EQ(rows.shownRow(), readRow(*capture, model.selection().map, *model.selection().query()));
}

TEST(SelectionModel, tellsOnceAndOnlyOfChanges)
{
    const QTemporaryDir folder;
    const auto capture = makeCapture(folder);
    SelectionModel model;
    int selections = 0;
    int hovers = 0;
    int captures = 0;
    QObject::connect(&model, &SelectionModel::selectionChanged, [&] { ++selections; });
    QObject::connect(&model, &SelectionModel::hoverChanged, [&] { ++hovers; });
    QObject::connect(&model, &SelectionModel::captureChanged, [&] { ++captures; });
    model.setCapture(capture, initialSelection(*capture));
    model.setSelection(model.selection());
    model.setHover({});
    EXPECT_EQ(std::tuple(captures, selections, hovers), std::tuple(1, 0, 0));
    model.setHover({AxisPosition{"question", 1}, {}});
    model.toggleQuery({"question", 1});
    model.toggleQuery({"question", 1});
    EXPECT_EQ(std::tuple(captures, selections, hovers), std::tuple(1, 2, 1));
    model.setCapture(nullptr, {});
    EXPECT_FALSE(model.shown());
    model.toggleQuery({"question", 1}); // nothing to select
    model.selectHead(0, {0});
    model.release();
    EXPECT_EQ(model.hover(), Hover());
}

TEST(RowProvider, readsWhatIsDearOnAWorkerAndDropsWhatIsStale)
{
    const QTemporaryDir folder;
    const auto capture = makeCapture(folder);
    SelectionModel model;
    RowProvider rows(model);
    int arrived = 0;
    QObject::connect(&rows, &RowProvider::arrived, [&] { ++arrived; });
    model.setCapture(capture, initialSelection(*capture));
    rows.setImmediateCost(0);
    EXPECT_EQ(rows.shownGroup(), nullptr);
    EXPECT_EQ(rows.shownGroup(), nullptr); // asking again starts nothing new
    ASSERT_TRUE(waitFor([&] { return arrived > 0; }));
    ASSERT_NE(rows.shownGroup(), nullptr);
    EXPECT_EQ(rows.shownGroup()->sites.size(), 2u);
    EXPECT_TRUE(rows.column(model.selection().map, 3).empty());
    model.setCapture(nullptr, {}); // while the column is being read
    model.setCapture(makeCapture(folder), initialSelection(*capture));
    waitForBackgroundWork();
    QCoreApplication::processEvents();
    EXPECT_EQ(arrived, 1) << "the column belonged to another capture";
    rows.setImmediateCost(1e9);
    EXPECT_EQ(rows.column(model.selection().map, 3).size(), std::size_t(kQuestionLength));
}

TEST(RowProvider, aDearColumnCanBeHadAgainAfterACheapOne)
{
    const QTemporaryDir folder;
    const auto capture = makeCapture(folder);
    SelectionModel model;
    RowProvider rows(model);
    model.setCapture(capture, initialSelection(*capture));
    const MapChoice map = model.selection().map;
    const auto isRead = [&] { return !rows.column(map, 3).empty(); };
    rows.setImmediateCost(0);
    ASSERT_TRUE(waitFor(isRead));
    rows.setImmediateCost(1e9);
    EXPECT_FALSE(rows.column(map, 4).empty());
    rows.setImmediateCost(0);
    EXPECT_TRUE(waitFor(isRead));
}

TEST(Selection, keepsAPairOfTokenAndKey)
{
    Selection selection;
    selection.keep(3, 7, false);
    EXPECT_EQ(selection.queries, std::vector<std::int64_t>{3});
    EXPECT_EQ(selection.key, 7);
    selection.keep(4, 8, true);
    selection.keep(3, 9, true);
    EXPECT_EQ(selection.queries, (std::vector<std::int64_t>{4, 3})) << "kept already: the current one now";
    EXPECT_EQ(selection.key, 9);
    for (std::int64_t query = 10; query < 10 + std::int64_t{kMostKeptQueries}; ++query)
        selection.keep(query, 0, true);
    EXPECT_LE(selection.queries.size(), kMostKeptQueries);
    selection.keep(1, 2, false);
    EXPECT_EQ(selection.queries, std::vector<std::int64_t>{1});
}

TEST(GroupRows, areHandedOutAsTheyComeAndNoLongerOnceStopped)
{
    const QTemporaryDir folder;
    PaintedCapture many;
    many.layers = 6;
    const auto capture = makeCapture(folder, many);
    const GroupChoice group = *groupChoice(*capture, "question_picture");
    const RowsRequest request{group.id, {}, kBallToken, false};
    const GroupRows whole = readGroupRows(*capture, group, request);
    std::stop_source stop;
    std::vector<std::size_t> counts;
    const GroupReading reading{stop.get_token(), [&](const GroupRows& soFar) {
                                   counts.push_back(soFar.sites.size());
                                   EXPECT_EQ(soFar.complete, counts.size() == 6);
                                   for (const auto& site : soFar.sites)
                                       EXPECT_EQ(site->rows, whole.siteRows(site->site)->rows);
                               }};
    EXPECT_TRUE(readGroupRows(*capture, group, request, reading).complete);
    EXPECT_EQ(counts, (std::vector<std::size_t>{1, 2, 3, 4, 5, 6}));
    stop.request_stop();
    EXPECT_THROW(readGroupRows(*capture, group, request, reading), Error);
    EXPECT_EQ(counts.size(), 6u);
}

TEST(RowProvider, aNewerTokenStopsTheReadingOfAnOlderOne)
{
    const QTemporaryDir folder;
    const auto capture = makeCapture(folder);
    SelectionModel model;
    RowProvider rows(model);
    rows.setImmediateCost(0);
    model.setCapture(capture, initialSelection(*capture));
    for (const int token : {1, 2, 3, 1}) { // the first is asked for again after it was given up
        model.setHover({AxisPosition{"question", token}, {}});
        EXPECT_EQ(rows.shownGroup(), nullptr);
    }
    ASSERT_TRUE(waitFor([&] { return rows.shownGroup() != nullptr; }));
    EXPECT_EQ(rows.shownGroup()->request.query, 1);
    ASSERT_TRUE(rows.shownGroup()->sample) << "limits are worked out by whoever reads";
    EXPECT_EQ(rows.shownGroup()->sample->count, 2 * 3 * 24);
}

TEST(RowProvider, saysOnceThatACaptureIsBroken)
{
    const QTemporaryDir folder;
    const auto capture = makeCapture(folder);
    SelectionModel model;
    RowProvider rows(model);
    std::vector<QString> messages;
    QObject::connect(&rows, &RowProvider::failed, [&](const QString& message) { messages.push_back(message); });
    model.setCapture(capture, initialSelection(*capture));
    ASSERT_TRUE(QFile::resize(QString::fromStdString(capture->path().string()), 64)); // cut short while it is open
    EXPECT_TRUE(rows.shownRow().empty());
    EXPECT_EQ(rows.shownGroup(), nullptr);
    EXPECT_EQ(messages.size(), 1u);
}

TEST(TokenChips, readAsTheSentence)
{
    const QTemporaryDir folder;
    const auto capture = makeCapture(folder);
    QStringList texts;
    for (const ChipSpec& chip : chipsOfCapture(*capture, {}, true))
        texts << chip.text;
    EXPECT_EQ(texts.join(' ').toStdString(), "[CLS] red ball ? [SEP] → yes 0.90 no 0.08 [SEP] 0.99");
}

TEST(TokenChips, listPositionsWithoutMeaningAndStopAtALimit)
{
    const QTemporaryDir folder;
    const auto plain = makePlainCapture(folder);
    const Selection selection = initialSelection(*plain);
    const auto chips = chipsOfCapture(*plain, ShownMap{selection.group, selection.map, {}}, true);
    EXPECT_EQ(chips.size(), 2u + 1 + 5); // queries, arrow, keys
}

TEST(Labels, nameGeneratedTokensByTheirRow)
{
    const QTemporaryDir folder;
    const auto capture = makeCapture(folder);
    EXPECT_EQ(queryName(*capture, "answer", 0, true).token, QString("“yes”"));
    EXPECT_EQ(queryName(*capture, "answer", 0, true).kind, RowKind::Predicting);
    EXPECT_EQ(queryName(*capture, "answer", 1, false).token, QString("“yes”"));
    EXPECT_EQ(queryName(*capture, "answer", 1, false).kind, RowKind::Input);
    EXPECT_EQ(queryName(*capture, "question", 2, true).token, QString("“ball”"));
    EXPECT_EQ(queryName(*capture, "question", 2, true).kind, RowKind::Own);
    EXPECT_EQ(positionLabel(capture->manifest().axis("picture"), 1 + 8), QString("patch row 1, col 2"));
    EXPECT_EQ(positionLabel(capture->manifest().axis("picture"), 999), QString("nothing"));
}

TEST(SelectionModel, aRecordingAndTheSpeechInItAreToldOfOnce)
{
    const QTemporaryDir folder;
    SelectionModel model;
    int recordings = 0;
    int speeches = 0;
    QObject::connect(&model, &SelectionModel::recordingChanged, [&] { ++recordings; });
    QObject::connect(&model, &SelectionModel::speechChanged, [&] { ++speeches; });
    const auto recording = std::make_shared<const Recording>(Recording{"bytes", "talk.wav", "00", {16000, {0.5f}}});
    const auto speech = makeCapture(folder);
    for (int time = 0; time < 2; ++time) {
        model.setRecording(recording);
        model.setSpeech(speech);
    }
    EXPECT_EQ(recordings, 1);
    EXPECT_EQ(speeches, 1);
    EXPECT_EQ(model.recording(), recording);
    EXPECT_EQ(model.speech(), speech);
    model.setSpeech(nullptr);
    EXPECT_EQ(speeches, 2);
    EXPECT_EQ(model.speech(), nullptr);
    EXPECT_EQ(model.recording(), recording);
}

} // namespace
} // namespace heedmap
