#include "core/analysis/analysis_registry.h"
#include "core/base/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace heedmap {
namespace {

using testing::HasSubstr;

TEST(AnalysisRegistry, DeclaresEverything)
{
    std::set<std::string> ids;
    for (const Analysis& analysis : analyses()) {
        EXPECT_TRUE(ids.insert(analysis.id).second) << analysis.id;
        for (const char* text : {analysis.title, analysis.formula, analysis.source, analysis.unit})
            EXPECT_FALSE(std::string(text).empty()) << analysis.id;
        for (const AnalysisParameter& parameter : analysis.parameters) {
            EXPECT_GE(parameter.standard, parameter.least()) << parameter.id;
            EXPECT_LE(parameter.standard, parameter.most()) << parameter.id;
            EXPECT_EQ(parameter.kind == ParameterKind::Choice, !parameter.choices.empty()) << parameter.id;
        }
    }
}

void expectRefused(const std::function<void()>& wrong, const std::string& hint)
{
    try {
        wrong();
        ADD_FAILURE() << "accepted; expected: " << hint;
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::InvalidRequest);
        EXPECT_THAT(error.what(), HasSubstr(hint));
    }
}

TEST(AnalysisSettings, TakesWhatIsDeclaredAndNothingElse)
{
    AnalysisSettings settings(analysisById("rollout"));
    settings.setText("fusion", "max");
    settings.setText("residual", "0.25");
    EXPECT_EQ(settings.choice("fusion"), "max");
    EXPECT_EQ(settings.number("residual"), 0.25);
    EXPECT_EQ(settings.text(), "Heads: maximum · Residual share: 0.25 · Discard ratio: nothing · Layers: all");
    settings.set("layers", 2);
    settings.setText("layers", "all");
    EXPECT_EQ(settings.number("layers"), 0);
    expectRefused([&] { settings.setText("fusion", "maxi"); }, "did you mean max");
    expectRefused([&] { settings.setText("residual", "1.5"); }, "between 0 and 1");
    expectRefused([&] { settings.setText("residual", "nan"); }, "between 0 and 1");
    expectRefused([&] { settings.setText("residual", "half"); }, "a number");
    expectRefused([&] { settings.setText("layers", "1.5"); }, "whole number");
    expectRefused([&] { settings.setText("residul", "1"); }, "did you mean residual");
    expectRefused([&] { AnalysisSettings(analysisById("raw")).setText("a", "1"); }, "no parameters");
    expectRefused([&] { analysisById("rolout"); }, "did you mean rollout");
    AnalysisSettings flag(analysisById("relevance"));
    flag.setText("normalize", "off");
    EXPECT_FALSE(flag.flag("normalize"));
    expectRefused([&] { flag.setText("normalize", "1"); }, "off, on");
}

} // namespace
} // namespace heedmap
