#pragma once

#include "core/base/dtype.h"
#include "core/base/json.h"
#include "core/capture/stored_indices.h"
#include "core/runtime/run_result.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace heedmap {

/// How the storage options name an attention module.
struct SiteNames
{
    std::string name;
    std::string key;   ///< "question/text_encoder.encoder.layer.2.crossattention.self"
    std::string group; ///< "question_picture", "vision_self"
    int layer = 0;

    static SiteNames of(const PlannedSite& site);
    static SiteNames of(const std::string& passId, const RecordedSite& site);
    /// * stands for any text, ? for one character, of the name, the key, or GROUP.L and the layer
    /// ("question_picture.L2").
    bool fit(const std::string& pattern) const;
};

/// What of a run its capture keeps, and how: the options `sites`, `heads`, `queries`, `storage_dtype` and `byte_budget`
/// of PROTOCOL.md.
struct StorageChoice
{
    struct Heads
    {
        std::string sites; ///< a pattern
        std::vector<int> heads;
    };

    std::vector<std::string> sites;                                   ///< patterns; empty: all sites
    std::vector<Heads> heads;                                         ///< sites that none of them fits keep all heads
    std::map<std::string, std::vector<StoredIndices::Range>> queries; ///< by axis; others keep every row
    DType dtype = DType::F32; ///< of weights, queries and keys: F32, F16 or BF16
    std::optional<std::int64_t> byteBudget;

    /// Precondition: `options` is an object. Errors: InvalidFile (as all readers of JSON).
    static StorageChoice fromOptions(const Json& options);

    bool keeps(const SiteNames& site) const;
    /// Of `count` heads.
    StoredIndices headsOf(const SiteNames& site, int count) const;
    /// Of the rows of an axis that came out `length` long. Errors: InvalidRequest when it has none of those wanted.
    StoredIndices queriesOf(const std::string& axis, std::int64_t length) const;
    /// Errors: NotFound for a pattern that no planned site fits, or an axis that no kept one looks from, with the
    /// nearest names; InvalidRequest for heads or positions that will not exist, and when a module whose heads are
    /// muted is left out, since a capture says of which of its sites they are.
    void check(const std::vector<PlannedSite>& plan, const std::vector<Intervention>& interventions) const;
    /// What is not kept, as sentences for people; empty when everything is.
    std::vector<std::string> leftOut(const std::vector<PlannedSite>& plan) const;

private:
    void checkHeads(const std::vector<PlannedSite>& plan) const;
    void checkQueries(const std::vector<PlannedSite>& plan) const;
};

/// The heads and rows of a site that are to be stored, in tensors of their own. `heads` and `queries` of the result
/// stay the model's.
RecordedSite partOf(const RecordedSite& site, const StoredIndices& heads, const StoredIndices& queries);
/// [heads, rows, width] of those alone.
FloatTensor partOf(const FloatTensor& tensor, const StoredIndices& heads, const StoredIndices& rows);

/// The values as `dtype` can hold them, as single precision again: what a reader will see. Errors: InvalidRequest when
/// one of them is beyond its range; `site` names it.
FloatTensor roundedTo(DType dtype, const FloatTensor& tensor, const std::string& site);

} // namespace heedmap
