#pragma once

#include "core/capture/capture.h"
#include "core/capture/selection.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace heedmap {

/// Generated tokens and the query rows that speak of them: pure functions over a capture's manifest. `predictingRow` is
/// DisplayOptions::predictingRow: row i predicts token i + 1, and is the input row of token i.

/// The outputs that are text, best first.
std::vector<const CaptureOutput*> textOutputs(const Capture& capture);
/// Absent for the input row of a token the sequence ended with.
std::optional<std::int64_t> rowOfToken(const GeneratedToken& token, bool predictingRow);
/// The token of `output` a row is shown for.
std::optional<std::size_t> tokenOfRow(const CaptureOutput& output, std::int64_t row, bool predictingRow);
/// What gradients for a row would be of: the generated token the row is shown for, else what the capture has gradients
/// of, else its first generated token or score. Absent without outputs.
std::optional<GradientTarget> targetOfRow(const Capture& capture, const std::string& axis,
                                          std::optional<std::int64_t> row, bool predictingRow);
/// The same tokens kept by their other row, after DisplayOptions::predictingRow became `predictingRow`. Rows of no
/// generated token stay; a token without the other row is let go.
Selection withOtherRows(const Capture& capture, const Selection& selection, bool predictingRow);

} // namespace heedmap
