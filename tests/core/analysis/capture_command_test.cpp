#include "core/analysis/capture_command.h"
#include "core/base/error.h"
#include "tests/core/base/temp_folder.h"
#include "tests/core/capture/capture_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heedmap {
namespace {

using namespace test;
using testing::HasSubstr;

CaptureOutput scoresNamed(const std::vector<std::string>& names)
{
    CaptureOutput output;
    output.id = "match";
    output.isText = false;
    for (const std::string& name : names)
        output.scores.push_back({name, 0.5, "probability"});
    return output;
}

/// One head of "words" over "patches".
class CaptureCommand : public testing::Test
{
protected:
    CaptureCommand()
    {
        m_manifest =
            manifestOf({plainAxis("words", 2), plainAxis("patches", 9)}, {weightsSite("site", "words", "patches", 1)});
        m_manifest.model.name = "scenes";
        m_manifest.outputs = {scoresNamed({"match probability", "cosine similarity"})};
    }

    void addText(const std::string& text)
    {
        CaptureInput input;
        input.id = "text";
        input.text = text;
        m_manifest.inputs.push_back(input);
    }

    std::string command(AnalysisNeed need = AnalysisNeed::ValueNorms)
    {
        writeCapture(m_folder.file("a.heed"), m_manifest, {{"site", {1, 2, 9}, std::vector<float>(18, 1.0f / 9)}});
        return captureCommand(*Capture::open(m_folder.file("a.heed")), need);
    }

    TempFolder m_folder;
    Manifest m_manifest;
};

TEST_F(CaptureCommand, KeepsTheInterventions)
{
    m_manifest.interventions = {MuteHead{"site", 0}, HideKeys{"patches", {0, 3, 4, 5, 8}}};
    EXPECT_EQ(command(), "heedmap capture --model scenes --mute site:0 --hide patches:0,3-5,8 --values --out NEW.heed");
}

TEST_F(CaptureCommand, IsWhatAShellTakesForOneLineOfWords)
{
    m_manifest.model.name = "m\x1b[31mRED\x03\rtouch PWNED\r\u009b2J";
    addText("what's\nthis? $(touch PWNED)");
    const std::string line = command();
    EXPECT_THAT(line, HasSubstr("--model 'm?[31mRED? touch PWNED ?2J'"));
    EXPECT_THAT(line, HasSubstr("--text 'what'\\''s this? $(touch PWNED)'"));
    EXPECT_TRUE(std::ranges::none_of(line, [](unsigned char c) { return c < 0x20 || c == 0x7f; }));
}

TEST_F(CaptureCommand, AValueIsNoOption)
{
    addText("--out=elsewhere");
    EXPECT_THAT(command(), HasSubstr(" --text=--out=elsewhere "));
}

TEST_F(CaptureCommand, AWantedTargetIsHandedOnAsItIs)
{
    EXPECT_EQ(gradientArgument(m_manifest, ""), "match probability");
    EXPECT_EQ(gradientArgument(m_manifest, "cosine similarity"), "cosine similarity");
    EXPECT_EQ(gradientArgument(m_manifest, "cosine similarty"), "cosine similarty"); // which capture will refuse
    EXPECT_EQ(gradientArgument(m_manifest, "match"), "match");
    CaptureOutput answer;
    answer.id = "answer";
    answer.tokens.resize(2);
    answer.tokens[0].text = "big";
    answer.tokens[1].text = "red";
    m_manifest.outputs.push_back(answer);
    EXPECT_EQ(gradientArgument(m_manifest, "red"), "answer:1");
    EXPECT_EQ(gradientArgument(m_manifest, "blue"), "answer:0=blue");
}

TEST_F(CaptureCommand, AMisspeltScoreIsNotTakenForAnother)
{
    m_manifest.gradientTarget = GradientTarget{"match", {}, 0, {}, "match probability", GradientQuantity::Value, 0.5};
    EXPECT_TRUE(holdsGradientsOf(m_manifest, "match probability"));
    EXPECT_TRUE(holdsGradientsOf(m_manifest, ""));
    EXPECT_FALSE(holdsGradientsOf(m_manifest, "match probabilty"));
    EXPECT_NO_THROW(checkGradientTarget(m_manifest, "cosine similarity"));
    EXPECT_NO_THROW(checkGradientTarget(m_manifest, ""));
    try {
        checkGradientTarget(m_manifest, "cosine similarty");
        ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::InvalidRequest);
        EXPECT_THAT(error.what(), HasSubstr("did you mean cosine similarity"));
    }
}

} // namespace
} // namespace heedmap
