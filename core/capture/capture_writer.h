#pragma once

#include "core/base/tensor_view.h"
#include "core/capture/manifest.h"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace heedmap {

/// Writes a .heed file: tensors first, header last, then renamed into place. Until `finish` returns there is only
/// PATH.partial, removed by the destructor or as soon as writing fails; then a file already at PATH stays as it was.
/// Errors: Io ("disk full" said as such), InvalidRequest (a name twice, bytes that do not fill the shape, a call after
/// the end or after a failure).
class CaptureWriter
{
public:
    /// `headerReserve`: bytes kept free for the header; when the header needs more, the data is moved once.
    explicit CaptureWriter(const std::filesystem::path& path, std::size_t headerReserve = 64 * 1024);
    ~CaptureWriter();
    CaptureWriter(const CaptureWriter&) = delete;
    CaptureWriter& operator=(const CaptureWriter&) = delete;

    void addTensor(const std::string& name, DType dtype, const Shape& shape, std::span<const std::byte> bytes);
    /// For a tensor that is larger than memory: `produce` hands its bytes to the function it is given, in order and in
    /// pieces of any size. What it throws passes through, and nothing more can be written then.
    using TensorSink = std::function<void(std::span<const std::byte>)>;
    void streamTensor(const std::string& name, DType dtype, const Shape& shape,
                      const std::function<void(const TensorSink&)>& produce);
    /// Checks the manifest against the tensors as a reader would, writes the header, syncs, renames. Also throws
    /// what manifestFromJson throws, and TooLarge for a header beyond the format's 100 MB.
    void finish(const Manifest& manifest);

private:
    void takeOver();
    struct Entry
    {
        std::string name;
        DType dtype;
        Shape shape;
        std::size_t begin;
        std::size_t end;
    };
    std::string checkedHeader(const Manifest& manifest) const;
    std::size_t dataStart() const;
    /// Moves the tensor data so that a header of this size fits before it.
    void makeRoom(std::size_t headerBytes);
    void writeAt(std::span<const std::byte> bytes, std::size_t offset);
    void publish();
    void checkOpen() const;
    void checkName(const std::string& name) const;
    void discard() noexcept;
    [[noreturn]] void fail(int code);

    std::filesystem::path m_path;
    std::filesystem::path m_partial;
    int m_descriptor = -1;
    std::size_t m_reserve;     ///< header bytes before the data, a multiple of 8
    std::size_t m_written = 0; ///< tensor bytes
    std::vector<Entry> m_entries;
};

} // namespace heedmap
