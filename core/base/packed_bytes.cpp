#include "core/base/packed_bytes.h"

#include "core/base/error.h"

#include <cstring>

namespace heedmap {

void BytePacker::append(std::span<const std::byte> bytes)
{
    m_bytes.insert(m_bytes.end(), bytes.begin(), bytes.end());
}

template <typename Number>
void BytePacker::appendAll(std::span<const Number> values)
{
    add(static_cast<std::int64_t>(values.size()));
    append(std::as_bytes(values));
}

void BytePacker::add(std::int64_t value)
{
    append(std::as_bytes(std::span(&value, 1)));
}

void BytePacker::add(double value)
{
    append(std::as_bytes(std::span(&value, 1)));
}

void BytePacker::addText(std::string_view text)
{
    appendAll(std::span<const char>(text));
}

void BytePacker::addNumbers(std::span<const double> values)
{
    appendAll(values);
}

void BytePacker::addNumbers(std::span<const float> values)
{
    appendAll(values);
}

void BytePacker::addNumbers(std::span<const std::int64_t> values)
{
    appendAll(values);
}

std::span<const std::byte> ByteUnpacker::take(std::size_t bytes)
{
    if (bytes > m_rest.size())
        throw Error(ErrorKind::InvalidFile, "{} more bytes were expected where {} are left", bytes, m_rest.size());
    const std::span<const std::byte> taken = m_rest.first(bytes);
    m_rest = m_rest.subspan(bytes);
    return taken;
}

std::int64_t ByteUnpacker::integer()
{
    std::int64_t value = 0;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
}

double ByteUnpacker::number()
{
    double value = 0;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
}

std::size_t ByteUnpacker::count(std::size_t bytesEach)
{
    const std::int64_t announced = integer();
    if (announced < 0 || static_cast<std::uint64_t>(announced) > m_rest.size() / bytesEach)
        throw Error(ErrorKind::InvalidFile, "{} values were announced where {} bytes are left", announced,
                    m_rest.size());
    return static_cast<std::size_t>(announced);
}

template <typename Number>
std::vector<Number> ByteUnpacker::all()
{
    const std::size_t size = count(sizeof(Number));
    const std::span<const std::byte> bytes = take(size * sizeof(Number));
    std::vector<Number> values(size);
    if (size > 0)
        std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
}

std::string ByteUnpacker::text()
{
    const std::vector<char> characters = all<char>();
    return {characters.begin(), characters.end()};
}

std::vector<double> ByteUnpacker::doubles()
{
    return all<double>();
}

std::vector<float> ByteUnpacker::floats()
{
    return all<float>();
}

std::vector<std::int64_t> ByteUnpacker::integers()
{
    return all<std::int64_t>();
}

std::span<const std::byte> ByteUnpacker::rest()
{
    return take(m_rest.size());
}

void ByteUnpacker::finish() const
{
    if (!m_rest.empty())
        throw Error(ErrorKind::InvalidFile, "{} bytes too many", m_rest.size());
}

} // namespace heedmap
