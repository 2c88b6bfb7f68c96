#include "app/engine/run_progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace heedmap {

namespace {
const std::string kDecode = "decode";
const std::string kGradients = "gradients";
} // namespace

RunProgress::RunProgress(const std::vector<PlannedSite>& sites, bool generatesText)
{
    std::map<std::string, std::int64_t> layers; // of each pass
    for (const PlannedSite& site : sites) {
        layers[site.passId] = std::max<std::int64_t>(layers[site.passId], site.layer + 1);
        m_layers += site.outputGradients; // steps of the way back
    }
    for (const auto& [pass, count] : layers)
        m_layers += count;
    if (generatesText && !sites.empty())
        m_decodeSteps = sites.back().queries;
}

RunProgress::Step RunProgress::advance(const std::string& stage, int done, int total)
{
    if (stage != m_stage) {
        m_finished += m_stageTotal;
        m_stage = stage;
        m_stageTotal = total;
        if (stage == kDecode)
            m_decodeSteps = m_decodeBounds += total;
    }
    const char* format = stage == kDecode      ? "token {1} of at most {2}"
                         : stage == kGradients ? "gradients of module {1} of {2}"
                                               : "{0} layer {1} of {2}";
    // A recording whose windows overlap has more passes than were planned.
    const std::int64_t all = std::max<std::int64_t>(m_layers + m_decodeSteps, m_finished + total);
    return {fmt::format(fmt::runtime(format), stage, done, total), m_finished + done, all};
}

} // namespace heedmap
