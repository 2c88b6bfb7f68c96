#include "app/verbs/position_lists.h"

#include "core/base/error.h"
#include "core/base/nearest_names.h"
#include "core/base/utf8.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

namespace heedmap {

namespace {

constexpr double kMostPositions = 16'777'216; // of an axis

/// "12" or "20-25": both ends included.
struct Bounds
{
    double first = 0;
    double last = 0;

    bool contains(double value) const { return value >= first && value <= last; }
    bool isWhole() const { return first == std::floor(first) && last == std::floor(last) && last < 1e9; }
};

std::optional<double> numberFrom(std::string_view text)
{
    double value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc() || end != text.data() + text.size() || !std::isfinite(value) || value < 0)
        return std::nullopt;
    return value;
}

std::optional<Bounds> boundsFrom(std::string_view text)
{
    const std::size_t dash = text.find('-');
    const std::optional<double> first = numberFrom(text.substr(0, dash));
    const std::optional<double> last = dash == std::string_view::npos ? first : numberFrom(text.substr(dash + 1));
    if (!first || !last || *last < *first)
        return std::nullopt;
    return Bounds{*first, *last};
}

std::vector<std::string> termsOf(const std::string& list)
{
    std::vector<std::string> terms;
    for (std::size_t begin = 0; begin <= list.size();) {
        const std::size_t end = std::min(list.find(',', begin), list.size());
        terms.push_back(list.substr(begin, end - begin));
        begin = end + 1;
    }
    return terms;
}

/// A rectangle of patches: rows and columns of the grid, or pixels of the upright picture.
struct PatchArea
{
    std::optional<Bounds> rows;
    std::optional<Bounds> columns;
    std::optional<Bounds> x;
    std::optional<Bounds> y;

    /// False when `term` is no side of a rectangle.
    bool read(const std::string& term)
    {
        std::optional<Bounds>* side = nullptr;
        for (const auto& [letter, bounds] : {std::pair('r', &rows), {'c', &columns}, {'x', &x}, {'y', &y}})
            if (term.starts_with(letter))
                side = bounds;
        const std::optional<Bounds> bounds = side ? boundsFrom(std::string_view(term).substr(1)) : std::nullopt;
        const bool isPixels = side == &x || side == &y;
        if (!bounds || *side || (!isPixels && !bounds->isWhole()))
            return false;
        *side = bounds;
        return true;
    }
    bool empty() const { return !rows && !columns && !x && !y; }

    bool contains(const PatchGrid& grid, int patch) const
    {
        const RectF rect = grid.pictureRectFromPatch(patch);
        return (!rows || rows->contains(patch / grid.columns % grid.rows)) &&
               (!columns || columns->contains(patch % grid.columns)) && (!x || x->contains(rect.x + rect.width / 2)) &&
               (!y || y->contains(rect.y + rect.height / 2));
    }

    void addTo(const TokenAxis& axis, std::set<std::int64_t>& positions) const
    {
        for (const AxisSegment& segment : axis.segments)
            for (int patch = 0; segment.kind == SegmentKind::PatchGrid && patch < segment.grid.patchCount(); ++patch)
                if (contains(segment.grid, patch))
                    positions.insert(segment.begin + patch);
    }
};

void addRange(const Bounds& bounds, const std::string& argument, const TokenAxis& axis,
              std::set<std::int64_t>& positions)
{
    if (!bounds.isWhole() || bounds.last >= static_cast<double>(axis.length))
        throw Error(ErrorKind::InvalidRequest, "{}: \"{}\" has positions 0 to {}", argument, axis.id, axis.length - 1);
    for (auto position = static_cast<std::int64_t>(bounds.first); position <= static_cast<std::int64_t>(bounds.last);
         ++position)
        positions.insert(position);
}

/// Every position that has this token: a word that stands twice is hidden twice.
void addToken(const std::string& word, const std::string& argument, const TokenAxis& axis,
              std::set<std::int64_t>& positions)
{
    std::vector<std::string> known;
    const std::size_t before = positions.size();
    for (std::int64_t position = 0; position < axis.length; ++position)
        if (const AxisToken* token = axis.tokenAt(position)) {
            known.push_back(token->text);
            if (token->isCalled(word))
                positions.insert(position);
        }
    if (positions.size() == before)
        throw Error(ErrorKind::InvalidRequest, "{}: \"{}\" is neither a position nor a token of \"{}\"{}", argument,
                    word, axis.id, didYouMean(word, known));
}

bool isSound(const TokenAxis& axis)
{
    return std::ranges::any_of(axis.segments, [](const AxisSegment& s) { return s.kind == SegmentKind::Frames; });
}

/// "s0.6-0.7": every position whose centre lies there.
void addSeconds(const std::string& term, const std::string& argument, const TokenAxis& axis,
                std::set<std::int64_t>& positions)
{
    const std::optional<Bounds> bounds =
        term.starts_with('s') ? boundsFrom(std::string_view(term).substr(1)) : std::nullopt;
    if (!bounds)
        throw Error(ErrorKind::InvalidRequest, "{}: \"{}\" is neither a position (12, 20-25) nor seconds (s0.6-0.7)",
                    argument, printable(term));
    const std::size_t before = positions.size();
    for (const AxisSegment& segment : axis.segments)
        for (std::int64_t i = 0; segment.kind == SegmentKind::Frames && i < segment.length; ++i)
            if (bounds->contains(segment.startSeconds + (static_cast<double>(i) + 0.5) * segment.secondsPerPosition))
                positions.insert(segment.begin + i);
    if (positions.size() == before)
        throw Error(ErrorKind::InvalidRequest, "{}: no position of \"{}\" has its centre there", argument, axis.id);
}

const TokenAxis& axisNamed(const Manifest& manifest, const std::string& name, const std::string& option)
{
    std::vector<std::string> known;
    for (const auto& [id, axis] : manifest.axes) {
        if (id == name)
            return axis;
        known.push_back(id);
    }
    throw Error(ErrorKind::InvalidRequest, "{} {}: there is no axis \"{}\"{}", option, name, name,
                namesThereAre(name, known));
}

} // namespace

std::pair<std::string, std::string> splitArgument(const std::string& option, const std::string& argument,
                                                  const char* form)
{
    const std::size_t colon = argument.rfind(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == argument.size())
        throw Error(ErrorKind::InvalidRequest, "{} {} is not of the form {}", option, argument, form);
    return {argument.substr(0, colon), argument.substr(colon + 1)};
}

std::vector<int> headsNamed(const std::string& list, const std::string& where, const std::string& site, int heads)
{
    std::vector<int> named;
    for (const std::string& term : termsOf(list)) {
        const std::optional<Bounds> bounds = boundsFrom(term.starts_with('H') ? term.substr(1) : term);
        if (!bounds || !bounds->isWhole() || bounds->last >= heads)
            throw Error(ErrorKind::InvalidRequest, "{}: there is no head {}; {} has heads 0 to {}", where, term, site,
                        heads - 1);
        for (double head = bounds->first; head <= bounds->last; ++head)
            named.push_back(static_cast<int>(head));
    }
    return named;
}

AxisPositions positionsNamed(const std::string& option, const std::string& argument, const Manifest& manifest)
{
    const auto [name, list] = splitArgument(option, argument, "AXIS:POSITIONS, such as picture:r3-5,c10-12");
    const TokenAxis& axis = axisNamed(manifest, name, option);
    const std::string where = option + " " + argument;
    std::set<std::int64_t> positions;
    PatchArea area;
    for (const std::string& term : termsOf(list)) {
        if (const std::optional<Bounds> bounds = boundsFrom(term))
            addRange(*bounds, where, axis, positions);
        else if (isSound(axis))
            addSeconds(term, where, axis, positions);
        else if (!axis.patchSegment())
            addToken(term, where, axis, positions);
        else if (!area.read(term))
            throw Error(ErrorKind::InvalidRequest,
                        "{}: \"{}\" is neither a position (12, 20-25) nor one side of one rectangle: rows and "
                        "columns of patches (r3-5,c10-12) or pixels (x120-300,y40-200)",
                        where, term);
    }
    const std::size_t single = positions.size();
    if (!area.empty())
        area.addTo(axis, positions);
    if (!area.empty() && positions.size() == single)
        throw Error(ErrorKind::InvalidRequest, "{}: no patch of \"{}\" lies there", where, axis.id);
    return {axis.id, {positions.begin(), positions.end()}};
}

std::optional<AxisPositions> plainPositions(const std::string& option, const std::string& argument)
{
    const auto [name, list] = splitArgument(option, argument, "AXIS:POSITIONS, such as picture:r3-5,c10-12");
    std::set<std::int64_t> positions;
    for (const std::string& term : termsOf(list)) {
        const std::optional<Bounds> bounds = boundsFrom(term);
        if (!bounds || !bounds->isWhole() || bounds->last >= kMostPositions)
            return std::nullopt;
        for (double position = bounds->first; position <= bounds->last; ++position)
            positions.insert(static_cast<std::int64_t>(position));
    }
    return AxisPositions{name, {positions.begin(), positions.end()}};
}

} // namespace heedmap
