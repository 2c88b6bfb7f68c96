#pragma once

#include "core/base/mapped_file.h"

#include <cstdint>

namespace heedmap {

/// Which file, and in which state: another writing changes it, and so does another name or right.
struct FileState
{
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
    std::int64_t modifiedNs = 0; ///< since 1970
    std::int64_t changedNs = 0;  ///< of its contents, names or rights; nobody can set it back
    bool operator==(const FileState&) const = default;
};

/// Of a mapped file that is not empty: when it was opened, and as it is now. All zero where nobody can say.
struct MappedFileStates
{
    FileState opened;
    FileState now;
};
MappedFileStates statesOf(const MappedFile& file);

} // namespace heedmap
