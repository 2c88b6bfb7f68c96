#include "core/capture/attention.h"

#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/capture/attention_block.h"
#include "core/capture/head_reduction.h"
#include "core/capture/site_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace heedmap {

namespace {

constexpr std::int64_t kMaxElements = std::int64_t{1} << 28; // 1 GiB of single precision

constexpr std::int64_t kFactorElements = std::int64_t{1} << 24; // of a first factor at a time: all of 4 096 × 4 096

using FloatMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

MapChoice::Factor lastFactor(const MapChoice& map)
{
    return {map.site, map.head};
}

void checkFactor(const Capture& capture, const MapChoice::Factor& factor)
{
    const std::size_t sites = capture.manifest().sites.size();
    if (factor.site >= sites)
        throw Error(ErrorKind::InvalidRequest, "there is no site {}; the capture has {}", factor.site, sites);
    const AttentionSite& site = capture.site(factor.site);
    if (!factor.head.isMean() && (factor.head.head < 0 || factor.head.head >= site.heads))
        throw Error(ErrorKind::InvalidRequest, "there is no head {} in \"{}\"; its heads are 0 to {}", factor.head.head,
                    printable(site.key()), site.heads - 1);
}

void checkSet(const Capture& capture, const MapChoice& map)
{
    if (map.set->members.empty())
        throw Error(ErrorKind::InvalidRequest, "a set of heads needs at least one head");
    const AttentionSite& site = capture.site(map.site);
    for (const SiteHead& member : map.set->members) {
        checkFactor(capture, member);
        const AttentionSite& other = capture.site(member.site);
        if (other.queryAxis != site.queryAxis || other.keyAxis != site.keyAxis)
            throw Error(ErrorKind::InvalidRequest,
                        "the heads of a set look from the same tokens at the same tokens; \"{}\" and \"{}\" do not",
                        printable(site.key()), printable(other.key()));
    }
}

void checkMap(const Capture& capture, const MapChoice& map)
{
    checkFactor(capture, lastFactor(map));
    if (map.set)
        checkSet(capture, map);
    if (!map.first)
        return;
    checkFactor(capture, *map.first);
    const AttentionSite& first = capture.site(map.first->site);
    const AttentionSite& second = capture.site(map.site);
    if (first.keyAxis != second.queryAxis)
        throw Error(ErrorKind::InvalidRequest,
                    "\"{}\" and \"{}\" do not compose: the keys of the first are \"{}\", the queries of the second "
                    "\"{}\"",
                    printable(first.key()), printable(second.key()), printable(first.keyAxis),
                    printable(second.queryAxis));
}

void checkPosition(const char* what, std::int64_t position, const TokenAxis& axis)
{
    if (position < 0 || position >= axis.length)
        throw Error(ErrorKind::InvalidRequest, "there is no {} {}; they are numbered 0 to {}", what, position,
                    axis.length - 1);
}

void checkRows(const TokenAxis& queries)
{
    if (!queries.storedQueries.areAll())
        throw Error(ErrorKind::NotFound, "{} of the {} rows of \"{}\" are stored in this capture, and all are needed",
                    queries.storedQueries.count(queries.length), queries.length, printable(queries.id));
}

/// Elements of a map, once it is known to fit into memory.
std::size_t elementCount(std::int64_t rows, std::int64_t columns)
{
    if (rows > kMaxElements / columns)
        throw Error(ErrorKind::TooLarge,
                    "a map of {} × {} values is too large to be shown at once; ask for single rows", rows, columns);
    return static_cast<std::size_t>(rows * columns);
}

/// Calls use(first query, [count, keys]) for blocks of rows of queries [begin, end).
template <typename Use>
void forEachBlock(const Capture& capture, const MapChoice::Factor& factor, std::int64_t begin, std::int64_t end,
                  Use use)
{
    SiteRows rows(capture, factor.site);
    std::vector<float> values;
    for (std::int64_t first = begin; first < end; first += rows.blockRows()) {
        const std::int64_t count = std::min(rows.blockRows(), end - first);
        values.resize(static_cast<std::size_t>(count * rows.keys()));
        rows.read(factor.head, first, count, values);
        use(first, Eigen::Map<const FloatMatrix>(values.data(), count, rows.keys()));
    }
}

/// Rows of a product whose first factor's rows fit into memory together: `count` of them, of the queries from `first`
/// on.
void multiplyFactors(const Capture& capture, const MapChoice& map, SiteRows& firstRows, std::int64_t first,
                     std::span<float> out, std::int64_t count)
{
    FloatMatrix left(count, firstRows.keys());
    firstRows.read(map.first->head, first, count, {left.data(), static_cast<std::size_t>(left.size())});
    const auto keys = static_cast<Eigen::Index>(out.size()) / count;
    Eigen::MatrixXd product = Eigen::MatrixXd::Zero(count, keys);
    forEachBlock(capture, lastFactor(map), 0, firstRows.keys(), [&](std::int64_t begin, const auto& block) {
        // [count, rows of the block] · [rows of the block, keys]
        product.noalias() +=
            left.middleCols(begin, block.rows()).template cast<double>() * block.template cast<double>();
    });
    Eigen::Map<FloatMatrix>(out.data(), count, keys) = product.cast<float>();
}

/// [count, keys] of the queries from `first` on: the first factor's rows times the second factor's map, which is read
/// once for as many rows as fit, however long the axis between the two.
void readComposed(const Capture& capture, const MapChoice& map, std::int64_t first, std::int64_t count,
                  std::span<float> out)
{
    checkRows(capture.queryAxis(map.site)); // a product needs them all
    SiteRows firstRows(capture, map.first->site);
    const std::int64_t keys = static_cast<std::int64_t>(out.size()) / count;
    const std::int64_t block = std::clamp<std::int64_t>(kFactorElements / std::max(firstRows.keys(), keys), 1, count);
    for (std::int64_t done = 0; done < count; done += block) {
        const std::int64_t rows = std::min(block, count - done);
        multiplyFactors(capture, map, firstRows, first + done,
                        out.subspan(static_cast<std::size_t>(done * keys), static_cast<std::size_t>(rows * keys)),
                        rows);
    }
}

/// One number for every query of one factor, NaN for those whose rows are not held.
template <typename Pick>
Eigen::VectorXf pickRows(const Capture& capture, const MapChoice::Factor& factor, Pick pick)
{
    const TokenAxis& queries = capture.queryAxis(factor.site);
    Eigen::VectorXf picked = Eigen::VectorXf::Constant(queries.length, std::numeric_limits<float>::quiet_NaN());
    for (const auto& [first, last] : queries.storedQueries.rangesWithin(0, queries.length))
        forEachBlock(capture, factor, first, last,
                     [&](std::int64_t begin, const auto& block) { picked.segment(begin, block.rows()) = pick(block); });
    return picked;
}

/// One number for every query of a map: pick([count, keys]) → [count] from the rows of its last factor, carried through
/// the first factor of a composed map (so `pick` must be linear).
template <typename Pick>
std::vector<float> onePerQuery(const Capture& capture, const MapChoice& map, Pick pick)
{
    if (map.first)
        checkRows(capture.queryAxis(map.site)); // a product needs them all
    Eigen::VectorXf picked = pickRows(capture, lastFactor(map), pick);
    if (map.first) {
        const Eigen::VectorXd second = picked.cast<double>();
        picked = pickRows(capture, *map.first, [&second](const auto& block) -> Eigen::VectorXf {
            return (block.template cast<double>() * second).template cast<float>();
        });
    }
    return {picked.data(), picked.data() + picked.size()};
}

/// The reduction of what `read` gives for each member of the map's set: a function of a map and the values to fill.
template <typename Read>
void reduceMembers(const MapChoice& map, std::span<float> out, Read read)
{
    HeadReduction reduction(map.set->reduction, out.size());
    std::vector<float> member(out.size());
    for (const SiteHead& head : map.set->members) {
        read(map.with(head), std::span<float>(member));
        reduction.add(member);
    }
    reduction.finish(out);
}

} // namespace

const TokenAxis& queryAxisOf(const Capture& capture, const MapChoice& map)
{
    checkMap(capture, map);
    return capture.queryAxis(map.first ? map.first->site : map.site);
}

const TokenAxis& keyAxisOf(const Capture& capture, const MapChoice& map)
{
    checkMap(capture, map);
    return capture.keyAxis(map.site);
}

void readRow(const Capture& capture, const MapChoice& map, std::int64_t query, std::span<float> out)
{
    checkPosition("query", query, queryAxisOf(capture, map));
    const std::int64_t keys = keyAxisOf(capture, map).length;
    if (static_cast<std::int64_t>(out.size()) != keys)
        throw Error(ErrorKind::InvalidRequest, "a row has {} values, not {}", keys, out.size());
    if (map.set)
        reduceMembers(map, out, [&](const MapChoice& one, std::span<float> row) { readRow(capture, one, query, row); });
    else if (map.first)
        readComposed(capture, map, query, 1, out);
    else
        SiteRows(capture, map.site).read(map.head, query, 1, out);
}

void readRows(const Capture& capture, const MapChoice& map, std::int64_t first, std::int64_t count,
              std::span<float> out)
{
    const TokenAxis& queries = queryAxisOf(capture, map);
    checkPosition("query", first, queries);
    checkPosition("query", first + std::max<std::int64_t>(count, 1) - 1, queries);
    const std::int64_t keys = keyAxisOf(capture, map).length;
    if (count < 1 || out.size() != elementCount(count, keys))
        throw Error(ErrorKind::InvalidRequest, "{} rows have {} values each, not {} together", count, keys, out.size());
    if (map.set) {
        reduceMembers(map, out,
                      [&](const MapChoice& one, std::span<float> rows) { readRows(capture, one, first, count, rows); });
        return;
    }
    if (map.first) {
        readComposed(capture, map, first, count, out);
        return;
    }
    SiteRows rows(capture, map.site);
    for (std::int64_t done = 0; done < count; done += rows.blockRows()) {
        const std::int64_t block = std::min(rows.blockRows(), count - done);
        rows.read(map.head, first + done, block,
                  out.subspan(static_cast<std::size_t>(done * keys), static_cast<std::size_t>(block * keys)));
    }
}

void readHeldRows(const Capture& capture, const MapChoice& map, std::int64_t first, std::int64_t count,
                  std::span<float> out)
{
    const TokenAxis& queries = queryAxisOf(capture, map);
    if (queries.storedQueries.containRange(first, first + count)) {
        readRows(capture, map, first, count, out);
        return;
    }
    const std::int64_t keys = keyAxisOf(capture, map).length;
    if (count < 1 || out.size() != elementCount(count, keys))
        throw Error(ErrorKind::InvalidRequest, "{} rows have {} values each, not {} together", count, keys, out.size());
    std::ranges::fill(out, std::numeric_limits<float>::quiet_NaN());
    for (const auto& [begin, end] : queries.storedQueries.rangesWithin(first, first + count))
        readRows(capture, map, begin, end - begin,
                 out.subspan(static_cast<std::size_t>((begin - first) * keys),
                             static_cast<std::size_t>((end - begin) * keys)));
}

std::vector<float> readRow(const Capture& capture, const MapChoice& map, std::int64_t query)
{
    std::vector<float> row(static_cast<std::size_t>(keyAxisOf(capture, map).length));
    readRow(capture, map, query, row);
    return row;
}

std::vector<float> readColumn(const Capture& capture, const MapChoice& map, std::int64_t key)
{
    checkPosition("key", key, keyAxisOf(capture, map));
    if (map.set) {
        std::vector<float> reduced(static_cast<std::size_t>(queryAxisOf(capture, map).length));
        reduceMembers(map, reduced, [&](const MapChoice& one, std::span<float> values) {
            std::ranges::copy(readColumn(capture, one, key), values.begin());
        });
        return reduced;
    }
    return onePerQuery(capture, map, [key](const auto& block) -> Eigen::VectorXf { return block.col(key); });
}

std::vector<float> readKeySums(const Capture& capture, const MapChoice& map, std::span<const std::uint8_t> counted)
{
    const std::int64_t keys = keyAxisOf(capture, map).length;
    if (static_cast<std::int64_t>(counted.size()) != keys)
        throw Error(ErrorKind::InvalidRequest, "a row has {} values, not {}", keys, counted.size());
    const auto sumsOf = [counted](const auto& block) {
        Eigen::VectorXf sums(block.rows());
        for (Eigen::Index row = 0; row < block.rows(); ++row) {
            double sum = 0;
            for (Eigen::Index key = 0; key < block.cols(); ++key)
                if (counted[static_cast<std::size_t>(key)] != 0 && std::isfinite(block(row, key)))
                    sum += block(row, key);
            sums[row] = static_cast<float>(sum);
        }
        return sums;
    };
    if (!map.set)
        return onePerQuery(capture, map, sumsOf);
    // The sum of maxima is not the maximum of sums.
    const TokenAxis& queries = queryAxisOf(capture, map);
    std::vector<float> values(elementCount(queries.length, keys));
    readHeldRows(capture, map, 0, queries.length, values);
    Eigen::VectorXf sums = sumsOf(Eigen::Map<const FloatMatrix>(values.data(), queries.length, keys));
    for (Eigen::Index query = 0; query < sums.size(); ++query)
        if (!queries.storedQueries.contains(query))
            sums[query] = std::numeric_limits<float>::quiet_NaN();
    return {sums.data(), sums.data() + sums.size()};
}

std::vector<float> readMap(const Capture& capture, const MapChoice& map)
{
    checkRows(queryAxisOf(capture, map));
    const std::int64_t queries = queryAxisOf(capture, map).length;
    const std::int64_t keys = keyAxisOf(capture, map).length;
    std::vector<float> values(elementCount(queries, keys));
    if (map.set) {
        reduceMembers(map, values, [&](const MapChoice& one, std::span<float> member) {
            std::ranges::copy(readMap(capture, one), member.begin());
        });
        return values;
    }
    if (map.first) {
        readComposed(capture, map, 0, queries, values);
        return values;
    }
    SiteRows rows(capture, map.site);
    for (std::int64_t first = 0; first < queries; first += rows.blockRows()) {
        const std::int64_t count = std::min(rows.blockRows(), queries - first);
        const auto begin = static_cast<std::size_t>(first * keys);
        rows.read(map.head, first, count, std::span(values).subspan(begin, static_cast<std::size_t>(count * keys)));
    }
    return values;
}

std::vector<float> readAllHeads(const Capture& capture, std::size_t site, std::int64_t query)
{
    checkFactor(capture, {site, HeadChoice::mean()});
    checkPosition("query", query, capture.queryAxis(site));
    SiteRows rows(capture, site);
    std::vector<float> values(elementCount(rows.heads(), rows.keys()));
    rows.readAllHeads(query, values);
    return values;
}

} // namespace heedmap
