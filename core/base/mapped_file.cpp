#include "core/base/mapped_file.h"

#include "core/base/error.h"
#include "core/base/file_state.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace heedmap {

namespace {

/// What the signal handler may look at: only lock-free atomics.
struct Mapping
{
    std::atomic<std::uintptr_t> begin{0};
    std::atomic<std::uintptr_t> end{0};
    std::atomic<bool> broken{false};
};

/// The file behind a mapping.
struct MappingSource
{
    int descriptor = -1;
    FileState opened;
};

constexpr int kMaxMappings = 1024;
std::array<Mapping, kMaxMappings> g_mappings;
std::array<MappingSource, kMaxMappings> g_sources; // under g_slotMutex
std::mutex g_slotMutex;
struct sigaction g_previousAction;
std::uintptr_t g_pageSize = 4096;

/// Replaces the unreadable page by zeros so that the interrupted read can go on; its owner then finds `broken` set.
void onBusError(int, siginfo_t* info, void*)
{
    const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
    for (Mapping& mapping : g_mappings) {
        const std::uintptr_t begin = mapping.begin.load();
        if (begin == 0 || address < begin || address >= mapping.end.load())
            continue;
        mapping.broken.store(true);
        void* page = reinterpret_cast<void*>(address & ~(g_pageSize - 1));
        if (mmap(page, g_pageSize, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED)
            return;
    }
    sigaction(SIGBUS, &g_previousAction, nullptr); // not ours: the read faults again under the previous handler
}

void installHandlerOnce()
{
    static std::once_flag once;
    std::call_once(once, [] {
        g_pageSize = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
        struct sigaction action = {};
        action.sa_sigaction = onBusError;
        action.sa_flags = SA_SIGINFO;
        sigemptyset(&action.sa_mask);
        sigaction(SIGBUS, &action, &g_previousAction);
    });
}

std::int64_t nanoseconds(const timespec& time)
{
    return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

FileState stateOf(int descriptor)
{
    struct stat status = {};
    if (fstat(descriptor, &status) != 0)
        return {};
    return {status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size), nanoseconds(status.st_mtim),
            nanoseconds(status.st_ctim)};
}

int takeSlot(const std::byte* data, std::size_t size, const MappingSource& source)
{
    const std::lock_guard lock(g_slotMutex);
    for (int slot = 0; slot < kMaxMappings; ++slot) {
        Mapping& mapping = g_mappings[slot];
        if (mapping.begin.load() != 0)
            continue;
        g_sources[slot] = source;
        mapping.broken.store(false);
        mapping.end.store(reinterpret_cast<std::uintptr_t>(data) + size);
        mapping.begin.store(reinterpret_cast<std::uintptr_t>(data));
        return slot;
    }
    return -1;
}

} // namespace

std::shared_ptr<const MappedFile> MappedFile::open(const std::filesystem::path& path)
{
    installHandlerOnce();
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        throw Error(errno == ENOENT ? ErrorKind::NotFound : ErrorKind::Io, "cannot open {}: {}", path.string(),
                    std::strerror(errno));
    struct stat status = {};
    const bool regular = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
    const std::shared_ptr<MappedFile> file(
        new MappedFile(path, descriptor, regular ? static_cast<std::size_t>(status.st_size) : 0));
    if (!regular)
        throw Error(ErrorKind::InvalidFile, "{} is not a regular file", path.string());
    file->map();
    return file;
}

MappedFile::MappedFile(std::filesystem::path path, int descriptor, std::size_t size)
    : m_path(std::move(path)), m_descriptor(descriptor), m_size(size)
{}

void MappedFile::map()
{
    if (m_size == 0)
        return;
    const FileState opened = stateOf(m_descriptor); // before anything of it is read
    void* data = mmap(nullptr, m_size, PROT_READ, MAP_PRIVATE, m_descriptor, 0);
    if (data == MAP_FAILED)
        throw Error(ErrorKind::Io, "cannot map {} ({} bytes): {}", m_path.string(), m_size, std::strerror(errno));
    m_data = static_cast<const std::byte*>(data);
    m_slot = takeSlot(m_data, m_size, {m_descriptor, opened});
    if (m_slot < 0)
        throw Error(ErrorKind::TooLarge, "more than {} files are open at once; close some captures or models",
                    kMaxMappings);
}

MappedFile::~MappedFile()
{
    if (m_slot >= 0)
        g_mappings[m_slot].end.store(0); // before the addresses can belong to another mapping
    if (m_data)
        munmap(const_cast<std::byte*>(m_data), m_size);
    if (m_slot >= 0)
        g_mappings[m_slot].begin.store(0);
    ::close(m_descriptor);
}

void MappedFile::checkIntact() const
{
    // The lost end of a page that is still partly in the file reads as zeros without any signal, hence the size.
    struct stat status = {};
    const bool shrunk = fstat(m_descriptor, &status) != 0 || static_cast<std::size_t>(status.st_size) < m_size;
    if (shrunk || (m_slot >= 0 && g_mappings[m_slot].broken.load()))
        throw Error(
            ErrorKind::InvalidFile,
            "{} was cut short while it was open; what is missing cannot be shown. Open it again once it is whole",
            m_path.string());
}

MappedFileStates statesOf(const MappedFile& file)
{
    const auto begin = reinterpret_cast<std::uintptr_t>(file.bytes().data());
    const std::lock_guard lock(g_slotMutex);
    for (int slot = 0; begin != 0 && slot < kMaxMappings; ++slot)
        if (g_mappings[slot].begin.load() == begin)
            return {g_sources[slot].opened, stateOf(g_sources[slot].descriptor)};
    return {};
}

} // namespace heedmap
