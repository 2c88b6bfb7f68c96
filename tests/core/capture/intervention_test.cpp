#include "core/base/error.h"
#include "core/capture/manifest.h"
#include "core/checkpoint/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace heedmap;
using testing::HasSubstr;

namespace {

const std::string kCross = "text_encoder.encoder.layer.0.crossattention.self";

Json exampleManifest()
{
    const std::filesystem::path path = HEEDMAP_SOURCE_DIR "/tests/fixtures/capture/blip.heed";
    return parseJson(SafetensorsFile::open(path).metadata.at("heed"), "the manifest");
}

struct Hostile
{
    const char* json;
    const char* message;
    ErrorKind kind = ErrorKind::InvalidFile;
};

const Hostile kHostile[] = {
    {"{}", "is not a list"},
    {"[3]", "is not a JSON object"},
    {"[{}]", "\"kind\" is missing in intervention 0 of m.heed"},
    {R"([{"kind": "swap_heads"}])", "the kind \"swap_heads\"", ErrorKind::Unsupported},
    {R"([{"kind": "mute_head", "head": 1}])", "\"site\" is missing"},
    {R"([{"kind": "mute_head", "site": "", "head": 1}])", "\"site\""},
    {R"([{"kind": "mute_head", "site": "a", "head": -1}])", "\"head\""},
    {R"([{"kind": "mute_head", "site": "a", "head": 4096}])", "\"head\""},
    {R"([{"kind": "mute_head", "site": "a", "head": 1.0}])", "\"head\""},
    {R"([{"kind": "mute_head", "site": "a", "head": 18446744073709551615}])", "\"head\""},
    {R"([{"kind": "hide_keys", "positions": [1]}])", "\"axis\" is missing"},
    {R"([{"kind": "hide_keys", "axis": "a"}])", "\"positions\" is missing"},
    {R"([{"kind": "hide_keys", "axis": "a", "positions": []}])", "0 positions"},
    {R"([{"kind": "hide_keys", "axis": "a", "positions": [-1]}])", "the position -1"},
    {R"([{"kind": "hide_keys", "axis": "a", "positions": [1.5]}])", "the position 1.5"},
    {R"([{"kind": "hide_keys", "axis": "a", "positions": [16777216]}])", "the position 16777216"},
    {R"([{"kind": "hide_keys", "axis": "a", "positions": [18446744073709551615]}])",
     "the position 18446744073709551615"},
    {R"([{"kind": "hide_keys", "axis": "a", "positions": "all"}])", "\"positions\""},
};

TEST(Intervention, RefusesWhatIsNone)
{
    for (const Hostile& hostile : kHostile) {
        SCOPED_TRACE(hostile.json);
        try {
            interventionsFromJson(Json::parse(hostile.json), "m.heed");
            ADD_FAILURE() << "accepted";
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), hostile.kind);
            EXPECT_THAT(error.what(), HasSubstr(hostile.message));
            EXPECT_THAT(error.what(), HasSubstr("m.heed"));
        }
    }
    const Json many(4097, {{"kind", "mute_head"}, {"site", "a"}, {"head", 0}});
    EXPECT_THROW(interventionsFromJson(many, "m.heed"), Error);
}

TEST(Intervention, ComesBackAsItWasWritten)
{
    const std::vector<Intervention> list = {MuteHead{kCross, 3}, HideKeys{"picture", {1, 7, 8}}};
    EXPECT_EQ(interventionsFromJson(jsonFromInterventions(list), "m"), list);
    const Json shuffled = {{{"kind", "hide_keys"}, {"axis", "picture"}, {"positions", {8, 1, 7, 1}}}};
    EXPECT_EQ(interventionsFromJson(shuffled, "m").front(), list.back());
}

TEST(Intervention, StandsInTheManifest)
{
    Json json = exampleManifest();
    EXPECT_TRUE(manifestFromJson(json, "m.heed").interventions.empty());
    EXPECT_FALSE(jsonFromManifest(manifestFromJson(json, "m.heed")).contains("interventions"));
    const std::vector<Intervention> list = {MuteHead{kCross, 3}, MuteHead{"not.recorded", 60},
                                            HideKeys{"picture", {1, 36}}};
    json["interventions"] = jsonFromInterventions(list);
    const Manifest manifest = manifestFromJson(json, "m.heed");
    EXPECT_EQ(manifest.interventions, list);
    EXPECT_EQ(jsonFromManifest(manifest)["interventions"], json["interventions"]);
}

TEST(Intervention, MustFitTheCapture)
{
    const std::pair<Intervention, const char*> wrong[] = {
        {MuteHead{kCross, 4}, "mutes head 4 of \"text_encoder.encoder.layer.0.crossattention.self\", which has 4"},
        {HideKeys{"sky", {0}}, "\"sky\", an axis that does not exist"},
        {HideKeys{"picture", {3, 37}}, "hides position 37 of \"picture\", which has 37"},
    };
    for (const auto& [intervention, message] : wrong) {
        Json json = exampleManifest();
        json["interventions"] = jsonFromInterventions({intervention});
        try {
            manifestFromJson(json, "m.heed");
            ADD_FAILURE() << "accepted; expected: " << message;
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::InvalidFile);
            EXPECT_THAT(error.what(), HasSubstr(message));
        }
    }
}

TEST(Intervention, HasALabelForPeople)
{
    const Manifest manifest = manifestFromJson(exampleManifest(), "m.heed");
    const auto label = [&](const Intervention& intervention) { return interventionLabel(intervention, manifest); };
    EXPECT_EQ(label(MuteHead{kCross, 3}), "mute L0 · H3 of question → picture");
    EXPECT_EQ(label(MuteHead{"elsewhere\n", 3}), "mute H3 of elsewhere?");
    EXPECT_EQ(label(HideKeys{"picture", {1, 2, 8}}), "hide 3 patches");
    EXPECT_EQ(label(HideKeys{"picture", {1}}), "hide the patch in row 0, column 0");
    EXPECT_EQ(label(HideKeys{"picture", {0}}), "hide 1 position of picture");
    EXPECT_EQ(label(HideKeys{"question", {1, 2}}), "hide “what”, “color” of question");
    EXPECT_EQ(label(HideKeys{"question", {1, 2, 3, 4, 5}}), "hide 5 positions of question");
    EXPECT_EQ(label(HideKeys{"sky", {1}}), "hide 1 position of sky");
}

} // namespace
