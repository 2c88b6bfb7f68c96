#pragma once

#include "core/analysis/alignment_quality.h"
#include "core/analysis/analysis.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace heedmap {

/// Which heads of cross-attention tell when a token was spoken, for checkpoints that do not say so, or of which it is
/// to be checked.
///
/// Every head (layer, head) of the sites from a transcript to sound is timed alone, as token_times.h times several, and
/// ranked by AlignmentQuality: with true times by how far its own are from them, otherwise by how well it goes forward.
/// Then a set is proposed of the heads near the best (AlignmentQuality::isNear, at most sixteen): the best of those of
/// the first one, two, … heads, and again and again whichever head makes it better, until none does or it is full. So a
/// set is never worse than the best head. With true times that is the search of
/// https://github.com/huggingface/transformers/issues/28365; that heads which align differ so much from the rest that
/// they can be told without any is found in Yeh, Meng & Tang 2025 (arXiv 2509.09987), by other numbers.
struct AlignmentSearch
{
    TimingRows rows = TimingRows::Predicting;
    int medianWidth = 7;        ///< odd
    std::size_t mostHeads = 10; ///< of the set
};

/// A recording heads are judged by. The more there are, the surer the set.
struct AlignmentSource
{
    std::shared_ptr<const Capture> capture;
    std::vector<ReferenceWord> reference; ///< true times of the whole recording, in order; empty: not known
};

struct AlignmentCandidate
{
    Alignment::Head head;
    int layer = 0;
    AlignmentQuality quality; ///< alone
};

struct AlignmentProposal
{
    std::vector<AlignmentCandidate> ranking; ///< every head, the best first; equal ones in the model's order
    Alignment alignment;                     ///< the set, in the order its heads were taken
    AlignmentQuality quality;                ///< of the set
    std::size_t windowsRead = 0;             ///< of many some, evenly spread
    std::size_t windows = 0;
};

/// Why no heads can be searched in a capture: a sentence; absent when they can.
std::optional<std::string> alignmentSearchObstacle(const Manifest& manifest);

/// Of every head that is held in all windows of all recordings, which one model heard. Memory: the maps of sixteen
/// heads, at most 256 MiB unless one window alone has more. Errors: InvalidRequest (the obstacle; no word of a
/// reference is one of its transcript), Cancelled; as readSoundRows and matchedWords. Precondition: there is a source.
AlignmentProposal searchAlignmentHeads(std::span<const AlignmentSource> sources, const AlignmentSearch& search,
                                       AnalysisProgress& progress);

/// Of a given set, over all windows; its own median width is taken. Errors: as transcriptWords and matchedWords.
AlignmentQuality alignmentQuality(std::span<const AlignmentSource> sources, const Alignment& alignment,
                                  TimingRows rows);

} // namespace heedmap
