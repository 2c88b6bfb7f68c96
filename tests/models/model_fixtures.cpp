#include "tests/models/model_fixtures.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/checkpoint/safetensors.h"
#include "core/media/audio.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace heedmap::test {

namespace {

std::map<std::string, FloatTensor> readTensors(const std::filesystem::path& path)
{
    std::map<std::string, FloatTensor> tensors;
    for (const auto& [name, view] : SafetensorsFile::open(path).tensors)
        tensors[name] = {view.shape, view.toFloats()};
    return tensors;
}

std::vector<bool> flagsOf(const Json& list)
{
    std::vector<bool> flags;
    for (const Json& entry : list)
        flags.push_back(entry.get<int>() != 0);
    return flags;
}

ModelFixture fixtureFrom(const Json& json, const std::filesystem::path& folder)
{
    ModelFixture fixture;
    fixture.name = json.at("name");
    fixture.modelFolder = folder / "models" / json.at("model").get<std::string>();
    if (json.contains("image"))
        fixture.picture = folder / "pictures" / json.at("image").get<std::string>();
    if (json.contains("recording"))
        fixture.recording = folder / "recordings" / json.at("recording").get<std::string>();
    fixture.hasText = json.contains("text") && json.at("text").is_string();
    fixture.text = fixture.hasText ? json.at("text").get<std::string>() : std::string();
    fixture.ids = json.value("input_ids", std::vector<std::int32_t>());
    fixture.visible = flagsOf(json.value("attention_mask", Json::array()));
    fixture.generated = json.value("generated", std::vector<std::int32_t>());
    fixture.promptLength = json.value("prompt_tokens", 0);
    fixture.answer = json.value("answer", "");
    fixture.scores = json.value("scores", std::map<std::string, double>());
    RunRequest asked;
    readSpeechOptions(json.value("options", Json::object()), asked);
    fixture.maxNewTokens = asked.maxNewTokens;
    fixture.beams = asked.beams;
    fixture.speech = asked.speech;
    fixture.stages = json.at("stages").get<std::vector<std::string>>();
    fixture.expected = readTensors(folder / "expected" / (fixture.name + ".safetensors"));
    return fixture;
}

std::vector<ModelFixture> readFixtures()
{
    std::vector<ModelFixture> fixtures;
    const std::filesystem::path all = blipFixtureFolder().parent_path();
    for (const auto& entry : std::filesystem::directory_iterator(all)) {
        const std::filesystem::path file = entry.path() / "fixtures.json";
        if (!std::filesystem::exists(file) || !std::filesystem::exists(entry.path() / "models"))
            continue;
        const Json json = parseJson(readTextFile(file, 1 << 20), file.string());
        for (const Json& run : json.at("runs"))
            fixtures.push_back(fixtureFrom(run, entry.path()));
    }
    std::ranges::sort(fixtures, {}, &ModelFixture::name);
    return fixtures;
}

} // namespace

void PrintTo(const ModelFixture& fixture, std::ostream* stream)
{
    *stream << fixture.name;
}

std::filesystem::path blipFixtureFolder()
{
    return std::filesystem::path(HEEDMAP_SOURCE_DIR) / "tests" / "fixtures" / "blip";
}

std::filesystem::path whisperFixtureFolder()
{
    return blipFixtureFolder().parent_path() / "whisper";
}

void readSpeechOptions(const Json& options, RunRequest& request)
{
    if (options.contains("max_new_tokens"))
        request.maxNewTokens = options.at("max_new_tokens").get<std::int64_t>();
    if (options.contains("num_beams"))
        request.beams = options.at("num_beams").get<std::int64_t>();
    if (options.contains("return_timestamps"))
        request.speech.timestamps = options.at("return_timestamps").get<bool>();
    request.speech.language = options.value("language", "");
    request.speech.task = options.value("task", "");
}

MelFeatures soundOf(const std::filesystem::path& recording, const std::filesystem::path& modelFolder)
{
    const std::filesystem::path config = modelFolder / "preprocessor_config.json";
    const auto extractor = LogMelExtractor::fromConfig(parseJson(readTextFile(config, 1 << 24), config.string()));
    const std::vector<std::byte> file = readFile(recording, kMaxAudioBytes);
    return extractor.recording(decodeAudio(file, recording.filename(), extractor.sampleRate()).samples);
}

std::vector<std::int32_t> sequenceOf(const RunResult& result, std::size_t text)
{
    const GeneratedText& generated = result.generated.at(text);
    const auto axis = std::ranges::find(result.axes, generated.axisId, &RunAxis::id);
    std::vector<std::int32_t> ids = axis->tokenIds;
    ids.push_back(generated.tokens.back().id);
    return ids;
}

const std::vector<ModelFixture>& modelFixtures()
{
    static const std::vector<ModelFixture> fixtures = readFixtures();
    return fixtures;
}

const ModelFixture& modelFixture(const std::string& name)
{
    for (const ModelFixture& fixture : modelFixtures())
        if (fixture.name == name)
            return fixture;
    throw Error(ErrorKind::NotFound, "no fixture {}", name);
}

RunRequest ModelFixture::request() const
{
    RunRequest request;
    if (hasPicture()) {
        const FloatTensor& pixels = expected.at("inputs/pixel_values"); // [3, height, width]
        request.pixels = {static_cast<int>(pixels.shape[2]),
                          static_cast<int>(pixels.shape[1]),
                          {pixels.values.begin(), pixels.values.end()},
                          {}};
    }
    if (!recording.empty()) {
        const FloatTensor& features = expected.at("inputs/input_features"); // [bins, frames]
        request.sound = {static_cast<int>(features.shape[0]),
                         static_cast<int>(features.shape[1]),
                         {features.values.begin(), features.values.end()}};
    }
    request.speech = speech;
    request.beams = beams;
    if (hasText) {
        request.text.emplace();
        request.text->ids = ids;
        request.visible = visible;
    }
    request.maxNewTokens = maxNewTokens;
    request.capture.stages = true;
    return request;
}

std::map<std::string, FloatTensor> recordedTensors(const RunResult& result)
{
    std::map<std::string, FloatTensor> tensors;
    for (const RecordedPass& pass : result.passes) {
        for (const RecordedStage& stage : pass.stages)
            tensors[pass.id + "/" + stage.name] = stage.values;
        for (const RecordedSite& site : pass.sites)
            tensors[pass.id + "/" + site.name] = site.weights;
    }
    return tensors;
}

double scoreOf(const RunResult& result, const std::string& name)
{
    if (result.scores)
        for (const Score& score : result.scores->values)
            if (score.name == name)
                return score.value;
    throw Error(ErrorKind::NotFound, "no score {}", name);
}

double maxDifference(const FloatTensor& a, const FloatTensor& b)
{
    double largest = a.shape == b.shape ? 0 : std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < std::min(a.values.size(), b.values.size()); ++i) {
        const double difference = std::abs(double{a.values[i]} - double{b.values[i]});
        largest = difference <= largest ? largest : std::isnan(difference) ? INFINITY : difference;
    }
    return largest;
}

} // namespace heedmap::test
