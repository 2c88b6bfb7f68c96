#include "core/capture/site_rows.h"

#include "core/base/error.h"
#include "core/base/float_conversion.h"
#include "core/base/utf8.h"
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
    : m_capture(capture), m_site(capture.site(site)), m_stored(capture.queryAxis(site).storedQueries),
      m_queries(capture.queryAxis(site).length), m_keys(capture.keyAxis(site).length), m_heads(m_site.headNumbers()),
      m_keyValueHeads(m_site.storedKeyValueHeads())
{}

std::int64_t SiteRows::blockRows() const
{
    return std::clamp<std::int64_t>(kScratchElements / m_keys, 1, m_queries);
}

void SiteRows::checkHeld(HeadChoice head, std::int64_t first, std::int64_t count) const
{
    if (!head.isMean() && !m_site.holdsHead(head.head))
        throw Error(ErrorKind::NotFound, "head {} of \"{}\" is not stored in this capture, which holds {}", head.head,
                    printable(m_site.key()), m_site.storedHeads.text());
    if (!m_stored.containRange(first, first + count))
        throw Error(ErrorKind::NotFound, "{} of \"{}\" not stored in this capture, which holds {} of its {} positions",
                    count == 1 ? fmt::format("row {}", first) + " is"
                               : fmt::format("rows {} to {}", first, first + count - 1) + " are",
                    printable(m_site.queryAxis), m_stored.count(m_queries), m_queries);
}

void SiteRows::readWeights(int head, std::int64_t first, std::int64_t count, std::span<float> out) const
{
    const std::int64_t row = m_site.storedHeads.placeOf(head) * m_stored.count(m_queries) + m_stored.placeOf(first);
    m_capture.tensor(m_site.weights).copyFloats(row * m_keys, out);
}

void SiteRows::read(HeadChoice head, std::int64_t first, std::int64_t count, std::span<float> out)
{
    checkHeld(head, first, count);
    if (!head.isMean()) {
        if (m_site.storesWeights())
            readWeights(head.head, first, count, out);
        else
            computeRows(head.head, first, count, count, out);
        return;
    }
    Eigen::ArrayXd sum = Eigen::ArrayXd::Zero(static_cast<Eigen::Index>(out.size()));
    FloatRow one(out.data(), static_cast<Eigen::Index>(out.size()));
    for (const int each : m_heads) {
        read({each}, first, count, out);
        sum += one.cast<double>();
    }
    one = (sum / heads()).cast<float>();
}

void SiteRows::readAllHeads(std::int64_t query, std::span<float> out)
{
    checkHeld(HeadChoice::mean(), query, 1);
    const auto keys = static_cast<std::size_t>(m_keys);
    if (m_site.storesWeights()) {
        for (std::size_t i = 0; i < m_heads.size(); ++i)
            readWeights(m_heads[i], query, 1, out.subspan(i * keys, keys));
        return;
    }
    const int group = m_site.heads / m_site.keyValueHeads;
    const auto step = static_cast<std::size_t>(std::clamp<std::int64_t>(kScratchElements / m_keys, 1, group));
    for (std::size_t begin = 0, end = 0; begin < m_heads.size(); begin = end) {
        while (end < m_heads.size() && end - begin < step && m_heads[end] / group == m_heads[begin] / group)
            ++end;
        computeRows(m_heads[begin], query, 1, static_cast<std::int64_t>(end - begin),
                    out.subspan(begin * keys, (end - begin) * keys));
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
    const std::int64_t keyValueHead = head / (m_site.heads / m_site.keyValueHeads);
    multiplyByKeys(m_keyValueHeads.placeOf(keyValueHead), seen);
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
    const TensorView& tensor = m_capture.tensor(m_site.queries); // [held heads, held queries, headDim]
    const std::int64_t width = tensor.shape[2];
    const std::int64_t queries = m_stored.count(m_queries);
    const std::int64_t place = m_site.storedHeads.placeOf(head);
    const std::int64_t begin = m_stored.placeOf(first);
    m_floats.resize(static_cast<std::size_t>(count * width));
    m_queryVectors.resize(rows, width);
    for (std::int64_t row = 0; row < rows; row += count) {
        tensor.copyFloats(((place + row / count) * queries + begin) * width, m_floats);
        m_queryVectors.middleRows(row, count) =
            Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(m_floats.data(),
                                                                                                    count, width)
                .cast<double>();
    }
}

// Products are summed in double precision: what remains of the difference to the model's weights is the model's own
// rounding. Keys that no row may look at (half of a causal map) are not even read.
void SiteRows::multiplyByKeys(std::int64_t keyValueHead, KeyRange seen)
{
    const TensorView& tensor = m_capture.tensor(m_site.keys); // [held key-value heads, keys, headDim]
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
