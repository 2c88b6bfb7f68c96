#pragma once

#include "core/base/tensor_view.h"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace heedmap {

/// Single-precision numbers that never change. Copies share them, so that what a model computed can be handed on
/// without being copied: a vector's, or memory that `owner` keeps alive.
class FloatValues
{
public:
    FloatValues() = default;
    FloatValues(std::vector<float> values)
    {
        auto kept = std::make_shared<const std::vector<float>>(std::move(values));
        m_values = *kept;
        m_owner = std::move(kept);
    }
    FloatValues(std::initializer_list<float> values) : FloatValues(std::vector<float>(values)) {}
    /// Nobody may write to `values` from now on.
    FloatValues(std::shared_ptr<const void> owner, std::span<const float> values)
        : m_owner(std::move(owner)), m_values(values)
    {}

    const float* data() const { return m_values.data(); }
    std::size_t size() const { return m_values.size(); }
    bool empty() const { return m_values.empty(); }
    const float* begin() const { return m_values.data(); }
    const float* end() const { return m_values.data() + m_values.size(); }
    const float& operator[](std::size_t index) const { return m_values[index]; }
    operator std::span<const float>() const { return m_values; }

    friend bool operator==(const FloatValues& a, const FloatValues& b) { return std::ranges::equal(a, b); }

private:
    std::shared_ptr<const void> m_owner;
    std::span<const float> m_values;
};

/// A dense row-major single-precision tensor: the product of `shape` values.
struct FloatTensor
{
    Shape shape;
    FloatValues values;

    bool empty() const { return values.empty(); }
};

} // namespace heedmap
