#pragma once

#include <cstddef>

namespace heedmap {

/// Code points [begin, end) of a text (core/base/utf8.h). Empty [0, 0) for what stands for no text.
struct TextSpan
{
    std::size_t begin = 0;
    std::size_t end = 0;

    bool empty() const { return begin == end; }
    bool operator==(const TextSpan&) const = default;
};

} // namespace heedmap
