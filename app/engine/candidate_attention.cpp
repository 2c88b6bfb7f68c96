#include "app/engine/candidate_attention.h"

#include "core/base/byte_text.h"
#include "core/base/error.h"

#include <algorithm>

namespace heedmap {

namespace {

constexpr std::int64_t kMostBytes = std::int64_t{1} << 30;

} // namespace

CandidateAttention::CandidateAttention(const ModelFacts& facts, const std::vector<PlannedSite>& plan,
                                       std::int64_t heard)
    : m_averages(!facts.alignment), m_heard(heard)
{
    if (facts.alignment)
        for (const Alignment::Head& head : facts.alignment->heads)
            m_heads[head.site].push_back(head.head);
    std::int64_t rows = 0;
    std::map<std::string, bool> seen;
    for (const PlannedSite& site : plan) {
        if (site.kind != AttentionKind::Cross)
            continue;
        if (m_averages && m_heads[site.name].empty())
            for (int head = 0; head < site.heads; ++head)
                m_heads[site.name].push_back(head);
        rows += std::exchange(seen[site.passId], true) ? 0 : site.queries;
    }
    for (const auto& [site, heads] : m_heads)
        m_headCount += static_cast<std::int64_t>(heads.size());
    const std::int64_t bytes = 4 * rows * heard * (m_averages ? 1 : m_headCount);
    if (bytes > kMostBytes)
        throw Error(ErrorKind::TooLarge, "What the candidates listen to would take {}, more than {}; compare fewer",
                    byteText(bytes), byteText(kMostBytes));
}

void CandidateAttention::take(const std::string& passId, const RecordedSite& site)
{
    const auto heads = m_heads.find(site.name);
    if (heads == m_heads.end())
        return;
    AlignmentWeights& weights = m_passes[passId];
    weights.tokens = site.weights.shape.at(1);
    weights.positions = m_heard;
    if (m_averages)
        takeMean(site, weights);
    else
        takeHeads(site, heads->second, weights);
}

void CandidateAttention::takeMean(const RecordedSite& site, AlignmentWeights& weights) const
{
    const std::int64_t keys = site.weights.shape.at(2);
    weights.heads = 1;
    weights.values.resize(static_cast<std::size_t>(weights.tokens * m_heard));
    for (std::int64_t row = 0; row < site.heads * weights.tokens; ++row) {
        const float* from = site.weights.values.data() + row * keys;
        float* to = weights.values.data() + row % weights.tokens * m_heard;
        for (std::int64_t p = 0; p < m_heard; ++p)
            to[p] += from[p] / static_cast<float>(m_headCount);
    }
}

void CandidateAttention::takeHeads(const RecordedSite& site, const std::vector<int>& heads,
                                   AlignmentWeights& weights) const
{
    const std::int64_t keys = site.weights.shape.at(2);
    weights.heads += static_cast<std::int64_t>(heads.size());
    for (const int head : heads)
        for (std::int64_t row = 0; row < weights.tokens; ++row) {
            const float* from = site.weights.values.data() + (head * weights.tokens + row) * keys;
            weights.values.insert(weights.values.end(), from, from + m_heard);
        }
}

AlignmentWeights CandidateAttention::of(const std::string& passId, std::int64_t firstRow) const
{
    const auto found = m_passes.find(passId);
    if (found == m_passes.end() || firstRow > found->second.tokens)
        throw Error(ErrorKind::Internal, "nothing was heard of {}", passId);
    const AlignmentWeights& all = found->second;
    AlignmentWeights rows{all.heads, all.tokens - firstRow, all.positions, {}};
    for (std::int64_t head = 0; head < all.heads; ++head) {
        const auto begin = all.values.begin() + (head * all.tokens + firstRow) * all.positions;
        rows.values.insert(rows.values.end(), begin, begin + rows.tokens * all.positions);
    }
    return rows;
}

} // namespace heedmap
