#include "core/checkpoint/weights_index.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/json.h"
#include "core/base/nearest_names.h"
#include "core/base/utf8.h"
#include "core/checkpoint/safetensors.h"

#include <set>
#include <utility>

namespace heedmap {

namespace {

constexpr std::size_t kMaxIndexBytes = std::size_t{100} << 20;
constexpr std::size_t kMaxTensors = 1'000'000;

using WeightMap = std::map<std::string, std::string>; ///< tensor → shard

/// Exists in whatever form: opening it says what is wrong with it.
bool isThere(const std::filesystem::path& path)
{
    std::error_code ignored;
    return std::filesystem::symlink_status(path, ignored).type() != std::filesystem::file_type::not_found;
}

std::string shellQuoted(const std::string& text)
{
    std::string quoted = "'";
    for (const char c : text)
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

/// `weights_only` keeps the pickle from running code; `clone` separates tied weights, which the format cannot share.
std::string conversionCommand(const std::filesystem::path& folder)
{
    return fmt::format("cd {} && python3 -c \"import glob, torch, safetensors.torch as s; w = {{}}; "
                       "[w.update(torch.load(f, map_location='cpu', weights_only=True)) "
                       "for f in sorted(glob.glob('pytorch_model*.bin'))]; "
                       "s.save_file({{k: v.clone().contiguous() for k, v in w.items()}}, 'model.safetensors', "
                       "metadata={{'format': 'pt'}})\"",
                       shellQuoted(folder.string()));
}

[[noreturn]] void throwNoWeights(const std::filesystem::path& folder)
{
    if (isThere(folder / "pytorch_model.bin") || exists(folder / "pytorch_model.bin.index.json"))
        throw Error(ErrorKind::Unsupported,
                    "{} has its weights only as pytorch_model.bin, a pickle, which could run code and is not read. "
                    "Convert it once with\n{}",
                    folder.string(), conversionCommand(folder));
    throw Error(ErrorKind::NotFound,
                "{} has no weights: neither model.safetensors nor model.safetensors.index.json is there",
                folder.string());
}

void checkShardName(const std::string& shard, const std::string& indexPath)
{
    const bool plain = !shard.empty() && shard != "." && shard != ".." && shard.find_first_of("/\\") == shard.npos &&
                       shard.find('\0') == shard.npos;
    if (!plain)
        throw Error(ErrorKind::InvalidFile,
                    "{} names the shard \"{}\"; a shard must be a plain file name in the same folder", indexPath,
                    printable(shard));
}

/// { "metadata": whatever, "weight_map": { tensor: shard } }. Only the map is kept of a file that may be hostile.
class WeightMapReader : public JsonEvents
{
public:
    using JsonEvents::JsonEvents;

    WeightMap take()
    {
        if (!m_found)
            throw Error(ErrorKind::InvalidFile, "\"weight_map\" is missing in {}", where());
        if (m_map.empty())
            throw Error(ErrorKind::InvalidFile, "\"weight_map\" in {} lists no tensor", where());
        return std::move(m_map);
    }

private:
    void onStart(bool isObject) override
    {
        if (depth() == 1 && !isObject)
            throw Error(ErrorKind::InvalidFile, "{} is not a JSON object", where());
        if (depth() == 2 && m_inMap && !isObject)
            throwNotAnObject();
        if (depth() == 3 && m_inMap)
            throwNoFileName();
    }

    void onEnd() override {}

    void onKey(std::string& key) override
    {
        if (depth() == 1) {
            m_inMap = key == "weight_map";
            if (m_inMap && std::exchange(m_found, true))
                throwTwice(key);
        } else if (depth() == 2 && m_inMap) {
            m_tensor = std::move(key);
        }
    }

    void onValue(Json&& value) override
    {
        if (depth() == 0)
            throw Error(ErrorKind::InvalidFile, "{} is not a JSON object", where());
        if (!m_inMap)
            return;
        if (depth() == 1)
            throwNotAnObject();
        if (!value.is_string())
            throwNoFileName();
        if (m_map.size() >= kMaxTensors)
            throw Error(ErrorKind::TooLarge, "{} lists more than {} tensors", where(), kMaxTensors);
        std::string& shard = value.get_ref<std::string&>();
        checkShardName(shard, where());
        if (!m_map.try_emplace(m_tensor, std::move(shard)).second)
            throwTwice(m_tensor);
    }

    [[noreturn]] void throwTwice(const std::string& key) const
    {
        throw Error(ErrorKind::InvalidFile, "{} has the key \"{}\" twice", where(), printable(key));
    }

    [[noreturn]] void throwNotAnObject() const
    {
        throw Error(ErrorKind::InvalidFile, "\"weight_map\" in {} is not an object", where());
    }

    [[noreturn]] void throwNoFileName() const
    {
        throw Error(ErrorKind::InvalidFile, "\"weight_map\" in {} gives no file name for the tensor \"{}\"", where(),
                    printable(m_tensor));
    }

    WeightMap m_map;
    std::string m_tensor; ///< whose shard comes next
    bool m_found = false;
    bool m_inMap = false;
};

WeightMap readWeightMap(const std::filesystem::path& indexPath)
{
    WeightMapReader reader(indexPath.string());
    reader.parse(readTextFile(indexPath, kMaxIndexBytes));
    return reader.take();
}

/// Every tensor of `shard` is promised to be there by the index.
void checkListed(const SafetensorsFile& file, const std::string& shard, const WeightMap& map,
                 const std::string& indexPath)
{
    for (const auto& [name, tensor] : file.tensors) {
        const auto listed = map.find(name);
        if (listed == map.end())
            throw Error(ErrorKind::InvalidFile, "the tensor \"{}\" is in {}, but not listed in {}", printable(name),
                        shard, indexPath);
        if (listed->second != shard)
            throw Error(ErrorKind::InvalidFile, "the tensor \"{}\" is in {}, but {} says it is in {}", printable(name),
                        shard, indexPath, listed->second);
    }
}

} // namespace

WeightsIndex WeightsIndex::open(const std::filesystem::path& folder)
{
    WeightsIndex index;
    if (isThere(folder / "model.safetensors"))
        index.addFile(SafetensorsFile::open(folder / "model.safetensors"));
    else if (isThere(folder / "model.safetensors.index.json"))
        index.addShards(folder / "model.safetensors.index.json");
    else
        throwNoWeights(folder);
    return index;
}

void WeightsIndex::addFile(SafetensorsFile&& file)
{
    m_files.push_back(file.file->path());
    m_headerHashes.push_back(file.headerSha256);
    m_tensors.merge(file.tensors);
}

void WeightsIndex::addShards(const std::filesystem::path& indexPath)
{
    const WeightMap map = readWeightMap(indexPath);
    std::set<std::string> shards;
    for (const auto& [name, shard] : map)
        shards.insert(shard);
    for (const std::string& shard : shards) {
        const std::filesystem::path path = indexPath.parent_path() / shard;
        if (!isThere(path))
            throw Error(ErrorKind::NotFound, "the shard {} named by {} is missing", path.string(), indexPath.string());
        SafetensorsFile file = SafetensorsFile::open(path);
        checkListed(file, shard, map, indexPath.string());
        addFile(std::move(file));
    }
    for (const auto& [name, shard] : map)
        if (!contains(name))
            throw Error(ErrorKind::InvalidFile, "{} says that the tensor \"{}\" is in {}, but it is not there",
                        indexPath.string(), printable(name), shard);
}

const TensorView& WeightsIndex::tensor(const std::string& name) const
{
    const auto found = m_tensors.find(name);
    if (found != m_tensors.end())
        return found->second;
    throw Error(ErrorKind::NotFound, "the checkpoint {} has no tensor \"{}\"{}",
                m_files.empty() ? std::string() : m_files.front().parent_path().string(), printable(name),
                didYouMean(name, names()));
}

std::vector<std::string> WeightsIndex::names() const
{
    std::vector<std::string> names;
    names.reserve(m_tensors.size());
    for (const auto& [name, tensor] : m_tensors)
        names.push_back(name);
    return names;
}

std::int64_t WeightsIndex::parameterCount() const
{
    std::int64_t count = 0;
    for (const auto& [name, tensor] : m_tensors)
        count += tensor.elementCount();
    return count;
}

std::size_t WeightsIndex::byteCount() const
{
    std::size_t count = 0;
    for (const auto& [name, tensor] : m_tensors)
        count += tensor.bytes.size();
    return count;
}

} // namespace heedmap
