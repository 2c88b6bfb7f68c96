#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/json.h"
#include "core/runtime/activation.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heedmap {
namespace {

TEST(Activations, GiveTheReferencesValues)
{
    const std::string path = HEEDMAP_SOURCE_DIR "/tests/fixtures/runtime/activations.json";
    const Json facts = parseJson(readTextFile(path, 1 << 20), path);
    std::vector<float> inputs = facts.at("inputs").get<std::vector<float>>();
    const at::Tensor x = at::from_blob(inputs.data(), {static_cast<std::int64_t>(inputs.size())}, at::kFloat);
    for (const auto& [name, values] : facts.at("values").items()) {
        const at::Tensor y = activationFromName(name, "hidden_act")(x);
        for (std::size_t i = 0; i < inputs.size(); ++i)
            EXPECT_NEAR(y.data_ptr<float>()[i], values[i].get<float>(), 2e-6 * std::max(1.0f, std::abs(inputs[i])))
                << name << "(" << inputs[i] << ")";
    }
}

TEST(Activations, UnknownNamesAreRefusedWithFieldAndList)
{
    try {
        activationFromName("prelu", "\"hidden_act\" in text_config");
        FAIL();
    } catch (const Error& failure) {
        EXPECT_EQ(failure.kind(), ErrorKind::Unsupported);
        EXPECT_THAT(failure.what(), testing::AllOf(testing::HasSubstr("\"hidden_act\" in text_config is \"prelu\""),
                                                   testing::HasSubstr("gelu_new"), testing::HasSubstr("quick_gelu")));
    }
}

} // namespace
} // namespace heedmap
