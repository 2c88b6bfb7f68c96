#include "core/capture/token_axis.h"

#include "core/base/byte_characters.h"

#include <fmt/format.h>

#include <algorithm>

namespace heedmap {

namespace {

std::string patchLabel(const PatchGrid& grid, std::int64_t patch)
{
    const std::int64_t row = patch / grid.columns;
    const std::string place = fmt::format("row {}, column {}", row % grid.rows, patch % grid.columns);
    return grid.frames > 1 ? fmt::format("frame {}, {}", row / grid.rows, place) : place;
}

} // namespace

const AxisSegment& TokenAxis::segmentAt(std::int64_t position) const
{
    return *std::ranges::upper_bound(segments, position, {}, &AxisSegment::end);
}

const AxisSegment* TokenAxis::patchSegment() const
{
    const auto found = std::ranges::find(segments, SegmentKind::PatchGrid, &AxisSegment::kind);
    return found == segments.end() ? nullptr : &*found;
}

bool AxisToken::isCalled(std::string_view name) const
{
    constexpr std::string_view kBlanks = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(kBlanks);
    return text == name || (begin != std::string::npos &&
                            std::string_view(text).substr(begin, text.find_last_not_of(kBlanks) + 1 - begin) == name);
}

const AxisToken* TokenAxis::tokenAt(std::int64_t position) const
{
    const AxisSegment& segment = segmentAt(position);
    const auto index = static_cast<std::size_t>(position - segment.begin);
    return index < segment.tokens.size() ? &segment.tokens[index] : nullptr;
}

std::string TokenAxis::label(std::int64_t position) const
{
    const AxisSegment& segment = segmentAt(position);
    const std::int64_t index = position - segment.begin;
    switch (segment.kind) {
    case SegmentKind::Special:
    case SegmentKind::Text:
        if (const AxisToken* token = tokenAt(position))
            return readablePiece(token->text);
        break;
    case SegmentKind::PatchGrid:
        return patchLabel(segment.grid, index);
    case SegmentKind::Frames:
        return fmt::format("{:.2f} s", segment.startSeconds + static_cast<double>(index) * segment.secondsPerPosition);
    case SegmentKind::Table:
        return fmt::format("row {}, column {}", index / segment.columns, index % segment.columns);
    case SegmentKind::Latent:
        return fmt::format("latent {}", index);
    case SegmentKind::Unknown:
        break;
    }
    return fmt::format("position {}", position);
}

bool TokenAxis::isSpecial(std::int64_t position) const
{
    const AxisToken* token = tokenAt(position);
    return segmentAt(position).kind == SegmentKind::Special || (token && token->special);
}

} // namespace heedmap
