#include "core/capture/alignment.h"

#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/capture/manifest_json.h"

#include <algorithm>

namespace heedmap {

using namespace manifest_json;

namespace {

/// A module of the run need not be stored; where it is, in whatever pass, its head must exist.
void checkHead(const Alignment::Head& head, const Manifest& manifest, const std::string& where)
{
    bool known = std::ranges::find(manifest.leftOut, head.site, &LeftOutSite::name) != manifest.leftOut.end();
    for (const AttentionSite& site : manifest.sites) {
        if (site.name != head.site)
            continue;
        known = true;
        if (head.head >= site.heads)
            throw Error(ErrorKind::InvalidFile, "{} names head {} of \"{}\", which has {}", where, head.head,
                        printable(head.site), site.heads);
    }
    if (!known)
        throw Error(ErrorKind::InvalidFile, "{} names the module \"{}\", which the run does not have", where,
                    printable(head.site));
}

} // namespace

Alignment alignmentFromJson(const Json& json, const Manifest& manifest, const std::string& where)
{
    Alignment alignment;
    const Json& heads = jsonArray(json, "heads", where);
    if (heads.empty())
        throw Error(ErrorKind::InvalidFile, "{} names no heads", where);
    if (heads.size() > kMaxListed)
        throw Error(ErrorKind::TooLarge, "{} has {} heads; at most {} are read", where, heads.size(), kMaxListed);
    for (const Json& entry : heads) {
        const std::string part = fmt::format("head {} of {}", alignment.heads.size(), where);
        alignment.heads.push_back(
            {idFromJson(entry, "site", part), static_cast<int>(jsonInteger(entry, "head", part, 0, kMaxHeads - 1))});
        checkHead(alignment.heads.back(), manifest, part);
    }
    alignment.medianWidth = static_cast<int>(jsonInteger(json, "median_width", where, 1, kMostMedianWidth));
    if (alignment.medianWidth % 2 == 0)
        throw Error(ErrorKind::InvalidFile, "\"median_width\" of {} is {}, which has no middle; it must be odd", where,
                    alignment.medianWidth);
    return alignment;
}

Json jsonFromAlignment(const Alignment& alignment)
{
    Json heads = Json::array();
    for (const Alignment::Head& head : alignment.heads)
        heads.push_back({{"site", head.site}, {"head", head.head}});
    return {{"heads", heads}, {"median_width", alignment.medianWidth}};
}

} // namespace heedmap
