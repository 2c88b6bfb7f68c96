#pragma once

#include "core/base/error.h"
#include "core/base/json.h"
#include "core/base/tensor_view.h"
#include "core/models/model.h"
#include "tests/core/base/temp_folder.h"

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace heedmap::test {

/// A fixture's checkpoint in memory, to be changed and written to a temporary folder that lives as long as the editor.
class CheckpointEditor
{
public:
    struct Tensor
    {
        DType dtype = DType::F32;
        Shape shape;
        std::vector<std::byte> bytes;
    };

    explicit CheckpointEditor(const std::filesystem::path& folder);

    Json config;
    Json generationConfig;
    std::map<std::string, Tensor> tensors;
    /// Spaces after the header: 1 to 3 put every tensor at an address no float may have.
    std::size_t headerPadding = 0;

    Json& text() { return config["text_config"]; }
    Json& vision() { return config["vision_config"]; }
    /// Replaces the values of a tensor (single precision); the shape stays unless one is given.
    void fill(const std::string& name, const std::vector<float>& values, const Shape& shape = {});
    void fill(const std::string& name, float value);
    void rename(const std::string& from, const std::string& to);

    /// Errors: those of loadModel.
    std::unique_ptr<Model> load() const;
    std::filesystem::path weightsFile() const { return m_folder.path() / "model.safetensors"; }

private:
    TempFolder m_folder;
};

/// The message of the Error that `load` throws, "" when it throws none; its kind goes to `kind`.
std::string loadFailure(const CheckpointEditor& editor, ErrorKind* kind = nullptr);

} // namespace heedmap::test
