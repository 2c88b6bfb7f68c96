#include "tests/app/engine/engine_harness.h"
#include "tests/core/base/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heedmap {
namespace {

using testing::HasSubstr;

/// tests/fixtures/whisper
std::string whisperFile(const std::string& path)
{
    return blipFixture("../whisper/" + path);
}

/// Of make_candidates.py.
Json fixtureList(const char* name)
{
    return Json::parse(fileText(whisperFile("candidates.json"))).at(name);
}

class EngineRerank : public testing::Test
{
protected:
    EngineHarness m_engine;

    Json params(const Json& example, const std::string& recording = "short.wav")
    {
        const Json info =
            m_engine.call("model/open", {{"path", whisperFile("models/" + example["model"].get<std::string>())}});
        const std::string content = m_engine.put(fileText(whisperFile("recordings/" + recording)));
        return {{"model", info["model"]},
                {"inputs", {{"recording", {{"content", content}, {"name", recording}}}}},
                {"options", Json::object()}};
    }

    Json ranking(const Json& example)
    {
        Json request = params(example);
        std::string language = example["language"];
        request["options"] = {{"language", language.substr(2, language.size() - 4)}};
        for (const Json& candidate : example["candidates"])
            request["candidates"].push_back(candidate["text"]);
        return request;
    }

    std::string refusal(const Json& request, const char* method = "speech/rerank")
    {
        const Json answer = m_engine.call(method, request);
        return answer.contains("error") ? answer["error"]["message"].get<std::string>() : "done: " + answer.dump();
    }
};

const Json& ofIndex(const Json& answer, std::size_t index)
{
    for (const Json& candidate : answer.at("candidates"))
        if (candidate.contains("index") && candidate["index"] == index)
            return candidate;
    throw std::runtime_error("no such candidate");
}

TEST_F(EngineRerank, probabilitiesMeasuresAndTimesAreTheReferences)
{
    for (const Json& example : fixtureList("rankings")) {
        const Json answer = m_engine.call("speech/rerank", ranking(example));
        ASSERT_TRUE(answer.contains("candidates")) << answer;
        ASSERT_EQ(answer["candidates"].size(), example["candidates"].size());
        EXPECT_EQ(answer["prompt"],
                  Json({"<|startoftranscript|>", example["language"], "<|transcribe|>", "<|notimestamps|>"}));
        for (std::size_t i = 0; i < example["candidates"].size(); ++i) {
            const Json& expected = example["candidates"][i];
            const Json& candidate = ofIndex(answer, i);
            EXPECT_EQ(candidate["text"], expected["text"]);
            double sum = 0;
            ASSERT_EQ(candidate["tokens"].size(), expected["ids"].size());
            for (std::size_t token = 0; token < expected["ids"].size(); ++token) {
                const Json& said = candidate["tokens"][token];
                EXPECT_EQ(said["id"], expected["ids"][token]);
                EXPECT_NEAR(said["log_probability"], expected["log_probabilities"][token], 1e-5);
                EXPECT_NEAR(said["start_seconds"], 0.02 * expected["begins"][token].get<double>(), 0.0201);
                sum += expected["log_probabilities"][token].get<double>();
            }
            const auto tokens = static_cast<double>(expected["ids"].size());
            EXPECT_NEAR(candidate["sum_log_probability"], sum, 1e-4);
            EXPECT_NEAR(candidate["mean_log_probability"], sum / tokens, 1e-5);
            for (const char* measure : {"coverage", "inside", "monotonicity"})
                EXPECT_NEAR(candidate[measure], expected[measure], 2e-5) << expected["text"] << " " << measure;
            EXPECT_NEAR(candidate["score"],
                        sum / tokens + 0.1 * expected["coverage"].get<double>() +
                            0.1 * expected["monotonicity"].get<double>(),
                        2e-5);
        }
    }
}

TEST_F(EngineRerank, theBestComesFirstAndWordsAddUpToIt)
{
    const Json answer = m_engine.call("speech/rerank", ranking(fixtureList("rankings").at(0)));
    double last = 1e9;
    for (const Json& candidate : answer["candidates"]) {
        EXPECT_LE(candidate["score"], last);
        last = candidate["score"];
        double words = candidate["tokens"].back()["log_probability"]; // the end token, which belongs to no word
        std::string text;
        for (const Json& word : candidate["words"]) {
            words += word["log_probability"].get<double>();
            text += (text.empty() ? "" : " ") + word["text"].get<std::string>();
            EXPECT_LE(word["start_seconds"], word["end_seconds"]);
            EXPECT_LE(word["listens_from_seconds"], word["listens_to_seconds"]);
            EXPECT_LE(word["listens_to_seconds"], 0.7401);
            EXPECT_GE(word["mass_in_span"], 0);
            EXPECT_LE(word["mass_in_span"], 1);
        }
        EXPECT_EQ(text, candidate["text"]);
        EXPECT_NEAR(words, candidate["sum_log_probability"], 1e-9);
    }
}

TEST_F(EngineRerank, whereCandidatesDifferIsToldByTheirWords)
{
    Json request = params({{"model", "multilingual"}});
    request["candidates"] = {"a small ring", "a tall ring"};
    const Json answer = m_engine.call("speech/rerank", request);
    ASSERT_EQ(answer["differences"].size(), 1u) << answer;
    EXPECT_EQ(answer["differences"][0], Json({{"first_word", 1},
                                              {"word_count", 1},
                                              {"others", {{{"rank", 1}, {"first_word", 1}, {"word_count", 1}}}}}));
    request["candidates"] = {"the same", " the same "};
    EXPECT_TRUE(m_engine.call("speech/rerank", request)["differences"].empty());
}

TEST_F(EngineRerank, weightsDecideHowMuchAlignmentCounts)
{
    Json request = ranking(fixtureList("rankings").at(0));
    request["weights"] = {{"coverage", 0}, {"monotonicity", 1000}};
    const Json answer = m_engine.call("speech/rerank", request);
    EXPECT_EQ(answer["weights"], request["weights"]);
    const Json& best = answer["candidates"][0];
    for (const Json& candidate : answer["candidates"])
        EXPECT_LE(candidate["monotonicity"], best["monotonicity"]);
    EXPECT_NEAR(best["score"], best["mean_log_probability"].get<double>() + 1000 * best["monotonicity"].get<double>(),
                1e-9);
}

TEST_F(EngineRerank, aSearchGivesCandidatesWhereNoneAreGiven)
{
    const Json example = fixtureList("searches").at(0);
    Json request = params(example);
    request["options"] = {{"beams", 4}, {"n_best", 3}};
    const Json answer = m_engine.call("speech/rerank", request);
    ASSERT_EQ(answer["candidates"].size(), 3u) << answer;
    std::vector<double> scores;
    for (const Json& candidate : answer["candidates"]) {
        EXPECT_FALSE(candidate.contains("index"));
        scores.push_back(candidate["search_score"]);
    }
    std::ranges::sort(scores, std::greater());
    for (std::size_t i = 0; i < scores.size(); ++i)
        EXPECT_NEAR(scores[i], example["texts"][i]["score"], 1e-5);
}

TEST_F(EngineRerank, aRunTellsTheOthersOfItsSearch)
{
    const Json example = fixtureList("searches").at(0);
    Json request = params(example);
    request["options"] = {{"beams", 4}, {"n_best", 3}};
    const Json answer = m_engine.call("run/start", request);
    ASSERT_EQ(answer["n_best"].size(), 2u) << answer;
    EXPECT_EQ(answer["outputs"].size(), 1u) << "only the best is replayed";
    for (std::size_t i = 0; i < 2; ++i) {
        const Json& other = answer["n_best"][i];
        EXPECT_EQ(other["output"], "transcript");
        EXPECT_EQ(other["rank"], i + 1);
        EXPECT_NEAR(other["score"], example["texts"][i + 1]["score"], 1e-5);
        std::vector<int> ids;
        for (const Json& token : other["tokens"])
            ids.push_back(token["id"]);
        const std::vector<int> sequence = example["texts"][i + 1]["sequence"];
        EXPECT_EQ(ids, std::vector<int>(sequence.begin() + 3, sequence.end()));
    }
    request["options"]["n_best"] = 5;
    EXPECT_THAT(refusal(request, "run/start"), HasSubstr("5 best"));
}

TEST_F(EngineRerank, aCheckpointWithoutAlignmentHeadsIsJudgedByAllItsHeads)
{
    Json request = params({{"model", "multilingual"}});
    request["candidates"] = {"a ring", "a cone"};
    const Json named = m_engine.call("speech/rerank", request);
    const TempFolder folder;
    std::filesystem::copy(whisperFile("models/multilingual"), folder.path());
    Json generation = Json::parse(fileText(folder.file("generation_config.json")));
    generation.erase("alignment_heads");
    folder.write("generation_config.json", generation.dump());
    request["model"] = m_engine.call("model/open", {{"path", folder.path().string()}})["model"];
    const Json all = m_engine.call("speech/rerank", request);
    ASSERT_TRUE(all.contains("candidates")) << all;
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(ofIndex(all, i)["mean_log_probability"], ofIndex(named, i)["mean_log_probability"]);
        EXPECT_NE(ofIndex(all, i)["coverage"], ofIndex(named, i)["coverage"]);
        EXPECT_GT(ofIndex(all, i)["coverage"], 0);
    }
}

TEST_F(EngineRerank, whatCannotBeComparedIsSaid)
{
    const Json good = ranking(fixtureList("rankings").at(0));
    const auto with = [&](const char* member, const Json& value) {
        Json request = good;
        request[member] = value;
        return refusal(request);
    };
    EXPECT_THAT(with("candidates", Json::array()), HasSubstr("nothing to compare"));
    EXPECT_THAT(with("candidates", {"a", "  "}), HasSubstr("Candidate 2 has 0 bytes"));
    EXPECT_THAT(with("candidates", {"a", 7}), HasSubstr("candidate 2"));
    EXPECT_THAT(with("candidates", std::vector<std::string>(65, "a")), HasSubstr("65 candidates"));
    EXPECT_THAT(with("candidates", {std::string(20'000, 'a')}), HasSubstr("20000 bytes"));
    EXPECT_THAT(with("candidates", {std::string(100, 'a')}), HasSubstr("room for"));
    EXPECT_THAT(with("candidates", {"a <|endoftext|>"}), HasSubstr("<|endoftext|>"));
    EXPECT_THAT(with("weights", {{"coverage", -1}}), HasSubstr("-1"));
    EXPECT_THAT(with("weights", {{"colour", 1}}), HasSubstr("colour"));
    EXPECT_THAT(with("options", {{"gradients", {{"target", "transcript"}}}}), HasSubstr("gradients"));
    EXPECT_THAT(with("options", {{"language", "klingon"}}), HasSubstr("klingon"));
    EXPECT_THAT(with("capture", {{"path", "a.heed"}}), HasSubstr("capture"));
    Json longer = params({{"model", "multilingual"}}, "long.wav");
    longer["candidates"] = {"a"};
    EXPECT_THAT(refusal(longer), HasSubstr("one window"));
    Json question = m_engine.prepareQuestion("what is it?");
    question["candidates"] = {"a"};
    EXPECT_THAT(refusal(question), HasSubstr("hears nothing"));
}

} // namespace
} // namespace heedmap
