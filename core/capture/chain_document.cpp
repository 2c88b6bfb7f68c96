#include "core/capture/chain_document.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/json.h"
#include "core/base/utf8.h"

#include <algorithm>
#include <cstring>

namespace heedmap {

namespace {

constexpr std::size_t kMaxChainBytes = std::size_t{1} << 20;
constexpr std::size_t kMaxChainHeads = 4096;
constexpr std::int64_t kVersion = 1;
constexpr std::int64_t kWholeVersion = 2; ///< of a chain through the text of a whole recording; the newest there is
constexpr const char* kWhole = "recording";
constexpr const char* kFormat = "heedchain";
constexpr const char* kJoin = "characters"; // what TextJoin does

/// The header's text, as SafetensorsFile hashes it; `Capture::open` has checked its length.
std::string headerHash(const Capture& capture)
{
    const MappedFile& file = capture.file();
    return file.read([&file] {
        std::uint64_t length = 0;
        std::memcpy(&length, file.bytes().data(), sizeof length);
        return sha256Hex(file.bytes().subspan(sizeof length, static_cast<std::size_t>(length)));
    });
}

SavedHeadSet::Member memberOf(const Capture& capture, const SiteHead& head)
{
    return {capture.site(head.site).key(), head.head.head};
}

ChainDocumentEnd endOf(const ChainEnd& end)
{
    ChainDocumentEnd saved;
    saved.capture = end.capture->path();
    saved.byteCount = static_cast<std::int64_t>(end.capture->byteCount());
    saved.headerSha256 = headerHash(*end.capture);
    saved.text = end.text.id;
    saved.isOutput = end.text.isOutput;
    saved.isWholeRecording = end.text.isWholeRecording;
    saved.axis = end.text.axis;
    for (const SiteHead& head : end.map.members())
        saved.heads.push_back(memberOf(*end.capture, head));
    if (end.map.set)
        saved.reduction = end.map.set->reduction;
    if (end.map.first)
        saved.first = memberOf(*end.capture, *end.map.first);
    return saved;
}

Json jsonFromMember(const SavedHeadSet::Member& member)
{
    return {{"site", member.site}, {"head", member.head == HeadChoice::kMean ? Json("mean") : Json(member.head)}};
}

/// As the file names a capture: relative to its own folder, where there is such a way.
std::string pathInFile(const std::filesystem::path& capture, const std::filesystem::path& chain)
{
    std::error_code failure;
    const std::filesystem::path whole = std::filesystem::weakly_canonical(capture, failure);
    const std::filesystem::path folder =
        std::filesystem::weakly_canonical(std::filesystem::absolute(chain), failure).parent_path();
    return (failure ? std::filesystem::absolute(capture) : whole.lexically_proximate(folder)).generic_string();
}

const char* kindOf(const ChainDocumentEnd& end)
{
    return end.isWholeRecording ? kWhole : end.isOutput ? "output" : "input";
}

Json jsonFromEnd(const ChainDocumentEnd& end, const std::filesystem::path& chain)
{
    Json heads = Json::array();
    for (const SavedHeadSet::Member& member : end.heads)
        heads.push_back(jsonFromMember(member));
    Json map = {{"heads", heads}, {"reduction", end.reduction == Reduction::Mean ? "mean" : "max"}};
    if (end.first)
        map["first"] = jsonFromMember(*end.first);
    return {{"capture", pathInFile(end.capture, chain)},
            {"byte_count", end.byteCount},
            {"header_sha256", end.headerSha256},
            {"text", {{"kind", kindOf(end)}, {"id", end.text}, {"axis", end.axis}}},
            {"map", map}};
}

/// One of two names. Errors: InvalidFile.
bool isFirstOf(const Json& json, const char* key, const char* yes, const char* no, const std::string& where)
{
    const std::string value = jsonString(json, key, where);
    if (value != yes && value != no)
        throw Error(ErrorKind::InvalidFile, "\"{}\" in {} is \"{}\"; it is \"{}\" or \"{}\"", key, where,
                    printable(value), yes, no);
    return value == yes;
}

SavedHeadSet::Member memberFromJson(const Json& json, const std::string& where)
{
    SavedHeadSet::Member member{jsonString(json, "site", where), HeadChoice::kMean};
    const Json& head = jsonMember(json, "head", where);
    if (head != "mean")
        member.head = static_cast<int>(jsonInteger(json, "head", where, 0, INT32_MAX));
    return member;
}

void readMap(const Json& json, ChainDocumentEnd& end, const std::string& where)
{
    const Json& heads = jsonArray(json, "heads", where);
    if (heads.empty() || heads.size() > kMaxChainHeads)
        throw Error(ErrorKind::InvalidFile, "\"heads\" in {} lists {} heads; 1 to {} can be", where, heads.size(),
                    kMaxChainHeads);
    for (const Json& head : heads)
        end.heads.push_back(memberFromJson(head, where));
    end.reduction = isFirstOf(json, "reduction", "mean", "max", where) ? Reduction::Mean : Reduction::Max;
    if (json.contains("first"))
        end.first = memberFromJson(json["first"], where);
}

ChainDocumentEnd endFromJson(const Json& json, std::int64_t version, const std::filesystem::path& folder,
                             const std::string& where)
{
    ChainDocumentEnd end;
    const std::string capture = jsonString(json, "capture", where);
    if (capture.empty() || capture.find('\0') != std::string::npos)
        throw Error(ErrorKind::InvalidFile, "\"capture\" in {} is no path", where);
    end.capture = folder / capture;
    end.byteCount = jsonInteger(json, "byte_count", where, 0, INT64_MAX);
    end.headerSha256 = jsonString(json, "header_sha256", where);
    const Json& text = jsonObject(json, "text", where);
    end.isWholeRecording = version >= kWholeVersion && text.contains("kind") && text["kind"] == kWhole;
    end.isOutput = end.isWholeRecording || isFirstOf(text, "kind", "output", "input", where);
    end.text = jsonString(text, "id", where);
    end.axis = jsonString(text, "axis", where);
    readMap(jsonObject(json, "map", where), end, where);
    return end;
}

/// The head of a name in a capture. Errors: InvalidRequest.
SiteHead headIn(const Capture& capture, const SavedHeadSet::Member& member)
{
    const std::optional<HeadSet> set = setIn(capture, {{}, {member}, Reduction::Mean});
    if (!set)
        throw Error(ErrorKind::InvalidRequest, "the chain's map cannot be read: {} has no {} of \"{}\"",
                    capture.path().string(),
                    member.head == HeadChoice::kMean ? "mean" : fmt::format("head {}", member.head),
                    printable(member.site));
    return set->members.front();
}

MapChoice mapIn(const Capture& capture, const ChainDocumentEnd& end)
{
    MapChoice map;
    HeadSet set{{}, {}, end.reduction};
    for (const SavedHeadSet::Member& member : end.heads)
        set.members.push_back(headIn(capture, member));
    map.site = set.members.front().site;
    map.head = set.members.front().head;
    if (end.first)
        map.first = headIn(capture, *end.first);
    if (set.members.size() > 1)
        map.set = std::move(set);
    return map;
}

/// The text that is named; absent when the capture has none such.
std::optional<CapturedText> textOf(const Capture& capture, const ChainDocumentEnd& end)
{
    if (end.isWholeRecording) {
        std::optional<CapturedText> whole = heardText(capture);
        return whole && whole->id == end.text && whole->isAlong(end.axis) ? whole : std::nullopt;
    }
    std::vector<CapturedText> texts = capturedTexts(capture);
    const auto text = std::ranges::find_if(texts, [&end](const CapturedText& candidate) {
        return candidate.id == end.text && candidate.isOutput == end.isOutput && candidate.axis == end.axis;
    });
    return text == texts.end() ? std::nullopt : std::optional(std::move(*text));
}

ChainEnd openEnd(const ChainDocumentEnd& end)
{
    std::shared_ptr<const Capture> capture = Capture::open(end.capture);
    if (static_cast<std::int64_t>(capture->byteCount()) != end.byteCount || headerHash(*capture) != end.headerSha256)
        throw Error(ErrorKind::InvalidRequest,
                    "{} is not the capture the chain was made of: it has been written anew. Make the chain again with "
                    "`heedmap chain`.",
                    end.capture.string());
    std::optional<CapturedText> text = textOf(*capture, end);
    if (!text)
        throw Error(ErrorKind::InvalidRequest, "{} has no text \"{}\" along the axis \"{}\"", end.capture.string(),
                    printable(end.text), printable(end.axis));
    MapChoice map = mapIn(*capture, end);
    return {std::move(capture), std::move(*text), std::move(map)};
}

} // namespace

ChainDocument documentOf(const Chain& chain)
{
    return {endOf(chain.a()), endOf(chain.b())};
}

bool isSameCapture(const Capture& one, const Capture& other)
{
    return one.byteCount() == other.byteCount() && headerHash(one) == headerHash(other);
}

void writeChain(const ChainDocument& document, const std::filesystem::path& path)
{
    const Json json = {{"format", kFormat},
                       {"version", document.a.isWholeRecording ? kWholeVersion : kVersion},
                       {"join", kJoin},
                       {"a", jsonFromEnd(document.a, path)},
                       {"b", jsonFromEnd(document.b, path)}};
    writeFileAtomically(path, asBytes(json.dump(2) + '\n'));
}

ChainDocument readChain(const std::filesystem::path& path)
{
    const std::string where = path.string();
    const Json json = parseJson(readTextFile(path, kMaxChainBytes), where, 16);
    if (!json.is_object() || !json.contains("format") || json["format"] != kFormat)
        throw Error(ErrorKind::InvalidFile, "{} is no chain: it does not say \"format\": \"{}\"", where, kFormat);
    const std::int64_t version = jsonInteger(json, "version", where, 1, INT64_MAX);
    if (version > kWholeVersion)
        throw Error(ErrorKind::Unsupported, "{} is a chain of a later version than this program reads, which is {}",
                    where, kWholeVersion);
    if (const std::string join = jsonString(json, "join", where); join != kJoin)
        throw Error(ErrorKind::Unsupported, "{} joins texts by \"{}\"; this program joins by \"{}\"", where,
                    printable(join), kJoin);
    const std::filesystem::path folder = std::filesystem::absolute(path).parent_path();
    return {endFromJson(jsonObject(json, "a", where), version, folder, "\"a\" of " + where),
            endFromJson(jsonObject(json, "b", where), version, folder, "\"b\" of " + where)};
}

Chain openChain(const ChainDocument& document)
{
    return {openEnd(document.a), openEnd(document.b)};
}

} // namespace heedmap
