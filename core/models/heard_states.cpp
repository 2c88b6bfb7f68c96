#include "core/models/heard_states.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace heedmap {

std::list<HeardStates::Window>::iterator HeardStates::place(const at::Tensor& features) const
{
    return std::ranges::find_if(m_windows, [&](const Window& window) {
        return window.features.sizes() == features.sizes() && at::equal(window.features, features);
    });
}

at::Tensor HeardStates::find(const at::Tensor& features) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = place(features);
    if (found == m_windows.end())
        return {};
    m_windows.splice(m_windows.begin(), m_windows, found);
    return found->states;
}

void HeardStates::keep(const at::Tensor& features, const at::Tensor& states)
{
    const Window window{features, states};
    if (window.byteCount() > kMostBytes)
        return;
    const std::lock_guard lock(m_mutex);
    if (place(features) != m_windows.end())
        return;
    m_windows.push_front(window);
    std::size_t bytes = 0;
    for (auto kept = m_windows.begin(); kept != m_windows.end();) {
        bytes += kept->byteCount();
        kept = bytes > kMostBytes ? m_windows.erase(kept) : std::next(kept);
    }
}

} // namespace heedmap
