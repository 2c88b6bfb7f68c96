#pragma once

#include "core/capture/manifest.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

/// The parts of a manifest as JSON; internal to core/capture. Readers throw InvalidFile unless said otherwise; `where`
/// names the JSON value in messages.
namespace heedmap::manifest_json {

constexpr std::int64_t kMaxAxisLength = 16'777'216;
constexpr std::int64_t kMaxSites = 65'536;
constexpr std::int64_t kMaxHeads = 4'096;
constexpr std::size_t kMaxMaskRules = 64;
constexpr std::size_t kMaxListed = 4'096; ///< inputs, passes, groups, compositions, outputs: each list

/// Names of `requires`, and of the members that need them.
inline constexpr const char* kStoredHeads = "stored_heads";
inline constexpr const char* kStoredQueries = "stored_queries";
/// What a reader of this manifest must know.
std::vector<std::string> requiredFeatures(const Manifest& manifest);

template <typename Kind>
using KindNames = std::pair<Kind, std::string_view>;

inline constexpr KindNames<InputKind> kInputKinds[] = {
    {InputKind::Image, "image"}, {InputKind::Text, "text"}, {InputKind::Audio, "audio"}};
inline constexpr KindNames<SiteKind> kSiteKinds[] = {
    {SiteKind::Cross, "cross"}, {SiteKind::Self, "self"}, {SiteKind::Joint, "joint"}};
inline constexpr KindNames<SegmentKind> kSegmentKinds[] = {
    {SegmentKind::Special, "special"}, {SegmentKind::PatchGrid, "patch_grid"}, {SegmentKind::Frames, "frames"},
    {SegmentKind::Text, "text"},       {SegmentKind::Table, "table"},          {SegmentKind::Latent, "latent"},
    {SegmentKind::Unknown, "unknown"}};

/// The member `kind`. Errors: InvalidFile, Unsupported for a name that is not in the list.
template <typename Kind, std::size_t Count>
Kind kindFromJson(const Json& object, const KindNames<Kind> (&names)[Count], const std::string& where);
template <typename Kind, std::size_t Count>
std::string kindName(Kind kind, const KindNames<Kind> (&names)[Count]);
[[noreturn]] void throwUnknownKind(const std::string& kind, const std::string& where);

/// As jsonString, but not empty.
std::string idFromJson(const Json& object, const char* key, const std::string& where);
/// As jsonNumber, but finite.
double finiteNumber(const Json& object, const char* key, const std::string& where);
std::optional<double> optionalFiniteNumber(const Json& object, const char* key, const std::string& where);
/// The optional member `span`: [begin, end] with begin <= end <= textLength.
std::optional<TextSpan> spanFromJson(const Json& object, std::size_t textLength, const std::string& where);
/// The optional array `key`, an empty one when absent.
const Json& optionalArray(const Json& object, const char* key, const std::string& where);

CaptureInput inputFromJson(const Json& json, const std::string& where);
Json jsonFromInput(const CaptureInput& input);

/// What segments refer to, measured once: texts are as many code points long as spans may count.
struct AxisReferences
{
    std::map<std::string, InputKind> inputs;
    std::map<std::string, std::size_t> inputTextLengths;
    std::map<std::string, std::size_t> outputTextLengths;
};
AxisReferences axisReferences(const Manifest& manifest);

TokenAxis axisFromJson(const std::string& id, const Json& json, const AxisReferences& references,
                       const std::string& where);
Json jsonFromAxis(const TokenAxis& axis);

/// `manifest` holds passes, groups and axes. Also throws Unsupported for another mechanism or mask.
AttentionSite siteFromJson(const Json& json, const Manifest& manifest, const std::string& where);
Json jsonFromSite(const AttentionSite& site);

/// Rows are checked later by checkOutputRows, once the axes are known.
CaptureOutput outputFromJson(const Json& json, const Manifest& manifest, const std::string& where);
void checkOutputRows(const CaptureOutput& output, const Manifest& manifest, const std::string& where);
Json jsonFromOutput(const CaptureOutput& output);

template <typename Kind, std::size_t Count>
Kind kindFromJson(const Json& object, const KindNames<Kind> (&names)[Count], const std::string& where)
{
    const std::string wanted = jsonString(object, "kind", where);
    for (const auto& [kind, name] : names)
        if (name == wanted)
            return kind;
    throwUnknownKind(wanted, where);
}

template <typename Kind, std::size_t Count>
std::string kindName(Kind kind, const KindNames<Kind> (&names)[Count])
{
    for (const auto& [candidate, name] : names)
        if (candidate == kind)
            return std::string(name);
    return {};
}

} // namespace heedmap::manifest_json
