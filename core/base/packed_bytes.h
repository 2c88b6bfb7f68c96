#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace heedmap {

/// Numbers one after another, as this machine stores them: for files that only the machine that wrote them reads.
class BytePacker
{
public:
    void add(std::int64_t value);
    void add(double value);
    void addText(std::string_view text);
    void addNumbers(std::span<const double> values);
    void addNumbers(std::span<const float> values);
    void addNumbers(std::span<const std::int64_t> values);

    const std::vector<std::byte>& bytes() const { return m_bytes; }

private:
    void append(std::span<const std::byte> bytes);
    template <typename Number>
    void appendAll(std::span<const Number> values);

    std::vector<std::byte> m_bytes;
};

/// Reads them again, in the same order. The bytes may come from anywhere: every size is checked against what is left
/// before anything is allocated. Errors, everywhere: InvalidFile when the bytes are used up.
class ByteUnpacker
{
public:
    /// The bytes must outlive it.
    explicit ByteUnpacker(std::span<const std::byte> bytes) : m_rest(bytes) {}

    std::int64_t integer();
    double number();
    std::string text();
    std::vector<double> doubles();
    std::vector<float> floats();
    std::vector<std::int64_t> integers();
    /// A number of things that take at least so many bytes each.
    std::size_t count(std::size_t bytesEach);
    /// All that is left; `finish` is content afterwards.
    std::span<const std::byte> rest();
    /// Errors: InvalidFile when bytes are left.
    void finish() const;

private:
    std::span<const std::byte> take(std::size_t bytes);
    template <typename Number>
    std::vector<Number> all();

    std::span<const std::byte> m_rest;
};

} // namespace heedmap
