#pragma once

#include "core/base/json.h"
#include "core/capture/alignment.h"
#include "core/capture/gradient_target.h"
#include "core/capture/intervention.h"
#include "core/capture/token_axis.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace heedmap {

struct ModelInfo
{
    std::string type;
    std::string architecture;
    std::string name;
    std::string headerSha256;
};

enum class InputKind
{
    Image,
    Text,
    Audio
};

struct CaptureInput
{
    std::string id;
    InputKind kind = InputKind::Text;
    std::string text;      ///< Text
    std::string mediaType; ///< Image, Audio
    std::string name;
    std::string sha256;
    std::int64_t byteCount = 0;
    int width = 0; ///< Image: pixels of the upright picture
    int height = 0;
    int orientation = 1; ///< Image: EXIF, of the stored pixels
    double seconds = 0;  ///< Audio
    std::string tensor;  ///< tensor with the original file's bytes; empty when not embedded
};

/// One forward of one component over one final sequence.
struct Pass
{
    std::string id;
    std::string component;
    std::string title;
};

enum class SiteKind
{
    Cross,
    Self,
    Joint
};

/// Which key positions a query may look at. A pair is visible when every rule of a site allows it.
struct CausalMask
{
    std::int64_t offset = 0; ///< key <= query + offset
};
struct KeyRangesMask
{
    std::vector<std::pair<std::int64_t, std::int64_t>> ranges; ///< allowed keys, [begin, end)
};
struct WindowMask
{
    std::int64_t before = 0;
    std::int64_t after = 0;
};
struct BlocksMask
{
    std::vector<std::int64_t> starts; ///< ascending, from 0
};
struct DenseMask
{
    std::string tensor; ///< BOOL or U8 [queries, keys]
};
using MaskRule = std::variant<CausalMask, KeyRangesMask, WindowMask, BlocksMask, DenseMask>;

/// One attention module in one pass. See FORMAT.md, "Sites".
struct AttentionSite
{
    std::string pass;
    std::string name; ///< the module's dotted path in the reference implementation
    std::string group;
    int layer = 0;
    SiteKind kind = SiteKind::Cross;
    std::string queryAxis;
    std::string keyAxis;
    int heads = 1;
    int keyValueHeads = 1;
    StoredIndices storedHeads; ///< of `heads`; tensors have those alone, and the key-value heads those use
    int order = 0;
    std::string reads;
    std::string writes;
    std::string mechanism = "softmax";
    std::string computeDType = "F32";
    std::string
        weights; ///< tensor [held heads, held queries, keys]; empty when `queries` and `keys` are stored instead
    std::string queries; ///< tensor [held heads, held queries, headDim]
    std::string keys;    ///< tensor [held keyValueHeads, keys, headDim]
    double scale = 1;
    std::optional<double> softCap;
    std::vector<MaskRule> mask;
    std::optional<double> maxRowError; ///< measured by the writer against the weights the model used
    // What some analyses need besides; each is the name of a tensor, empty when it is not stored.
    std::string values;     ///< [held keyValueHeads, keys, valueDim]: V as it enters weights · V
    std::string valueNorms; ///< [held heads, keys]: ‖V W_O‖ of the head's part of the output projection
    std::string
        outputGradients; ///< [held heads, held queries, valueDim]: ∂y/∂(weights · V), y is Manifest::gradientTarget

    bool storesWeights() const { return !weights.empty(); }
    std::string key() const { return pass + "/" + name; } ///< unique in a capture
    /// The heads that are held, by the model's numbers, ascending.
    std::vector<int> headNumbers() const;
    std::vector<int> headChoices() const; ///< HeadChoice::kMean, then those
    int heldHeadCount() const { return static_cast<int>(storedHeads.count(heads)); }
    bool holdsHead(int head) const { return head >= 0 && head < heads && storedHeads.contains(head); }
    /// The key-value heads that the held heads use.
    StoredIndices storedKeyValueHeads() const;
};

/// An attention module of the run that is not stored.
struct LeftOutSite
{
    std::string pass;
    std::string name;
    std::string group;
    bool operator==(const LeftOutSite&) const = default;
};

/// Sites that belong together in a view: all layers of one kind in one pass.
struct SiteGroup
{
    std::string id;
    std::string title;
};

/// A map that is the product of two maps; always labelled composed.
struct Composition
{
    std::string id;
    std::string title;
    std::string firstGroup;  ///< its key axis …
    std::string secondGroup; ///< … is this one's query axis
};

struct TokenAlternative
{
    std::int64_t id = 0;
    std::string text;
    double logProbability = 0; ///< natural logarithm
};

struct GeneratedToken
{
    std::int64_t id = 0;
    std::string text;
    std::optional<TextSpan> span;
    double logProbability = 0;
    std::int64_t predictingRow = 0;       ///< query row that predicted this token
    std::optional<std::int64_t> inputRow; ///< query row in which it was the input
    std::vector<TokenAlternative> alternatives;
};

struct Score
{
    std::string name;
    double value = 0;
    std::string unit;
};

/// Tokens of a generated text that were said in one go, times among them.
struct OutputSegment
{
    std::size_t begin = 0; ///< of CaptureOutput::tokens, [begin, end); empty where nothing was said
    std::size_t end = 0;
    double startSeconds = 0; ///< of the recording
    double endSeconds = 0;

    bool operator==(const OutputSegment&) const = default;
};

struct CaptureOutput
{
    std::string id;
    bool isText = true; ///< generated text, otherwise `scores`
    std::string text;
    std::string pass;
    std::string axis;
    std::vector<GeneratedToken> tokens;
    std::vector<OutputSegment> segments; ///< of speech, in order; tokens of none were cut off, and heard again later
    std::optional<double> score;
    int rank = 0;
    std::optional<double> replayMaxLogitDifference;
    std::vector<Score> scores;
};

struct Provenance
{
    std::string program;
    std::string created; ///< ISO 8601, UTC
    std::string computeDType = "F32";
};

/// Everything a capture says about itself (FORMAT.md, "Manifest"). Plain data.
struct Manifest
{
    ModelInfo model;
    std::vector<CaptureInput> inputs;
    std::map<std::string, TokenAxis> axes;
    std::vector<Pass> passes;
    std::vector<SiteGroup> groups;
    std::vector<AttentionSite> sites;
    std::vector<LeftOutSite> leftOut; ///< so that nobody takes the sites for all there were
    std::vector<Composition> compositions;
    std::vector<CaptureOutput> outputs;
    std::vector<Intervention> interventions;      ///< what the run changed inside the model; empty: nothing
    std::optional<GradientTarget> gradientTarget; ///< set when a site has `outputGradients`
    std::optional<Alignment> alignment;           ///< which heads tell when a token was spoken, as the checkpoint says
    Provenance provenance;

    const TokenAxis& axis(const std::string& id) const;
    const CaptureInput* input(const std::string& id) const;   ///< null when absent
    const CaptureOutput* output(const std::string& id) const; ///< null when absent
    /// Indices into `sites` of a group, by layer.
    std::vector<std::size_t> sitesOfGroup(const std::string& group) const;
};

/// Reads and checks an untrusted manifest: every limit and reference of FORMAT.md. Errors: InvalidFile, TooLarge,
/// Unsupported (version or `requires`).
Manifest manifestFromJson(const Json& json, const std::string& where);
Json jsonFromManifest(const Manifest& manifest);
/// The `outputs` list alone, as engines answer it.
Json jsonFromOutputs(const std::vector<CaptureOutput>& outputs);

} // namespace heedmap
