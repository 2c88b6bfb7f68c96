#pragma once

#include "core/checkpoint/checkpoint.h"
#include "core/runtime/activation.h"

#include <cstdint>
#include <string>

namespace heedmap {

// Far beyond any model, small enough that no product of two overflows.
constexpr std::int64_t kMaxModelWidth = 1 << 20;
constexpr std::int64_t kMaxVocabulary = 1 << 26;
constexpr std::int64_t kMaxModelLayers = 1024;

/// One object of a config.json and what it is called in messages. A view: the checkpoint must outlive it. Errors of all
/// members: InvalidFile for malformed and impossible values, Unsupported for values this program does not do; both name
/// field, value and file.
struct ConfigSection
{
    const Json& json;
    std::string where;

    static ConfigSection ofCheckpoint(const Checkpoint& checkpoint);
    /// The object below `key`; empty when it is missing or null, as the reference takes its defaults then.
    ConfigSection part(const char* key) const;

    /// A whole number from 1 to `high`.
    std::int64_t size(const char* key, std::int64_t high, std::int64_t fallback) const;
    double epsilon(double fallback) const; ///< "layer_norm_eps"
    Activation activation() const;         ///< "hidden_act", "gelu" when missing
    void requireWholeHeads(std::int64_t hiddenSize, std::int64_t heads) const;
    /// A token id inside the vocabulary.
    std::int32_t token(const char* key, std::int64_t vocabularySize, std::int64_t fallback) const;
    /// Refuses `key` unless it is missing, null or `only`.
    void require(const char* key, const Json& only) const;
};

} // namespace heedmap
