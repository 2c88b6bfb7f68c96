#include "app/session/held_inputs.h"

#include "core/protocol/input_store.h"

#include <algorithm>

namespace heedmap {

bool HeldInputs::contains(const std::string& sha256) const
{
    return std::ranges::any_of(m_inputs, [&](const Input& input) { return input.sha256 == sha256; });
}

void HeldInputs::add(const std::string& sha256, std::size_t byteCount)
{
    if (contains(sha256))
        return;
    m_inputs.push_back({sha256, byteCount});
    m_byteCount += byteCount;
    while (m_byteCount > kMaxHeldInputBytes) {
        m_byteCount -= m_inputs.front().byteCount;
        m_inputs.pop_front();
    }
}

void HeldInputs::clear()
{
    m_inputs.clear();
    m_byteCount = 0;
}

} // namespace heedmap
