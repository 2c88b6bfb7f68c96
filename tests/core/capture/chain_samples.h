#pragma once

#include "core/base/files.h"
#include "core/base/json.h"
#include "core/capture/chain_document.h"
#include "core/capture/chain_maps.h"
#include "core/checkpoint/safetensors.h"
#include "tests/core/capture/capture_samples.h"

#include <gtest/gtest.h>

#include <cstring>
#include <functional>

// tests/fixtures/capture/make_chain.py wrote the captures, and NumPy says in float64 what a chain through them is.

namespace heedmap::test {

inline const std::filesystem::path kFolder = HEEDMAP_SOURCE_DIR "/tests/fixtures/capture";

struct Truth
{
    std::vector<double> values;
    std::int64_t columns = 1;

    double at(std::size_t row, std::size_t column) const
    {
        return values[row * static_cast<std::size_t>(columns) + column];
    }
};

inline Truth truthOf(const std::string& name, const std::string& chain = "chain")
{
    const SafetensorsFile file = SafetensorsFile::open(kFolder / (chain + ".expected.safetensors"));
    const TensorView& tensor = file.tensors.at(name);
    const std::vector<std::byte> bytes = tensor.copyBytes();
    Truth truth{std::vector<double>(bytes.size() / sizeof(double)), tensor.shape.back()};
    std::memcpy(truth.values.data(), bytes.data(), bytes.size());
    return truth;
}

inline void expectRow(const std::vector<float>& row, const Truth& truth, std::size_t index)
{
    ASSERT_EQ(static_cast<std::int64_t>(row.size()), truth.columns);
    for (std::size_t i = 0; i < row.size(); ++i)
        EXPECT_NEAR(row[i], truth.at(index, i), 1e-6) << "row " << index << ", column " << i;
}

inline ChainEnd endOf(const std::string& capture, const std::string& text, const MapChoice& map)
{
    const auto opened = Capture::open(kFolder / capture);
    for (const CapturedText& candidate : capturedTexts(*opened))
        if (candidate.id == text)
            return {opened, candidate, map};
    throw std::runtime_error("no text " + text);
}

inline ChainEnd heard()
{
    MapChoice map{0, {1}, {}};
    map.set = HeadSet{{}, {{0, {1}}, {1, {0}}}, Reduction::Mean};
    return endOf("chain_heard.heed", "transcript", map);
}

inline ChainEnd asked()
{
    return endOf("chain_asked.heed", "question", {0, {2}, {}});
}

/// Both captures in a folder of their own, and the chain beside them.
struct ChainFolder
{
    TempFolder folder;
    std::filesystem::path file = folder.path() / "of.heedchain";

    ChainFolder()
    {
        for (const char* name : {"chain_heard.heed", "chain_asked.heed"})
            std::filesystem::copy_file(kFolder / name, folder.path() / name);
        const auto opened = [this](ChainEnd end, const char* name) {
            end.capture = Capture::open(folder.path() / name);
            return end;
        };
        writeChain(documentOf(Chain(opened(heard(), "chain_heard.heed"), opened(asked(), "chain_asked.heed"))), file);
    }
    void change(const std::function<void(Json&)>& edit) const
    {
        Json json = parseJson(readTextFile(file, 1 << 20), "the chain");
        edit(json);
        folder.write("of.heedchain", json.dump());
    }
};

} // namespace heedmap::test
