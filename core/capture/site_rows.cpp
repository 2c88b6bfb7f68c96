#include "core/capture/site_rows.h"

#include "core/base/float_conversion.h"
#include "core/capture/dot_products.h"
#include "core/capture/softmax.h"
#include "core/capture/visibility.h"

#include <algorithm>

namespace heedmap {

namespace {

constexpr std::int64_t kScratchElements = 1 << 19;
constexpr std::int64_t kKeyBlockElements = 1 << 13; // a block of keys fits the L1 cache

using FloatRow = Eigen::Map<Eigen::ArrayXf>;

} // namespace

SiteRows::SiteRows(const Capture& capture, std::size_t site)
    : m_capture(capture), m_site(capture.site(site)), m_queries(capture.queryAxis(site).length),
      m_keys(capture.keyAxis(site).length)
{}

std::int64_t SiteRows::blockRows() const
{
    return std::clamp<std::int64_t>(kScratchElements / m_keys, 1, m_queries);
}

void SiteRows::readWeights(int head, std::int64_t first, std::int64_t count, std::span<float> out) const
{
    m_capture.tensor(m_site.weights).copyFloats((head * m_queries + first) * m_keys, out);
}

void SiteRows::read(HeadChoice head, std::int64_t first, std::int64_t count, std::span<float> out)
{
    if (!head.isMean()) {
        if (m_site.storesWeights())
            readWeights(head.head, first, count, out);
        else
            computeRows(head.head, first, count, count, out);
        return;
    }
    Eigen::ArrayXd sum = Eigen::ArrayXd::Zero(static_cast<Eigen::Index>(out.size()));
    FloatRow one(out.data(), static_cast<Eigen::Index>(out.size()));
    for (int i = 0; i < m_site.heads; ++i) {
        read({i}, first, count, out);
        sum += one.cast<double>();
    }
    one = (sum / m_site.heads).cast<float>();
}

void SiteRows::readAllHeads(std::int64_t query, std::span<float> out)
{
    const auto keys = static_cast<std::size_t>(m_keys);
    if (m_site.storesWeights()) {
        for (int head = 0; head < m_site.heads; ++head)
            readWeights(head, query, 1, out.subspan(head * keys, keys));
        return;
    }
    const int group = m_site.heads / m_site.keyValueHeads;
    const int step = static_cast<int>(std::clamp<std::int64_t>(kScratchElements / m_keys, 1, group));
    for (int begin = 0; begin < m_site.heads; begin += group)
        for (int i = 0; i < group; i += step) {
            const int count = std::min(step, group - i);
            computeRows(begin + i, query, 1, count, out.subspan((begin + i) * keys, count * keys));
        }
}

void SiteRows::computeRows(int head, std::int64_t first, std::int64_t count, std::int64_t rows, std::span<float> out)
{
    const auto keys = static_cast<std::size_t>(m_keys);
    loadQueries(head, first, count, rows);
    m_visible.resize(static_cast<std::size_t>(count) * keys);
    KeyRange seen{m_keys, 0};
    for (std::int64_t query = 0; query < count; ++query)
        seen = seen.with(readVisible(first + query, std::span(m_visible).subspan(query * keys, keys)));
    multiplyByKeys(head / (m_site.heads / m_site.keyValueHeads), seen);
    for (std::int64_t row = 0; row < rows; ++row)
        softmaxRow(row, std::span(m_visible).subspan(row % count * keys, keys), seen,
                   out.subspan(static_cast<std::size_t>(row) * keys, keys));
}

SiteRows::KeyRange SiteRows::readVisible(std::int64_t query, std::span<std::uint8_t> visible) const
{
    readVisibility(m_capture, m_site, query, visible);
    const auto first = std::ranges::find(visible, 1);
    if (first == visible.end())
        return {m_keys, 0};
    auto last = visible.end();
    while (*std::prev(last) == 0)
        --last;
    return {first - visible.begin(), last - visible.begin()};
}

void SiteRows::loadQueries(int head, std::int64_t first, std::int64_t count, std::int64_t rows)
{
    const TensorView& tensor = m_capture.tensor(m_site.queries); // [heads, queries, headDim]
    const std::int64_t width = tensor.shape[2];
    m_floats.resize(static_cast<std::size_t>(count * width));
    m_queryVectors.resize(rows, width);
    for (std::int64_t row = 0; row < rows; row += count) {
        tensor.copyFloats(((head + row / count) * m_queries + first) * width, m_floats);
        m_queryVectors.middleRows(row, count) =
            Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(m_floats.data(),
                                                                                                    count, width)
                .cast<double>();
    }
}

// Products are summed in double precision: what remains of the difference to the model's weights is the model's own
// rounding. Keys that no row may look at (half of a causal map) are not even read.
void SiteRows::multiplyByKeys(int keyValueHead, KeyRange seen)
{
    const TensorView& tensor = m_capture.tensor(m_site.keys); // [keyValueHeads, keys, headDim]
    const std::int64_t width = tensor.shape[2];
    const std::int64_t block = std::clamp<std::int64_t>(kKeyBlockElements / width, 1, m_keys);
    const std::size_t keyBytes = static_cast<std::size_t>(width) * itemSize(tensor.dtype);
    const std::byte* keys = tensor.bytes.data() + static_cast<std::size_t>(keyValueHead * m_keys) * keyBytes;
    m_scores.resize(m_queryVectors.rows(), m_keys);
    for (std::int64_t key = seen.begin; key < seen.end; key += block)
        dotProducts(
            m_queryVectors.data(), m_queryVectors.rows(),
            {keys + static_cast<std::size_t>(key) * keyBytes, tensor.dtype, std::min(block, seen.end - key), width},
            m_scores.data() + key, m_keys);
    if (tensor.file)
        tensor.file->checkIntact(); // once for all of them: it is a system call
}

void SiteRows::softmaxRow(std::int64_t row, std::span<const std::uint8_t> visible, KeyRange seen, std::span<float> out)
{
    std::ranges::fill(out, 0.0f);
    if (seen.begin >= seen.end)
        return;
    const auto begin = static_cast<std::size_t>(seen.begin);
    const auto count = static_cast<std::size_t>(seen.end - seen.begin);
    softmax({std::span(m_scores.row(row).data() + begin, count), m_site.scale, m_site.softCap,
             visible.subspan(begin, count)},
            out.subspan(begin, count));
}

} // namespace heedmap
