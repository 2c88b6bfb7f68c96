#pragma once

#include "core/capture/capture.h"
#include "core/capture/capture_writer.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace heedmap::test {

/// What to keep of a capture.
struct KeptPart
{
    std::map<std::string, std::vector<std::int64_t>> heads;   ///< by key of a site; others keep theirs
    std::map<std::string, std::vector<std::int64_t>> queries; ///< by axis
};

/// [outer, rows, inner] with some of each: number by number, knowing nothing of readers.
inline std::vector<float> slice(const std::vector<float>& values, const Shape& shape,
                                const std::vector<std::int64_t>& outer, const std::vector<std::int64_t>& rows)
{
    std::vector<float> kept;
    const std::int64_t rowCount = shape.size() == 3 ? shape[1] : 1;
    for (const std::int64_t i : outer)
        for (const std::int64_t row : rows)
            for (std::int64_t at = 0; at < shape.back(); ++at)
                kept.push_back(values[static_cast<std::size_t>((i * rowCount + row) * shape.back() + at)]);
    return kept;
}

inline std::vector<std::int64_t> upTo(std::int64_t count)
{
    std::vector<std::int64_t> all;
    for (std::int64_t i = 0; i < count; ++i)
        all.push_back(i);
    return all;
}

/// A capture that holds a part of another one, single precision. Compositions that need what is left out go.
inline std::shared_ptr<const Capture> writePart(const Capture& whole, const KeptPart& part,
                                                const std::filesystem::path& path)
{
    Manifest manifest = whole.manifest();
    CaptureWriter writer(path);
    for (const CaptureInput& input : manifest.inputs)
        if (!input.tensor.empty())
            writer.addTensor(input.tensor, DType::U8, {input.byteCount}, whole.tensor(input.tensor).bytes);
    for (const auto& [axis, queries] : part.queries)
        manifest.axes.at(axis).storedQueries = StoredIndices::ofNumbers(queries);
    for (AttentionSite& site : manifest.sites) {
        std::vector<std::int64_t> heads = upTo(site.heads);
        if (const auto found = part.heads.find(site.key()); found != part.heads.end()) {
            heads = found->second;
            site.storedHeads = StoredIndices::ofNumbers(heads);
        }
        std::set<std::int64_t> used;
        for (const std::int64_t head : heads)
            used.insert(head * site.keyValueHeads / site.heads);
        const std::vector<std::int64_t> keyHeads(used.begin(), used.end());
        const auto found = part.queries.find(site.queryAxis);
        const std::vector<std::int64_t> rows =
            found == part.queries.end() ? upTo(manifest.axis(site.queryAxis).length) : found->second;
        const std::vector<std::int64_t> keys = upTo(manifest.axis(site.keyAxis).length);
        const auto write = [&](const std::string& name, const std::vector<std::int64_t>& outer,
                               const std::vector<std::int64_t>& inner) {
            if (name.empty())
                return;
            const TensorView& tensor = whole.tensor(name);
            const bool isFlat = tensor.shape.size() == 2;
            const std::vector<float> kept =
                slice(tensor.toFloats(), tensor.shape, outer, isFlat ? std::vector<std::int64_t>{0} : inner);
            Shape shape{static_cast<std::int64_t>(outer.size()), static_cast<std::int64_t>(inner.size()),
                        tensor.shape.back()};
            if (isFlat)
                shape.erase(shape.begin() + 1);
            writer.addTensor(name, DType::F32, shape, std::as_bytes(std::span(kept)));
        };
        write(site.weights, heads, rows);
        write(site.queries, heads, rows);
        write(site.keys, keyHeads, keys);
        write(site.values, keyHeads, keys);
        write(site.valueNorms, heads, keys);
        write(site.outputGradients, heads, rows);
    }
    std::erase_if(manifest.compositions, [&](const Composition& composition) {
        return std::ranges::any_of(manifest.sites, [&](const AttentionSite& site) {
            return site.group == composition.secondGroup && part.queries.contains(site.queryAxis);
        });
    });
    writer.finish(manifest);
    return Capture::open(path);
}

} // namespace heedmap::test
