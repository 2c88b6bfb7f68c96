#include "tests/models/checkpoint_editor.h"

#include "core/models/architectures.h"
#include "tests/core/checkpoint/safetensors_builder.h"

#include <cstring>

namespace heedmap::test {

namespace {

std::vector<std::byte> bytesOf(const std::vector<float>& values)
{
    std::vector<std::byte> bytes(values.size() * sizeof(float));
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
}

std::string weightsText(const std::map<std::string, CheckpointEditor::Tensor>& tensors, std::size_t padding)
{
    Json header = Json::object();
    std::string data;
    for (const auto& [name, tensor] : tensors) {
        const std::size_t begin = data.size();
        data.append(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
        header[name] = {
            {"dtype", dtypeName(tensor.dtype)}, {"shape", tensor.shape}, {"data_offsets", {begin, data.size()}}};
    }
    std::string text = header.dump();
    text.append((8 - text.size() % 8) % 8 + padding, ' ');
    return safetensorsBytes(text, data);
}

} // namespace

CheckpointEditor::CheckpointEditor(const std::filesystem::path& folder)
{
    const std::shared_ptr<const Checkpoint> checkpoint = Checkpoint::open(folder);
    config = checkpoint->config();
    generationConfig = checkpoint->generationConfig();
    for (const std::string& name : checkpoint->weights().names()) {
        const TensorView& view = checkpoint->weights().tensor(name);
        tensors[name] = {view.dtype, view.shape, view.copyBytes()};
    }
}

void CheckpointEditor::fill(const std::string& name, const std::vector<float>& values, const Shape& shape)
{
    Tensor& tensor = tensors.at(name);
    if (!shape.empty())
        tensor.shape = shape;
    tensor.dtype = DType::F32;
    tensor.bytes = bytesOf(values);
    if (tensor.bytes.size() != checkedByteCount(tensor.shape, sizeof(float)))
        throw Error(ErrorKind::InvalidRequest, "{} values do not fill {}", values.size(), name);
}

void CheckpointEditor::fill(const std::string& name, float value)
{
    const std::size_t count = checkedByteCount(tensors.at(name).shape, 1);
    fill(name, std::vector<float>(count, value));
}

void CheckpointEditor::rename(const std::string& from, const std::string& to)
{
    auto node = tensors.extract(from);
    node.key() = to;
    tensors.insert(std::move(node));
}

std::unique_ptr<Model> CheckpointEditor::load() const
{
    m_folder.write("config.json", config.dump());
    if (!generationConfig.is_null())
        m_folder.write("generation_config.json", generationConfig.dump());
    m_folder.write(weightsFile().filename().string(), weightsText(tensors, headerPadding));
    return loadModel(Checkpoint::open(m_folder.path()));
}

std::string loadFailure(const CheckpointEditor& editor, ErrorKind* kind)
{
    try {
        editor.load();
    } catch (const Error& failure) {
        if (kind)
            *kind = failure.kind();
        return failure.what();
    }
    return {};
}

} // namespace heedmap::test
