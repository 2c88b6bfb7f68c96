#include "core/capture/site_rows.h"

#include "core/capture/visibility.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace heedmap {

namespace {

constexpr std::int64_t kScratchElements = 1 << 19;
constexpr std::int64_t kKeyBlockElements = 1 << 13; // a block of keys in double precision fits the L1/L2 caches

using FloatRow = Eigen::Map<Eigen::ArrayXf>;

/// Summed in double precision. Eight sums, so that the additions need not wait for one another.
double dotInDouble(const float* a, const double* b, std::int64_t count)
{
    double sums[8] = {};
    std::int64_t i = 0;
    for (; i + 8 <= count; i += 8)
        for (int lane = 0; lane < 8; ++lane)
            sums[lane] += static_cast<double>(a[i + lane]) * b[i + lane];
    for (; i < count; ++i)
        sums[0] += static_cast<double>(a[i]) * b[i];
    return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

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
    multiplyByKeys(head / (m_site.heads / m_site.keyValueHeads));
    for (std::int64_t row = 0; row < rows; ++row)
        softmaxRow(row, first + row % count, out.subspan(static_cast<std::size_t>(row) * keys, keys));
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
// rounding.
void SiteRows::multiplyByKeys(int keyValueHead)
{
    const TensorView& tensor = m_capture.tensor(m_site.keys); // [keyValueHeads, keys, headDim]
    const std::int64_t width = tensor.shape[2];
    const std::int64_t block = std::clamp<std::int64_t>(kKeyBlockElements / width, 1, m_keys);
    m_scores.resize(m_queryVectors.rows(), m_keys);
    for (std::int64_t key = 0; key < m_keys; key += block) {
        const std::int64_t count = std::min(block, m_keys - key);
        m_floats.resize(static_cast<std::size_t>(count * width));
        tensor.copyFloats((keyValueHead * m_keys + key) * width, m_floats);
        if (m_queryVectors.rows() == 1) { // what a hover asks for: keys are read once, nothing is gained by widening
            for (std::int64_t i = 0; i < count; ++i)
                m_scores(0, key + i) = dotInDouble(m_floats.data() + i * width, m_queryVectors.data(), width);
            continue;
        }
        m_keyVectors = Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
                           m_floats.data(), count, width)
                           .cast<double>();
        m_scores.middleCols(key, count).noalias() = m_queryVectors * m_keyVectors.transpose();
    }
}

void SiteRows::softmaxRow(std::int64_t row, std::int64_t query, std::span<float> out)
{
    auto scores = m_scores.row(row).array();
    scores *= m_site.scale;
    if (m_site.softCap)
        scores = *m_site.softCap * (scores / *m_site.softCap).tanh();
    FloatRow weights(out.data(), static_cast<Eigen::Index>(out.size()));
    weights = scores.transpose().cast<float>();

    m_visible.resize(out.size());
    readVisibility(m_capture, m_site, query, m_visible);
    float highest = -std::numeric_limits<float>::infinity();
    for (std::size_t key = 0; key < out.size(); ++key)
        if (m_visible[key] && !(out[key] <= highest)) // a NaN is kept: a broken row must not look like a whole one
            highest = out[key];
    if (highest == -std::numeric_limits<float>::infinity()) {
        weights.setZero();
        return;
    }
    weights = (weights - highest).exp();
    double sum = 0;
    for (std::size_t key = 0; key < out.size(); ++key) {
        out[key] = m_visible[key] ? out[key] : 0.0f;
        sum += out[key];
    }
    weights /= static_cast<float>(sum);
}

} // namespace heedmap
