#pragma once

#include "core/capture/capture.h"
#include "widgets/context/map_navigation.h"

#include <QString>

#include <optional>
#include <vector>

namespace heedmap {

enum class ChipKind
{
    Token,
    Special,     ///< dashed: stands for no text
    Generated,   ///< with its probability
    Alternative, ///< what the model nearly said; not clickable
    Arrow,       ///< from what was asked to what was answered
    More         ///< stands for tokens beyond the limit
};

/// One chip of the token strip.
struct ChipSpec
{
    ChipKind kind = ChipKind::Token;
    QString text;
    QString description;               ///< tool tip and accessible description
    std::optional<AxisPosition> query; ///< the row it shows; absent: not clickable
    std::optional<AxisPosition> key;   ///< where it is looked at
    bool operator==(const ChipSpec&) const = default;
};

constexpr std::int64_t kMostChipsPerAxis = 400;

/// The sentence of a capture: every text axis that is asked, then generated tokens with probabilities and, for answers
/// of up to three tokens, their nearest alternatives. Axes of unknown meaning are listed by position when nothing else
/// could stand for them. A token whose row the capture does not hold is not clickable and says so. `predictingRow` as
/// in DisplayOptions.
std::vector<ChipSpec> chipsOfCapture(const Capture& capture, const std::optional<ShownMap>& shown, bool predictingRow);

} // namespace heedmap
