#include "core/protocol/input_store.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/utf8.h"

#include <algorithm>

namespace heedmap {

namespace {

bool isSha256(const std::string& id)
{
    return id.size() == 64 &&
           std::ranges::all_of(id, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

} // namespace

InputStore::Put InputStore::announce(const std::string& id, std::size_t byteCount)
{
    if (!isSha256(id))
        throw Error(ErrorKind::InvalidRequest,
                    "the id of an input must be its SHA-256 in lower-case hexadecimal, not "
                    "\"{}\"",
                    printable(id));
    if (byteCount > kMaxInputBytes)
        throw Error(ErrorKind::TooLarge, "an input of {} bytes was announced; at most {} MiB are accepted", byteCount,
                    kMaxInputBytes >> 20);
    const std::lock_guard lock(m_mutex);
    if (m_inputs.contains(id))
        return Put::Known;
    const auto found = m_arriving.find(id);
    if (found != m_arriving.end() && found->second.byteCount != byteCount)
        throw Error(ErrorKind::InvalidRequest, "input {} was announced with {} bytes before, now with {}", id,
                    found->second.byteCount, byteCount);
    if (found == m_arriving.end()) {
        std::size_t announced = byteCount;
        for (const auto& [other, arriving] : m_arriving)
            announced += arriving.byteCount;
        if (announced > kMaxHeldInputBytes)
            throw Error(ErrorKind::TooLarge,
                        "inputs of {} bytes are on their way already; at most {} MiB are accepted "
                        "at a time",
                        announced - byteCount, kMaxHeldInputBytes >> 20);
        m_arriving[id].byteCount = byteCount;
    }
    return byteCount == 0 && completeIfWhole(id) ? Put::Known : Put::Expected;
}

bool InputStore::append(const std::string& id, std::uint64_t offset, std::span<const std::byte> bytes)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_arriving.find(id);
    if (found == m_arriving.end())
        return false;
    Arriving& arriving = found->second;
    const std::size_t have = arriving.bytes.size();
    if (offset != have || bytes.size() > arriving.byteCount - have) {
        const std::size_t announced = arriving.byteCount;
        m_arriving.erase(found);
        throw Error(ErrorKind::InvalidRequest,
                    "input {}: {} bytes at offset {} do not follow the {} of {} bytes that "
                    "are here; send it again from the start",
                    id, bytes.size(), offset, have, announced);
    }
    arriving.bytes.insert(arriving.bytes.end(), bytes.begin(), bytes.end());
    return completeIfWhole(id);
}

void InputStore::abandon(const std::string& id)
{
    const std::lock_guard lock(m_mutex);
    m_arriving.erase(id);
}

InputBytes InputStore::get(const std::string& id) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_inputs.find(id);
    if (found == m_inputs.end())
        throw Error(ErrorKind::NotFound, "there is no input \"{}\" in the engine; send it with input/put first",
                    printable(id));
    return found->second;
}

std::size_t InputStore::heldBytes() const
{
    const std::lock_guard lock(m_mutex);
    return m_held;
}

bool InputStore::completeIfWhole(const std::string& id)
{
    Arriving& arriving = m_arriving.at(id);
    if (arriving.bytes.size() < arriving.byteCount)
        return false;
    const auto bytes = std::make_shared<const std::vector<std::byte>>(std::move(arriving.bytes));
    m_arriving.erase(id);
    if (const std::string actual = sha256Hex(*bytes); actual != id)
        throw Error(ErrorKind::InvalidRequest, "input {} arrived damaged: the SHA-256 of its {} bytes is {}", id,
                    bytes->size(), actual);
    dropOldest(bytes->size());
    m_inputs[id] = bytes;
    m_order.push_back(id);
    m_held += bytes->size();
    return true;
}

void InputStore::dropOldest(std::size_t room)
{
    while (!m_order.empty() && m_held + room > kMaxHeldInputBytes) {
        const auto oldest = m_inputs.find(m_order.front());
        m_held -= oldest->second->size();
        m_inputs.erase(oldest);
        m_order.pop_front();
    }
}

} // namespace heedmap
