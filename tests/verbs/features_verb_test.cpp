#include "tests/core/base/temp_folder.h"
#include "tests/verbs/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heedmap::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

CommandResult features(const std::string& model, const std::string& recording, const std::string& out)
{
    return heedmapCommand({"features", "--model", fixture(model), "--audio", fixture(recording), "--out", out});
}

TEST(FeaturesVerb, WritesWhatTheModelIsGiven)
{
    const TempFolder folder;
    const std::string out = folder.file("mel.npy");
    const CommandResult result = features("whisper/models/many_bins", "whisper/recordings/short.wav", out);
    ASSERT_EQ(result.status, 0) << result.errors;
    const NpyArray one = readNpy(out);
    EXPECT_THAT(one.shape, ElementsAre(128, 100)); // a window of 1 s, a frame every 10 ms
    // (x + 4) / 4 of log10, no lower than the largest − 8: a span of at most 2.
    const auto [low, high] = std::ranges::minmax(one.values);
    EXPECT_LE(high - low, 2.0f);
    EXPECT_EQ(one.values.back(), low) << "silence after the end";
    ASSERT_EQ(features("whisper/models/multilingual", "whisper/recordings/long.wav", out).status, 0);
    EXPECT_THAT(readNpy(out).shape, ElementsAre(80, 261)) << "2.613 s";
}

TEST(FeaturesVerb, FailuresAreTold)
{
    const TempFolder folder;
    const CommandResult picture = features("blip/models/qa", "whisper/recordings/short.wav", folder.file("mel.npy"));
    EXPECT_EQ(picture.status, 1);
    const CommandResult missing =
        features("whisper/models/english", "whisper/recordings/none.wav", folder.file("mel.npy"));
    EXPECT_EQ(missing.status, 1);
    EXPECT_THAT(missing.errors, HasSubstr("none.wav"));
    EXPECT_EQ(heedmapCommand({"features", "--audio", "a.wav"}).status, 2);
}

} // namespace
} // namespace heedmap::test
