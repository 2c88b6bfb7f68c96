#include "core/analysis/remembered_statistics.h"

#include "core/base/files.h"

namespace heedmap {

namespace {

constexpr int kVersion = 1; // of what the accumulator computes; formulas are in the key themselves

std::string keyOf(const MapStatisticsRequest& request, const MapStatisticsResult& empty)
{
    BytePacker packer;
    for (const std::size_t site : request.sites)
        packer.add(static_cast<std::int64_t>(site));
    packer.addNumbers(request.queries.positions);
    packer.add(empty.queriesRead);
    packer.add(request.dormantAbove);
    packer.add(request.first ? static_cast<std::int64_t>(request.first->site) : -1);
    packer.add(std::int64_t{request.first ? request.first->head.head : 0});
    for (const MapStatistic& column : empty.columns)
        for (const std::string* text : {&column.id, &column.formula, &column.parameters})
            packer.addText(*text);
    return fmt::format("statistics of heads {} {}", kVersion, sha256Hex(packer.bytes()));
}

std::vector<std::byte> packed(const MapStatisticsResult& result)
{
    BytePacker packer;
    packer.add(static_cast<std::int64_t>(result.heads.size()));
    for (const HeadSummary& head : result.heads) {
        packer.add(static_cast<std::int64_t>(head.head.site));
        packer.add(std::int64_t{head.head.head.head});
        packer.add(head.sinkKey.value_or(-1));
        packer.addNumbers(head.values);
    }
    return packer.bytes();
}

/// Errors: InvalidFile when these are not the heads of `empty`.
MapStatisticsResult unpacked(ByteUnpacker& bytes, const Capture& capture, const MapStatisticsRequest& request,
                             MapStatisticsResult empty)
{
    const auto check = [](bool isRight) {
        if (!isRight)
            throw Error(ErrorKind::InvalidFile, "these are statistics of something else");
    };
    check(bytes.count(4 * sizeof(std::int64_t)) == empty.headsExpected);
    for (const std::size_t site : request.sites)
        for (const int head : capture.site(site).headNumbers()) {
            check(bytes.integer() == static_cast<std::int64_t>(site) && bytes.integer() == head);
            const std::int64_t sinkKey = bytes.integer();
            check(sinkKey >= -1 && sinkKey < capture.keyAxis(site).length);
            HeadSummary summary{{site, HeadChoice{head}}, bytes.doubles(), std::nullopt};
            check(summary.values.size() == empty.columns.size());
            if (sinkKey >= 0)
                summary.sinkKey = sinkKey;
            empty.heads.push_back(std::move(summary));
        }
    return empty;
}

} // namespace

MapStatisticsResult rememberedStatistics(const ResultCache& cache, const Capture& capture,
                                         const MapStatisticsRequest& request, const std::stop_token& stop,
                                         const std::function<void(std::span<const HeadSummary>)>& onHeads)
{
    const MapStatisticsResult empty = emptyStatistics(capture, request);
    bool isComputed = false;
    MapStatisticsResult result = rememberedResult(
        cache, keyOf(request, empty),
        [&] {
            isComputed = true;
            return computeMapStatistics(capture, request, stop, onHeads);
        },
        packed, [&](ByteUnpacker& bytes) { return unpacked(bytes, capture, request, empty); });
    if (!isComputed && onHeads)
        onHeads(result.heads);
    return result;
}

} // namespace heedmap
