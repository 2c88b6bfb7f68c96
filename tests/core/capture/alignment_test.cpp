#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/capture/manifest.h"
#include "core/checkpoint/safetensors.h"
#include "tests/core/base/expect_error.h"

#include <gtest/gtest.h>

// The heads that tell time, and what was said in one go, in a manifest.

namespace heedmap::test {
namespace {

Json spokenManifest()
{
    return parseJson(
        SafetensorsFile::open(HEEDMAP_SOURCE_DIR "/tests/fixtures/analysis/spoken.heed").metadata.at("heed"),
        "the manifest");
}

struct HostileMember
{
    const char* pointer;
    const char* value; ///< JSON
    const char* message;
    ErrorKind kind = ErrorKind::InvalidFile;
};

const HostileMember kHostile[] = {
    {"/alignment", "7", "\"alignment\""},
    {"/alignment", "{}", "\"heads\" is missing in the alignment of m.heed"},
    {"/alignment/heads", "[]", "names no heads"},
    {"/alignment/heads", "[[1, 3]]", "head 0 of the alignment of m.heed"},
    {"/alignment/heads/0/site", R"("")", "\"site\""},
    {"/alignment/heads/0/site", R"("model.decoder.layers.9.encoder_attn")", "which the run does not have"},
    {"/alignment/heads/0/head", "4", "names head 4 of \"model.decoder.layers.1.encoder_attn\", which has 4"},
    {"/alignment/heads/0/head", "-1", "\"head\""},
    {"/alignment/heads/0/head", "1e300", "\"head\""},
    {"/alignment/heads/0/head", "18446744073709551615", "\"head\""},
    {"/alignment/median_width", "4", "must be odd"},
    {"/alignment/median_width", "0", "\"median_width\""},
    {"/alignment/median_width", "2147483647", "\"median_width\""},
    {"/alignment/median_width", R"("5")", "\"median_width\""},
    {"/outputs/0/segments", "{}", "\"segments\""},
    {"/outputs/0/segments/0", "3", "segment 0 of output 0 of m.heed"},
    {"/outputs/0/segments/1/first_token", "6", "\"first_token\" in segment 1"},
    {"/outputs/0/segments/1/token_count", "7", "\"token_count\""},
    {"/outputs/0/segments/1/token_count", "-1", "\"token_count\""},
    {"/outputs/0/segments/1/token_count", "9223372036854775807", "\"token_count\""},
    {"/outputs/0/segments/0/end_seconds", "null", "\"end_seconds\""},
};

TEST(ManifestAlignment, IsReadAndWrittenAsItStands)
{
    const Json json = spokenManifest();
    const Manifest manifest = manifestFromJson(json, "m.heed");
    ASSERT_TRUE(manifest.alignment);
    EXPECT_EQ(manifest.alignment->medianWidth, 5);
    ASSERT_EQ(manifest.alignment->heads.size(), 2u);
    EXPECT_EQ(manifest.alignment->heads[1], (Alignment::Head{"model.decoder.layers.0.encoder_attn", 2}));
    ASSERT_EQ(manifest.outputs[0].segments.size(), 2u);
    EXPECT_EQ(manifest.outputs[0].segments[1], (OutputSegment{7, 11, 1.1, 1.66}));
    EXPECT_EQ(jsonFromManifest(manifest)["alignment"], json["alignment"]);
    EXPECT_EQ(jsonFromManifest(manifest)["outputs"][0]["segments"], json["outputs"][0]["segments"]);
}

TEST(ManifestAlignment, MayBeMissingAndThenStays)
{
    Json json = spokenManifest();
    json.erase("alignment");
    json["outputs"][0].erase("segments");
    const Manifest manifest = manifestFromJson(json, "m.heed");
    EXPECT_FALSE(manifest.alignment);
    EXPECT_FALSE(jsonFromManifest(manifest).contains("alignment"));
    EXPECT_FALSE(jsonFromManifest(manifest)["outputs"][0].contains("segments"));
}

TEST(ManifestAlignment, MayNameModulesThatAreNotStored)
{
    Json json = spokenManifest();
    json["left_out"] = {{{"pass", "transcript"}, {"name", "far"}, {"group", "transcript_sound"}}};
    json["alignment"]["heads"] = {{{"site", "far"}, {"head", 4'000}}};
    EXPECT_EQ(manifestFromJson(json, "m.heed").alignment->heads[0].head, 4'000) << "nothing says how many it has";
}

TEST(ManifestAlignment, RefusesWhatTheFormatDoesNotAllow)
{
    for (const HostileMember& hostile : kHostile) {
        SCOPED_TRACE(std::string(hostile.pointer) + " = " + hostile.value);
        Json bad = spokenManifest();
        bad[Json::json_pointer(hostile.pointer)] = Json::parse(hostile.value);
        expectError(hostile.kind, {hostile.message, "m.heed"}, [&] { manifestFromJson(bad, "m.heed"); });
    }
    Json many = spokenManifest();
    many["alignment"]["heads"] = Json(5'000, many["alignment"]["heads"][0]);
    expectError(ErrorKind::TooLarge, {"5000 heads"}, [&] { manifestFromJson(many, "m.heed"); });
}

} // namespace
} // namespace heedmap::test
