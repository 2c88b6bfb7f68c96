#pragma once

#include "core/analysis/token_times.h"
#include "core/models/model.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace heedmap {

/// Keeps, while candidates are replayed, what their tokens listened to: the attention of the model's alignment heads,
/// or, where it names none, the mean over all its cross-attention, which then counts as one head.
class CandidateAttention
{
public:
    /// `plan`: the sites of the run. `heard`: positions up to the recording's end; the others are not kept. Errors:
    /// TooLarge where all of it would have more than a gigabyte.
    CandidateAttention(const ModelFacts& facts, const std::vector<PlannedSite>& plan, std::int64_t heard);

    /// Whether a site is to be kept.
    bool wants(const std::string& site) const { return m_heads.contains(site); }
    /// As SiteSink.
    void take(const std::string& passId, const RecordedSite& site);

    /// The rows of a candidate from `firstRow` on. Errors: Internal for a pass that was not seen.
    AlignmentWeights of(const std::string& passId, std::int64_t firstRow) const;
    std::int64_t heard() const { return m_heard; }

private:
    void takeMean(const RecordedSite& site, AlignmentWeights& weights) const;
    void takeHeads(const RecordedSite& site, const std::vector<int>& heads, AlignmentWeights& weights) const;

    std::map<std::string, std::vector<int>> m_heads; ///< by site
    bool m_averages = false;
    std::int64_t m_headCount = 0;
    std::int64_t m_heard = 0;
    std::map<std::string, AlignmentWeights> m_passes;
};

} // namespace heedmap
