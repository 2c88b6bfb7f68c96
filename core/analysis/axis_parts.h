#pragma once

#include "core/capture/capture.h"

#include <cstdint>
#include <string>
#include <vector>

namespace heedmap {

/// Some positions of an axis that go by one name.
struct AxisPart
{
    std::string id;
    std::string title;
    std::vector<std::int64_t> positions; ///< ascending, none twice
    std::int64_t notStored = 0;          ///< of querySetsOf: positions left out since the capture lacks their rows
    bool operator==(const AxisPart&) const = default;
};

/// By what its positions are; the parts are disjoint and cover the axis: "picture" (patches of every picture), "text"
/// (words), "frames" (sound), "other" (tables, learned queries, unknown), "special" (TokenAxis::isSpecial, wherever
/// they stand). Only parts that are there.
std::vector<AxisPart> modalitiesOf(const TokenAxis& axis);

/// Most parts that segmentsOf gives.
constexpr std::size_t kMostSegmentParts = 16;
/// By segment; the parts are disjoint and cover the axis. A segment is called after its input or output, or after its
/// special tokens where they are all alike; segments of one name are one part (rows of patches parted by line breaks).
/// What is more than kMostSegmentParts − 1 names is one last part, "more".
std::vector<AxisPart> segmentsOf(const TokenAxis& axis);

/// Queries that statistics may be taken over, the first being what is taken unless another is asked for: "ordinary"
/// (all but special tokens), "all", "text" (words), "generated" (the rows that predicted a token of an output on this
/// axis), "picture", and each segment by name where there are several. Of each the queries whose rows the capture
/// holds; none is empty.
std::vector<AxisPart> querySetsOf(const Capture& capture, const std::string& axisId);

} // namespace heedmap
