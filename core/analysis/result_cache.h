#pragma once

#include "core/base/error.h"
#include "core/base/packed_bytes.h"
#include "core/capture/capture.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace heedmap {

/// Where results that took long are kept, and which.
struct ResultCaching
{
    bool isWanted = true;
    double leastSeconds = 0.3;                             ///< what took less is quickly computed again
    std::uint64_t mostBytes = std::uint64_t{256} << 20;    ///< of a folder; the oldest entries go first
    std::filesystem::path userFolder = userResultFolder(); ///< where the capture's own folder cannot be written
    /// A file written so lately may be written again without its times saying so.
    std::chrono::milliseconds settled{2000};

    /// heedmap/results in $XDG_CACHE_HOME or ~/.cache; empty where neither is known.
    static std::filesystem::path userResultFolder();
};

/// Results of one capture on disk: in NAME.heed.cache beside NAME.heed; where that folder cannot be made or belongs to
/// somebody else, and for captures that themselves lie in the user's cache folder, in the user's. An entry belongs to
/// the file as it was opened (device, inode, size, times): whatever writes, replaces, copies or renames it makes its
/// results unknown, and what is unknown is computed again. Entries are read as files of strangers are, and a broken one
/// is as good as none. Thread-safe, and safe beside other processes: files are replaced whole. Slow: not for the GUI
/// thread. Nothing here throws: a cache that fails costs time and no result.
class ResultCache
{
public:
    /// The capture must outlive it.
    explicit ResultCache(const Capture& capture, ResultCaching caching = {});

    /// What was kept under this key, to the bit. `key` says everything that the result depends on but the capture: what
    /// it is, the version of its formula, its parameters.
    std::optional<std::vector<std::byte>> find(const std::string& key) const;
    /// `seconds`: what computing it took.
    void keep(const std::string& key, std::span<const std::byte> result, double seconds) const;

    const ResultCaching& caching() const { return m_caching; }
    /// NAME.heed.cache
    static std::filesystem::path folderBeside(const std::filesystem::path& capture);

private:
    bool isUsable() const;
    std::filesystem::path ownFolder() const;
    std::vector<std::filesystem::path> folders() const;
    std::string nameOf(const std::string& key) const;

    const Capture& m_capture;
    ResultCaching m_caching;
    std::string m_state; ///< hexadecimal: which file in which state
};

/// Removes what is kept beside a capture (an empty path: none), of its present state and of former ones, and everything
/// in the user's folder. Gives the bytes that were removed. Any thread; slow.
std::uint64_t removeKeptResults(const std::filesystem::path& capture, const ResultCaching& caching = {});

/// What the cache has under `key`, else what `compute()` gives, which is then kept. `pack(result)` gives bytes;
/// `unpack(ByteUnpacker&)` the result again, or throws Error when they are none. Errors: those of `compute`.
template <typename Compute, typename Pack, typename Unpack>
auto rememberedResult(const ResultCache& cache, const std::string& key, Compute compute, Pack pack, Unpack unpack)
    -> decltype(compute())
{
    if (const auto bytes = cache.find(key))
        try {
            ByteUnpacker unpacker(*bytes);
            auto result = unpack(unpacker);
            unpacker.finish();
            return result;
        } catch (const Error&) { // an entry of another kind or version: as good as none
        }
    const auto begun = std::chrono::steady_clock::now();
    auto result = compute();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    if (cache.caching().isWanted && took.count() >= cache.caching().leastSeconds)
        cache.keep(key, pack(result), took.count());
    return result;
}

} // namespace heedmap
