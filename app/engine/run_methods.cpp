#include "app/engine/capture_builder.h"
#include "app/engine/methods.h"
#include "app/engine/run_progress.h"
#include "app/engine/token_spans.h"
#include "app/engine/word_times.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <map>
#include <system_error>

namespace heedmap {

namespace {

/// A folder of our own for a capture nobody gave a path; gone with everything in it at the end of the run.
class TemporaryFolder
{
public:
    TemporaryFolder()
    {
        std::string name = (std::filesystem::temp_directory_path() / "heedmap-engine-XXXXXX").string();
        if (!::mkdtemp(name.data()))
            throw Error(ErrorKind::Io, "cannot create a temporary folder {}: {}", name, std::strerror(errno));
        m_path = name;
    }
    ~TemporaryFolder()
    {
        std::error_code ignored; // a leftover in the temporary folder is nobody's failure
        std::filesystem::remove_all(m_path, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    std::filesystem::path file() const { return m_path / "capture.heed"; }

private:
    std::filesystem::path m_path;
};

/// What was said when, without the special tokens and the times themselves.
Json jsonFromSegments(const RunOrder& order, const RunResult& result)
{
    Json list = Json::array();
    for (const SpeechSegment& segment : result.segments) {
        const GeneratedText& text = result.generated.at(segment.text);
        std::vector<std::int32_t> ids;
        for (std::size_t token = segment.begin; token < segment.end; ++token)
            ids.push_back(text.tokens.at(token).id);
        list.push_back({{"output", text.axisId},
                        {"first_token", segment.begin},
                        {"token_count", segment.end - segment.begin},
                        {"start_seconds", segment.startSeconds},
                        {"end_seconds", segment.endSeconds},
                        {"text", order.loaded.tokenizer->decode(ids)}});
    }
    return list;
}

/// What a search found beside the texts it chose, each with the rank it has among them all.
Json jsonFromRunnersUp(const RunOrder& order, const RunResult& result)
{
    const Tokenizer& tokenizer = *order.loaded.tokenizer;
    Json list = Json::array();
    for (const GeneratedText& text : result.generated)
        for (std::size_t i = 0; i < text.runnersUp.size(); ++i) {
            const RunnerUp& other = text.runnersUp[i];
            std::vector<std::int32_t> ids;
            Json tokens = Json::array();
            for (const TokenChoice& token : other.tokens) {
                ids.push_back(token.id);
                tokens.push_back({{"id", token.id},
                                  {"text", tokenText(tokenizer, token.id)},
                                  {"log_probability", token.logProbability}});
            }
            list.push_back({{"output", text.axisId},
                            {"rank", i + 1},
                            {"score", other.score},
                            {"ended", other.ended},
                            {"text", tokenizer.decode(ids)},
                            {"tokens", tokens}});
        }
    return list;
}

RunResult runModel(const RunOrder& order, RunRequest run, const std::vector<PlannedSite>& plan, CaptureBuilder& capture,
                   RequestContext& request)
{
    const Model& model = *order.loaded.model;
    run.capture.sink = [&](const std::string& passId, RecordedSite&& site) { capture.addSite(passId, site); };
    run.capture.wants = [&](const PlannedSite& site) { return capture.keeps(site); };
    run.capture.skipped = [&](const PlannedSite& site) { capture.leaveOut(site); };
    run.capture.gradientSink = [&](const std::string& passId, const std::string& site, FloatTensor&& gradient) {
        capture.addGradient(passId, site, gradient);
    };
    RunProgress progress(plan, model.facts().generatesText);
    return model.run(run, request.stopToken(), [&](const std::string& stage, int done, int total) {
        const RunProgress::Step step = progress.advance(stage, done, total);
        request.progress(step.text, step.done, step.total);
    });
}

/// The way back of gradients takes more than any other run will, however it ends.
struct MemoryGivenBack
{
    bool wanted = false;
    ~MemoryGivenBack()
    {
        if (wanted)
            ::malloc_trim(0);
    }
};

/// Of everything the run has, stored or not.
Json plannedGroups(const RunOrder& order, const std::vector<PlannedSite>& plan)
{
    Json groups = Json::array();
    std::map<std::string, std::size_t> places;
    for (const PlannedSite& site : plan) {
        const SiteNames names = SiteNames::of(site);
        const auto [place, isNew] = places.emplace(names.group, groups.size());
        if (isNew)
            groups.push_back({{"id", names.group},
                              {"title", groupTitle(site, order.loaded.model->facts())},
                              {"byte_count", std::int64_t{0}},
                              {"stored", false}});
        Json& group = groups[place->second];
        group["byte_count"] = group["byte_count"].get<std::int64_t>() + sizeOf(site, order.storage).byteCount();
        if (order.storage.keeps(names))
            group["stored"] = true;
    }
    return groups;
}

} // namespace

Json planRun(EngineState& state, const Json& params)
{
    const RunOrder order = RunOrder::fromParams(state, params, "run/plan");
    const std::vector<PlannedSite> plan = order.loaded.model->plan(order.request());
    order.storage.check(plan, order.interventions);
    Json sites = Json::array();
    for (const PlannedSite& site : plan)
        if (order.storage.keeps(SiteNames::of(site)))
            sites.push_back(
                {{"pass", site.passId}, {"name", site.name}, {"byte_count", sizeOf(site, order.storage).byteCount()}});
    return {{"byte_count", captureByteCount(order, plan)},
            {"sites", sites},
            {"groups", plannedGroups(order, plan)},
            {"left_out", order.storage.leftOut(plan)}};
}

Json startRun(EngineState& state, const Json& params, RequestContext& request)
{
    request.throwIfCancelled();
    RunOrder order = RunOrder::fromParams(state, params, "run/start");
    order.prepareInputs();
    std::optional<TemporaryFolder> temporary;
    if (order.capturePath.empty())
        temporary.emplace();
    const std::filesystem::path path = temporary ? temporary->file() : order.capturePath;

    RunRequest run = order.request();
    const std::vector<PlannedSite> plan = order.loaded.model->plan(run);
    order.storage.check(plan, order.interventions);
    checkBudget(order, plan);
    CaptureBuilder builder(path, order, plan);
    const MemoryGivenBack afterwards{order.gradients.has_value()};
    const RunResult result = runModel(order, std::move(run), plan, builder, request);
    request.throwIfCancelled();
    const Manifest manifest = builder.finish(result);
    const Json words = order.words ? answerOfWords(path, order.wordRows, request) : Json();

    const std::string id = state.captures.add(path);
    Json capture = {{"id", id}, {"byte_count", state.captures.byteCount(id)}};
    if (!temporary)
        capture["path"] = path.string();
    Json answer = {{"capture", capture},
                   {"outputs", jsonFromOutputs(manifest.outputs)},
                   {"left_out", order.storage.leftOut(plan)}};
    if (!result.segments.empty())
        answer["segments"] = jsonFromSegments(order, result);
    if (order.words)
        answer.update(words);
    if (order.nBest)
        answer["n_best"] = jsonFromRunnersUp(order, result);
    return answer;
}

} // namespace heedmap
