#include "core/capture/chain.h"

#include "core/base/error.h"
#include "core/base/utf8.h"

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

/// Errors: InvalidRequest unless the map is the text's.
void checkMap(const ChainEnd& end)
{
    const std::string& axis = queryAxisOf(*end.capture, end.map).id;
    if (!end.text.isAlong(axis))
        throw Error(ErrorKind::InvalidRequest,
                    "the map's queries are on the axis \"{}\", but the text \"{}\" is read along \"{}\": choose a map "
                    "whose queries are that text",
                    printable(axis), printable(end.text.id), printable(end.text.axis));
}

/// The windows of which a token joins something; the first, when there is none.
CapturedText joinedWindows(const CapturedText& text, const TextJoin& join)
{
    std::vector<std::optional<std::size_t>> kept(text.windowCount());
    std::vector<std::string> axes;
    for (std::size_t token = 0; token < text.tokens.size(); ++token)
        if (const std::size_t window = text.tokens[token].window; join.joinsA(token) && !kept[window]) {
            kept[window] = axes.size();
            axes.push_back(text.axisOfWindow(window));
        }
    CapturedText joined{text.id, text.isOutput, axes.empty() ? text.axis : axes.front(), text.text, {}};
    joined.isWholeRecording = true;
    if (!axes.empty())
        joined.laterAxes.assign(axes.begin() + 1, axes.end());
    for (TextRow token : text.tokens)
        if (kept[token.window]) {
            token.window = *kept[token.window];
            joined.tokens.push_back(std::move(token));
        }
    return joined;
}

/// The keys of all windows as one axis.
TokenAxis keysOfWindows(const Capture& capture, const std::vector<ChainWindow>& windows)
{
    TokenAxis all;
    for (const ChainWindow& window : windows) {
        const TokenAxis& keys = keyAxisOf(capture, window.map);
        all.id += (all.id.empty() ? "" : " + ") + keys.id;
        for (AxisSegment segment : keys.segments) {
            segment.begin += all.length;
            all.segments.push_back(std::move(segment));
        }
        all.length += keys.length;
    }
    return all;
}

/// An end with its windows. Errors: as Chain.
ChainEnd prepared(ChainEnd end)
{
    const MapChoice given = end.map;
    std::int64_t firstKey = 0;
    end.windows.clear();
    for (std::size_t window = 0; window < end.text.windowCount(); ++window) {
        end.windows.push_back({mapInWindow(*end.capture, given, end.text.axisOfWindow(window)), firstKey});
        firstKey += keyAxisOf(*end.capture, end.windows.back().map).length;
    }
    end.map = end.windows.front().map;
    end.joinedKeys =
        end.windows.size() == 1 ? nullptr : std::make_shared<const TokenAxis>(keysOfWindows(*end.capture, end.windows));
    return end;
}

ChainEnd preparedA(ChainEnd a, const CapturedText& textOfB)
{
    checkMap(a);
    if (a.text.isWholeRecording)
        a.text = joinedWindows(a.text, TextJoin::of(a.text, textOfB));
    return prepared(std::move(a));
}

ChainEnd preparedB(ChainEnd b)
{
    checkMap(b);
    if (b.text.windowCount() > 1)
        throw Error(ErrorKind::InvalidRequest,
                    "the text \"{}\" was heard in {} windows: only the first end of a chain may be such a text",
                    printable(b.text.id), b.text.windowCount());
    return prepared(std::move(b));
}

std::size_t keyCount(const ChainEnd& end)
{
    return static_cast<std::size_t>(end.keys().length);
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

std::optional<std::int64_t> ChainEnd::keyAt(const std::string& axis, std::int64_t position) const
{
    for (const ChainWindow& window : windows)
        if (const TokenAxis& own = keyAxisOf(*capture, window.map);
            own.id == axis && position >= 0 && position < own.length)
            return window.firstKey + position;
    return std::nullopt;
}

/// Rows of those tokens that join something; zeros for the others.
template <typename Joins>
Chain::Rows Chain::joinedRows(const ChainEnd& end, Joins joins)
{
    Rows rows;
    rows.begins.push_back(0);
    for (const TextRow& token : end.text.tokens) {
        rows.begins.push_back(rows.begins.back() +
                              static_cast<std::size_t>(keyAxisOf(*end.capture, end.windows[token.window].map).length));
        if (rows.begins.back() > static_cast<std::size_t>(kMostChainWeights))
            throw Error(ErrorKind::TooLarge,
                        "{} tokens × {} keys of \"{}\" are too many for a chain, which holds {} weights an end",
                        end.text.tokens.size(), end.keys().length, printable(end.text.axis), kMostChainWeights);
    }
    rows.weights.resize(rows.begins.back(), 0);
    for (std::size_t token = 0; token < end.text.tokens.size(); ++token)
        if (const TextRow& row = end.text.tokens[token]; joins(token))
            readRow(*end.capture, end.windows[row.window].map, row.row,
                    std::span(rows.weights).subspan(rows.begins[token], rows.begins[token + 1] - rows.begins[token]));
    return rows;
}

Chain::Chain(ChainEnd a, ChainEnd b)
    : m_a(preparedA(std::move(a), b.text)), m_b(preparedB(std::move(b))), m_join(TextJoin::of(m_a.text, m_b.text)),
      m_keysOfA(keyCount(m_a)), m_keysOfB(keyCount(m_b)),
      m_rowsOfA(joinedRows(m_a, [this](std::size_t token) { return m_join.joinsA(token); })),
      m_rowsOfB(joinedRows(m_b, [this](std::size_t token) { return m_join.joinsB(token); }))
{
    mixHeard();
}

/// H = JᵀA.
void Chain::mixHeard()
{
    if (m_keysOfA > static_cast<std::size_t>(kMostChainWeights) / std::max<std::size_t>(m_join.tokensOfB(), 1))
        throw Error(ErrorKind::TooLarge, "{} tokens × {} keys are too many for a chain", m_join.tokensOfB(), m_keysOfA);
    m_heard.resize(m_join.tokensOfB() * m_keysOfA, 0);
    std::vector<double> sums(m_keysOfA);
    for (std::size_t token = 0; token < m_join.tokensOfB(); ++token) {
        std::ranges::fill(sums, 0.0);
        for (const JoinedPair& pair : m_join.pairsOfB(token)) {
            const std::span<const float> row = m_rowsOfA.row(pair.a);
            const std::size_t first = firstKeyOfA(pair.a);
            for (std::size_t key = 0; key < row.size(); ++key)
                sums[first + key] += pair.weight * row[key];
        }
        for (std::size_t key = 0; key < m_keysOfA; ++key)
            m_heard[token * m_keysOfA + key] = static_cast<float>(sums[key]);
    }
}

std::size_t Chain::firstKeyOfA(std::size_t token) const
{
    return static_cast<std::size_t>(m_a.windows[m_a.text.tokens[token].window].firstKey);
}

/// A[:, key]: zero for tokens of other windows.
std::vector<double> Chain::columnOfA(std::size_t key) const
{
    std::vector<double> values(m_join.tokensOfA(), 0);
    for (std::size_t token = 0; token < values.size(); ++token)
        if (const std::size_t first = firstKeyOfA(token); key >= first && key - first < m_rowsOfA.row(token).size())
            values[token] = m_rowsOfA.row(token)[key - first];
    return values;
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
    reading.tokensOfA = columnOfA(at);
    for (std::size_t token = 0; token < m_join.tokensOfB(); ++token)
        reading.tokensOfB.push_back(heard(token)[at]);
    reading.keysOfB = mixed(reading.tokensOfB, m_rowsOfB.weights, m_keysOfB, reading.mass);
    return reading;
}

ChainReading Chain::fromKeyOfB(std::int64_t key) const
{
    const std::size_t at = checkedKey(key, m_keysOfB);
    ChainReading reading;
    for (std::size_t token = 0; token < m_join.tokensOfB(); ++token)
        reading.tokensOfB.push_back(m_rowsOfB.row(token)[at]);
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
    reading.keysOfB = copied(m_rowsOfB.row(token));
    reading.mass = m_join.joinsB(token) ? 1 : 0;
    return reading;
}

ChainReading Chain::fromTokenOfA(std::size_t token) const
{
    checkToken(token, m_join.tokensOfA());
    ChainReading reading;
    reading.tokensOfA = unit(m_join.tokensOfA(), token);
    reading.tokensOfB = m_join.toB(reading.tokensOfA);
    reading.keysOfA.resize(m_keysOfA, 0);
    std::ranges::copy(m_rowsOfA.row(token), reading.keysOfA.begin() + static_cast<std::ptrdiff_t>(firstKeyOfA(token)));
    reading.keysOfB = mixed(reading.tokensOfB, m_rowsOfB.weights, m_keysOfB, reading.mass);
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

namespace {

/// Errors: InvalidRequest.
SiteHead headInWindow(const Capture& capture, const SiteHead& head, const std::string& axis)
{
    const std::string& name = capture.site(head.site).name;
    const std::vector<AttentionSite>& sites = capture.manifest().sites;
    for (std::size_t site = 0; site < sites.size(); ++site)
        if (sites[site].queryAxis == axis && sites[site].name == name &&
            (head.head.isMean() || sites[site].holdsHead(head.head.head)))
            return {site, head.head};
    throw Error(ErrorKind::InvalidRequest, "{} has no {} of {} for the words of the window \"{}\"",
                capture.path().string(), head.head.isMean() ? "mean" : fmt::format("head {}", head.head.head),
                printable(name), printable(axis));
}

} // namespace

MapChoice mapInWindow(const Capture& capture, const MapChoice& map, const std::string& axis)
{
    if (queryAxisOf(capture, map).id == axis)
        return map;
    if (map.isComposed())
        throw Error(
            ErrorKind::InvalidRequest,
            "a composed map is of one window of a recording: choose heads for a text that goes through several");
    const SiteHead front = headInWindow(capture, {map.site, map.head}, axis);
    MapChoice moved{front.site, front.head, std::nullopt};
    if (map.set) {
        moved.set = HeadSet{map.set->name, {}, map.set->reduction};
        for (const SiteHead& member : map.set->members)
            moved.set->members.push_back(headInWindow(capture, member, axis));
    }
    return moved;
}

std::optional<std::int64_t> positionAtSeconds(const TokenAxis& axis, double seconds)
{
    std::optional<std::int64_t> last;
    for (const AxisSegment& segment : axis.segments) {
        if (segment.kind != SegmentKind::Frames)
            continue;
        const double index = std::floor((seconds - segment.startSeconds) / segment.secondsPerPosition);
        if (index >= 0 && index < static_cast<double>(segment.length))
            last = segment.begin + static_cast<std::int64_t>(index);
    }
    return last;
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
