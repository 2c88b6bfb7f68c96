#pragma once

#include "core/capture/chain.h"

#include <memory>
#include <string>
#include <vector>

namespace heedmap {

/// The texts of a capture that look at something other than texts: those whose axis is the query axis of a map onto
/// sound, a picture, or other positions that are no text. All texts, where none does.
std::vector<CapturedText> textsThatLook(const Capture& capture);

/// The texts of textsThatLook(), and behind them what was heard in all windows of a recording of several (heardText):
/// what the first end of a chain may go through.
std::vector<CapturedText> textsThatSpeak(const Capture& capture);

/// The map a chain takes where none is chosen, among the groups whose queries are the text: those onto patches before
/// those onto sound before others, and maps onto the text itself last. Of that group the heads the capture names as
/// telling when a token was spoken (Manifest::alignment), as their mean; else its sharpest head (sharpest_head.h);
/// else, where that is too much to read, the mean over the heads of its last layer. Errors: InvalidRequest when no map
/// has this text as its queries, InvalidFile (file cut short).
MapChoice chainMap(const Capture& capture, const CapturedText& text);

/// The map called GROUP:LAYER:HEAD, where HEAD is a number or "mean"; GROUP:alignment is the mean of the heads that
/// tell when a token was spoken, as far as they are of this group. Errors: InvalidRequest with the nearest names.
MapChoice chainMapNamed(const Capture& capture, const std::string& name);

/// The chain between two captures where nothing is chosen: through the text of textsThatSpeak() of A and
/// textsThatLook() of B they share (sharedText), by the maps of chainMap. Errors: those of these and of Chain.
Chain chainBetween(const std::shared_ptr<const Capture>& a, const std::shared_ptr<const Capture>& b);

/// "transcript → sound · L1 · H0", "transcript → sound · mean of 6 heads": for captions.
std::string chainMapLabel(const Capture& capture, const MapChoice& map);

} // namespace heedmap
