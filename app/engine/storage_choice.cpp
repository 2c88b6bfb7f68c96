#include "app/engine/storage_choice.h"

#include "core/base/error.h"
#include "core/base/float_conversion.h"
#include "core/base/nearest_names.h"
#include "core/base/utf8.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <variant>

namespace heedmap {

namespace {

constexpr std::size_t kMostPatterns = 256;
constexpr std::size_t kMostPatternBytes = 1024;

/// Goes back to the last * only, so that no pattern takes more than text × pattern steps.
bool fits(std::string_view text, std::string_view pattern)
{
    std::size_t at = 0;
    std::size_t in = 0;
    std::size_t star = std::string_view::npos;
    std::size_t resume = 0;
    while (at < text.size()) {
        if (in < pattern.size() && pattern[in] == '*') {
            star = in++;
            resume = at;
        } else if (in < pattern.size() && (pattern[in] == '?' || pattern[in] == text[at])) {
            ++in;
            ++at;
        } else if (star != std::string_view::npos) {
            in = star + 1;
            at = ++resume;
        } else {
            return false;
        }
    }
    return std::ranges::all_of(pattern.substr(in), [](char c) { return c == '*'; });
}

bool fitsSite(const std::string& passId, const std::string& name, const std::string& pattern)
{
    return fits(name, pattern) || fits(passId + "/" + name, pattern);
}

std::vector<std::string> readPatterns(const Json& options)
{
    const Json& list = jsonArray(options, "sites", "\"options\"");
    if (list.empty() || list.size() > kMostPatterns)
        throw Error(ErrorKind::InvalidFile, "\"sites\" has {} patterns; 1 to {} can be given", list.size(),
                    kMostPatterns);
    std::vector<std::string> patterns;
    for (const Json& pattern : list) {
        if (!pattern.is_string() || pattern.get_ref<const std::string&>().size() > kMostPatternBytes)
            throw Error(ErrorKind::InvalidFile, "\"sites\" has a pattern that is no text of at most {} bytes",
                        kMostPatternBytes);
        patterns.push_back(pattern.get<std::string>());
    }
    return patterns;
}

DType readDType(const Json& options)
{
    const std::string name = jsonString(options, "storage_dtype", "\"options\"");
    const std::optional<DType> dtype = dtypeFromName(name);
    if (dtype != DType::F32 && dtype != DType::F16 && dtype != DType::BF16)
        throw Error(ErrorKind::InvalidFile, "\"storage_dtype\" is \"{}\"; it can be F32, F16 or BF16", printable(name));
    return *dtype;
}

} // namespace

StorageChoice StorageChoice::fromOptions(const Json& options)
{
    StorageChoice choice;
    if (options.contains("sites"))
        choice.sites = readPatterns(options);
    if (options.contains("storage_dtype"))
        choice.dtype = readDType(options);
    if (options.contains("byte_budget"))
        choice.byteBudget = jsonInteger(options, "byte_budget", "\"options\"", 1, INT64_MAX);
    return choice;
}

bool StorageChoice::keeps(const std::string& passId, const std::string& name) const
{
    return sites.empty() ||
           std::ranges::any_of(sites, [&](const std::string& pattern) { return fitsSite(passId, name, pattern); });
}

void StorageChoice::check(const std::vector<PlannedSite>& plan, const std::vector<Intervention>& interventions) const
{
    for (const std::string& pattern : sites) {
        const bool used = std::ranges::any_of(
            plan, [&](const PlannedSite& site) { return fitsSite(site.passId, site.name, pattern); });
        if (used)
            continue;
        std::vector<std::string> known;
        for (const PlannedSite& site : plan)
            known.push_back(site.passId + "/" + site.name);
        throw Error(ErrorKind::NotFound, "No attention module fits \"{}\"{}", printable(pattern),
                    didYouMean(pattern, known));
    }
    for (const Intervention& intervention : interventions) {
        const auto* mute = std::get_if<MuteHead>(&intervention);
        const auto muted = [&](const PlannedSite& site) {
            return site.name == mute->site && !keeps(site.passId, site.name);
        };
        if (mute && std::ranges::any_of(plan, muted))
            throw Error(ErrorKind::InvalidRequest,
                        "A head of \"{}\" is muted, so its module must be kept too; add it to the sites.",
                        printable(mute->site));
    }
}

FloatTensor roundedTo(DType dtype, const FloatTensor& tensor, const std::string& site)
{
    std::vector<std::byte> bytes(tensor.values.size() * itemSize(dtype));
    bytesFromFloats(dtype, tensor.values, bytes);
    std::vector<float> rounded(tensor.values.size());
    floatsFromBytes(dtype, bytes.data(), rounded);
    for (std::size_t i = 0; i < rounded.size(); ++i)
        if (std::isinf(rounded[i]) && std::isfinite(tensor.values[i]))
            throw Error(ErrorKind::InvalidRequest,
                        "{} holds a value of {}, which is too large for {}; store BF16 or F32.", site, tensor.values[i],
                        dtypeName(dtype));
    return {tensor.shape, std::move(rounded)};
}

} // namespace heedmap
