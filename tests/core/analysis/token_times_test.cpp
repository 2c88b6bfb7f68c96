#include "core/analysis/token_times.h"
#include "core/base/files.h"
#include "core/base/json.h"
#include "core/checkpoint/safetensors.h"
#include "tests/core/base/expect_error.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

namespace heedmap::test {
namespace {

std::filesystem::path folder()
{
    return std::filesystem::path(HEEDMAP_SOURCE_DIR) / "tests" / "fixtures" / "whisper";
}

Json jsonOf(const std::filesystem::path& path)
{
    return parseJson(readTextFile(path, 1 << 22), path.string());
}

/// The alignment heads' rows of a window: those of generated tokens that were inputs, up to the recording's end.
AlignmentWeights weightsOf(const Json& run, std::size_t window, const Json& heads)
{
    const Json& facts = run.at("windows").at(window);
    const auto prompt = facts.at("prompt_tokens").get<std::int64_t>();
    const auto inputs = static_cast<std::int64_t>(facts.at("sequence").size()) - 1;
    const std::int64_t heard =
        (run.at("sound_frames").get<std::int64_t>() - facts.at("start_frame").get<std::int64_t>()) / 2;
    const SafetensorsFile file =
        SafetensorsFile::open(folder() / "expected" / (run.at("name").get<std::string>() + ".safetensors"));
    AlignmentWeights weights{static_cast<std::int64_t>(heads.size()), inputs - prompt, 0, {}};
    for (const Json& head : heads) {
        const std::string pass = window == 0 ? "transcript" : "transcript." + std::to_string(window + 1);
        const TensorView& view =
            file.tensors.at(pass + "/model.decoder.layers." + std::to_string(head.at(0).get<int>()) + ".encoder_attn");
        const std::vector<float> values = view.toFloats(); // [heads, inputs, positions]
        const std::int64_t all = view.shape.at(2);
        weights.positions = std::min(heard, all);
        for (std::int64_t row = prompt; row < inputs; ++row) {
            const std::int64_t begin = (head.at(1).get<std::int64_t>() * inputs + row) * all;
            weights.values.insert(weights.values.end(), values.begin() + begin,
                                  values.begin() + begin + weights.positions);
        }
    }
    return weights;
}

/// Every window of every run the reference timed, within one position of 0.02 s.
TEST(TokenTimes, EqualTheReferences)
{
    int compared = 0;
    const Json fixtures = jsonOf(folder() / "fixtures.json");
    for (const Json& run : fixtures.at("runs")) {
        const std::filesystem::path model = folder() / "models" / run.at("model").get<std::string>();
        const Json heads = jsonOf(model / "generation_config.json").at("alignment_heads");
        const int width = jsonOf(model / "config.json").value("median_filter_width", 7);
        for (std::size_t window = 0; window < run.at("windows").size(); ++window) {
            const Json& facts = run.at("windows").at(window);
            if (facts.at("start_frame") >= run.at("sound_frames"))
                continue; // nothing was said there
            const AlignmentWeights weights = weightsOf(run, window, heads);
            const std::vector<float> matrix = alignmentMatrix(weights, width);
            const std::vector<std::int64_t> begins =
                tokenBegins(warpingPath(matrix, weights.tokens, weights.positions));
            const auto expected = facts.at("token_times").get<std::vector<double>>();
            const auto prompt = facts.at("prompt_tokens").get<std::size_t>();
            ASSERT_EQ(begins.size() + prompt + 1, expected.size()) << run.at("name");
            for (std::size_t token = 0; token < begins.size(); ++token)
                EXPECT_NEAR(0.02 * static_cast<double>(begins[token]), expected[prompt + token], 0.021)
                    << run.at("name") << ", window " << window << ", token " << token;
            ++compared;
        }
    }
    EXPECT_GE(compared, 7);
}

TEST(TokenTimes, APathGoesFromCornerToCornerByWholeSteps)
{
    std::vector<float> matrix;
    for (int i = 0; i < 5 * 11; ++i)
        matrix.push_back(static_cast<float>(std::sin(i * 12.9)));
    const std::vector<WarpStep> path = warpingPath(matrix, 5, 11);
    EXPECT_EQ(path.front(), (WarpStep{0, 0}));
    EXPECT_EQ(path.back(), (WarpStep{4, 10}));
    for (std::size_t i = 1; i < path.size(); ++i) {
        const std::int64_t tokens = path[i].token - path[i - 1].token;
        const std::int64_t positions = path[i].position - path[i - 1].position;
        EXPECT_TRUE((tokens == 0 || tokens == 1) && (positions == 0 || positions == 1) && tokens + positions > 0);
    }
}

TEST(TokenTimes, APathFollowsTheWeights)
{
    const std::vector<float> matrix = {
        5,  5,  -1, -1, -1, -1, //
        -1, -1, 5,  -1, -1, -1, //
        -1, -1, -1, 5,  5,  5,  //
    };
    EXPECT_EQ(tokenBegins(warpingPath(matrix, 3, 6)), (std::vector<std::int64_t>{0, 2, 3}));
}

TEST(TokenTimes, TheMedianIsOverMirroredEnds)
{
    // One head, two tokens whose difference is only a sign after normalising: ±1 by position.
    AlignmentWeights weights{1, 2, 5, {1, 0, 1, 1, 0, /**/ 0, 1, 0, 0, 1}};
    EXPECT_EQ(alignmentMatrix(weights, 1), (std::vector<float>{1, -1, 1, 1, -1, /**/ -1, 1, -1, -1, 1}));
    // Position 0 sees −1, 1, −1 mirrored around itself; position 4 sees 1, −1, 1.
    EXPECT_EQ(alignmentMatrix(weights, 3), (std::vector<float>{-1, 1, 1, 1, 1, /**/ 1, -1, -1, -1, -1}));
    EXPECT_EQ(alignmentMatrix(weights, 11), alignmentMatrix(weights, 1)) << "wider than all positions";
}

TEST(TokenTimes, DegenerateInputsGiveNoNumbersThatAreNone)
{
    const std::vector<float> matrix = alignmentMatrix({2, 1, 4, std::vector<float>(8, 0.25f)}, 7);
    EXPECT_EQ(matrix, std::vector<float>(4, 0));
    EXPECT_EQ(tokenBegins(warpingPath(matrix, 1, 4)), std::vector<std::int64_t>{0});
    EXPECT_TRUE(warpingPath({}, 0, 4).empty());
    EXPECT_EQ(tokenBegins(warpingPath(std::vector<float>(6, 0), 3, 2)).size(), 3u) << "more tokens than positions";
}

TEST(TokenTimes, SizesThatDoNotFitAreRefused)
{
    expectError(ErrorKind::InvalidRequest, {"5 weights"}, [] { alignmentMatrix({1, 2, 3, std::vector<float>(5)}, 7); });
    expectError(ErrorKind::InvalidRequest, {"odd"}, [] { alignmentMatrix({1, 1, 3, std::vector<float>(3)}, 4); });
    expectError(ErrorKind::InvalidRequest, {"7 values"}, [] { warpingPath(std::vector<float>(7), 2, 3); });
}

} // namespace
} // namespace heedmap::test
