#include "widgets/context/remembered_modes.h"

#include "core/analysis/remembered_analysis.h"

#include <algorithm>

namespace heedmap {

namespace {

constexpr int kVersion = 1; // of svdModes and of what is packed here

std::string keyOf(const ModesRequest& request)
{
    std::string key = fmt::format("modes {} {} {} {} {}", kVersion, request.separately,
                                  static_cast<int>(request.centring), request.withoutSpecial, request.count);
    for (const MapChoice& part : request.parts)
        key += "\n" + keyOfMap(part);
    return key;
}

void pack(BytePacker& packer, const Eigen::VectorXd& vector)
{
    packer.addNumbers(std::span<const double>(vector.data(), static_cast<std::size_t>(vector.size())));
}

void pack(BytePacker& packer, const Eigen::MatrixXd& matrix)
{
    packer.add(static_cast<std::int64_t>(matrix.cols()));
    packer.addNumbers(std::span<const double>(matrix.data(), static_cast<std::size_t>(matrix.size())));
}

std::vector<std::byte> packed(const ModesResult& result)
{
    BytePacker packer;
    packer.add(std::ssize(result));
    for (const auto& [map, modes] : result) {
        packer.addNumbers(map.keys);
        packer.add(map.emptyRows);
        for (const Eigen::VectorXd* vector : {&modes.values, &modes.rowOffsets, &modes.columnOffsets})
            pack(packer, *vector);
        pack(packer, modes.queries);
        pack(packer, modes.keys);
        packer.add(std::ssize(modes.subspaces));
        for (const ModeSubspace& subspace : modes.subspaces)
            for (const std::int64_t number : {subspace.first, subspace.dimension, std::int64_t{subspace.continues}})
                packer.add(number);
        packer.add(std::int64_t{modes.complete});
        packer.add(modes.totalEnergy);
        packer.add(modes.errorBound);
        packer.add(modes.rank);
        packer.add(static_cast<std::int64_t>(modes.nonFinite));
    }
    return packer.bytes();
}

void check(bool isRight)
{
    if (!isRight)
        throw Error(ErrorKind::InvalidFile, "these are modes of something else");
}

Eigen::VectorXd unpackVector(ByteUnpacker& bytes)
{
    const std::vector<double> values = bytes.doubles();
    return Eigen::Map<const Eigen::VectorXd>(values.data(), std::ssize(values));
}

/// [rows, any], at most `mostColumns`.
Eigen::MatrixXd unpackMatrix(ByteUnpacker& bytes, std::int64_t rows, std::int64_t mostColumns)
{
    const std::int64_t columns = bytes.integer();
    const std::vector<double> values = bytes.doubles();
    check(columns >= 0 && columns <= mostColumns && std::ssize(values) == rows * columns);
    return Eigen::Map<const Eigen::MatrixXd>(values.data(), rows, columns);
}

std::vector<ModeSubspace> unpackSubspaces(ByteUnpacker& bytes, std::int64_t modes)
{
    std::vector<ModeSubspace> subspaces(bytes.count(3 * sizeof(std::int64_t)));
    std::int64_t next = 0; // they follow one another
    for (ModeSubspace& subspace : subspaces) {
        subspace = {bytes.integer(), bytes.integer(), bytes.integer() != 0};
        check(subspace.first == next && subspace.dimension >= 1 && subspace.dimension <= modes - next);
        next += subspace.dimension;
    }
    check(next == modes);
    return subspaces;
}

/// Of the map's own shape. Errors: InvalidFile.
SvdModes unpackModes(ByteUnpacker& bytes, const StackedMap& map, const ModesRequest& request)
{
    SvdModes modes;
    modes.centring = request.centring;
    modes.values = unpackVector(bytes);
    modes.rowOffsets = unpackVector(bytes);
    modes.columnOffsets = unpackVector(bytes);
    check(modes.values.size() <= std::min(map.rows(), map.columns()) && modes.rowOffsets.size() == map.rows() &&
          modes.columnOffsets.size() == map.columns());
    const std::int64_t most = std::min<std::int64_t>(request.count, modes.values.size());
    modes.queries = unpackMatrix(bytes, map.rows(), most);
    modes.keys = unpackMatrix(bytes, map.columns(), most);
    check(modes.modeCount() == modes.queries.cols());
    modes.subspaces = unpackSubspaces(bytes, modes.modeCount());
    modes.complete = bytes.integer() != 0;
    modes.totalEnergy = bytes.number();
    modes.errorBound = bytes.number();
    modes.rank = bytes.integer();
    modes.nonFinite = static_cast<std::size_t>(bytes.integer());
    check(modes.rank >= 0 && modes.rank <= modes.values.size());
    return modes;
}

StackedMap unpackMap(ByteUnpacker& bytes, const Capture& capture, std::vector<MapChoice> parts)
{
    StackedMap map;
    map.queries = queryAxisOf(capture, parts.front()).length;
    const std::int64_t keys = keyAxisOf(capture, parts.front()).length;
    map.parts = std::move(parts);
    map.keys = bytes.integers();
    map.emptyRows = bytes.integer();
    check(std::ranges::adjacent_find(map.keys, std::greater_equal<>()) == map.keys.end());
    check(map.keys.empty() || (map.keys.front() >= 0 && map.keys.back() < keys));
    check(map.emptyRows >= 0 && map.emptyRows <= map.rows());
    return map;
}

ModesResult unpacked(ByteUnpacker& bytes, const Capture& capture, const ModesRequest& request)
{
    ModesResult result;
    const std::size_t expected = request.separately ? request.parts.size() : 1;
    check(bytes.count(1) == expected && !request.parts.empty());
    for (std::size_t i = 0; i < expected; ++i) {
        std::vector<MapChoice> parts = request.separately ? std::vector{request.parts[i]} : request.parts;
        MapModes modes{unpackMap(bytes, capture, std::move(parts)), {}};
        modes.modes = unpackModes(bytes, modes.map, request);
        result.push_back(std::move(modes));
    }
    return result;
}

} // namespace

ModesResult rememberedModes(const ResultCache& cache, const Capture& capture, const ModesRequest& request,
                            const GoOn& goOn)
{
    return rememberedResult(
        cache, keyOf(request), [&] { return computeModes(capture, request, goOn); }, packed,
        [&](ByteUnpacker& bytes) { return unpacked(bytes, capture, request); });
}

} // namespace heedmap
