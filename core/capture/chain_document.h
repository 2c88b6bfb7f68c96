#pragma once

#include "core/capture/chain.h"
#include "core/capture/saved_head_set.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace heedmap {

/// What a chain file says of one end, by names, so that it outlives the captures being opened.
struct ChainDocumentEnd
{
    std::filesystem::path capture; ///< to be opened; in the file relative to its folder
    std::int64_t byteCount = 0;    ///< of the capture when the chain was made
    std::string headerSha256;      ///< of the capture's header, which says when it was made and has every text
    std::string text;              ///< CapturedText::id
    bool isOutput = false;
    bool isWholeRecording = false;           ///< CapturedText::isWholeRecording
    std::string axis;                        ///< of the map
    std::vector<SavedHeadSet::Member> heads; ///< of the map; at least one, and several are one map by `reduction`
    Reduction reduction = Reduction::Mean;
    std::optional<SavedHeadSet::Member> first; ///< of a composed map
    bool operator==(const ChainDocumentEnd&) const = default;
};

/// A chain as a document, `.heedchain` (CHAIN.md): which captures, which texts of them are joined, which maps.
struct ChainDocument
{
    ChainDocumentEnd a;
    ChainDocumentEnd b;
    bool operator==(const ChainDocument&) const = default;
};

ChainDocument documentOf(const Chain& chain);
/// Whether two files hold the same capture, as chain files tell captures apart: by size and header.
bool isSameCapture(const Capture& one, const Capture& other);
/// Errors: Io.
void writeChain(const ChainDocument& document, const std::filesystem::path& path);
/// Reads and checks an untrusted file; opens no capture. Errors: NotFound, Io, InvalidFile, TooLarge (over 1 MiB),
/// Unsupported (version, way to join).
ChainDocument readChain(const std::filesystem::path& path);
/// Opens both captures and reads the rows. Errors: those of Capture::open and Chain; InvalidRequest, naming the file,
/// when a capture is not the one the chain was made of, or has no such text, module or head.
Chain openChain(const ChainDocument& document);

} // namespace heedmap
