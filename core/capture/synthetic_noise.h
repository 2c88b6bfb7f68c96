#pragma once

#include <cstdint>

namespace heedmap {

/// Well-mixed bits that depend on a stream and a place in it alone: the same on every machine, in any order. The mixer
/// of splitmix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators").
constexpr std::uint64_t mixedBits(std::uint64_t stream, std::uint64_t index)
{
    std::uint64_t z = stream * 0x9e3779b97f4a7c15ULL + index + 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

/// A value of mean 0 and variance 1, uniform, for places that are counted in 32 bits; cheaper, and made for loops that
/// a compiler turns into vectors. The mixer is "lowbias32" (C. Wellons 2018, "Prospecting for hash functions").
constexpr float noiseAt(std::uint32_t stream, std::uint32_t index)
{
    std::uint32_t x = stream + index;
    x = (x ^ (x >> 16)) * 0x7feb352dU;
    x = (x ^ (x >> 15)) * 0x846ca68bU;
    x ^= x >> 16;
    constexpr float kUnit = 1.7320508f * 0x1p-31f; // uniform on [-√3, √3)
    return static_cast<float>(static_cast<std::int32_t>(x)) * kUnit;
}

} // namespace heedmap
