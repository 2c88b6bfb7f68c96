#pragma once

#include "core/analysis/analysis.h"

namespace heedmap {

/// Attention as it is: the shown head, mean, maximum or named set.
Analysis rawAttention();
/// The mean, or the maximum, over all heads of the shown layer or of all layers of its group.
Analysis meanAttention();
Analysis maxAttention();
/// ‖α V W_O‖ (Kobayashi et al. 2020).
Analysis valueWeightedAttention();
/// Every statistic of core/analysis/head_statistics.h for every head of the shown group and the current token.
Analysis headStatisticsTable();

} // namespace heedmap
