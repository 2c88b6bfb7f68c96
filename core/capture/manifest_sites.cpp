#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/capture/manifest_json.h"

#include <algorithm>

namespace heedmap::manifest_json {

namespace {

constexpr std::int64_t kMaxOffset = kMaxAxisLength;

std::string axisReference(const Json& json, const char* key, const Manifest& manifest, const std::string& where)
{
    std::string id = jsonString(json, key, where);
    if (!manifest.axes.contains(id))
        throw Error(ErrorKind::InvalidFile, "\"{}\" of {} is \"{}\", an axis that does not exist", key, where,
                    printable(id));
    return id;
}

KeyRangesMask keyRangesFromJson(const Json& json, std::int64_t keys, const std::string& where)
{
    KeyRangesMask mask;
    std::int64_t last = 0;
    for (const Json& range : jsonArray(json, "ranges", where)) {
        if (!range.is_array() || range.size() != 2 || !range[0].is_number_integer() || !range[1].is_number_integer())
            throw Error(ErrorKind::InvalidFile, "{} has a range that is not a pair of integers", where);
        const auto begin = range[0].get<std::int64_t>();
        const auto end = range[1].get<std::int64_t>();
        if (begin < last || end < begin || end > keys)
            throw Error(ErrorKind::InvalidFile,
                        "{} has the range [{}, {}]; ranges must ascend without overlap inside the {} keys", where,
                        begin, end, keys);
        mask.ranges.emplace_back(begin, end);
        last = end;
    }
    return mask;
}

BlocksMask blocksFromJson(const Json& json, const std::string& where)
{
    BlocksMask mask;
    for (const Json& start : jsonArray(json, "starts", where)) {
        const bool follows =
            start.is_number_integer() &&
            (mask.starts.empty() ? start.get<std::int64_t>() == 0 : start.get<std::int64_t>() > mask.starts.back());
        if (!follows || start.get<std::int64_t>() > kMaxOffset)
            throw Error(ErrorKind::InvalidFile, "the block starts of {} are not ascending integers from 0", where);
        mask.starts.push_back(start.get<std::int64_t>());
    }
    if (mask.starts.empty())
        throw Error(ErrorKind::InvalidFile, "{} has no block starts", where);
    return mask;
}

MaskRule maskRuleFromJson(const Json& json, std::int64_t keys, const std::string& where)
{
    const std::string kind = jsonString(json, "kind", where);
    if (kind == "causal")
        return CausalMask{jsonInteger(json, "offset", where, -kMaxOffset, kMaxOffset)};
    if (kind == "keys")
        return keyRangesFromJson(json, keys, where);
    if (kind == "window")
        return WindowMask{jsonInteger(json, "before", where, -kMaxOffset, kMaxOffset),
                          jsonInteger(json, "after", where, -kMaxOffset, kMaxOffset)};
    if (kind == "blocks")
        return blocksFromJson(json, where);
    if (kind == "dense")
        return DenseMask{idFromJson(json, "tensor", where)};
    throwUnknownKind(kind, where);
}

std::vector<MaskRule> maskFromJson(const Json& json, std::int64_t keys, const std::string& where)
{
    const Json& rules = jsonArray(json, "mask", where);
    if (rules.size() > kMaxMaskRules)
        throw Error(ErrorKind::TooLarge, "the mask of {} has {} rules; at most {} are read", where, rules.size(),
                    kMaxMaskRules);
    std::vector<MaskRule> mask;
    for (const Json& rule : rules)
        mask.push_back(maskRuleFromJson(rule, keys, fmt::format("mask rule {} of {}", mask.size(), where)));
    return mask;
}

struct JsonFromMaskRule
{
    Json operator()(const CausalMask& mask) const { return {{"kind", "causal"}, {"offset", mask.offset}}; }
    Json operator()(const WindowMask& mask) const
    {
        return {{"kind", "window"}, {"before", mask.before}, {"after", mask.after}};
    }
    Json operator()(const BlocksMask& mask) const { return {{"kind", "blocks"}, {"starts", mask.starts}}; }
    Json operator()(const DenseMask& mask) const { return {{"kind", "dense"}, {"tensor", mask.tensor}}; }
    Json operator()(const KeyRangesMask& mask) const
    {
        Json ranges = Json::array();
        for (const auto& [begin, end] : mask.ranges)
            ranges.push_back(Json::array({begin, end}));
        return {{"kind", "keys"}, {"ranges", std::move(ranges)}};
    }
};

StoredIndices storedHeadsFromJson(const Json& json, int heads, const std::string& where)
{
    std::vector<std::int64_t> numbers;
    for (const Json& number : jsonArray(json, "stored_heads", where)) {
        const std::int64_t head = number.is_number_integer() ? number.get<std::int64_t>() : -1;
        if (head < 0 || head >= heads || (!numbers.empty() && head <= numbers.back()))
            throw Error(ErrorKind::InvalidFile,
                        "\"stored_heads\" of {} has {}; it is ascending numbers of its {} heads, none twice", where,
                        printable(number.dump()), heads);
        numbers.push_back(head);
    }
    if (numbers.empty())
        throw Error(ErrorKind::InvalidFile, "\"stored_heads\" of {} is empty", where);
    return static_cast<int>(numbers.size()) == heads ? StoredIndices() : StoredIndices::ofNumbers(numbers);
}

void readHeads(const Json& json, AttentionSite& site, const std::string& where)
{
    if (jsonInteger(json, "heads", where, 1, INT64_MAX) > kMaxHeads)
        throw Error(ErrorKind::TooLarge, "{} has more than {} heads", where, kMaxHeads);
    site.heads = static_cast<int>(jsonInteger(json, "heads", where, 1, kMaxHeads));
    site.keyValueHeads = static_cast<int>(jsonInteger(json, "kv_heads", where, 1, site.heads));
    if (site.heads % site.keyValueHeads != 0)
        throw Error(ErrorKind::InvalidFile, "{} has {} heads, not a multiple of its {} key-value heads", where,
                    site.heads, site.keyValueHeads);
    if (json.contains("stored_heads"))
        site.storedHeads = storedHeadsFromJson(json, site.heads, where);
}

void readPlace(const Json& json, const Manifest& manifest, AttentionSite& site, const std::string& where)
{
    site.pass = idFromJson(json, "pass", where);
    if (std::ranges::find(manifest.passes, site.pass, &Pass::id) == manifest.passes.end())
        throw Error(ErrorKind::InvalidFile, "{} belongs to the pass \"{}\", which does not exist", where,
                    printable(site.pass));
    site.group = idFromJson(json, "group", where);
    if (std::ranges::find(manifest.groups, site.group, &SiteGroup::id) == manifest.groups.end())
        throw Error(ErrorKind::InvalidFile, "{} belongs to the group \"{}\", which does not exist", where,
                    printable(site.group));
    site.layer = static_cast<int>(jsonInteger(json, "layer", where, 0, INT32_MAX));
    site.kind = kindFromJson(json, kSiteKinds, where);
    site.queryAxis = axisReference(json, "query_axis", manifest, where);
    site.keyAxis = axisReference(json, "key_axis", manifest, where);
    site.order = static_cast<int>(jsonInteger(json, "order", where, INT32_MIN, INT32_MAX));
    site.reads = jsonString(json, "reads", where, "");
    site.writes = jsonString(json, "writes", where, "");
}

void readStorage(const Json& json, const Manifest& manifest, AttentionSite& site, const std::string& where)
{
    const std::string storage = jsonString(json, "storage", where);
    if (storage == "weights") {
        site.weights = idFromJson(json, "weights", where);
        return;
    }
    if (storage != "queries_keys")
        throw Error(ErrorKind::Unsupported, "{} has the storage \"{}\", which this version does not know", where,
                    printable(storage));
    site.queries = idFromJson(json, "queries", where);
    site.keys = idFromJson(json, "keys", where);
    site.scale = finiteNumber(json, "scale", where);
    site.softCap = optionalFiniteNumber(json, "soft_cap", where);
    if (site.softCap && *site.softCap <= 0)
        throw Error(ErrorKind::InvalidFile, "\"soft_cap\" in {} is not positive", where);
    site.mask = maskFromJson(json, manifest.axis(site.keyAxis).length, where);
}

/// The members that name one more tensor each.
constexpr std::pair<const char*, std::string AttentionSite::*> kExtraTensors[] = {
    {"values", &AttentionSite::values},
    {"value_norms", &AttentionSite::valueNorms},
    {"output_gradients", &AttentionSite::outputGradients}};

void readExtraTensors(const Json& json, AttentionSite& site, const std::string& where)
{
    for (const auto& [key, member] : kExtraTensors)
        if (json.contains(key) && !json[key].is_null())
            site.*member = idFromJson(json, key, where);
}

void writeExtraTensors(const AttentionSite& site, Json& json)
{
    for (const auto& [key, member] : kExtraTensors)
        if (!(site.*member).empty())
            json[key] = site.*member;
}

void writeStorage(const AttentionSite& site, Json& json)
{
    json["storage"] = site.storesWeights() ? "weights" : "queries_keys";
    if (site.storesWeights()) {
        json["weights"] = site.weights;
        return;
    }
    json["queries"] = site.queries;
    json["keys"] = site.keys;
    json["scale"] = site.scale;
    if (site.softCap)
        json["soft_cap"] = *site.softCap;
    json["mask"] = Json::array();
    for (const MaskRule& rule : site.mask)
        json["mask"].push_back(std::visit(JsonFromMaskRule{}, rule));
}

} // namespace

AttentionSite siteFromJson(const Json& json, const Manifest& manifest, const std::string& where)
{
    AttentionSite site;
    site.name = idFromJson(json, "name", where);
    const std::string named = fmt::format("{} (\"{}\")", where, printable(site.name));
    readPlace(json, manifest, site, named);
    readHeads(json, site, named);
    site.mechanism = jsonString(json, "mechanism", named);
    if (site.mechanism != "softmax")
        throw Error(ErrorKind::Unsupported, "{} has the mechanism \"{}\"; only \"softmax\" is read", named,
                    printable(site.mechanism));
    site.computeDType = jsonString(json, "compute_dtype", named);
    readStorage(json, manifest, site, named);
    site.maxRowError = optionalFiniteNumber(json, "max_row_error", named);
    readExtraTensors(json, site, named);
    return site;
}

Json jsonFromSite(const AttentionSite& site)
{
    Json json = {{"pass", site.pass},
                 {"name", site.name},
                 {"group", site.group},
                 {"layer", site.layer},
                 {"kind", kindName(site.kind, kSiteKinds)},
                 {"query_axis", site.queryAxis},
                 {"key_axis", site.keyAxis},
                 {"heads", site.heads},
                 {"kv_heads", site.keyValueHeads},
                 {"order", site.order},
                 {"mechanism", site.mechanism},
                 {"compute_dtype", site.computeDType}};
    if (!site.storedHeads.areAll())
        json["stored_heads"] = site.headNumbers();
    if (!site.reads.empty())
        json["reads"] = site.reads;
    if (!site.writes.empty())
        json["writes"] = site.writes;
    writeStorage(site, json);
    if (site.maxRowError)
        json["max_row_error"] = *site.maxRowError;
    writeExtraTensors(site, json);
    return json;
}

} // namespace heedmap::manifest_json
