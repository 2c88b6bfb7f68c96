#include "app/verbs/rerank_verb.h"

#include "app/verbs/rerank_report.h"
#include "app/verbs/run_to_capture.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/utf8.h"

#include <memory>
#include <optional>
#include <sstream>

namespace heedmap {

namespace {

constexpr std::size_t kMostFileBytes = 1 << 20;
constexpr std::size_t kMostCandidates = 64; // PROTOCOL.md, speech/rerank

struct RerankArguments
{
    std::string model;
    std::string audio;
    std::string candidates;
    std::string language;
    std::optional<int> beams;
    std::optional<double> coverage;
    std::optional<double> monotonicity;
    bool json = false;
};

/// Lines that are not blank. Errors: as readTextFile; InvalidFile (not UTF-8, nothing in it), TooLarge.
Json readCandidates(const std::string& path)
{
    std::string text = readTextFile(path, kMostFileBytes);
    if (!isValidUtf8(text))
        throw Error(ErrorKind::InvalidFile, "{} is not valid UTF-8; save it as UTF-8, one candidate a line", path);
    if (text.starts_with("\xEF\xBB\xBF"))
        text.erase(0, 3);
    Json list = Json::array();
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        if (const std::size_t begin = line.find_first_not_of(" \t\r"); begin != std::string::npos)
            list.push_back(line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1));
    if (list.empty())
        throw Error(ErrorKind::InvalidFile, "{} has no candidates; write one a line", path);
    if (list.size() > kMostCandidates)
        throw Error(ErrorKind::TooLarge, "{} has {} candidates; at most {} are compared", path, list.size(),
                    kMostCandidates);
    return list;
}

Json weightsOf(const RerankArguments& arguments)
{
    Json weights = Json::object();
    if (arguments.coverage)
        weights["coverage"] = *arguments.coverage;
    if (arguments.monotonicity)
        weights["monotonicity"] = *arguments.monotonicity;
    return weights;
}

int rerank(const RerankArguments& arguments)
{
    if (arguments.candidates.empty() && !arguments.beams)
        throw Error(ErrorKind::InvalidRequest,
                    "there is nothing to compare: name a file of candidates, or give --beam for the model's own");
    if (!isValidUtf8(arguments.language))
        throw Error(ErrorKind::InvalidRequest, "the language is not valid UTF-8");
    RunSpec spec = readRunSpec(arguments.model, {}, {}, {});
    spec.method = QStringLiteral("speech/rerank");
    spec.members["weights"] = weightsOf(arguments);
    if (!arguments.candidates.empty())
        spec.members["candidates"] = readCandidates(arguments.candidates);
    readRecording(arguments.audio, spec);
    if (!arguments.language.empty())
        spec.options["language"] = arguments.language;
    if (arguments.beams)
        spec.options["beams"] = *arguments.beams;
    const Json answer = runToCapture(std::move(spec));
    fmt::print("{}", arguments.json ? answer.dump(2) + '\n' : rankingText(answer));
    return kDone;
}

} // namespace

Verb rerankVerb()
{
    return {"rerank", "Say which of several texts was said in a recording, and which words decide",
            VerbApplication::Core, [](CLI::App& verb) {
                const auto arguments = std::make_shared<RerankArguments>();
                verb.add_option("--model", arguments->model, "Folder of a speech model")->required();
                verb.add_option("--audio", arguments->audio, "Recording of one window (WAV, FLAC, OGG, MP3 or AIFF)")
                    ->required();
                verb.add_option("--candidates", arguments->candidates, "Text file, UTF-8, a candidate a line");
                verb.add_option("--beam", arguments->beams, "Compare the best texts of a search with so many beams too")
                    ->check(CLI::Range(1, 64));
                verb.add_option("--language", arguments->language,
                                "What is spoken: en, english. Without it the model finds out");
                verb.add_option("--coverage", arguments->coverage, "How much coverage counts; 0.1 without this")
                    ->check(CLI::Range(0.0, 1000.0));
                verb.add_option("--monotonicity", arguments->monotonicity,
                                "How much monotonicity counts; 0.1 without this")
                    ->check(CLI::Range(0.0, 1000.0));
                verb.add_flag("--json", arguments->json, "Everything, as JSON");
                return [arguments] { return rerank(*arguments); };
            }};
}

} // namespace heedmap
