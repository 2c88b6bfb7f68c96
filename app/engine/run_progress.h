#pragma once

#include "core/models/model.h"

#include <cstdint>
#include <string>
#include <vector>

namespace heedmap {

/// One count of steps for a whole run, from the counts a model gives stage by stage.
class RunProgress
{
public:
    /// `sites` are those the run will record (Model::plan): they say how many layers each pass has. When text is
    /// generated, the last pass replays one, and its queries bound the steps of decoding; a run that decodes several
    /// texts learns the others' as it comes to them.
    RunProgress(const std::vector<PlannedSite>& sites, bool generatesText);

    struct Step
    {
        std::string text; ///< for people: "vision layer 3 of 12"
        std::int64_t done = 0;
        std::int64_t total = 0;
    };
    /// As ProgressCallback. Decoding may end before its bound; the stages after it then go on from there.
    Step advance(const std::string& stage, int done, int total);

private:
    std::int64_t m_layers = 0; ///< of all passes, and modules that gradients are taken of
    std::int64_t m_decodeSteps = 0;
    std::int64_t m_decodeBounds = 0; ///< of the texts decoded so far
    std::int64_t m_finished = 0;     ///< steps of the stages before this one
    std::string m_stage;
    std::int64_t m_stageTotal = 0;
};

} // namespace heedmap
