#include "core/analysis/head_maps.h"

#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/capture/site_rows.h"

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

using FloatBlock = Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;

constexpr std::int64_t kProductRows = 64; // between two looks at the stop sign

void checkSize(const Capture& capture, std::size_t site)
{
    const std::int64_t queries = capture.queryAxis(site).length;
    const std::int64_t keys = capture.keyAxis(site).length;
    if (queries > kMostAnalysisValues / std::max<std::int64_t>(keys, 1))
        throw Error(ErrorKind::TooLarge, "the map of \"{}\" has {} × {} values; analyses of whole maps take up to {}",
                    printable(capture.site(site).key()), queries, keys, kMostAnalysisValues);
}

/// [rows, columns] of one head of a tensor [heads, rows, columns].
RealMatrix headOfTensor(const TensorView& tensor, std::int64_t head)
{
    const std::int64_t rows = tensor.shape[1];
    const std::int64_t columns = tensor.shape[2];
    if (rows > kMostAnalysisValues / std::max<std::int64_t>(columns, 1))
        throw Error(ErrorKind::TooLarge, "a tensor of {} values a head is too large for an analysis",
                    shapeText(tensor.shape));
    std::vector<float> values(static_cast<std::size_t>(rows * columns));
    tensor.copyFloats(head * rows * columns, values);
    return FloatBlock(values.data(), rows, columns).cast<double>();
}

/// Calls use(first row, block [rows, keys]) for all rows of one head.
template <typename Use>
void forBlocks(SiteRows& rows, int head, AnalysisProgress& progress, Use use)
{
    std::vector<float> values;
    for (std::int64_t first = 0; first < rows.queries(); first += rows.blockRows()) {
        const std::int64_t count = std::min(rows.blockRows(), rows.queries() - first);
        values.resize(static_cast<std::size_t>(count * rows.keys()));
        rows.read(HeadChoice{head}, first, count, values);
        use(first, FloatBlock(values.data(), count, rows.keys()));
        progress.advance(static_cast<double>(count * rows.keys()));
    }
}

/// The larger or the smaller, or the one that is no number: a broken map must not look like a whole one.
double extremeOf(HeadFusion fusion, double a, double b)
{
    if (std::isnan(a) || std::isnan(b))
        return std::isnan(a) ? a : b;
    return fusion == HeadFusion::Max ? std::max(a, b) : std::min(a, b);
}

/// Adds the positive part of A ⊙ (∂y/∂O) Vᵀ of one head to `sum`.
void addPositivePart(const Capture& capture, std::size_t site, int head, SiteRows& rows, AnalysisProgress& progress,
                     RealMatrix& sum)
{
    const AttentionSite& description = capture.site(site);
    const int group = description.heads / description.keyValueHeads;
    const std::int64_t keyValueHead = description.storedKeyValueHeads().placeOf(head / group);
    const RealMatrix values = headOfTensor(capture.tensor(description.values), keyValueHead); // [keys, valueDim]
    const RealMatrix gradients = headOfTensor(capture.tensor(description.outputGradients),
                                              description.storedHeads.placeOf(head)); // [queries, valueDim]
    forBlocks(rows, head, progress, [&](std::int64_t first, const FloatBlock& attention) {
        const Eigen::Index count = attention.rows();
        const RealMatrix ofAttention = gradients.middleRows(first, count) * values.transpose(); // [count, keys]
        for (Eigen::Index row = 0; row < count; ++row)
            for (Eigen::Index key = 0; key < attention.cols(); ++key) {
                const double product = attention(row, key) * ofAttention(row, key);
                sum(first + row, key) += product < 0 ? 0 : product; // not std::max, which drops what is no number
            }
    });
}

} // namespace

RealMatrix fusedAttention(const Capture& capture, std::size_t site, HeadFusion fusion, AnalysisProgress& progress)
{
    checkSize(capture, site);
    SiteRows rows(capture, site);
    RealMatrix fused = RealMatrix::Zero(rows.queries(), rows.keys());
    for (const int head : rows.headNumbers())
        forBlocks(rows, head, progress, [&](std::int64_t first, const FloatBlock& block) {
            auto target = fused.middleRows(first, block.rows());
            if (head == rows.headNumbers().front())
                target = block.cast<double>();
            else if (fusion == HeadFusion::Mean)
                target += block.cast<double>();
            else
                target = target.binaryExpr(block.cast<double>(),
                                           [fusion](double a, double b) { return extremeOf(fusion, a, b); });
        });
    if (fusion == HeadFusion::Mean)
        fused /= rows.heads();
    return fused;
}

RealMatrix positiveGradientTimesAttention(const Capture& capture, std::size_t site, HeadChoice head,
                                          AnalysisProgress& progress)
{
    checkSize(capture, site);
    SiteRows rows(capture, site);
    RealMatrix sum = RealMatrix::Zero(rows.queries(), rows.keys());
    if (!head.isMean()) {
        addPositivePart(capture, site, head.head, rows, progress, sum);
        return sum;
    }
    for (const int each : rows.headNumbers())
        addPositivePart(capture, site, each, rows, progress, sum);
    return sum / rows.heads();
}

RealMatrix productOf(const RealMatrix& a, const RealMatrix& b, AnalysisProgress& progress)
{
    if (a.rows() > kMostAnalysisValues / std::max<Eigen::Index>(b.cols(), 1))
        throw Error(ErrorKind::TooLarge, "a product of {} × {} values is more than an analysis takes; up to {} it does",
                    a.rows(), b.cols(), kMostAnalysisValues);
    RealMatrix product(a.rows(), b.cols());
    for (Eigen::Index first = 0; first < a.rows(); first += kProductRows) {
        const Eigen::Index count = std::min<Eigen::Index>(kProductRows, a.rows() - first);
        product.middleRows(first, count).noalias() = a.middleRows(first, count) * b;
        progress.advance(static_cast<double>(count * b.cols()));
    }
    return product;
}

std::vector<float> floatsOf(const RealMatrix& matrix)
{
    std::vector<float> values(static_cast<std::size_t>(matrix.size()));
    Eigen::Map<Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
        values.data(), matrix.rows(), matrix.cols()) = matrix.cast<float>();
    return values;
}

} // namespace heedmap
