#include "core/base/error.h"
#include "tests/core/capture/capture_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

// Values, value norms and gradients of a site, and what the gradients are gradients of.

using namespace heedmap;
using namespace heedmap::test;
using testing::HasSubstr;

namespace {

struct Target
{
    const char* json;
    const char* message;
    ErrorKind kind = ErrorKind::InvalidFile;
};

const Target kHostile[] = {
    {"7", "\"gradient_target\""},
    {"{}", "\"output\" is missing in the gradient target of m.heed"},
    {R"({"output": "", "step": 0, "token": {"id": 1, "text": "a"}, "quantity": "logit"})", "\"output\""},
    {R"({"output": "dream", "quantity": "logit"})", "the output \"dream\", which does not exist"},
    {R"({"output": "answer", "step": 0, "token": {"id": 1, "text": "a"}})", "\"quantity\" is missing"},
    {R"({"output": "answer", "step": 0, "token": {"id": 1, "text": "a"}, "quantity": "surprise"})",
     "the quantity \"surprise\"", ErrorKind::Unsupported},
    {R"({"output": "answer", "step": 0, "token": {"id": 1, "text": "a"}, "quantity": "value"})", "not its logit"},
    {R"({"output": "answer", "token": {"id": 1, "text": "a"}, "quantity": "logit"})", "\"step\" is missing"},
    {R"({"output": "answer", "step": -1, "token": {"id": 1, "text": "a"}, "quantity": "logit"})", "\"step\""},
    {R"({"output": "answer", "step": 2, "token": {"id": 1, "text": "a"}, "quantity": "logit"})",
     "token 2 of \"answer\", which has 2"},
    {R"({"output": "answer", "step": 18446744073709551615, "token": {"id": 1, "text": "a"}, "quantity": "logit"})",
     "\"step\""},
    {R"({"output": "answer", "step": 0.5, "token": {"id": 1, "text": "a"}, "quantity": "logit"})", "\"step\""},
    {R"({"output": "answer", "step": 0, "quantity": "logit"})", "\"token\" is missing"},
    {R"({"output": "answer", "step": 0, "token": 7, "quantity": "logit"})", "\"token\""},
    {R"({"output": "answer", "step": 0, "token": {"id": "1", "text": "a"}, "quantity": "logit"})", "\"id\""},
    {R"({"output": "answer", "step": 0, "token": {"id": 1}, "quantity": "logit"})", "\"text\" is missing"},
    {R"({"output": "match", "score": "", "quantity": "logit"})", "\"score\""},
    {R"({"output": "match", "step": 0, "quantity": "logit"})", "\"score\" is missing"},
    {R"({"output": "match", "score": "dream", "quantity": "logit"})", "the score \"dream\", which \"match\" does not"},
    {R"({"output": "match", "score": "cosine", "quantity": "value", "value": "3"})", "\"value\""},
};

/// Words (3) that look at patches (5): 4 heads, 2 of them with keys and values of their own; an answer of two tokens
/// and a score.
Manifest sampleManifest()
{
    AttentionSite site = queriesKeysSite("site", "words", "patches", 4, 2);
    site.values = "site/v";
    site.valueNorms = "site/n";
    site.outputGradients = "site/g";
    Manifest manifest = manifestOf({plainAxis("words", 3), plainAxis("patches", 5)}, {site});
    CaptureOutput answer;
    answer.id = "answer";
    answer.pass = "run";
    answer.axis = "words";
    answer.text = "red ball";
    answer.tokens = {{40, "red", {}, -0.1, 0, 1, {}}, {41, "ball", {}, -0.2, 1, 2, {}}};
    CaptureOutput match;
    match.id = "match";
    match.isText = false;
    match.scores = {{"cosine", 0.5, "cosine"}};
    manifest.outputs = {answer, match};
    manifest.gradientTarget = GradientTarget{"answer", 1, 40, "red", {}, GradientQuantity::Logit, 3.25};
    return manifest;
}

std::vector<NamedTensor> sampleTensors()
{
    return {{"site/q", {4, 3, 6}, randomFloats(72, 1)},
            {"site/k", {2, 5, 6}, randomFloats(60, 2)},
            {"site/v", {2, 5, 7}, randomFloats(70, 3)},
            {"site/n", {4, 5}, randomFloats(20, 4)},
            {"site/g", {4, 3, 7}, randomFloats(84, 5)}};
}

class GradientCapture : public testing::Test
{
protected:
    /// Writing checks the tensors as reading does.
    void expectRefused(const Manifest& manifest, const std::vector<NamedTensor>& tensors, ErrorKind kind,
                       const std::string& message)
    {
        try {
            writeCapture(m_path, manifest, tensors);
            ADD_FAILURE() << "accepted; expected: " << message;
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), kind) << error.what();
            EXPECT_THAT(error.what(), HasSubstr(message));
        }
    }

    void expectShapeRefused(const std::string& name, const Shape& shape, const std::string& message)
    {
        std::vector<NamedTensor> tensors = sampleTensors();
        for (NamedTensor& tensor : tensors)
            if (tensor.name == name)
                tensor = {name, shape, randomFloats(checkedByteCount(shape, 1), 1)};
        expectRefused(sampleManifest(), tensors, ErrorKind::InvalidFile, message);
    }

    TempFolder m_folder;
    const std::filesystem::path m_path = m_folder.file("x.heed");
};

TEST_F(GradientCapture, KeepsWhatWasWritten)
{
    writeCapture(m_path, sampleManifest(), sampleTensors());
    const auto capture = Capture::open(m_path);
    const AttentionSite& site = capture->site(0);
    EXPECT_EQ(capture->manifest().gradientTarget, sampleManifest().gradientTarget);
    EXPECT_EQ(capture->tensor(site.values).toFloats(), randomFloats(70, 3));
    EXPECT_EQ(capture->tensor(site.valueNorms).toFloats(), randomFloats(20, 4));
    EXPECT_EQ(capture->tensor(site.outputGradients).toFloats(), randomFloats(84, 5));
}

TEST_F(GradientCapture, KeepsAScoreAsTarget)
{
    Manifest manifest = sampleManifest();
    manifest.gradientTarget = GradientTarget{"match", {}, 0, {}, "cosine", GradientQuantity::Value, {}};
    writeCapture(m_path, manifest, sampleTensors());
    EXPECT_EQ(Capture::open(m_path)->manifest().gradientTarget, manifest.gradientTarget);
}

TEST_F(GradientCapture, WithoutThemNothingIsSaidOfThem)
{
    Manifest manifest = sampleManifest();
    manifest.sites[0].values.clear();
    manifest.sites[0].valueNorms.clear();
    manifest.sites[0].outputGradients.clear();
    manifest.gradientTarget.reset();
    const Json json = jsonFromManifest(manifest);
    for (const char* member : {"values", "value_norms", "output_gradients"})
        EXPECT_FALSE(json["sites"][0].contains(member)) << member;
    EXPECT_FALSE(json.contains("gradient_target"));
}

TEST_F(GradientCapture, SitesThatTheTargetDoesNotDependOnNeedNone)
{
    Manifest manifest = sampleManifest();
    manifest.sites[0].outputGradients.clear();
    EXPECT_NO_THROW(writeCapture(m_path, manifest, sampleTensors()));
}

TEST_F(GradientCapture, GradientsOfNothingAreRefused)
{
    Manifest manifest = sampleManifest();
    manifest.gradientTarget.reset();
    expectRefused(manifest, sampleTensors(), ErrorKind::InvalidFile, "\"run/site\", but no \"gradient_target\"");
}

TEST_F(GradientCapture, RefusesTensorsThatDoNotFit)
{
    expectShapeRefused("site/v", {4, 5, 7}, "[4, 5, 7], not [2, 5, head_dim]");
    expectShapeRefused("site/v", {2, 3, 7}, "[2, 3, 7], not [2, 5, head_dim]");
    expectShapeRefused("site/v", {2, 5}, "[2, 5], not [2, 5, head_dim]");
    expectShapeRefused("site/v", {2, 5, 0}, "[2, 5, 0], not [2, 5, head_dim]");
    expectShapeRefused("site/n", {2, 5}, "[2, 5], not [4, 5]");
    expectShapeRefused("site/n", {4, 5, 1}, "[4, 5, 1], not [4, 5]");
    expectShapeRefused("site/g", {4, 5, 7}, "[4, 5, 7], not [4, 3, 7]");
    expectShapeRefused("site/g", {2, 3, 7}, "[2, 3, 7], not [4, 3, 7]");
    expectShapeRefused("site/g", {4, 3, 6}, "[4, 3, 6], not [4, 3, 7]"); // as wide as the values
}

TEST_F(GradientCapture, RefusesMissingTensorsAndOtherTypes)
{
    for (const char* name : {"site/v", "site/n", "site/g"}) {
        std::vector<NamedTensor> tensors = sampleTensors();
        std::erase_if(tensors, [&](const NamedTensor& tensor) { return tensor.name == name; });
        expectRefused(sampleManifest(), tensors, ErrorKind::InvalidFile, std::string(name) + "\", which is missing");
    }
    CaptureWriter writer(m_path);
    for (const NamedTensor& tensor : sampleTensors())
        writer.addTensor(tensor.name, tensor.name == "site/g" ? DType::I32 : DType::F32, tensor.shape,
                         bytesOf(tensor.values));
    EXPECT_THROW(writer.finish(sampleManifest()), Error);
}

TEST_F(GradientCapture, RefusesVectorsTooLongToRead)
{
    Manifest manifest = manifestOf({plainAxis("one", 1)}, {weightsSite("site", "one", "one", 1)});
    manifest.sites[0].values = "v";
    expectRefused(manifest, {{"site", {1, 1, 1}, {1}}, {"v", {1, 1, 65'537}, randomFloats(65'537, 1)}},
                  ErrorKind::TooLarge, "head_dim of 65537");
}

TEST(GradientTarget, RefusesWhatIsNone)
{
    const Json good = jsonFromManifest(sampleManifest());
    ASSERT_NO_THROW(manifestFromJson(good, "m.heed"));
    for (const Target& hostile : kHostile) {
        SCOPED_TRACE(hostile.json);
        Json bad = good;
        bad["gradient_target"] = Json::parse(hostile.json);
        try {
            manifestFromJson(bad, "m.heed");
            ADD_FAILURE() << "accepted";
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), hostile.kind) << error.what();
            EXPECT_THAT(error.what(), HasSubstr(hostile.message));
        }
    }
}

TEST(GradientTarget, RefusesAValueThatIsNoNumber)
{
    Manifest manifest = sampleManifest();
    manifest.gradientTarget->value = std::numeric_limits<double>::infinity();
    EXPECT_THROW(manifestFromJson(jsonFromManifest(manifest), "m.heed"), Error);
}

TEST(GradientTarget, RefusesTensorNamesThatAreNone)
{
    for (const char* member : {"values", "value_norms", "output_gradients"})
        for (const Json& name : {Json(""), Json(7), Json::array()}) {
            Json bad = jsonFromManifest(sampleManifest());
            bad["sites"][0][member] = name;
            EXPECT_THROW(manifestFromJson(bad, "m.heed"), Error) << member << " = " << name;
        }
}

TEST(GradientTarget, IsNamedForPeople)
{
    EXPECT_EQ(gradientTargetLabel(*sampleManifest().gradientTarget), "logit of “red” (token 1 of answer)");
    EXPECT_EQ(gradientTargetLabel({"match", {}, 0, {}, "match probability", GradientQuantity::Logit, {}}),
              "logit of match probability");
    EXPECT_EQ(gradientTargetLabel({"match", {}, 0, {}, "cosine", GradientQuantity::Value, {}}), "cosine");
}

} // namespace
