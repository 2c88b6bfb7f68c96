#include "core/analysis/result_cache.h"

#include "core/base/file_state.h"
#include "core/base/files.h"

#include <algorithm>
#include <cstdlib>
#include <sys/stat.h>
#include <unistd.h>

namespace heedmap {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "heedmap result 1";
constexpr std::string_view kEnding = ".result";
constexpr std::size_t kNamePart = 32;        // hexadecimal digits, of the state and of the key
constexpr std::uint64_t kLargestShare = 4;   // of a folder, in one entry: one over it
constexpr std::size_t kMostHeader = 1 << 20; // bytes of a file before its result
constexpr auto kAbandoned = std::chrono::hours(24);

bool isHexadecimal(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// Nothing else in a folder is ever touched.
bool isEntryName(std::string_view name)
{
    return name.size() == 2 * kNamePart + 1 + kEnding.size() && name.ends_with(kEnding) && name[kNamePart] == '-' &&
           isHexadecimal(name.substr(0, kNamePart)) && isHexadecimal(name.substr(kNamePart + 1, kNamePart));
}

/// What writeFileAtomically leaves behind when a program is killed.
bool isPartialName(std::string_view name)
{
    return name.starts_with(".heedmap-") && name.ends_with(".partial");
}

/// A real folder of ours that nobody else may write in: results are shown as if they had been computed.
bool isOurs(const fs::path& folder)
{
    struct stat status = {};
    return !folder.empty() && ::lstat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
           status.st_uid == ::geteuid() && (status.st_mode & S_IWOTH) == 0;
}

/// Makes it where it is missing; false where that cannot be.
bool prepare(const fs::path& folder)
{
    std::error_code ignored;
    if (folder.has_parent_path())
        fs::create_directories(folder.parent_path(), ignored);
    ::mkdir(folder.c_str(), S_IRWXU);
    return isOurs(folder) && ::access(folder.c_str(), W_OK) == 0;
}

bool isInside(const fs::path& path, const fs::path& folder)
{
    std::error_code failure;
    const fs::path inner = fs::weakly_canonical(path, failure);
    const fs::path outer = fs::weakly_canonical(folder, failure);
    return !failure && std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

struct Entry
{
    fs::path path;
    fs::file_time_type used;
    std::uintmax_t bytes;
    bool isPartial;
};

std::vector<Entry> entriesOf(const fs::path& folder)
{
    std::vector<Entry> entries;
    std::error_code failure;
    for (fs::directory_iterator item(folder, failure), end; !failure && item != end; item.increment(failure)) {
        std::error_code ignored;
        const std::string name = item->path().filename().string();
        const bool isPartial = isPartialName(name);
        if ((!isPartial && !isEntryName(name)) || !fs::is_regular_file(item->symlink_status(ignored)))
            continue;
        entries.push_back({item->path(), item->last_write_time(ignored), item->file_size(ignored), isPartial});
    }
    return entries;
}

/// Room for `bytes` more; entries of former states of the capture go first where `state` names the one that stays.
void makeRoom(const fs::path& folder, const std::string& state, std::uint64_t bytes, std::uint64_t mostBytes)
{
    std::vector<Entry> entries = entriesOf(folder);
    const auto abandoned = fs::file_time_type::clock::now() - kAbandoned;
    std::error_code ignored;
    std::erase_if(entries, [&](const Entry& entry) {
        const bool isFormer = !entry.isPartial && !state.empty() && !entry.path.filename().string().starts_with(state);
        const bool isUseless = isFormer || (entry.isPartial && entry.used < abandoned);
        if (isUseless)
            fs::remove(entry.path, ignored);
        return isUseless || entry.isPartial;
    });
    std::ranges::sort(entries, std::less<>(), &Entry::used);
    std::uint64_t used = bytes;
    for (const Entry& entry : entries)
        used += entry.bytes;
    for (const Entry& entry : entries) {
        if (used <= mostBytes)
            return;
        used -= entry.bytes;
        fs::remove(entry.path, ignored);
    }
}

std::string versioned(const std::string& key)
{
    return "heedmap " HEEDMAP_VERSION "\n" + key;
}

std::vector<std::byte> fileOf(const std::string& key, std::span<const std::byte> result)
{
    BytePacker packer;
    packer.addText(kMagic);
    packer.addText(versioned(key));
    packer.addText(sha256Hex(result));
    std::vector<std::byte> file = packer.bytes();
    file.insert(file.end(), result.begin(), result.end());
    return file;
}

/// The result in a file's bytes. Errors: InvalidFile.
std::vector<std::byte> resultIn(const std::vector<std::byte>& file, const std::string& key)
{
    ByteUnpacker unpacker(file);
    if (unpacker.text() != kMagic || unpacker.text() != versioned(key))
        throw Error(ErrorKind::InvalidFile, "this is the result of something else");
    const std::string sum = unpacker.text();
    const std::span<const std::byte> result = unpacker.rest();
    if (sha256Hex(result) != sum)
        throw Error(ErrorKind::InvalidFile, "the result is damaged");
    return {result.begin(), result.end()};
}

std::uint64_t removeEntries(const fs::path& folder)
{
    std::uint64_t removed = 0;
    std::error_code failure;
    if (!isOurs(folder))
        return 0;
    for (const Entry& entry : entriesOf(folder))
        if (fs::remove(entry.path, failure))
            removed += entry.bytes;
    fs::remove(folder, failure); // stays where something else lies in it
    return removed;
}

} // namespace

fs::path ResultCaching::userResultFolder()
{
    const auto absolute = [](const char* name) {
        const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nothing here sets the environment
        return value && fs::path(value).is_absolute() ? fs::path(value) : fs::path();
    };
    fs::path base = absolute("XDG_CACHE_HOME");
    if (base.empty() && !absolute("HOME").empty())
        base = absolute("HOME") / ".cache";
    return base.empty() ? base : base / "heedmap" / "results";
}

ResultCache::ResultCache(const Capture& capture, ResultCaching caching)
    : m_capture(capture), m_caching(std::move(caching))
{
    const FileState state = statesOf(capture.file()).opened;
    const std::string text =
        fmt::format("{} {} {} {} {}", state.device, state.inode, state.size, state.modifiedNs, state.changedNs);
    m_state = sha256Hex(asBytes(text)).substr(0, kNamePart);
}

fs::path ResultCache::folderBeside(const fs::path& capture)
{
    return capture.string() + ".cache";
}

/// Empty for a capture in the user's cache folder: what is cleared there is cleared file by file.
fs::path ResultCache::ownFolder() const
{
    const fs::path userCache = m_caching.userFolder.parent_path().parent_path();
    return !userCache.empty() && isInside(m_capture.path(), userCache) ? fs::path() : folderBeside(m_capture.path());
}

std::vector<fs::path> ResultCache::folders() const
{
    std::vector<fs::path> folders;
    for (const fs::path& folder : {ownFolder(), m_caching.userFolder})
        if (!folder.empty())
            folders.push_back(folder);
    return folders;
}

/// Whether the mapped bytes are what the times of the file say they are.
bool ResultCache::isUsable() const
{
    if (!m_caching.isWanted)
        return false;
    const MappedFileStates states = statesOf(m_capture.file());
    return states.opened.inode != 0 && states.now == states.opened;
}

std::string ResultCache::nameOf(const std::string& key) const
{
    return fmt::format("{}-{}{}", m_state, sha256Hex(asBytes(versioned(key))).substr(0, kNamePart), kEnding);
}

std::optional<std::vector<std::byte>> ResultCache::find(const std::string& key) const
{
    if (!isUsable())
        return std::nullopt;
    for (const fs::path& folder : folders()) {
        const fs::path path = folder / nameOf(key);
        try {
            if (!isOurs(folder))
                continue;
            std::vector<std::byte> result =
                resultIn(readFile(path, m_caching.mostBytes / kLargestShare + kMostHeader), key);
            std::error_code ignored; // what is used stays longest
            fs::last_write_time(path, fs::file_time_type::clock::now(), ignored);
            return result;
        } catch (const std::exception&) { // none, or none that can be trusted
        }
    }
    return std::nullopt;
}

void ResultCache::keep(const std::string& key, std::span<const std::byte> result, double seconds) const
{
    using namespace std::chrono;
    const auto now = duration_cast<nanoseconds>(system_clock::now().time_since_epoch());
    const nanoseconds written(statesOf(m_capture.file()).opened.modifiedNs);
    if (seconds < m_caching.leastSeconds || result.size() > m_caching.mostBytes / kLargestShare || !isUsable() ||
        now - written < m_caching.settled)
        return;
    for (const fs::path& folder : folders())
        try {
            if (!prepare(folder))
                continue;
            const std::vector<std::byte> file = fileOf(key, result);
            makeRoom(folder, folder == m_caching.userFolder ? std::string() : m_state, file.size(),
                     m_caching.mostBytes);
            writeFileAtomically(folder / nameOf(key), file);
            return;
        } catch (const std::exception&) { // a full disk: the next folder may be on another one
        }
}

std::uint64_t removeKeptResults(const fs::path& capture, const ResultCaching& caching)
{
    return (capture.empty() ? 0 : removeEntries(ResultCache::folderBeside(capture))) +
           removeEntries(caching.userFolder);
}

} // namespace heedmap
