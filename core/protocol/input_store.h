#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace heedmap {

/// Limits of PROTOCOL.md, `input/put`.
constexpr std::size_t kMaxInputBytes = std::size_t{256} << 20;
constexpr std::size_t kMaxHeldInputBytes = std::size_t{512} << 20;

using InputBytes = std::shared_ptr<const std::vector<std::byte>>;

/// The inputs an engine holds, by the SHA-256 of their bytes. Thread-safe.
class InputStore
{
public:
    enum class Put
    {
        Known,   ///< here already
        Expected ///< its bytes must follow
    };

    /// Announces an input. The same input may be announced again while it arrives.
    /// Errors: InvalidRequest (not a SHA-256, another length than announced before), TooLarge.
    Put announce(const std::string& id, std::size_t byteCount);
    /// Takes the next bytes of an announced input; bytes of any other id are dropped. True when the input is complete.
    /// Errors: InvalidRequest (a gap, more bytes than announced, another SHA-256), after which the input is forgotten.
    bool append(const std::string& id, std::uint64_t offset, std::span<const std::byte> bytes);
    /// No more bytes of this input are wanted.
    void abandon(const std::string& id);

    /// Errors: NotFound. The bytes stay valid for as long as the pointer is held, whatever the store drops.
    InputBytes get(const std::string& id) const;
    std::size_t heldBytes() const;

private:
    struct Arriving
    {
        std::size_t byteCount = 0;
        std::vector<std::byte> bytes;
    };

    bool completeIfWhole(const std::string& id);
    void dropOldest(std::size_t room);

    mutable std::mutex m_mutex;
    std::map<std::string, Arriving> m_arriving;
    std::map<std::string, InputBytes> m_inputs;
    std::deque<std::string> m_order; ///< of m_inputs, oldest first
    std::size_t m_held = 0;
};

} // namespace heedmap
