#pragma once

#include <cstddef>
#include <deque>
#include <string>

namespace heedmap {

/// Which inputs an engine process surely still has: those put last, within the 512 MiB it promises to hold
/// (PROTOCOL.md, input/put).
class HeldInputs
{
public:
    bool contains(const std::string& sha256) const;
    void add(const std::string& sha256, std::size_t byteCount);
    void clear();

private:
    struct Input
    {
        std::string sha256;
        std::size_t byteCount;
    };
    std::deque<Input> m_inputs; ///< oldest first, as the engine drops them
    std::size_t m_byteCount = 0;
};

} // namespace heedmap
