#pragma once

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <list>
#include <mutex>

namespace heedmap {

/// What an encoder made of the windows of sound it heard last, so that it need not hear them again. A window is known
/// by its features: another is the same when they are equal, number by number. What was not used longest goes first
/// when the features and states of all would have more than kMostBytes. Thread-safe.
class HeardStates
{
public:
    static constexpr std::size_t kMostBytes = std::size_t{64} << 20;

    /// `features` as given to keep(). → its states, which nobody may write to; undefined when they are not known.
    at::Tensor find(const at::Tensor& features) const;
    /// Without effect where the window alone is too large, or known. `states` belong to no graph of autograd.
    void keep(const at::Tensor& features, const at::Tensor& states);

private:
    struct Window
    {
        at::Tensor features;
        at::Tensor states;

        std::size_t byteCount() const { return features.nbytes() + states.nbytes(); }
    };
    std::list<Window>::iterator place(const at::Tensor& features) const;

    mutable std::mutex m_mutex;
    mutable std::list<Window> m_windows; ///< used last is first
};

} // namespace heedmap
