#pragma once

#include "app/engine/candidate_attention.h"
#include "app/engine/run_order.h"
#include "core/analysis/candidate_scores.h"
#include "core/analysis/spoken_words.h"
#include "core/capture/manifest.h"

#include <optional>
#include <string>
#include <vector>

namespace heedmap {

/// How much alignment counts beside the mean log-probability of a candidate's tokens, which differs by tenths where
/// candidates differ by a word: with these, alignment decides only between what sounds all but equal.
struct RankingWeights
{
    double coverage = 0.1;
    double monotonicity = 0.1;
};

/// A word of a candidate: how likely it was, and what the model listened to when it had to say it.
struct JudgedWord
{
    std::string text;
    std::size_t firstToken = 0; ///< of CaptureOutput::tokens, [firstToken, endToken)
    std::size_t endToken = 0;
    double logProbability = 0; ///< sum over its tokens
    double startSeconds = 0;   ///< of the recording, by time warping
    double endSeconds = 0;
    double listensFrom = 0; ///< seconds between which the middle half of its attention lies
    double listensTo = 0;
    double massInSpan = 0; ///< share of its attention between startSeconds and endSeconds
};

/// One candidate with its end token.
struct JudgedCandidate
{
    std::optional<std::size_t> index; ///< among those that were given; absent: found by the search
    std::string text;
    CaptureOutput output;
    std::vector<TokenSeconds> seconds; ///< of its tokens
    std::vector<JudgedWord> words;
    double sumLogProbability = 0;
    double meanLogProbability = 0; ///< over its tokens
    ListeningMeasures listening;
    double score = 0; ///< meanLogProbability + coverage and monotonicity by their weights
};

/// Of a run with candidates, of which `given` are the texts that were given, best first; equals keep their order. Times
/// come from warping the rows that predict the tokens, end token included, so that every token has one
/// (core/analysis/token_times.h; as whisper/timing.py of openai-whisper has it).
std::vector<JudgedCandidate> judgedCandidates(const RunOrder& order, const RunResult& result,
                                              const std::vector<std::string>& given,
                                              const CandidateAttention& attention, const RankingWeights& weights);

/// As PROTOCOL.md, `speech/rerank`: "candidates" and "differences".
Json jsonFromRanking(const std::vector<JudgedCandidate>& ranking);

} // namespace heedmap
