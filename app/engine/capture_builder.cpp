#include "app/engine/capture_builder.h"

#include "app/engine/capture_axes.h"
#include "app/engine/row_error.h"
#include "app/engine/token_spans.h"
#include "core/base/byte_text.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/float_conversion.h"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <map>
#include <set>
#include <utility>

namespace heedmap {

namespace {

std::string timeNow()
{
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    ::gmtime_r(&now, &utc);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return text;
}

std::vector<MaskRule> maskRules(const MaskSymbols& mask)
{
    std::vector<MaskRule> rules;
    if (mask.causalOffset)
        rules.push_back(CausalMask{*mask.causalOffset});
    if (!mask.keyRanges.empty())
        rules.push_back(KeyRangesMask{mask.keyRanges});
    return rules;
}

SiteSize sizeOf(const RecordedSite& site)
{
    return {site.queries.shape.at(0), site.keys.shape.at(0), site.queries.shape.at(1), site.keys.shape.at(1),
            site.headDim};
}

std::string titleOf(const std::string& passId, const std::string& queryAxis, const std::string& keyAxis,
                    const ModelFacts& facts)
{
    const std::string title = queryAxis + " → " + keyAxis;
    const auto note = facts.passNotes.find(passId);
    return note == facts.passNotes.end() ? title : title + ", " + note->second;
}

/// For the list, whose quotes are escaped inside the header, and for the masks of the sites it hides keys of: a range
/// ends at most before each hidden key.
std::size_t interventionBytes(const std::vector<Intervention>& interventions, const std::vector<PlannedSite>& sites)
{
    if (interventions.empty())
        return 0;
    constexpr std::size_t rangeBytes = 24;
    std::map<std::string, std::set<std::int64_t>> hidden; // by axis: interventions may repeat one another
    for (const Intervention& intervention : interventions)
        if (const auto* hide = std::get_if<HideKeys>(&intervention))
            hidden[hide->axis].insert(hide->positions.begin(), hide->positions.end());
    std::size_t bytes = 2 * jsonFromInterventions(interventions).dump().size();
    for (const PlannedSite& site : sites)
        if (const auto found = hidden.find(site.keyAxis); found != hidden.end())
            bytes += rangeBytes * (found->second.size() + 1);
    return (bytes + 7) / 8 * 8; // tensors begin at multiples of eight
}

/// For what somebody wrote, escaped as a manifest inside a header is.
std::size_t textBytes(const RunOrder& order)
{
    Json texts = Json::array({order.loaded.checkpoint->name()});
    if (order.text)
        texts.push_back(order.text->text);
    if (order.picture)
        texts.push_back(order.picture->name);
    if (order.sound)
        texts.push_back(order.sound->name);
    return (Json(texts.dump()).dump().size() + 7) / 8 * 8; // tensors begin at multiples of eight
}

/// For the lists of the heads and queries that are stored.
std::size_t partBytes(const StorageChoice& storage, const std::vector<PlannedSite>& sites)
{
    constexpr std::size_t headBytes = 6;
    constexpr std::size_t rangeBytes = 24;
    std::size_t bytes = 0;
    for (const PlannedSite& site : sites)
        if (const StoredIndices heads = storage.headsOf(SiteNames::of(site), site.heads); !heads.areAll())
            bytes += 32 + headBytes * static_cast<std::size_t>(heads.count(site.heads));
    for (const auto& [axis, ranges] : storage.queries)
        bytes += 64 + rangeBytes * ranges.size();
    return (bytes + 7) / 8 * 8; // tensors begin at multiples of eight
}

} // namespace

std::string groupTitle(const PlannedSite& site, const ModelFacts& facts)
{
    return titleOf(site.passId, site.queryAxis, site.keyAxis, facts);
}

SiteSize sizeOf(const PlannedSite& site, const StorageChoice& storage)
{
    AttentionSite grouped;
    grouped.heads = site.heads;
    grouped.keyValueHeads = site.keyValueHeads;
    grouped.storedHeads = storage.headsOf(SiteNames::of(site), site.heads);
    return {grouped.heldHeadCount(),
            grouped.storedKeyValueHeads().count(site.keyValueHeads),
            storage.queriesOf(site.queryAxis, site.queries).count(site.queries),
            site.keys,
            site.headDim,
            site.values,
            site.outputGradients,
            static_cast<std::int64_t>(itemSize(storage.dtype))};
}

namespace {

/// Axes that are described as a whole. A model calls the windows of a recording "sound", "sound.2", …
bool isPictureOrSound(const RunOrder& order, const std::string& axis)
{
    return (order.picture && axis == order.picture->id) || (order.sound && axis.starts_with("sound"));
}

std::size_t embeddedBytes(const InputBytes& file)
{
    return file->size() <= kMaxEmbeddedBytes ? file->size() : 0;
}

} // namespace

std::size_t captureHeaderBytes(const RunOrder& order, const std::vector<PlannedSite>& sites)
{
    std::map<std::string, std::int64_t> positions; // of axes whose positions are written one by one
    for (const PlannedSite& site : sites)
        for (const auto& [axis, length] : {std::pair(site.queryAxis, site.queries), std::pair(site.keyAxis, site.keys)})
            if (!isPictureOrSound(order, axis))
                positions[axis] = length;
    std::int64_t tokens = 0;
    for (const auto& [axis, length] : positions)
        tokens += length;
    const std::size_t tokenBytes = 1024 + 256 * order.scoredTokens.size();
    const std::size_t siteBytes = order.values ? 2560 : 1536;
    // Windows overlap where a text is cut: three times as many as would fit one after the other are provided for.
    const std::size_t windows = order.sound ? 3 : 1;
    return 32 * 1024 + windows * (siteBytes * sites.size() + tokenBytes * static_cast<std::size_t>(tokens)) +
           interventionBytes(order.interventions, sites) + partBytes(order.storage, sites) + textBytes(order);
}

namespace {

std::int64_t byteCountAs(const StorageChoice& storage, const RunOrder& order, const std::vector<PlannedSite>& sites)
{
    const std::size_t embedded =
        (order.picture ? embeddedBytes(order.picture->file) : 0) + (order.sound ? embeddedBytes(order.sound->file) : 0);
    auto total = static_cast<std::int64_t>(sizeof(std::uint64_t) + captureHeaderBytes(order, sites) + embedded);
    for (const PlannedSite& site : sites)
        if (storage.keeps(SiteNames::of(site)))
            total += sizeOf(site, storage).byteCount();
    return total;
}

/// "vision/* 1.2 MiB, question/* 310 KiB": as patterns that can be asked for.
std::string bytesByPass(const RunOrder& order, const std::vector<PlannedSite>& sites)
{
    std::map<std::string, std::int64_t> passes;
    for (const PlannedSite& site : sites)
        if (order.storage.keeps(SiteNames::of(site)))
            passes[site.passId] += sizeOf(site, order.storage).byteCount();
    std::string text;
    for (const auto& [pass, bytes] : passes)
        text += fmt::format("{}{}/* {}", text.empty() ? "" : ", ", pass, byteText(bytes));
    return text;
}

} // namespace

std::int64_t captureByteCount(const RunOrder& order, const std::vector<PlannedSite>& sites)
{
    return byteCountAs(order.storage, order, sites);
}

void checkBudget(const RunOrder& order, const std::vector<PlannedSite>& sites)
{
    const std::int64_t bytes = captureByteCount(order, sites);
    if (!order.storage.byteBudget || bytes <= *order.storage.byteBudget)
        return;
    StorageChoice asF16 = order.storage;
    asF16.dtype = DType::F16;
    const std::int64_t half = byteCountAs(asF16, order, sites);
    const std::string asHalf =
        half < bytes ? fmt::format(" Stored as f16 it would have {} ({} bytes).", byteText(half), half) : "";
    throw Error(ErrorKind::TooLarge,
                "The capture could have {} ({} bytes), more than the budget of {} bytes.{} Its sites are {}; fewer of "
                "them, of their heads or of their queries take less.",
                byteText(bytes), bytes, *order.storage.byteBudget, asHalf, bytesByPass(order, sites));
}

/// Room for the manifest that is kept before it is known; a larger one moves what was written (CaptureWriter).
constexpr std::size_t kMostReservedBytes = std::size_t{16} << 20;

CaptureBuilder::CaptureBuilder(const std::filesystem::path& path, const RunOrder& order,
                               const std::vector<PlannedSite>& plan)
    : m_order(order), m_writer(path, std::min(captureHeaderBytes(order, plan), kMostReservedBytes))
{
    const Checkpoint& checkpoint = *order.loaded.checkpoint;
    m_manifest.model = {checkpoint.modelType(), checkpoint.architecture(), checkpoint.name(), checkpoint.headerHash()};
    m_manifest.interventions = order.interventions;
    m_manifest.alignment = order.loaded.model->facts().alignment;
    m_manifest.provenance = {"heedmap-engine " HEEDMAP_VERSION, timeNow(), "F32"};
    addInputs();
}

/// A picture or a recording, with its file where that is small enough.
template <typename Given>
CaptureInput CaptureBuilder::fileInput(InputKind kind, const Given& given)
{
    CaptureInput input;
    input.id = given.id;
    input.kind = kind;
    input.mediaType = given.header.mediaType;
    input.name = given.name;
    input.sha256 = sha256Hex(*given.file);
    input.byteCount = static_cast<std::int64_t>(given.file->size());
    input.tensor = embed(input.id, *given.file);
    return input;
}

void CaptureBuilder::addInputs()
{
    if (const std::optional<PictureInput>& picture = m_order.picture) {
        CaptureInput& input = m_manifest.inputs.emplace_back(fileInput(InputKind::Image, *picture));
        input.width = picture->width;
        input.height = picture->height;
        input.orientation = picture->header.orientation;
    }
    if (const std::optional<SoundInput>& sound = m_order.sound)
        m_manifest.inputs.emplace_back(fileInput(InputKind::Audio, *sound)).seconds = sound->header.seconds;
    if (m_order.text) {
        CaptureInput& input = m_manifest.inputs.emplace_back();
        input.id = m_order.text->id;
        input.kind = InputKind::Text;
        input.text = m_order.text->text;
    }
}

/// The name of the tensor with the file's bytes; empty when they are too many.
std::string CaptureBuilder::embed(const std::string& id, const std::vector<std::byte>& file)
{
    if (file.size() > kMaxEmbeddedBytes)
        return {};
    const std::string tensor = "inputs/" + id;
    m_writer.addTensor(tensor, DType::U8, {static_cast<std::int64_t>(file.size())}, file);
    return tensor;
}

void CaptureBuilder::addTensor(const std::string& name, const FloatTensor& tensor, DType dtype)
{
    if (dtype == DType::F32)
        return m_writer.addTensor(name, dtype, tensor.shape, std::as_bytes(std::span(tensor.values)));
    std::vector<std::byte> bytes(tensor.values.size() * itemSize(dtype));
    bytesFromFloats(dtype, tensor.values, bytes);
    m_writer.addTensor(name, dtype, tensor.shape, bytes);
}

void CaptureBuilder::addWeights(const RecordedSite& site, const std::string& prefix, AttentionSite& result)
{
    const DType dtype = m_order.storage.dtype;
    result.weights = prefix + "weights";
    result.maxRowError = 0;
    if (dtype != DType::F32)
        result.maxRowError = largestDifference(roundedTo(dtype, site.weights, site.name).values, site.weights.values);
    addTensor(result.weights, site.weights, dtype);
}

void CaptureBuilder::addQueriesAndKeys(const RecordedSite& site, const StoredIndices& rows, const std::string& prefix,
                                       AttentionSite& result)
{
    const DType dtype = m_order.storage.dtype;
    result.queries = prefix + "queries";
    result.keys = prefix + "keys";
    result.scale = site.scale;
    result.mask = maskRules(site.mask);
    result.maxRowError = dtype == DType::F32
                             ? maxRowError(site, site.queries, site.keys, result.storedHeads, rows)
                             : maxRowError(site, roundedTo(dtype, site.queries, site.name),
                                           roundedTo(dtype, site.keys, site.name), result.storedHeads, rows);
    addTensor(result.queries, site.queries, dtype);
    addTensor(result.keys, site.keys, dtype);
}

void CaptureBuilder::addSite(const std::string& passId, const RecordedSite& site)
{
    const SiteNames names = SiteNames::of(passId, site);
    if (!m_order.storage.keeps(names)) {
        m_manifest.leftOut.push_back({passId, site.name, names.group});
        return;
    }
    AttentionSite result;
    result.pass = passId;
    result.name = site.name;
    result.group = names.group;
    addGroup(names.group, passId, site);
    result.layer = site.layer;
    result.kind = site.kind == AttentionKind::Cross ? SiteKind::Cross : SiteKind::Self;
    result.queryAxis = site.queryAxis;
    result.keyAxis = site.keyAxis;
    result.heads = site.heads;
    result.keyValueHeads = site.keyValueHeads;
    result.order = site.order;
    result.reads = site.keyAxis;
    result.writes = site.queryAxis;
    result.storedHeads = m_order.storage.headsOf(names, site.heads);
    const StoredIndices rows = m_order.storage.queriesOf(site.queryAxis, site.queries.shape.at(1));
    if (result.storedHeads.areAll() && rows.areAll())
        addTensors(site, rows, result);
    else
        addTensors(partOf(site, result.storedHeads, rows), rows, result);
    m_manifest.sites.push_back(std::move(result));
}

void CaptureBuilder::leaveOut(const PlannedSite& site)
{
    m_manifest.leftOut.push_back({site.passId, site.name, SiteNames::of(site).group});
}

void CaptureBuilder::addTensors(const RecordedSite& site, const StoredIndices& rows, AttentionSite& result)
{
    const std::string prefix = fmt::format("{}/{}/", result.pass, site.order);
    if (sizeOf(site).storesWeights())
        addWeights(site, prefix, result);
    else
        addQueriesAndKeys(site, rows, prefix, result);
    if (!site.values.empty()) {
        result.values = prefix + "values";
        result.valueNorms = prefix + "value_norms";
        addTensor(result.values, site.values);
        addTensor(result.valueNorms, site.valueNorms);
    }
}

void CaptureBuilder::addGradient(const std::string& passId, const std::string& site, const FloatTensor& gradient)
{
    const auto isThis = [&](const auto& candidate) { return candidate.pass == passId && candidate.name == site; };
    if (std::ranges::any_of(m_manifest.leftOut, isThis))
        return;
    const auto found = std::ranges::find_if(m_manifest.sites, isThis);
    if (found == m_manifest.sites.end())
        throw Error(ErrorKind::Internal, "gradients of {}/{}, which was not recorded", passId, site);
    found->outputGradients = fmt::format("{}/{}/output_gradients", passId, found->order);
    addTensor(found->outputGradients,
              partOf(gradient, found->storedHeads, m_order.storage.queriesOf(found->queryAxis, gradient.shape.at(1))));
}

void CaptureBuilder::addGroup(const std::string& id, const std::string& passId, const RecordedSite& site)
{
    const bool known = std::ranges::any_of(m_manifest.groups, [&](const SiteGroup& group) { return group.id == id; });
    if (!known)
        m_manifest.groups.push_back({id, titleOf(passId, site.queryAxis, site.keyAxis, m_order.loaded.model->facts())});
}

/// answer → question → picture: wherever a cross-attention's keys are the queries of another one.
void CaptureBuilder::addCompositions()
{
    std::map<std::string, const AttentionSite*> firstOfGroup;
    for (const AttentionSite& site : m_manifest.sites)
        firstOfGroup.emplace(site.group, &site);
    std::multimap<std::string, const SiteGroup*> byQueries; // cross-attention alone
    for (const SiteGroup& group : m_manifest.groups)
        if (const AttentionSite& site = *firstOfGroup.at(group.id); site.kind == SiteKind::Cross)
            byQueries.emplace(site.queryAxis, &group);
    for (const SiteGroup& first : m_manifest.groups) {
        const AttentionSite& a = *firstOfGroup.at(first.id);
        if (a.kind != SiteKind::Cross || !m_manifest.axis(a.keyAxis).storedQueries.areAll())
            continue;
        const auto [begin, end] = byQueries.equal_range(a.keyAxis);
        for (auto second = begin; second != end; ++second) {
            const AttentionSite& b = *firstOfGroup.at(second->second->id);
            m_manifest.compositions.push_back({a.queryAxis + "_" + b.keyAxis,
                                               a.queryAxis + " → " + a.keyAxis + " → " + b.keyAxis, first.id,
                                               second->second->id});
        }
    }
}

Manifest CaptureBuilder::finish(const RunResult& result)
{
    const DecodedOutputs decoded = decodedOutputs(m_order, result);
    for (const RunAxis& axis : result.axes)
        m_manifest.axes[axis.id] = captureAxis(axis, m_order, decoded);
    for (auto& [id, axis] : m_manifest.axes)
        axis.storedQueries = m_order.storage.queriesOf(id, axis.length);
    for (const RecordedPass& pass : result.passes)
        m_manifest.passes.push_back({pass.id, pass.component, ""});
    m_manifest.outputs = captureOutputs(m_order, result, decoded);
    m_manifest.gradientTarget = result.gradientTarget;
    if (m_manifest.gradientTarget && m_manifest.gradientTarget->step)
        m_manifest.gradientTarget->tokenText =
            tokenText(*m_order.loaded.tokenizer, static_cast<std::int32_t>(m_manifest.gradientTarget->tokenId));
    addCompositions();
    m_writer.finish(m_manifest);
    return std::move(m_manifest);
}

} // namespace heedmap
