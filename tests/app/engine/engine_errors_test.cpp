#include "tests/app/engine/engine_harness.h"
#include "tests/core/base/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heedmap {
namespace {

using testing::HasSubstr;

class EngineErrors : public testing::Test
{
protected:
    EngineHarness m_engine;
    TempFolder m_folder;
    Json m_request;

    void SetUp() override
    {
        m_request = m_engine.prepareQuestion("what?");
        m_request["capture"] = {{"path", (m_folder.path() / "run.heed").string()}};
    }

    /// The engine must have survived whatever the test did to it, and left nothing in the folder.
    void TearDown() override
    {
        EXPECT_TRUE(std::filesystem::is_empty(m_folder.path()));
        const Json result = m_engine.call("run/start", m_request);
        EXPECT_TRUE(result.contains("capture")) << result;
    }

    void expectError(const Json& request, const std::string& kind, const std::string& words)
    {
        const Json error = m_engine.call("run/start", request)["error"];
        EXPECT_EQ(error["data"]["kind"], kind) << error;
        EXPECT_THAT(error["message"].get<std::string>(), HasSubstr(words));
    }
};

TEST_F(EngineErrors, aBadPicture)
{
    Json request = m_request;
    request["inputs"]["picture"] = {{"content", m_engine.put("this is no picture")}, {"name", "letter.txt"}};
    expectError(request, "unsupported", "letter.txt");
    const std::string whole = fileText(blipFixture("pictures/wide.png"));
    request["inputs"]["picture"] = {{"content", m_engine.put(whole.substr(0, whole.size() / 2))}, {"name", "half.png"}};
    expectError(request, "invalid_file", "half.png");
    request["inputs"]["picture"] = {{"content", m_engine.put("")}, {"name", "empty.png"}};
    expectError(request, "unsupported", "empty.png");
    request["inputs"]["picture"] = {{"path", "/nonexistent/a.png"}};
    expectError(request, "not_found", "/nonexistent/a.png");
}

TEST_F(EngineErrors, inputsThatAreMissingOrSuperfluous)
{
    Json request = m_request;
    request["inputs"]["picture"]["content"] = std::string(64, '0');
    expectError(request, "not_found", "input/put");
    request = m_request;
    request["inputs"].erase("question");
    expectError(request, "invalid_request", "needs the input \"question\"");
    request = m_request;
    request["inputs"]["question"]["text"] = "";
    expectError(request, "invalid_request", "The question is empty");
    request = m_request;
    request["inputs"]["questoin"] = {{"text", "what?"}};
    expectError(request, "invalid_request", "did you mean question?");
    request = m_request;
    request["inputs"]["question"] = "what?";
    expectError(request, "invalid_request", "not an object");
}

TEST_F(EngineErrors, aTextLongerThanTheModelReads)
{
    Json request = m_request;
    std::string question;
    for (int i = 0; i < 2000; ++i)
        question += "what ";
    request["inputs"]["question"]["text"] = question;
    expectError(request, "invalid_request", "Make it shorter");
}

TEST_F(EngineErrors, unknownMembersAreNeverIgnored)
{
    Json request = m_request;
    request["options"] = {{"max_new_token", 3}};
    expectError(request, "invalid_request", "did you mean max_new_tokens?");
    request["options"] = {{"max_new_tokens", 0}};
    expectError(request, "invalid_request", "max_new_tokens");
    request = m_request;
    request["capture"]["pth"] = "x";
    expectError(request, "invalid_request", "did you mean path?");
    request = m_request;
    request["modle"] = 1;
    expectError(request, "invalid_request", "did you mean model?");
}

TEST_F(EngineErrors, placesThatCannotBeWritten)
{
    Json request = m_request;
    request["capture"]["path"] = (m_folder.path() / "no" / "such" / "folder.heed").string();
    expectError(request, "io", "folder.heed");
    request["capture"]["path"] = m_folder.path().string();
    expectError(request, "io", "cannot write");
    std::filesystem::remove(m_folder.path().string() + ".partial");
}

TEST_F(EngineErrors, modelsThatAreNone)
{
    Json request = m_request;
    request["model"] = "m77";
    expectError(request, "not_found", "m77");
    const auto kindOf = [&](const std::string& path) {
        return m_engine.call("model/open", {{"path", path}})["error"]["data"]["kind"];
    };
    EXPECT_EQ(kindOf("/nonexistent"), "not_found");
    EXPECT_EQ(kindOf(blipFixture("pictures")), "not_found");
    EXPECT_EQ(m_engine.call("model/open", {{"path", 7}})["error"]["code"], -32602);
    EXPECT_EQ(m_engine.call("model/opne", {{"path", "x"}})["error"]["code"], -32601);
    EXPECT_EQ(m_engine.call("model/close", {{"model", "m77"}})["error"]["data"]["kind"], "not_found");
}

TEST_F(EngineErrors, anotherProtocol)
{
    EXPECT_EQ(m_engine.call("initialize", {{"protocol", 2}})["error"]["data"]["kind"], "unsupported");
    EXPECT_EQ(m_engine.call("initialize", Json::object())["error"]["code"], -32602);
    const Json answer = m_engine.call("initialize", {{"protocol", 1}, {"client", "test"}});
    EXPECT_EQ(answer["protocol"], 1);
    EXPECT_THAT(answer["architectures"], testing::Contains("blip"));
}

TEST(EngineModels, anUnchangedFolderIsNotReadAgain)
{
    TempFolder folder;
    std::filesystem::copy(blipFixture("models/qa"), folder.path() / "qa");
    EngineHarness engine;
    const auto open = [&](const std::string& path) {
        return engine.call("model/open", {{"path", path}}).value("model", "");
    };
    const std::string model = open((folder.path() / "qa").string());
    EXPECT_EQ(open((folder.path() / "qa").string()), model);
    EXPECT_EQ(open((folder.path() / "qa" / ".." / "qa").string()), model);
    EXPECT_NE(open(blipFixture("models/retrieval")), model);

    const auto weights = folder.path() / "qa" / "model.safetensors";
    std::filesystem::last_write_time(weights, std::filesystem::last_write_time(weights) + std::chrono::seconds(1));
    const std::string again = open((folder.path() / "qa").string());
    EXPECT_NE(again, model);
    EXPECT_EQ(engine.call("model/close", {{"model", model}})["error"]["data"]["kind"], "not_found");
    EXPECT_EQ(engine.call("model/close", {{"model", again}}), Json::object());
    EXPECT_NE(open((folder.path() / "qa").string()), again);
}

TEST(EngineModels, theTwoOpenedLastAreKept)
{
    EngineHarness engine;
    const auto open = [&](const std::string& name) {
        return engine.call("model/open", {{"path", blipFixture("models/" + name)}}).value("model", "");
    };
    const std::string first = open("qa");
    const std::string second = open("retrieval");
    EXPECT_EQ(open("qa"), first);
    const std::string third = open("caption_settings");
    EXPECT_EQ(open("qa"), first) << "opened more recently than the second";
    EXPECT_NE(open("retrieval"), second);
    EXPECT_EQ(engine.call("model/close", {{"model", third}})["error"]["data"]["kind"], "not_found");
}

} // namespace
} // namespace heedmap
