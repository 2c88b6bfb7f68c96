#include "core/checkpoint/safetensors_header.h"

#include "core/base/error.h"
#include "core/base/json.h"
#include "core/base/utf8.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>
#include <vector>

namespace heedmap {

namespace {

constexpr std::size_t kMaxTensors = 1'000'000;
constexpr std::size_t kMaxMetadata = 10'000;
constexpr std::size_t kMaxRank = 32;
constexpr int kMaxDepth = 3; // header, tensor, shape

enum class Member
{
    None,
    DType,
    Shape,
    Offsets
};

constexpr std::array<std::pair<std::string_view, Member>, 3> kMembers{{
    {"dtype", Member::DType},
    {"shape", Member::Shape},
    {"data_offsets", Member::Offsets},
}};

DType parseDType(const std::string& name, const std::string& where)
{
    constexpr std::array<std::string_view, 7> kUnread{"C64",     "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ",
                                                      "F6_E2M3", "F6_E3M2", "F4"};
    if (const std::optional<DType> dtype = dtypeFromName(name))
        return *dtype;
    if (std::ranges::find(kUnread, name) != kUnread.end())
        throw Error(ErrorKind::Unsupported, "{} has the type {}; convert the file to F32, F16 or BF16", where, name);
    throw Error(ErrorKind::InvalidFile, "{} has the unknown type \"{}\"", where, printable(name));
}

std::int64_t parseExtent(const Json& value, const std::string& where)
{
    if (!value.is_number_integer())
        throw Error(ErrorKind::InvalidFile, "the shape of {} has an entry that is not an integer: {}", where,
                    printable(value.dump()));
    if (value.is_number_unsigned() ? value.get<std::uint64_t>() > INT64_MAX : value.get<std::int64_t>() < 0)
        throw Error(ErrorKind::InvalidFile, "the shape of {} has the impossible dimension {}", where, value.dump());
    return value.get<std::int64_t>();
}

/// { name: { "dtype": text, "shape": [integers], "data_offsets": [begin, end] }, "__metadata__": { text: text } }
class HeaderReader : public JsonEvents
{
public:
    explicit HeaderReader(const std::string& path) : JsonEvents("the header of " + path, kMaxDepth), m_path(path) {}

    SafetensorsHeader take() { return std::move(m_header); }

private:
    void onStart(bool isObject) override
    {
        const bool listExpected = depth() == 3 && (m_member == Member::Shape || m_member == Member::Offsets);
        if (isObject ? depth() == 3 : !listExpected)
            throwWrongType();
        if (depth() == 2)
            startEntry();
    }

    void onEnd() override
    {
        if (depth() == 1 && !m_inMetadata)
            endTensor();
        m_inMetadata = depth() >= 2 && m_inMetadata;
    }

    void onKey(std::string& key) override
    {
        if (depth() == 1)
            m_name = std::move(key);
        else if (m_inMetadata)
            m_metadataKey = std::move(key);
        else
            startMember(key);
    }

    void onValue(Json&& value) override
    {
        if (depth() == 2 && m_inMetadata)
            addMetadata(std::move(value));
        else if (depth() == 2 && m_member == Member::DType && value.is_string())
            m_tensor->second.dtype = parseDType(value.get_ref<const std::string&>(), m_tensorText);
        else if (depth() == 3 && m_member == Member::Shape)
            addExtent(value);
        else if (depth() == 3 && m_member == Member::Offsets)
            addOffset(value);
        else
            throwWrongType();
    }

    void startEntry()
    {
        if (m_name == "__metadata__") {
            if (std::exchange(m_hasMetadata, true))
                throwTwice(m_name);
            m_inMetadata = true;
            return;
        }
        if (m_header.tensors.size() >= kMaxTensors)
            throw Error(ErrorKind::TooLarge, "{} has more than {} tensors", where(), kMaxTensors);
        m_tensorText = fmt::format("the tensor \"{}\" in {}", printable(m_name), m_path);
        bool isNew = false;
        std::tie(m_tensor, isNew) = m_header.tensors.try_emplace(m_name);
        if (!isNew)
            throwTwice(m_name);
        m_seen = {};
        m_offsets.clear();
    }

    void startMember(const std::string& key)
    {
        const auto found = std::ranges::find(kMembers, std::string_view(key), &decltype(kMembers)::value_type::first);
        if (found == kMembers.end())
            throw Error(ErrorKind::InvalidFile, "{} has the unknown member \"{}\"", m_tensorText, printable(key));
        m_member = found->second;
        if (std::exchange(m_seen[static_cast<std::size_t>(m_member)], true))
            throw Error(ErrorKind::InvalidFile, "{} has the member \"{}\" twice", m_tensorText, key);
    }

    void endTensor()
    {
        for (const auto& [name, member] : kMembers)
            if (!m_seen[static_cast<std::size_t>(member)])
                throw Error(ErrorKind::InvalidFile, "\"{}\" is missing in {}", name, m_tensorText);
        if (m_offsets.size() != 2)
            throwNoPair();
        m_tensor->second.begin = m_offsets[0];
        m_tensor->second.end = m_offsets[1];
        m_member = Member::None;
    }

    void addExtent(const Json& value)
    {
        Shape& shape = m_tensor->second.shape;
        if (shape.size() >= kMaxRank)
            throw Error(ErrorKind::InvalidFile, "{} has more than {} dimensions", m_tensorText, kMaxRank);
        shape.push_back(parseExtent(value, m_tensorText));
    }

    void addOffset(const Json& value)
    {
        if (!value.is_number_unsigned() || m_offsets.size() >= 2)
            throwNoPair();
        m_offsets.push_back(value.get<std::uint64_t>());
    }

    void addMetadata(Json&& value)
    {
        if (!value.is_string())
            throw Error(ErrorKind::InvalidFile, "the metadata \"{}\" of {} is not a string", printable(m_metadataKey),
                        m_path);
        if (m_header.metadata.size() >= kMaxMetadata)
            throw Error(ErrorKind::TooLarge, "{} has more than {} metadata entries", where(), kMaxMetadata);
        std::string& text = value.get_ref<std::string&>();
        if (!m_header.metadata.try_emplace(m_metadataKey, std::move(text)).second)
            throwTwice(m_metadataKey);
    }

    [[noreturn]] void throwTwice(const std::string& key) const
    {
        throw Error(ErrorKind::InvalidFile, "{} has the key \"{}\" twice", where(), printable(key));
    }

    [[noreturn]] void throwNoPair() const
    {
        throw Error(ErrorKind::InvalidFile, "\"data_offsets\" of {} is not a pair of non-negative integers",
                    m_tensorText);
    }

    /// Something stands where another type of value belongs.
    [[noreturn]] void throwWrongType() const
    {
        if (m_inMetadata)
            throw Error(ErrorKind::InvalidFile, "the metadata \"{}\" of {} is not a string", printable(m_metadataKey),
                        m_path);
        switch (m_member) {
        case Member::DType:
            throw Error(ErrorKind::InvalidFile, "\"dtype\" of {} is not a string", m_tensorText);
        case Member::Shape:
            throw Error(ErrorKind::InvalidFile, "\"shape\" of {} is not a list of integers", m_tensorText);
        case Member::Offsets:
            throwNoPair();
        case Member::None:
            break;
        }
        throw Error(ErrorKind::InvalidFile, "\"{}\" in {} is not an object", printable(m_name), where());
    }

    std::string m_path;
    SafetensorsHeader m_header;
    bool m_hasMetadata = false;
    bool m_inMetadata = false;

    std::string m_name; ///< of the tensor or `__metadata__`
    std::string m_metadataKey;
    std::map<std::string, TensorEntry>::iterator m_tensor; ///< the one that is being read
    std::string m_tensorText;                              ///< names it in messages
    Member m_member = Member::None;
    std::array<bool, 4> m_seen{};         ///< members that the tensor has, by Member
    std::vector<std::uint64_t> m_offsets; ///< its data_offsets
};

} // namespace

SafetensorsHeader parseSafetensorsHeader(std::string_view text, const std::string& path)
{
    HeaderReader reader(path);
    reader.parse(text);
    return reader.take();
}

} // namespace heedmap
