#pragma once

#include "core/base/json.h"
#include "core/models/model.h"

#include <filesystem>
#include <map>
#include <ostream>
#include <string>
#include <vector>

namespace heedmap::test {

/// One run of an architecture's fixtures: what went into the reference and what it put out.
struct ModelFixture
{
    std::string name; ///< no two are alike
    std::filesystem::path modelFolder;
    std::filesystem::path picture;   ///< empty: none
    std::filesystem::path recording; ///< empty: none
    SpeechRequest speech;
    std::optional<std::int64_t> beams;
    std::string text;
    bool hasText = false;
    std::vector<std::int32_t> ids;       ///< of the text
    std::vector<bool> visible;           ///< attention mask of the text
    std::vector<std::int32_t> generated; ///< the whole sequence, prompt first; empty when no text is generated
    std::int64_t promptLength = 0;
    std::string answer; ///< the decoded sequence, prompt included
    std::optional<std::int64_t> maxNewTokens;
    std::map<std::string, double> scores;
    std::vector<std::string> stages; ///< keys of `expected` in the order of execution
    std::map<std::string, FloatTensor> expected;

    bool hasPicture() const { return !picture.empty(); }
    /// The reference's own ids, pixels and sound features, so that nothing but the model is compared.
    RunRequest request() const;
};

void PrintTo(const ModelFixture& fixture, std::ostream* stream);

/// Those of every folder tests/fixtures/<name> with a fixtures.json that lists runs of models: adding an architecture
/// adds such a folder.
const std::vector<ModelFixture>& modelFixtures();
std::filesystem::path blipFixtureFolder();
std::filesystem::path whisperFixtureFolder();
/// What the reference's `generate` was asked for, as a request says it.
void readSpeechOptions(const Json& options, RunRequest& request);
/// A recording as the checkpoint's own front end prepares it.
MelFeatures soundOf(const std::filesystem::path& recording, const std::filesystem::path& modelFolder);
/// Prompt and generated tokens of one of the run's texts.
std::vector<std::int32_t> sequenceOf(const RunResult& result, std::size_t text = 0);
const ModelFixture& modelFixture(const std::string& name);

/// Everything a run recorded under the fixtures' keys: "<pass>/<module path>" → stage output or site weights.
std::map<std::string, FloatTensor> recordedTensors(const RunResult& result);

/// Errors: NotFound.
double scoreOf(const RunResult& result, const std::string& name);

/// max |a − b|; infinity when the shapes differ or a value is not a number.
double maxDifference(const FloatTensor& a, const FloatTensor& b);

} // namespace heedmap::test
