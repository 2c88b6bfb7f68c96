#include "app/verbs/intervention_arguments.h"

#include "core/base/error.h"
#include "core/base/nearest_names.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>

namespace heedmap {

namespace {

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

/// NAME:LIST, split at the last colon: names have none, lists neither.
std::pair<std::string, std::string> splitArgument(const std::string& option, const std::string& argument,
                                                  const char* form)
{
    const std::size_t colon = argument.rfind(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == argument.size())
        throw Error(ErrorKind::InvalidRequest, "{} {} is not of the form {}", option, argument, form);
    return {argument.substr(0, colon), argument.substr(colon + 1)};
}

// ---------------------------------------------------------------------------------------------------------- heads

/// "question_picture.L2"
std::string shortName(const AttentionSite& site)
{
    return fmt::format("{}.L{}", site.group, site.layer);
}

const AttentionSite& siteNamed(const Manifest& manifest, const std::string& name)
{
    std::vector<std::string> known;
    for (const AttentionSite& site : manifest.sites) {
        if (site.name == name || shortName(site) == name)
            return site;
        known.push_back(site.name);
        known.push_back(shortName(site));
    }
    throw Error(ErrorKind::InvalidRequest,
                "there is no attention module \"{}\" to mute{} (heedmap info lists the modules of a capture)", name,
                didYouMean(name, known));
}

void addMutes(const std::string& argument, const Manifest& manifest, std::vector<Intervention>& interventions)
{
    const auto [name, heads] = splitArgument("--mute", argument, "SITE:HEADS, such as question_picture.L2:1");
    const AttentionSite& site = siteNamed(manifest, name);
    for (const std::string& term : termsOf(heads)) {
        const std::optional<Bounds> bounds = boundsFrom(term.starts_with('H') ? term.substr(1) : term);
        if (!bounds || !bounds->isWhole() || bounds->last >= site.heads)
            throw Error(ErrorKind::InvalidRequest, "--mute {}: there is no head {}; {} has heads 0 to {}", argument,
                        term, site.name, site.heads - 1);
        for (double head = bounds->first; head <= bounds->last; ++head)
            interventions.push_back(MuteHead{site.name, static_cast<int>(head)});
    }
}

// ------------------------------------------------------------------------------------------------------ positions

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
        throw Error(ErrorKind::InvalidRequest, "--hide {}: \"{}\" has positions 0 to {}", argument, axis.id,
                    axis.length - 1);
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
            if (token->text == word)
                positions.insert(position);
        }
    if (positions.size() == before)
        throw Error(ErrorKind::InvalidRequest, "--hide {}: \"{}\" is neither a position nor a token of \"{}\"{}",
                    argument, word, axis.id, didYouMean(word, known));
}

const TokenAxis& axisNamed(const Manifest& manifest, const std::string& name)
{
    std::vector<std::string> known;
    for (const auto& [id, axis] : manifest.axes) {
        if (id == name)
            return axis;
        known.push_back(id);
    }
    throw Error(ErrorKind::InvalidRequest, "there is no axis \"{}\" to hide positions of{}", name,
                namesThereAre(name, known));
}

HideKeys hideFrom(const std::string& argument, const Manifest& manifest)
{
    const auto [name, list] = splitArgument("--hide", argument, "AXIS:POSITIONS, such as picture:r3-5,c10-12");
    const TokenAxis& axis = axisNamed(manifest, name);
    std::set<std::int64_t> positions;
    PatchArea area;
    for (const std::string& term : termsOf(list)) {
        if (const std::optional<Bounds> bounds = boundsFrom(term))
            addRange(*bounds, argument, axis, positions);
        else if (!axis.patchSegment())
            addToken(term, argument, axis, positions);
        else if (!area.read(term))
            throw Error(ErrorKind::InvalidRequest,
                        "--hide {}: \"{}\" is neither a position (12, 20-25) nor one side of one rectangle: rows and "
                        "columns of patches (r3-5,c10-12) or pixels (x120-300,y40-200)",
                        argument, term);
    }
    const std::size_t single = positions.size();
    if (!area.empty())
        area.addTo(axis, positions);
    if (!area.empty() && positions.size() == single)
        throw Error(ErrorKind::InvalidRequest, "--hide {}: no patch of \"{}\" lies there", argument, axis.id);
    return {axis.id, {positions.begin(), positions.end()}};
}

} // namespace

void InterventionArguments::declare(CLI::App& verb)
{
    verb.add_option("--mute", mutes, "Heads whose output is lost; may be given again")
        ->type_name("SITE:HEADS")
        ->type_size(1)
        ->allow_extra_args(false);
    verb.add_option("--hide", hides, "Positions nothing may look at; may be given again")
        ->type_name("AXIS:POSITIONS")
        ->type_size(1)
        ->allow_extra_args(false);
    verb.footer("SITE is a module's name as heedmap info lists it, or GROUP.LAYER: question_picture.L2. HEADS: 1 or "
                "0,2-3.\n"
                "POSITIONS count from 0, CLS included: picture:12,20-25. Words of a text: question:small.\n"
                "On a picture also one rectangle, ends included: rows and columns of patches from 0, "
                "picture:r3-5,c10-12,\n"
                "or pixels of the upright picture, picture:x120-300,y40-200 (every patch whose centre lies in it).");
}

std::vector<Intervention> InterventionArguments::on(const Manifest& manifest) const
{
    std::vector<Intervention> interventions;
    for (const std::string& mute : mutes)
        addMutes(mute, manifest, interventions);
    for (const std::string& hide : hides)
        interventions.push_back(hideFrom(hide, manifest));
    return interventions;
}

} // namespace heedmap
