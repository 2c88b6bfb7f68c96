#include "app/verbs/alignment_arguments.h"

#include "core/analysis/alignment_rows.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/nearest_names.h"
#include "core/base/utf8.h"

#include <algorithm>

namespace heedmap {

namespace {

constexpr std::size_t kMostFileBytes = 16 << 20;

struct NamedHead
{
    std::string name;
    Alignment::Head head;
    int layer = 0;
};

/// Of the first window; the modules of the others are called the same.
std::vector<NamedHead> namedHeads(const Capture& capture)
{
    const Manifest& manifest = capture.manifest();
    std::vector<NamedHead> heads;
    for (const std::size_t output : transcriptsOf(manifest)) {
        for (const std::size_t index : soundSites(manifest, manifest.outputs[output])) {
            const AttentionSite& site = manifest.sites[index];
            for (const int head : site.headNumbers())
                heads.push_back({fmt::format("L{}.H{}", site.layer, head), {site.name, head}, site.layer});
        }
        if (!heads.empty())
            break;
    }
    if (heads.empty())
        throw Error(ErrorKind::InvalidRequest, "{} has no attention from a transcript to sound",
                    printable(capture.path().filename().string()));
    return heads;
}

/// What `fits`, or why there is none.
template <typename Fits>
Alignment::Head headThat(Fits fits, const std::vector<NamedHead>& heads, const std::string& wanted,
                         const std::string& where)
{
    const auto found = std::ranges::find_if(heads, fits);
    if (found != heads.end())
        return found->head;
    std::vector<std::string> names = {"auto", "model"};
    for (const NamedHead& head : heads)
        names.push_back(head.name);
    throw Error(ErrorKind::InvalidRequest, "{}: there is no head \"{}\"{}; heads are called {} to {}", where,
                printable(wanted), didYouMean(wanted, names), heads.front().name, heads.back().name);
}

Alignment fromFile(const Capture& capture, const std::string& path)
{
    const std::vector<NamedHead> heads = namedHeads(capture);
    const Json file = parseJson(readTextFile(path, kMostFileBytes), path);
    if (!file.is_object())
        throw Error(ErrorKind::InvalidFile, "{} is no JSON object with \"alignment_heads\"", path);
    Alignment alignment;
    if (capture.manifest().alignment)
        alignment.medianWidth = capture.manifest().alignment->medianWidth;
    for (const Json& entry : jsonArray(file, "alignment_heads", path)) {
        if (!entry.is_array() || entry.size() != 2 || !entry[0].is_number_integer() || !entry[1].is_number_integer())
            throw Error(ErrorKind::InvalidFile, "\"alignment_heads\" in {} has {}, not [layer, head]", path,
                        printable(entry.dump()));
        alignment.heads.push_back(
            headThat([&](const NamedHead& head) { return entry[0] == head.layer && entry[1] == head.head.head; }, heads,
                     fmt::format("L{}.H{}", entry[0].dump(), entry[1].dump()), path));
    }
    if (alignment.heads.empty())
        throw Error(ErrorKind::InvalidFile, "\"alignment_heads\" in {} names none", path);
    alignment.medianWidth =
        static_cast<int>(jsonInteger(file, "median_filter_width", path, 1, kMostMedianWidth, alignment.medianWidth));
    if (alignment.medianWidth % 2 == 0)
        throw Error(ErrorKind::InvalidFile, "\"median_filter_width\" is {} in {}, but must be odd",
                    alignment.medianWidth, path);
    return alignment;
}

Alignment fromNames(const Capture& capture, const std::string& list)
{
    const std::vector<NamedHead> heads = namedHeads(capture);
    Alignment alignment;
    if (capture.manifest().alignment)
        alignment.medianWidth = capture.manifest().alignment->medianWidth;
    for (std::size_t begin = 0; begin <= list.size();) {
        const std::size_t end = std::min(list.find(',', begin), list.size());
        const std::string name = list.substr(begin, end - begin);
        const Alignment::Head head =
            headThat([&](const NamedHead& some) { return some.name == name; }, heads, name, "--heads " + list);
        if (std::ranges::find(alignment.heads, head) != alignment.heads.end())
            throw Error(ErrorKind::InvalidRequest, "--heads {} names {} twice", list, name);
        alignment.heads.push_back(head);
        begin = end + 1;
    }
    return alignment;
}

const AttentionSite& siteOf(const Capture& capture, const Alignment::Head& head)
{
    return *std::ranges::find(capture.manifest().sites, head.site, &AttentionSite::name);
}

} // namespace

void declareRows(CLI::App& verb, std::string& rows)
{
    verb.add_option("--rows", rows,
                    "Row of attention that tells a token's time: the one predicting it, as OpenAI's program does, or "
                    "the one where it was the input, as transformers 4.57 does")
        ->check(CLI::IsMember(timingRowsNames()))
        ->capture_default_str();
}

std::string alignmentHeadName(const Capture& capture, const Alignment::Head& head)
{
    return fmt::format("L{}.H{}", siteOf(capture, head).layer, head.head);
}

Alignment alignmentFromArgument(const Capture& capture, const std::string& list)
{
    if (!isValidUtf8(list))
        throw Error(ErrorKind::InvalidRequest, "--heads is not valid UTF-8");
    return list.ends_with(".json") ? fromFile(capture, list) : fromNames(capture, list);
}

Json jsonForCheckpoint(const Capture& capture, const Alignment& alignment)
{
    Json heads = Json::array();
    for (const Alignment::Head& head : alignment.heads)
        heads.push_back({siteOf(capture, head).layer, head.head});
    return {{"alignment_heads", heads}, {"median_filter_width", alignment.medianWidth}};
}

} // namespace heedmap
