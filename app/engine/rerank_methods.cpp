#include "app/engine/candidate_attention.h"
#include "app/engine/candidate_report.h"
#include "app/engine/methods.h"
#include "app/engine/run_progress.h"
#include "app/engine/token_spans.h"
#include "core/base/utf8.h"

#include <algorithm>

namespace heedmap {

namespace {

const std::string kWhere = "the params of speech/rerank";
constexpr std::size_t kMostTextBytes = 16 * 1024;
constexpr double kMostWeight = 1000;

/// What a ranking asks for beyond a run.
struct RankingOrder
{
    std::vector<std::string> texts; ///< without blanks at their ends
    RankingWeights weights;
};

std::string trimmed(const std::string& text)
{
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    return begin == std::string::npos ? std::string()
                                      : text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

std::vector<std::string> readTexts(const Json& params)
{
    if (!params.contains("candidates") || params["candidates"].is_null())
        return {};
    const Json list = readParams([&] { return jsonArray(params, "candidates", kWhere); });
    if (list.size() > static_cast<std::size_t>(kMostCandidates))
        throw Error(ErrorKind::InvalidRequest, "There are {} candidates; at most {} are compared", list.size(),
                    kMostCandidates);
    std::vector<std::string> texts;
    for (const Json& entry : list) {
        if (!entry.is_string())
            throw ProtocolError(rpc::kInvalidParams, "candidate {} in {} is no text", texts.size() + 1, kWhere);
        texts.push_back(trimmed(entry.get<std::string>()));
        if (texts.back().empty() || texts.back().size() > kMostTextBytes)
            throw Error(ErrorKind::InvalidRequest, "Candidate {} has {} bytes; 1 to {} can be compared", texts.size(),
                        texts.back().size(), kMostTextBytes);
    }
    return texts;
}

RankingWeights readWeights(const Json& params)
{
    RankingWeights weights;
    if (!params.contains("weights") || params["weights"].is_null())
        return weights;
    const std::string where = "\"weights\"";
    readParams([&] {
        const Json& json = jsonObject(params, "weights", kWhere);
        refuseUnknownMembers(json, {"coverage", "monotonicity"}, where);
        weights.coverage = jsonNumber(json, "coverage", where, weights.coverage);
        weights.monotonicity = jsonNumber(json, "monotonicity", where, weights.monotonicity);
    });
    for (const double weight : {weights.coverage, weights.monotonicity})
        if (!(weight >= 0 && weight <= kMostWeight))
            throw Error(ErrorKind::InvalidRequest, "A weight of {} is not between 0 and {}", weight, kMostWeight);
    return weights;
}

/// The part of the params that a run has too.
Json runParams(const Json& params)
{
    Json run = params;
    run.erase("candidates");
    run.erase("weights");
    readParams([&] {
        refuseUnknownMembers(run, {"model", "inputs", "options", "interventions"}, kWhere);
        if (run.contains("options") && !run["options"].is_null())
            refuseUnknownMembers(jsonObject(run, "options", kWhere),
                                 {"language", "task", "beams", "n_best", "max_new_tokens"}, "\"options\"");
    });
    return run;
}

/// After the prompt a text begins with a blank, as the model writes it.
std::vector<std::int32_t> tokensOf(const Tokenizer& tokenizer, const std::string& text)
{
    EncodeOptions bare;
    bare.addSpecialTokens = false;
    std::vector<std::int32_t> ids = tokenizer.encode(" " + text, bare).ids;
    const auto special = std::ranges::find_if(ids, [&](std::int32_t id) { return isSpecialToken(tokenizer, id); });
    if (special != ids.end())
        throw Error(ErrorKind::InvalidRequest, "The candidate \"{}\" has {}, which is no text", printable(text),
                    printable(tokenText(tokenizer, *special)));
    return ids;
}

CandidateRequest candidatesOf(const RunOrder& order, const std::vector<std::string>& texts)
{
    CandidateRequest request;
    for (const std::string& text : texts)
        request.texts.push_back(tokensOf(*order.loaded.tokenizer, text));
    if (order.beams || order.nBest)
        request.fromSearch = order.nBest.value_or(order.beams.value_or(1));
    if (request.texts.empty() && request.fromSearch == 0)
        throw Error(ErrorKind::InvalidRequest,
                    "There is nothing to compare: give candidates, or beams whose best texts are compared");
    return request;
}

RunRequest requestOf(RunOrder& order, const std::vector<std::string>& texts)
{
    if (!order.loaded.model->facts().judgesTexts || !order.sound)
        throw Error(ErrorKind::InvalidRequest, "{} compares no candidates: it hears nothing",
                    order.loaded.checkpoint->name());
    order.speech.timestamps = false; // what is compared has none
    RunRequest request = order.request();
    request.nBest = 1;
    request.candidates = candidatesOf(order, texts);
    return request;
}

/// Of the window that is compared.
std::int64_t heardOf(const SoundInput& sound, const std::vector<PlannedSite>& plan)
{
    const auto cross = std::ranges::find(plan, AttentionKind::Cross, &PlannedSite::kind);
    const MelFeatures& features = sound.features;
    const std::int64_t most = std::min<std::int64_t>(cross->keys, features.frames / kFramesPerSoundPosition);
    return heardPositions(sound.header.seconds, features.startSeconds,
                          features.secondsPerFrame * kFramesPerSoundPosition, most);
}

RunResult replayed(const RunOrder& order, RunRequest run, CandidateAttention& attention,
                   const std::vector<PlannedSite>& plan, RequestContext& request)
{
    run.capture.sink = [&](const std::string& passId, RecordedSite&& site) { attention.take(passId, site); };
    run.capture.wants = [&](const PlannedSite& site) { return attention.wants(site.name); };
    RunProgress progress(plan, run.candidates->fromSearch > 0);
    return order.loaded.model->run(run, request.stopToken(), [&](const std::string& stage, int done, int total) {
        const RunProgress::Step step = progress.advance(stage, done, total);
        request.progress(step.text, step.done, step.total);
    });
}

/// The tokens every candidate came after.
Json promptOf(const RunOrder& order, const RunResult& result)
{
    const auto text = std::ranges::find(result.axes, RunAxis::Kind::Generated, &RunAxis::kind);
    Json prompt = Json::array();
    for (std::int64_t i = 0; i < text->promptLength; ++i)
        prompt.push_back(tokenText(*order.loaded.tokenizer, text->tokenIds.at(static_cast<std::size_t>(i))));
    return prompt;
}

} // namespace

Json rerankCandidates(EngineState& state, const Json& params, RequestContext& request)
{
    request.throwIfCancelled();
    RunOrder order = RunOrder::fromParams(state, runParams(params), "speech/rerank");
    const RankingOrder ranking{readTexts(params), readWeights(params)};
    RunRequest run = requestOf(order, ranking.texts);
    order.loaded.model->plan(run); // refuses what it can before the recording is decoded
    order.prepareInputs();
    run.sound = order.sound->features;
    const std::vector<PlannedSite> plan = order.loaded.model->plan(run);
    CandidateAttention attention(order.loaded.model->facts(), plan, heardOf(*order.sound, plan));
    const RunResult result = replayed(order, std::move(run), attention, plan, request);
    request.throwIfCancelled();
    Json answer = jsonFromRanking(judgedCandidates(order, result, ranking.texts, attention, ranking.weights));
    answer["prompt"] = promptOf(order, result);
    answer["weights"] = {{"coverage", ranking.weights.coverage}, {"monotonicity", ranking.weights.monotonicity}};
    return answer;
}

} // namespace heedmap
