#include "core/base/error.h"
#include "core/capture/manifest.h"
#include "core/checkpoint/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

using namespace heedmap;
using testing::HasSubstr;

namespace {

Json exampleManifest(const std::string& name)
{
    const std::filesystem::path path = HEEDMAP_SOURCE_DIR "/tests/fixtures/capture/" + name;
    return parseJson(SafetensorsFile::open(path).metadata.at("heed"), "the manifest");
}

void expectRefused(const Json& json, ErrorKind kind, const std::string& message)
{
    try {
        manifestFromJson(json, "m.heed");
        ADD_FAILURE() << "accepted; expected: " << message;
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), kind) << error.what();
        EXPECT_THAT(error.what(), HasSubstr(message));
        EXPECT_THAT(error.what(), HasSubstr("m.heed"));
    }
}

/// One change to the manifest of the BLIP example, and what the reader must say.
struct Change
{
    const char* pointer;
    const char* value; ///< JSON, or null to remove the member
    const char* message;
    ErrorKind kind = ErrorKind::InvalidFile;
};

const Change kChanges[] = {
    {"/left_out", "7", "\"left_out\""},
    {"/left_out", R"([{"pass": "vision", "group": "vision_self"}])", "\"name\" is missing"},
    {"/left_out", R"([{"pass": "a", "name": "b", "group": "c"}, {"pass": "a", "name": "b", "group": "d"}])",
     "which something before it already has"},
    {"/left_out",
     R"([{"pass": "question", "name": "text_encoder.encoder.layer.1.crossattention.self", "group": "question_picture"}])",
     "which something before it already has"},
    {"/version", "2", "version 2", ErrorKind::Unsupported},
    {"/version", "1.5", "\"version\""},
    {"/version", nullptr, "\"version\" is missing"},
    {"/requires", R"(["video"])", "requires \"video\"", ErrorKind::Unsupported},
    {"/requires", R"("video")", "\"requires\""},
    {"/model", nullptr, "\"model\" is missing"},
    {"/model/type", "3", "\"type\""},
    {"/provenance/program", nullptr, "\"program\" is missing"},
    // inputs
    {"/inputs/0/kind", R"("video")", "the kind \"video\"", ErrorKind::Unsupported},
    {"/inputs/0/id", nullptr, "\"id\" is missing"},
    {"/inputs/0/id", R"("")", "\"id\" in input 0"},
    {"/inputs/1/id", R"("picture")", "\"picture\", which something before it already has"},
    {"/inputs/0/width", "0", "\"width\""},
    {"/inputs/0/height", "-3", "\"height\""},
    {"/inputs/0/height", "1e9", "\"height\""},
    {"/inputs/0/orientation", "9", "\"orientation\""},
    {"/inputs/0/byte_count", "-1", "\"byte_count\""},
    {"/inputs/0/byte_count", "18446744073709551615", "\"byte_count\""},
    {"/inputs/1/text", nullptr, "\"text\" is missing"},
    {"/inputs", "{}", "\"inputs\""},
    // axes
    {"/axes", "[]", "\"axes\""},
    {"/axes/picture/length", "36", "cover more positions, but its length is 36"},
    {"/axes/picture/length", "38", "cover 37 positions, but its length is 38"},
    {"/axes/picture/length", "0", "\"length\""},
    {"/axes/picture/length", "16777217", "\"length\""},
    {"/axes/picture/length", "-1", "\"length\""},
    {"/axes/picture/segments", nullptr, "\"segments\" is missing"},
    {"/axes/picture/segments/0/kind", R"("voxels")", "the kind \"voxels\"", ErrorKind::Unsupported},
    {"/axes/picture/segments/0/length", "2", "has 1 tokens, but a length of 2"},
    {"/axes/picture/segments/0/length", "16777216", "has 1 tokens, but a length of 16777216"},
    {"/axes/picture/segments/0/tokens/0", "{}", "not a string"},
    {"/axes/picture/segments/1/rows", "0", "\"rows\""},
    {"/axes/picture/segments/1/rows", "7", "1 × 7 × 6 cells, but a length of 36"},
    {"/axes/picture/segments/1/rows", "16777216", "cells, but a length of 36"},
    {"/axes/picture/segments/1/columns", "4611686018427387904", "\"columns\""},
    {"/axes/picture/segments/1/frames", "2", "2 × 6 × 6 cells"},
    {"/axes/picture/segments/1/input", R"("nothing")", "the input \"nothing\", which does not exist"},
    {"/axes/picture/segments/1/input", R"("question")", "not of the kind \"image\""},
    {"/axes/picture/segments/1/picture_from_grid", "[1, 0, 0, 0, 1]", "six finite numbers"},
    {"/axes/picture/segments/1/picture_from_grid", "[1, 0, 0, 0, \"1\", 0]", "six finite numbers"},
    {"/axes/picture/segments/1/picture_from_grid", "[1, 2, 0, 2, 4, 0]", "squeezes patches to nothing"},
    {"/axes/picture/segments/1/picture_from_grid", "[1e300, 0, 0, 0, 1e300, 0]", "squeezes patches to nothing"},
    {"/axes/question/segments/0/input", R"("picture")", "not of the kind \"text\""},
    {"/axes/question/segments/0/output", R"("answer")", "both an input and an output"},
    {"/axes/question/segments/0/tokens/1/span", "[4, 0]", "the span [4, 0]"},
    {"/axes/question/segments/0/tokens/1/span", "[0, 24]", "the span [0, 24]"},
    {"/axes/question/segments/0/tokens/1/span", "[-1, 2]", "\"span\""},
    {"/axes/question/segments/0/tokens/1/span", "[1]", "\"span\""},
    {"/axes/question/segments/0/tokens/1/span", "[0, 1.5]", "\"span\""},
    {"/axes/question/segments/0/tokens/1", "7", "is not a JSON object"},
    {"/axes/question/segments/0/tokens/1/special", "1", "\"special\""},
    {"/axes/answer/segments/0/output", R"("match")", "not the text of an output"},
    {"/axes/answer/segments/0/output", nullptr, "the span [0, 3]"}, // spans in no text
    // passes, groups, compositions
    {"/passes/1/id", R"("vision")", "\"vision\", which something before it already has"},
    {"/groups/1/id", R"("vision_self")", "\"vision_self\", which something before it already has"},
    {"/compositions/0/id", R"("vision_self")", "\"vision_self\", which something before it already has"},
    {"/compositions/0/steps", R"(["answer_question"])", "pair of group ids"},
    {"/compositions/0/steps/0", R"("nothing")", "the group \"nothing\", which has no sites"},
    {"/compositions/0/steps/0", R"("vision_self")", "do not meet"},
    {"/sites/1/query_axis", R"("answer")", "one common axis"},
    // sites
    {"/sites/0/pass", R"("dream")", "the pass \"dream\", which does not exist"},
    {"/sites/0/group", R"("dream")", "the group \"dream\", which does not exist"},
    {"/sites/0/query_axis", R"("dream")", "\"dream\", an axis that does not exist"},
    {"/sites/0/key_axis", nullptr, "\"key_axis\" is missing"},
    {"/sites/0/name", R"("")", "\"name\" in site 0"},
    {"/sites/2/name", R"("text_encoder.encoder.layer.0.crossattention.self")", "which something before it already has"},
    {"/sites/0/layer", "-1", "\"layer\""},
    {"/sites/0/kind", R"("sideways")", "the kind \"sideways\"", ErrorKind::Unsupported},
    {"/sites/0/heads", "0", "\"heads\""},
    {"/sites/0/heads", "4097", "more than 4096 heads", ErrorKind::TooLarge},
    {"/sites/1/kv_heads", "3", "4 heads, not a multiple of its 3 key-value heads"},
    {"/sites/1/kv_heads", "8", "\"kv_heads\""},
    {"/sites/0/mechanism", R"("additive")", "the mechanism \"additive\"", ErrorKind::Unsupported},
    {"/sites/0/storage", R"("gradients")", "the storage \"gradients\"", ErrorKind::Unsupported},
    {"/sites/0/queries", nullptr, "\"queries\" is missing"},
    {"/sites/0/scale", nullptr, "\"scale\" is missing"},
    {"/sites/0/soft_cap", "0", "\"soft_cap\""},
    {"/sites/0/mask", nullptr, "\"mask\" is missing"}, // never guessed: everything visible may be wrong
    {"/sites/0/mask", R"([{"kind": "stripes"}])", "the kind \"stripes\"", ErrorKind::Unsupported},
    {"/sites/0/mask", R"([{"kind": "causal"}])", "\"offset\" is missing"},
    {"/sites/0/mask", R"([{"kind": "causal", "offset": 9223372036854775807}])", "\"offset\""},
    {"/sites/0/mask", R"([{"kind": "window", "before": 1, "after": 1e3}])", "\"after\""},
    {"/sites/0/mask", R"([{"kind": "keys", "ranges": [[0, 38]]}])", "the range [0, 38]"},
    {"/sites/0/mask", R"([{"kind": "keys", "ranges": [[-1, 3]]}])", "the range [-1, 3]"},
    {"/sites/0/mask", R"([{"kind": "keys", "ranges": [[3, 2]]}])", "the range [3, 2]"},
    {"/sites/0/mask", R"([{"kind": "keys", "ranges": [[0, 5], [4, 6]]}])", "the range [4, 6]"},
    {"/sites/0/mask", R"([{"kind": "keys", "ranges": [[0]]}])", "pair of integers"},
    {"/sites/0/mask", R"([{"kind": "keys", "ranges": [[0, 18446744073709551615]]}])", "ranges must ascend"},
    {"/sites/0/mask", R"([{"kind": "blocks", "starts": []}])", "no block starts"},
    {"/sites/0/mask", R"([{"kind": "blocks", "starts": [1]}])", "ascending integers from 0"},
    {"/sites/0/mask", R"([{"kind": "blocks", "starts": [0, 4, 4]}])", "ascending integers from 0"},
    {"/sites/0/mask", R"([{"kind": "dense", "tensor": ""}])", "\"tensor\""},
    {"/sites/1/weights", "null", "\"weights\""},
    // outputs
    {"/outputs/1/id", R"("answer")", "\"answer\", which something before it already has"},
    {"/outputs/0/kind", R"("song")", "the kind \"song\"", ErrorKind::Unsupported},
    {"/outputs/0/pass", R"("dream")", "the pass \"dream\", which does not exist"},
    {"/outputs/0/axis", R"("dream")", "the axis \"dream\", which does not exist"},
    {"/outputs/0/tokens/0/predicting_row", "2", "beyond the axis \"answer\""},
    {"/outputs/0/tokens/0/predicting_row", "-1", "\"predicting_row\""},
    {"/outputs/0/tokens/0/input_row", "2", "beyond the axis \"answer\""},
    {"/outputs/0/tokens/0/span", "[0, 4]", "the span [0, 4]"},
    {"/outputs/0/tokens/0/log_probability", R"("-1")", "\"log_probability\""},
    {"/outputs/0/tokens/0/alternatives/0/id", nullptr, "\"id\" is missing"},
    {"/outputs/0/rank", "-1", "\"rank\""},
    {"/outputs/1/values/0/value", "null", "\"value\""},
};

TEST(Manifest, RefusesWhatTheFormatDoesNotAllow)
{
    const Json good = exampleManifest("blip.heed");
    ASSERT_NO_THROW(manifestFromJson(good, "m.heed"));
    for (const Change& change : kChanges) {
        SCOPED_TRACE(std::string(change.pointer) + " = " + (change.value ? change.value : "(removed)"));
        Json bad = good;
        const Json::json_pointer pointer(change.pointer);
        if (change.value)
            bad[pointer] = Json::parse(change.value);
        else
            bad[pointer.parent_pointer()].erase(pointer.back());
        expectRefused(bad, change.kind, change.message);
    }
}

TEST(Manifest, RefusesNumbersThatAreNone)
{
    const Json good = exampleManifest("blip.heed");
    for (const double number : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
        for (const char* pointer : {"/sites/0/scale", "/sites/0/soft_cap", "/sites/0/max_row_error",
                                    "/axes/picture/segments/1/picture_from_grid/2",
                                    "/outputs/0/tokens/0/log_probability", "/outputs/1/values/0/value"}) {
            SCOPED_TRACE(pointer);
            Json bad = good;
            bad[Json::json_pointer(pointer)] = number;
            expectRefused(bad, ErrorKind::InvalidFile, "finite");
        }
}

TEST(Manifest, RefusesSoundWithoutTime)
{
    const Json good = exampleManifest("whisper.heed");
    Json bad = good;
    bad["axes"]["window0.frames"]["segments"][0]["seconds_per_position"] = 0;
    expectRefused(bad, ErrorKind::InvalidFile, "\"seconds_per_position\"");
    bad = good;
    bad["inputs"][0]["seconds"] = -1;
    expectRefused(bad, ErrorKind::InvalidFile, "\"seconds\"");
}

TEST(Manifest, LimitsItsLists)
{
    Json bad = exampleManifest("blip.heed");
    bad["passes"] = Json(5000, {{"id", "x"}, {"component", "y"}});
    expectRefused(bad, ErrorKind::TooLarge, "5000 passes");
    bad = exampleManifest("blip.heed");
    bad["sites"] = Json(65'537, Json::object());
    expectRefused(bad, ErrorKind::TooLarge, "65537 sites");
    bad = exampleManifest("blip.heed");
    bad["sites"][0]["mask"] = Json(65, {{"kind", "causal"}, {"offset", 0}});
    expectRefused(bad, ErrorKind::TooLarge, "65 rules");
}

TEST(Manifest, AHugeAxisCostsNothing)
{
    Json json = exampleManifest("weights_only.heed");
    json["axes"]["slots"] = {{"length", 16'777'216}, {"segments", {{{"kind", "unknown"}, {"length", 16'777'216}}}}};
    const Manifest manifest = manifestFromJson(json, "m.heed");
    EXPECT_TRUE(manifest.axis("slots").segments.front().tokens.empty());
    EXPECT_EQ(manifest.axis("slots").label(16'777'215), "position 16777215");
}

TEST(Manifest, IgnoresWhatItDoesNotKnow)
{
    Json json = exampleManifest("blip.heed");
    const Json known = jsonFromManifest(manifestFromJson(json, "m.heed"));
    json["mood"] = "good";
    json["sites"][0]["colour"] = "red";
    json["axes"]["picture"]["segments"][1]["depth"] = 3;
    json["requires"] = Json::array();
    EXPECT_EQ(jsonFromManifest(manifestFromJson(json, "m.heed")), known);
}

TEST(Manifest, SpansCountCodePoints)
{
    Json json = exampleManifest("weights_only.heed");
    json["inputs"][0]["text"] = "ä 🎈";
    Json& tokens = json["axes"]["caption"]["segments"][0]["tokens"];
    tokens[0]["span"] = {0, 1};
    tokens[1]["span"] = {1, 2};
    tokens[2]["span"] = {2, 3};
    EXPECT_NO_THROW(manifestFromJson(json, "m.heed"));
    tokens[2]["span"] = {2, 4};
    expectRefused(json, ErrorKind::InvalidFile, "text of 3 characters");
}

TEST(Manifest, ListsTheSitesOfAGroupByLayer)
{
    Json json = exampleManifest("blip.heed");
    json["sites"][1]["layer"] = 7;
    EXPECT_THAT(manifestFromJson(json, "m.heed").sitesOfGroup("question_picture"), testing::ElementsAre(2, 1));
}

TEST(Manifest, WritesOutputsAsEnginesAnswerThem)
{
    const Manifest manifest = manifestFromJson(exampleManifest("blip.heed"), "m.heed");
    EXPECT_EQ(jsonFromOutputs(manifest.outputs), jsonFromManifest(manifest)["outputs"]);
    EXPECT_EQ(jsonFromOutputs({}), Json::array());
}

} // namespace
