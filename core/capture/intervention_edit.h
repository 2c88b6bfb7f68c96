#pragma once

#include "core/capture/intervention.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace heedmap {

/// Lists of interventions as a person changes them, one click at a time. Pure functions; nothing is ever listed twice.

bool isMuted(const std::vector<Intervention>& list, const MuteHead& head);
std::vector<Intervention> withMuted(std::vector<Intervention> list, const MuteHead& head, bool muted);

/// All positions hidden on an axis, ascending, each once.
std::vector<std::int64_t> hiddenKeys(const std::vector<Intervention>& list, const std::string& axis);
/// Hiding adds one entry of those positions that were not hidden yet; showing takes positions out of every entry, and
/// entries that have none left out of the list.
std::vector<Intervention> withHidden(std::vector<Intervention> list, const std::string& axis,
                                     std::span<const std::int64_t> positions, bool hidden);

/// Whether both lists do the same to a model: the same heads muted, the same keys hidden, however they are listed.
bool sameInterventions(const std::vector<Intervention>& a, const std::vector<Intervention>& b);

} // namespace heedmap
