#include "app/engine/row_error.h"

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/capture/dot_products.h"
#include "core/capture/softmax.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

namespace heedmap {

namespace {

constexpr std::int64_t kBlockRows = 16;             ///< whose scores stay in the L2 cache
constexpr std::int64_t kKeyBlockElements = 1 << 13; ///< a block of keys fits the L1 cache
constexpr std::int64_t kWorthAThread = 1 << 17;     ///< weights

// Inlined into a function per instruction set, and vectorised there.
inline __attribute__((always_inline)) float largestDifferenceInline(std::span<const float> a, std::span<const float> b)
{
    // Of numbers without a sign the larger one has the larger bits, and NaN the largest.
    std::int32_t largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        largest = std::max(largest, std::bit_cast<std::int32_t>(a[i] - b[i]) & 0x7fffffff);
    return std::bit_cast<float>(largest);
}

#if defined(__x86_64__)

__attribute__((target("avx2"))) float largestDifferenceAvx2(std::span<const float> a, std::span<const float> b)
{
    return largestDifferenceInline(a, b);
}

__attribute__((target("avx512f"))) float largestDifferenceAvx512(std::span<const float> a, std::span<const float> b)
{
    return largestDifferenceInline(a, b);
}

#endif

/// A site's weights, and what they are computed from again: all of them of these heads and queries alone.
struct ComparedRows
{
    const RecordedSite& site;
    const FloatTensor& queries;          ///< [held heads, held queries, headDim]
    const FloatTensor& keys;             ///< [held key-value heads, keys, headDim]
    std::vector<std::int64_t> keyHeads;  ///< place in `keys` of every held head
    std::vector<std::int64_t> positions; ///< of the held queries on their axis

    std::int64_t queryCount() const { return queries.shape.at(1); }
    std::int64_t keyCount() const { return keys.shape.at(1); }
    std::int64_t width() const { return queries.shape.at(2); }
    std::int64_t rowCount() const { return static_cast<std::int64_t>(keyHeads.size()) * queryCount(); }
    std::span<const float> weights(std::int64_t row) const
    {
        return std::span(site.weights.values)
            .subspan(static_cast<std::size_t>(row * keyCount()), static_cast<std::size_t>(keyCount()));
    }
};

/// 1 for every key a query may look at. Empty: it may look at all.
std::vector<std::uint8_t> visibleKeys(const MaskSymbols& mask, std::int64_t query, std::int64_t keys)
{
    if (!mask.causalOffset && mask.keyRanges.empty())
        return {};
    const std::int64_t limit =
        mask.causalOffset ? std::clamp<std::int64_t>(query + *mask.causalOffset + 1, 0, keys) : keys;
    std::vector<std::uint8_t> visible(static_cast<std::size_t>(keys));
    const auto show = [&](std::int64_t begin, std::int64_t end) {
        if (begin < end)
            std::fill(visible.begin() + begin, visible.begin() + end, 1);
    };
    if (mask.keyRanges.empty())
        show(0, limit);
    for (const auto& [begin, end] : mask.keyRanges)
        show(std::min(begin, limit), std::min(end, limit));
    return visible;
}

/// Compares rows of one head, a few at a time; one for every thread.
class RowComparison
{
public:
    explicit RowComparison(const ComparedRows& rows)
        : m_rows(rows), m_queries(static_cast<std::size_t>(kBlockRows * rows.width())),
          m_scores(static_cast<std::size_t>(kBlockRows * rows.keyCount())),
          m_row(static_cast<std::size_t>(rows.keyCount()))
    {}

    /// Of at most kBlockRows rows from `first` on.
    double largestError(std::int64_t first, std::int64_t count)
    {
        score(first, count);
        double largest = 0;
        for (std::int64_t i = 0; i < count; ++i) {
            const std::int64_t position = m_rows.positions[static_cast<std::size_t>((first + i) % m_rows.queryCount())];
            const std::vector<std::uint8_t> visible = visibleKeys(m_rows.site.mask, position, m_rows.keyCount());
            const std::span scores =
                std::span(m_scores).subspan(static_cast<std::size_t>(i) * m_row.size(), m_row.size());
            softmax({scores, m_rows.site.scale, {}, visible}, m_row);
            largest = std::max(largest, finite(largestDifference(m_row, m_rows.weights(first + i))));
        }
        return largest;
    }

private:
    void score(std::int64_t first, std::int64_t count)
    {
        const std::int64_t width = m_rows.width();
        const std::int64_t keyCount = m_rows.keyCount();
        std::copy_n(m_rows.queries.values.data() + first * width, count * width, m_queries.begin());
        const std::int64_t keyHead = m_rows.keyHeads[static_cast<std::size_t>(first / m_rows.queryCount())];
        const auto* keys = reinterpret_cast<const std::byte*>(m_rows.keys.values.data() + keyHead * keyCount * width);
        const std::int64_t block = std::clamp<std::int64_t>(kKeyBlockElements / width, 1, keyCount);
        for (std::int64_t key = 0; key < keyCount; key += block)
            dotProducts(m_queries.data(), count,
                        {keys + static_cast<std::size_t>(key * width) * sizeof(float), DType::F32,
                         std::min(block, keyCount - key), width},
                        m_scores.data() + key, keyCount);
    }

    double finite(double error) const
    {
        if (!std::isfinite(error))
            throw Error(ErrorKind::InvalidFile,
                        "The attention of {} gives values that are not finite; the weights of the model are damaged.",
                        m_rows.site.name);
        return error;
    }

    const ComparedRows& m_rows;
    std::vector<double> m_queries; ///< [kBlockRows, headDim]
    std::vector<double> m_scores;  ///< [kBlockRows, keys]
    std::vector<float> m_row;      ///< [keys]
};

double largestError(const ComparedRows& rows, std::int64_t begin, std::int64_t end)
{
    RowComparison comparison(rows);
    double largest = 0;
    for (std::int64_t first = begin, next = 0; first < end; first = next) {
        const std::int64_t endOfHead = (first / rows.queryCount() + 1) * rows.queryCount();
        next = std::min({first + kBlockRows, endOfHead, end});
        largest = std::max(largest, comparison.largestError(first, next - first));
    }
    return largest;
}

} // namespace

float largestDifference(std::span<const float> a, std::span<const float> b, InstructionSet instructions)
{
#if defined(__x86_64__)
    if (instructions == InstructionSet::Avx512)
        return largestDifferenceAvx512(a, b);
    if (instructions == InstructionSet::Avx2)
        return largestDifferenceAvx2(a, b);
#endif
    return largestDifferenceInline(a, b);
}

double maxRowError(const RecordedSite& site)
{
    return maxRowError(site, site.queries, site.keys);
}

double maxRowError(const RecordedSite& site, const FloatTensor& storedQueries, const FloatTensor& storedKeys,
                   const StoredIndices& heads, const StoredIndices& rows)
{
    AttentionSite grouped;
    grouped.heads = site.heads;
    grouped.keyValueHeads = site.keyValueHeads;
    grouped.storedHeads = heads;
    const StoredIndices keyHeads = grouped.storedKeyValueHeads();
    ComparedRows compared{
        site, storedQueries, storedKeys, {}, rows.numbers(rows.areAll() ? storedQueries.shape.at(1) : INT64_MAX)};
    for (const int head : grouped.headNumbers())
        compared.keyHeads.push_back(keyHeads.placeOf(head / (site.heads / site.keyValueHeads)));
    std::mutex mutex;
    double largest = 0;
    inParallel(compared.rowCount(), kWorthAThread / std::max<std::int64_t>(compared.keyCount(), 1) + 1,
               [&](std::int64_t begin, std::int64_t end) {
                   const double error = largestError(compared, begin, end);
                   const std::lock_guard lock(mutex);
                   largest = std::max(largest, error);
               });
    return largest;
}

} // namespace heedmap
