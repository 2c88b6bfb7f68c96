#pragma once

#include "core/base/text_span.h"
#include "core/capture/stored_indices.h"
#include "core/media/patch_grid.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace heedmap {

/// One position of a text or special segment.
struct AxisToken
{
    std::string text; ///< as the vocabulary spells it, byte-level pieces as what they stand for: "##ing", " gray"
    std::optional<std::int64_t> id;
    std::optional<TextSpan>
        span; ///< code points in the segment's input or output text; absent when it stands for no text
    bool special = false;

    /// Whether people mean this token by `name`: its text, with or without the white space around it.
    bool isCalled(std::string_view name) const;
};

enum class SegmentKind
{
    Special, ///< CLS, registers, separators, padding: never drawn on a picture
    PatchGrid,
    Frames, ///< sound
    Text,
    Table,
    Latent, ///< learned queries
    Unknown
};

/// A run of neighbouring positions of an axis that mean the same kind of thing. See FORMAT.md, "Axis".
struct AxisSegment
{
    SegmentKind kind = SegmentKind::Unknown;
    std::int64_t begin = 0; ///< first position on the axis
    std::int64_t length = 0;
    std::string input;             ///< id of the input this segment shows; may be empty
    std::string output;            ///< id of the output this text belongs to; may be empty
    std::vector<AxisToken> tokens; ///< Text and Special: `length` entries
    PatchGrid grid;                ///< PatchGrid
    double startSeconds = 0;       ///< Frames
    double secondsPerPosition = 0; ///< Frames
    std::int64_t rows = 0;         ///< Table
    std::int64_t columns = 0;      ///< Table

    std::int64_t end() const { return begin + length; }
    bool contains(std::int64_t position) const { return position >= begin && position < end(); }
};

/// What the positions of one side of an attention matrix mean. Segments cover [0, length) in order.
struct TokenAxis
{
    std::string id;
    std::int64_t length = 0;
    std::vector<AxisSegment> segments;
    StoredIndices storedQueries = {}; ///< which rows are held of maps whose queries are on this axis

    /// Precondition: 0 <= position < length.
    const AxisSegment& segmentAt(std::int64_t position) const;
    /// The first patch grid, or null: what can be drawn on a picture.
    const AxisSegment* patchSegment() const;
    /// The token of a text or special position, or null.
    const AxisToken* tokenAt(std::int64_t position) const;
    /// A short name for people: the token's text, "row 3, column 7", "1.20 s", "position 4".
    std::string label(std::int64_t position) const;
    bool isSpecial(std::int64_t position) const;
};

} // namespace heedmap
