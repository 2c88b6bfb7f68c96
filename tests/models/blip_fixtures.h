#pragma once

#include "core/base/json.h"
#include "core/models/model.h"

#include <filesystem>
#include <map>
#include <ostream>
#include <string>
#include <vector>

namespace heedmap::test {

/// One run of tests/fixtures/blip: what went into the reference and what it put out.
struct BlipFixture
{
    std::string name;
    std::filesystem::path modelFolder;
    std::filesystem::path picture;
    std::string text;
    bool hasText = false;
    std::vector<std::int32_t> ids;       ///< of the text
    std::vector<bool> visible;           ///< attention mask of the text
    std::vector<std::int32_t> generated; ///< the whole sequence, prompt first; empty for retrieval
    std::int64_t promptLength = 0;
    std::string answer; ///< the decoded sequence, prompt included
    std::optional<std::int64_t> maxNewTokens;
    std::vector<std::string> stages; ///< keys of `expected` in the order of execution
    std::map<std::string, FloatTensor> expected;

    /// The reference's own ids and pixels, so that nothing but the model is compared.
    RunRequest request() const;
};

void PrintTo(const BlipFixture& fixture, std::ostream* stream);

std::filesystem::path blipFixtureFolder();
const std::vector<BlipFixture>& blipFixtures();
const BlipFixture& blipFixture(const std::string& name);

/// Everything a run recorded under the fixtures' keys: "<pass>/<module path>" → stage output or site weights.
std::map<std::string, FloatTensor> recordedTensors(const RunResult& result);

/// max |a − b|; infinity when the shapes differ or a value is not a number.
double maxDifference(const FloatTensor& a, const FloatTensor& b);

} // namespace heedmap::test
