#include "core/capture/visibility.h"

#include <algorithm>

namespace heedmap {

namespace {

void hide(std::span<std::uint8_t> visible, std::int64_t begin, std::int64_t end)
{
    for (std::int64_t key = begin; key < end; ++key)
        visible[static_cast<std::size_t>(key)] = 0;
}

/// Hides keys outside [begin, end), which may reach beyond the row.
void keepInterval(std::span<std::uint8_t> visible, std::int64_t begin, std::int64_t end)
{
    const auto size = static_cast<std::int64_t>(visible.size());
    begin = std::clamp<std::int64_t>(begin, 0, size);
    end = std::clamp<std::int64_t>(end, begin, size);
    hide(visible, 0, begin);
    hide(visible, end, size);
}

struct ApplyRule
{
    const Capture& capture;
    std::int64_t query;
    std::span<std::uint8_t> visible;

    void operator()(const CausalMask& mask) const { keepInterval(visible, 0, query + mask.offset + 1); }

    void operator()(const WindowMask& mask) const
    {
        keepInterval(visible, query - mask.before, query + mask.after + 1);
    }

    void operator()(const BlocksMask& mask) const
    {
        const auto next = std::ranges::upper_bound(mask.starts, query); // starts[0] is 0, so there is one before
        const auto end = next == mask.starts.end() ? static_cast<std::int64_t>(visible.size()) : *next;
        keepInterval(visible, *std::prev(next), end);
    }

    void operator()(const KeyRangesMask& mask) const
    {
        std::int64_t hidden = 0; // first key not looked at yet
        for (const auto& [begin, end] : mask.ranges) {
            hide(visible, hidden, begin);
            hidden = end;
        }
        hide(visible, hidden, static_cast<std::int64_t>(visible.size()));
    }

    void operator()(const DenseMask& mask) const
    {
        const TensorView& tensor = capture.tensor(mask.tensor); // [queries, keys]
        const std::byte* row = tensor.bytes.data() + static_cast<std::size_t>(query) * visible.size();
        for (std::size_t key = 0; key < visible.size(); ++key)
            visible[key] &= row[key] != std::byte{0};
        tensor.file->checkIntact();
    }
};

} // namespace

void readVisibility(const Capture& capture, const AttentionSite& site, std::int64_t query,
                    std::span<std::uint8_t> visible)
{
    std::ranges::fill(visible, std::uint8_t{1});
    for (const MaskRule& rule : site.mask)
        std::visit(ApplyRule{capture, query, visible}, rule);
}

} // namespace heedmap
