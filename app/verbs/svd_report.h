#pragma once

#include "core/analysis/mode_similarity.h"
#include "core/base/json.h"
#include "widgets/context/mode_provider.h"
#include "widgets/image/mode_figure.h"

#include <string>
#include <vector>

namespace heedmap {

/// The best match of a mode in another head.
struct HeadLikeness
{
    SiteHead head;
    ModeMatch match;
};

/// What `heedmap svd` says of a map.
struct SvdReport
{
    ModeFigureParts parts;
    std::int64_t asked = 8;          ///< modes wanted
    std::size_t strongest = 8;       ///< tokens and patches listed for each mode
    std::optional<std::size_t> like; ///< subspace that was searched for in other heads
    std::vector<HeadLikeness> likenesses;
};

Json svdJson(const Capture& capture, const SvdReport& report);
/// For people: a line for each mode with its strongest tokens and patches.
std::string svdText(const Capture& capture, const SvdReport& report);

} // namespace heedmap
