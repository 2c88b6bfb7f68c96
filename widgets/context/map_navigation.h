#pragma once

#include "core/capture/capture.h"
#include "core/capture/selection.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace heedmap {

/// Which map is shown for which token: pure functions over a capture's manifest.

/// A position on a named axis of the capture.
struct AxisPosition
{
    std::string axis;
    std::int64_t position = 0;
    bool operator==(const AxisPosition&) const = default;
};

/// A site group or a composition, as one list for people to choose from.
struct GroupChoice
{
    std::string id;
    std::string title;
    std::vector<std::size_t> sites;      ///< by layer; those of the second step when composed
    std::vector<std::size_t> firstSites; ///< by layer; sites of the first step, empty unless composed
    bool isComposed() const { return !firstSites.empty(); }
};

/// Every group and composition with at least one site whose axes fit, in the manifest's order, compositions last.
std::vector<GroupChoice> groupChoices(const Capture& capture);
std::optional<GroupChoice> groupChoice(const Capture& capture, const std::string& id);

/// What is drawn right now: a map and, when a token is hovered or kept, the row of it.
struct ShownMap
{
    std::string group;
    MapChoice map;
    std::optional<std::int64_t> query;
    bool operator==(const ShownMap&) const = default;
};

/// The map to show first: question → picture or transcript → sound where there is one, its head with the sharpest
/// token-dependent focus, and that head's sharpest word kept. Errors: InvalidFile (file cut short).
Selection initialSelection(const Capture& capture);
/// After another run of the same model: the head, and the words where they come again, that were looked at before;
/// `fresh` (initialSelection of `next`) where they do not exist any more.
Selection carriedSelection(const Capture& previous, const Selection& selection, const Capture& next,
                           const Selection& fresh);
/// The map of another group, staying at the layer and head of `current` where they exist there.
Selection selectionForGroup(const Capture& capture, const Selection& current, const GroupChoice& group);
/// The map that shows a token of `axis`: the current one if it can, else the nearest relation: one onto the same keys,
/// one onto the picture or the sound, any. Compositions count. Absent when no map has this query axis.
std::optional<ShownMap> mapForQueryAxis(const Capture& capture, const ShownMap& current, const std::string& axis);

/// The first patch grid of an axis and every further one of the same picture (rows of patches parted by line breaks).
std::vector<const AxisSegment*> patchSegments(const TokenAxis& axis);
/// The position of the patch at a picture position (pixels of the upright picture), if any.
std::optional<std::int64_t> patchAt(const TokenAxis& axis, PointF picturePosition);
/// The outline of a patch position in picture pixels; absent for positions that are no patch.
std::optional<RectF> patchRect(const TokenAxis& axis, std::int64_t position);
/// Row and column of a patch position in its grid, as people count them here: from 0.
std::optional<std::pair<int, int>> patchRowColumn(const TokenAxis& axis, std::int64_t position);
bool hasPatches(const TokenAxis& axis);
/// Whether an axis is made of words: at least one text segment.
bool hasText(const TokenAxis& axis);

/// Whether every member of a set is a head of this group.
bool holdsSet(const GroupChoice& group, const HeadSet& set);
/// "L3 · H1" or "L3 · mean"; "L3 · mean of 2 stored" where the capture holds a part of the heads. Layers and heads are
/// counted from 0, as in the model's own module names.
std::string headLabel(const Capture& capture, std::size_t site, HeadChoice head);

} // namespace heedmap
