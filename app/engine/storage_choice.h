#pragma once

#include "core/base/dtype.h"
#include "core/base/json.h"
#include "core/runtime/run_result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace heedmap {

/// What of a run its capture keeps, and how: the options `sites`, `storage_dtype` and `byte_budget` of PROTOCOL.md.
struct StorageChoice
{
    /// Patterns of site names, with or without the pass before them ("question/*.layer.2.*"); * stands for any text, ?
    /// for one character. Empty: all sites.
    std::vector<std::string> sites;
    DType dtype = DType::F32; ///< of weights, queries and keys: F32, F16 or BF16
    std::optional<std::int64_t> byteBudget;

    /// Precondition: `options` is an object. Errors: InvalidFile (as all readers of JSON).
    static StorageChoice fromOptions(const Json& options);

    bool keeps(const std::string& passId, const std::string& name) const;
    /// Errors: NotFound for a pattern that no planned site fits, with the nearest names; InvalidRequest when a module
    /// whose heads are muted is left out, since a capture says of which of its sites they are.
    void check(const std::vector<PlannedSite>& plan, const std::vector<Intervention>& interventions) const;
};

/// The values as `dtype` can hold them, as single precision again: what a reader will see. Errors: InvalidRequest when
/// one of them is beyond its range; `site` names it.
FloatTensor roundedTo(DType dtype, const FloatTensor& tensor, const std::string& site);

} // namespace heedmap
