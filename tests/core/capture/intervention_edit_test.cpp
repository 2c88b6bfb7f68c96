#include "core/capture/intervention_edit.h"

#include <gtest/gtest.h>

using namespace heedmap;

namespace {

using List = std::vector<Intervention>;
using Positions = std::vector<std::int64_t>;

const MuteHead kHead{"encoder.layer.1.attention", 2};

TEST(InterventionEdit, AHeadIsListedOnceAndComesBack)
{
    List list = withMuted({}, kHead, true);
    list = withMuted(list, kHead, true);
    EXPECT_EQ(list, List{kHead});
    EXPECT_TRUE(isMuted(list, kHead));
    EXPECT_FALSE(isMuted(list, {kHead.site, 1}));
    EXPECT_TRUE(withMuted(list, kHead, false).empty());
}

TEST(InterventionEdit, HidingAddsWhatWasNotHiddenYet)
{
    List list = withHidden({}, "picture", Positions{9, 4}, true);
    list = withHidden(list, "picture", Positions{4, 5, 9}, true);
    list = withHidden(list, "picture", Positions{5}, true);
    EXPECT_EQ(list, (List{HideKeys{"picture", {4, 9}}, HideKeys{"picture", {5}}}));
    EXPECT_EQ(hiddenKeys(list, "picture"), (Positions{4, 5, 9}));
    EXPECT_TRUE(hiddenKeys(list, "question").empty());
}

TEST(InterventionEdit, ShowingTakesPositionsOutOfEveryEntry)
{
    const List list{HideKeys{"picture", {4, 9}}, kHead, HideKeys{"picture", {5}}, HideKeys{"question", {5}}};
    EXPECT_EQ(withHidden(list, "picture", Positions{5, 9}, false),
              (List{HideKeys{"picture", {4}}, kHead, HideKeys{"question", {5}}}));
}

TEST(InterventionEdit, ListsAreTheSameWhenTheyDoTheSame)
{
    const List list{HideKeys{"picture", {4, 9}}, kHead};
    EXPECT_TRUE(sameInterventions(list, {kHead, HideKeys{"picture", {9}}, HideKeys{"picture", {4}}}));
    EXPECT_FALSE(sameInterventions(list, {kHead}));
    EXPECT_FALSE(sameInterventions(list, {kHead, HideKeys{"question", {4, 9}}}));
    EXPECT_TRUE(sameInterventions({}, {}));
}

} // namespace
