#include "core/capture/chain.h"

#include "core/base/error.h"
#include "core/base/utf8.h"

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

/// How many keys the end's map has. Errors: InvalidRequest unless the map is the text's.
std::size_t checkedKeys(const ChainEnd& end)
{
    const std::string& axis = queryAxisOf(*end.capture, end.map).id;
    if (axis != end.text.axis)
        throw Error(ErrorKind::InvalidRequest,
                    "the map's queries are on the axis \"{}\", but the text \"{}\" is read along \"{}\": choose a map "
                    "whose queries are that text",
                    printable(axis), printable(end.text.id), printable(end.text.axis));
    return static_cast<std::size_t>(end.keys().length);
}

/// [tokens, keys] of those tokens that join something; zeros for the others.
template <typename Joins>
std::vector<float> joinedRows(const ChainEnd& end, Joins joins)
{
    const std::int64_t keys = end.keys().length;
    const auto tokens = static_cast<std::int64_t>(end.text.tokens.size());
    if (keys > kMostChainWeights / std::max<std::int64_t>(tokens, 1))
        throw Error(ErrorKind::TooLarge,
                    "{} tokens × {} keys of \"{}\" are too many for a chain, which holds {} weights an end", tokens,
                    keys, printable(end.text.axis), kMostChainWeights);
    const auto width = static_cast<std::size_t>(keys);
    std::vector<float> rows(end.text.tokens.size() * width, 0);
    for (std::size_t token = 0; token < end.text.tokens.size(); ++token)
        if (joins(token))
            readRow(*end.capture, end.map, end.text.tokens[token].row, std::span(rows).subspan(token * width, width));
    return rows;
}

std::size_t checkedKey(std::int64_t key, std::size_t keys)
{
    if (key < 0 || key >= static_cast<std::int64_t>(keys))
        throw Error(ErrorKind::InvalidRequest, "there is no position {}: this end of the chain has 0 to {}", key,
                    keys - 1);
    return static_cast<std::size_t>(key);
}

void checkToken(std::size_t token, std::size_t tokens)
{
    if (token >= tokens)
        throw Error(ErrorKind::InvalidRequest, "there is no token {}: this end of the chain has {}", token, tokens);
}

std::vector<double> column(const std::vector<float>& rows, std::size_t width, std::size_t key)
{
    std::vector<double> values(rows.size() / width);
    for (std::size_t row = 0; row < values.size(); ++row)
        values[row] = rows[row * width + key];
    return values;
}

std::vector<double> unit(std::size_t count, std::size_t index)
{
    std::vector<double> values(count, 0);
    values[index] = 1;
    return values;
}

std::vector<float> copied(std::span<const float> values)
{
    return {values.begin(), values.end()};
}

} // namespace

Chain::Chain(ChainEnd a, ChainEnd b)
    : m_a(std::move(a)), m_b(std::move(b)), m_join(TextJoin::of(m_a.text, m_b.text)), m_keysOfA(checkedKeys(m_a)),
      m_keysOfB(checkedKeys(m_b)),
      m_rowsOfA(joinedRows(m_a, [this](std::size_t token) { return m_join.joinsA(token); })),
      m_rowsOfB(joinedRows(m_b, [this](std::size_t token) { return m_join.joinsB(token); }))
{
    if (m_keysOfA > static_cast<std::size_t>(kMostChainWeights) / std::max<std::size_t>(m_join.tokensOfB(), 1))
        throw Error(ErrorKind::TooLarge, "{} tokens × {} keys are too many for a chain", m_join.tokensOfB(), m_keysOfA);
    m_heard.resize(m_join.tokensOfB() * m_keysOfA, 0);
    std::vector<double> sums(m_keysOfA);
    for (std::size_t token = 0; token < m_join.tokensOfB(); ++token) {
        std::ranges::fill(sums, 0.0);
        for (const JoinedPair& pair : m_join.pairsOfB(token))
            for (std::size_t key = 0; key < m_keysOfA; ++key)
                sums[key] += pair.weight * m_rowsOfA[pair.a * m_keysOfA + key];
        for (std::size_t key = 0; key < m_keysOfA; ++key)
            m_heard[token * m_keysOfA + key] = static_cast<float>(sums[key]);
    }
}

std::span<const float> Chain::rowOfA(std::size_t token) const
{
    return std::span(m_rowsOfA).subspan(token * m_keysOfA, m_keysOfA);
}

std::span<const float> Chain::rowOfB(std::size_t token) const
{
    return std::span(m_rowsOfB).subspan(token * m_keysOfB, m_keysOfB);
}

std::span<const float> Chain::heard(std::size_t token) const
{
    return std::span(m_heard).subspan(token * m_keysOfA, m_keysOfA);
}

std::vector<float> Chain::mixed(std::span<const double> weights, const std::vector<float>& rows, std::size_t width,
                                double& mass) const
{
    std::vector<double> sums(width, 0);
    mass = 0;
    for (std::size_t token = 0; token < weights.size(); ++token) {
        if (!m_join.joinsB(token) || weights[token] == 0)
            continue;
        mass += weights[token];
        for (std::size_t key = 0; key < width; ++key)
            sums[key] += weights[token] * rows[token * width + key];
    }
    std::vector<float> row(width, 0);
    for (std::size_t key = 0; key < width && mass != 0; ++key)
        row[key] = static_cast<float>(sums[key] / mass);
    return row;
}

ChainReading Chain::fromKeyOfA(std::int64_t key) const
{
    const std::size_t at = checkedKey(key, m_keysOfA);
    ChainReading reading;
    reading.tokensOfA = column(m_rowsOfA, m_keysOfA, at);
    reading.tokensOfB = column(m_heard, m_keysOfA, at);
    reading.keysOfB = mixed(reading.tokensOfB, m_rowsOfB, m_keysOfB, reading.mass);
    return reading;
}

ChainReading Chain::fromKeyOfB(std::int64_t key) const
{
    const std::size_t at = checkedKey(key, m_keysOfB);
    ChainReading reading;
    reading.tokensOfB = column(m_rowsOfB, m_keysOfB, at);
    reading.tokensOfA = m_join.toA(reading.tokensOfB);
    reading.keysOfA = mixed(reading.tokensOfB, m_heard, m_keysOfA, reading.mass);
    return reading;
}

ChainReading Chain::fromTokenOfB(std::size_t token) const
{
    checkToken(token, m_join.tokensOfB());
    ChainReading reading;
    reading.tokensOfB = unit(m_join.tokensOfB(), token);
    reading.tokensOfA = m_join.toA(reading.tokensOfB);
    reading.keysOfA = copied(heard(token));
    reading.keysOfB = copied(rowOfB(token));
    reading.mass = m_join.joinsB(token) ? 1 : 0;
    return reading;
}

ChainReading Chain::fromTokenOfA(std::size_t token) const
{
    checkToken(token, m_join.tokensOfA());
    ChainReading reading;
    reading.tokensOfA = unit(m_join.tokensOfA(), token);
    reading.tokensOfB = m_join.toB(reading.tokensOfA);
    reading.keysOfA = copied(rowOfA(token));
    reading.keysOfB = mixed(reading.tokensOfB, m_rowsOfB, m_keysOfB, reading.mass);
    return reading;
}

std::optional<ChainReading> Chain::from(const ChainPlace& place) const
{
    if (place.keyOfA)
        return fromKeyOfA(*place.keyOfA);
    if (place.keyOfB)
        return fromKeyOfB(*place.keyOfB);
    if (place.tokenOfA)
        return fromTokenOfA(*place.tokenOfA);
    if (place.tokenOfB)
        return fromTokenOfB(*place.tokenOfB);
    return std::nullopt;
}

std::string Chain::formula(const ChainPlace& place)
{
    if (place.keyOfA)
        return "composed: Σ_b w_b · B[b, p] / Σ_b w_b with w_b = Σ_a J[a, b] · A[a, s]";
    if (place.keyOfB)
        return "composed: Σ_b w_b · (JᵀA)[b, s] / Σ_b w_b with w_b = B[b, p]";
    if (place.tokenOfA)
        return "composed: A[a, s], and Σ_b J[a, b] · B[b, p] / Σ_b J[a, b]";
    return "composed: (JᵀA)[b, s], and B[b, p]";
}

std::optional<std::int64_t> positionAtSeconds(const TokenAxis& axis, double seconds)
{
    for (const AxisSegment& segment : axis.segments) {
        if (segment.kind != SegmentKind::Frames)
            continue;
        const double index = std::floor((seconds - segment.startSeconds) / segment.secondsPerPosition);
        if (index >= 0 && index < static_cast<double>(segment.length))
            return segment.begin + static_cast<std::int64_t>(index);
    }
    return std::nullopt;
}

std::optional<std::pair<double, double>> secondsOfPosition(const TokenAxis& axis, std::int64_t position)
{
    const AxisSegment& segment = axis.segmentAt(position);
    if (segment.kind != SegmentKind::Frames)
        return std::nullopt;
    const double begin =
        segment.startSeconds + static_cast<double>(position - segment.begin) * segment.secondsPerPosition;
    return std::pair(begin, begin + segment.secondsPerPosition);
}

} // namespace heedmap
