#include "app/engine/storage_choice.h"

#include "core/base/error.h"
#include "core/base/float_conversion.h"
#include "core/base/nearest_names.h"
#include "core/base/utf8.h"

#include <algorithm>
#include <cmath>
#include <set>
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

std::string groupOf(const std::string& passId, AttentionKind kind, const std::string& queryAxis,
                    const std::string& keyAxis)
{
    return kind == AttentionKind::Self ? passId + "_self" : queryAxis + "_" + keyAxis;
}

constexpr std::size_t kMostHeads = 4096;
constexpr std::size_t kMostRanges = 65'536;

void checkPattern(const Json& pattern, const char* option)
{
    if (!pattern.is_string() || pattern.get_ref<const std::string&>().size() > kMostPatternBytes)
        throw Error(ErrorKind::InvalidFile, "\"{}\" has a pattern that is no text of at most {} bytes", option,
                    kMostPatternBytes);
}

std::vector<std::string> readPatterns(const Json& options)
{
    const Json& list = jsonArray(options, "sites", "\"options\"");
    if (list.empty() || list.size() > kMostPatterns)
        throw Error(ErrorKind::InvalidFile, "\"sites\" has {} patterns; 1 to {} can be given", list.size(),
                    kMostPatterns);
    std::vector<std::string> patterns;
    for (const Json& pattern : list) {
        checkPattern(pattern, "sites");
        patterns.push_back(pattern.get<std::string>());
    }
    return patterns;
}

std::vector<StorageChoice::Heads> readHeads(const Json& options)
{
    const Json& list = jsonArray(options, "heads", "\"options\"");
    if (list.empty() || list.size() > kMostPatterns)
        throw Error(ErrorKind::InvalidFile, "\"heads\" has {} entries; 1 to {} can be given", list.size(),
                    kMostPatterns);
    std::vector<StorageChoice::Heads> choices;
    for (const Json& entry : list) {
        const std::string where = fmt::format("entry {} of \"heads\"", choices.size());
        checkPattern(jsonMember(entry, "sites", where), "heads");
        StorageChoice::Heads choice{entry["sites"].get<std::string>(), {}};
        const Json& numbers = jsonArray(entry, "heads", where);
        for (const Json& number : numbers) {
            if (!number.is_number_integer() || number < 0 || number > INT32_MAX || numbers.size() > kMostHeads)
                throw Error(ErrorKind::InvalidFile, "{} has {}, and not up to {} numbers of heads", where,
                            printable(number.dump()), kMostHeads);
            choice.heads.push_back(number.get<int>());
        }
        if (choice.heads.empty())
            throw Error(ErrorKind::InvalidFile, "{} names no head", where);
        choices.push_back(std::move(choice));
    }
    return choices;
}

std::vector<StoredIndices::Range> readRanges(const Json& list, const std::string& where)
{
    std::vector<StoredIndices::Range> ranges;
    std::int64_t last = 0;
    for (const Json& range : list) {
        const bool isPair =
            range.is_array() && range.size() == 2 && range[0].is_number_integer() && range[1].is_number_integer();
        const std::int64_t begin = isPair ? range[0].get<std::int64_t>() : -1;
        const std::int64_t end = isPair ? range[1].get<std::int64_t>() : -1;
        if (begin < last || end <= begin)
            throw Error(ErrorKind::InvalidFile, "{} has {}, and not ranges [begin, end] that ascend without overlap",
                        where, printable(range.dump()));
        ranges.emplace_back(begin, end);
        last = end;
    }
    if (ranges.empty() || ranges.size() > kMostRanges)
        throw Error(ErrorKind::InvalidFile, "{} has {} ranges; 1 to {} can be given", where, ranges.size(),
                    kMostRanges);
    return ranges;
}

std::map<std::string, std::vector<StoredIndices::Range>> readQueries(const Json& options)
{
    std::map<std::string, std::vector<StoredIndices::Range>> queries;
    const Json& axes = jsonObject(options, "queries", "\"options\"");
    for (const auto& [axis, list] : axes.items())
        queries[axis] = readRanges(jsonArray(axes, axis.c_str(), "\"queries\""),
                                   fmt::format("\"{}\" of \"queries\"", printable(axis)));
    if (queries.empty())
        throw Error(ErrorKind::InvalidFile, "\"queries\" names no axis");
    return queries;
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
    if (options.contains("heads"))
        choice.heads = readHeads(options);
    if (options.contains("queries"))
        choice.queries = readQueries(options);
    if (options.contains("storage_dtype"))
        choice.dtype = readDType(options);
    if (options.contains("byte_budget"))
        choice.byteBudget = jsonInteger(options, "byte_budget", "\"options\"", 1, INT64_MAX);
    return choice;
}

SiteNames SiteNames::of(const PlannedSite& site)
{
    return {site.name, site.passId + "/" + site.name, groupOf(site.passId, site.kind, site.queryAxis, site.keyAxis),
            site.layer};
}

SiteNames SiteNames::of(const std::string& passId, const RecordedSite& site)
{
    return {site.name, passId + "/" + site.name, groupOf(passId, site.kind, site.queryAxis, site.keyAxis), site.layer};
}

bool SiteNames::fit(const std::string& pattern) const
{
    return fits(name, pattern) || fits(key, pattern) || fits(fmt::format("{}.L{}", group, layer), pattern);
}

bool StorageChoice::keeps(const SiteNames& site) const
{
    return sites.empty() || std::ranges::any_of(sites, [&](const std::string& pattern) { return site.fit(pattern); });
}

StoredIndices StorageChoice::headsOf(const SiteNames& site, int count) const
{
    std::set<std::int64_t> wanted;
    for (const Heads& choice : heads)
        if (site.fit(choice.sites))
            wanted.insert(choice.heads.begin(), choice.heads.end());
    wanted.erase(wanted.lower_bound(count), wanted.end());
    return static_cast<int>(wanted.size()) == count ? StoredIndices()
                                                    : StoredIndices::ofNumbers({wanted.begin(), wanted.end()});
}

StoredIndices StorageChoice::queriesOf(const std::string& axis, std::int64_t length) const
{
    const auto found = queries.find(axis);
    if (found == queries.end())
        return {};
    const StoredIndices there(StoredIndices(found->second).rangesWithin(0, length));
    if (there.areAll())
        throw Error(ErrorKind::InvalidRequest,
                    "None of the rows of \"{}\" that were to be stored exist: its positions are 0 to {}.",
                    printable(axis), length - 1);
    return there.count(length) == length ? StoredIndices() : there;
}

void StorageChoice::checkHeads(const std::vector<PlannedSite>& plan) const
{
    for (const Heads& choice : heads) {
        bool isUsed = false;
        std::vector<std::string> known;
        for (const PlannedSite& site : plan) {
            const SiteNames names = SiteNames::of(site);
            known.push_back(names.key);
            if (!keeps(names) || !names.fit(choice.sites))
                continue;
            isUsed = true;
            if (const int highest = std::ranges::max(choice.heads); highest >= site.heads)
                throw Error(ErrorKind::InvalidRequest, "There is no head {} to store; \"{}\" has heads 0 to {}.",
                            highest, printable(site.name), site.heads - 1);
        }
        if (!isUsed)
            throw Error(ErrorKind::NotFound, "No attention module that is kept fits \"{}\", whose heads are chosen{}",
                        printable(choice.sites), didYouMean(choice.sites, known));
    }
}

void StorageChoice::checkQueries(const std::vector<PlannedSite>& plan) const
{
    std::map<std::string, std::int64_t> lengths;
    for (const PlannedSite& site : plan)
        if (keeps(SiteNames::of(site)))
            lengths[site.queryAxis] = site.queries;
    for (const auto& [axis, ranges] : queries) {
        const auto known = lengths.find(axis);
        std::vector<std::string> names;
        for (const auto& [name, length] : lengths)
            names.push_back(name);
        if (known == lengths.end())
            throw Error(ErrorKind::NotFound, "No attention module that is kept looks from \"{}\"{}; they look from {}",
                        printable(axis), didYouMean(axis, names), fmt::join(names, ", "));
        if (ranges.back().second > known->second)
            throw Error(ErrorKind::InvalidRequest, "There is no position {} of \"{}\" to store; they are 0 to {}.",
                        ranges.back().second - 1, printable(axis), known->second - 1);
    }
}

void StorageChoice::check(const std::vector<PlannedSite>& plan, const std::vector<Intervention>& interventions) const
{
    for (const std::string& pattern : sites) {
        const bool used =
            std::ranges::any_of(plan, [&](const PlannedSite& site) { return SiteNames::of(site).fit(pattern); });
        if (used)
            continue;
        std::vector<std::string> known;
        for (const PlannedSite& site : plan)
            known.push_back(site.passId + "/" + site.name);
        throw Error(ErrorKind::NotFound, "No attention module fits \"{}\"{}", printable(pattern),
                    didYouMean(pattern, known));
    }
    checkHeads(plan);
    checkQueries(plan);
    for (const Intervention& intervention : interventions) {
        const auto* mute = std::get_if<MuteHead>(&intervention);
        const auto muted = [&](const PlannedSite& site) {
            return site.name == mute->site && !keeps(SiteNames::of(site));
        };
        if (mute && std::ranges::any_of(plan, muted))
            throw Error(ErrorKind::InvalidRequest,
                        "A head of \"{}\" is muted, so its module must be kept too; add it to the sites.",
                        printable(mute->site));
    }
}

std::vector<std::string> StorageChoice::leftOut(const std::vector<PlannedSite>& plan) const
{
    std::vector<std::string> sentences;
    const auto dropped =
        std::ranges::count_if(plan, [&](const PlannedSite& site) { return !keeps(SiteNames::of(site)); });
    if (dropped > 0)
        sentences.push_back(fmt::format("{} of {} attention modules are not stored", dropped, plan.size()));
    std::map<std::string, int> sitesWith; // by the heads that are stored
    std::map<std::string, std::int64_t> lengths;
    for (const PlannedSite& site : plan) {
        const SiteNames names = SiteNames::of(site);
        if (!keeps(names))
            continue;
        lengths[site.queryAxis] = site.queries;
        if (const StoredIndices held = headsOf(names, site.heads); !held.areAll())
            ++sitesWith[fmt::format("heads {} of {}", held.text(), site.heads)];
    }
    for (const auto& [held, count] : sitesWith)
        sentences.push_back(fmt::format("of {} modules only {} are stored", count, held));
    for (const auto& [axis, ranges] : queries)
        if (const StoredIndices held = queriesOf(axis, lengths[axis]); !held.areAll())
            sentences.push_back(fmt::format("of the rows of {} only {} are stored, and no map is composed through it",
                                            axis, held.text()));
    return sentences;
}

FloatTensor partOf(const FloatTensor& tensor, const StoredIndices& heads, const StoredIndices& rows)
{
    if (heads.areAll() && rows.areAll())
        return tensor;
    const std::int64_t width = tensor.shape.back();
    const std::int64_t length = tensor.shape.size() == 3 ? tensor.shape[1] : 1;
    const std::span<const float> all = tensor.values;
    std::vector<float> part;
    for (const std::int64_t head : heads.numbers(tensor.shape.front()))
        for (const auto& [begin, end] : rows.rangesWithin(0, length)) {
            const auto kept = all.subspan(static_cast<std::size_t>((head * length + begin) * width),
                                          static_cast<std::size_t>((end - begin) * width));
            part.insert(part.end(), kept.begin(), kept.end());
        }
    Shape shape = tensor.shape;
    shape.front() = heads.count(shape.front());
    if (shape.size() == 3)
        shape[1] = rows.count(length);
    return {std::move(shape), std::move(part)};
}

RecordedSite partOf(const RecordedSite& site, const StoredIndices& heads, const StoredIndices& queries)
{
    AttentionSite grouped;
    grouped.heads = site.heads;
    grouped.keyValueHeads = site.keyValueHeads;
    grouped.storedHeads = heads;
    const StoredIndices keyHeads = grouped.storedKeyValueHeads();
    RecordedSite part = site;
    part.queries = partOf(site.queries, heads, queries);
    part.keys = partOf(site.keys, keyHeads, {});
    part.weights = partOf(site.weights, heads, queries);
    if (!site.values.empty()) {
        part.values = partOf(site.values, keyHeads, {});
        part.valueNorms = partOf(site.valueNorms, heads, {});
    }
    return part;
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
