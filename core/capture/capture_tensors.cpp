#include "core/capture/capture_tensors.h"

#include "core/base/error.h"
#include "core/base/utf8.h"

#include <algorithm>
#include <initializer_list>
#include <span>

namespace heedmap {

namespace {

constexpr DType kFloatTypes[] = {DType::F64, DType::F32, DType::F16, DType::BF16};
constexpr DType kMaskTypes[] = {DType::Bool, DType::U8};
constexpr DType kByteTypes[] = {DType::U8};
constexpr std::int64_t kMaxHeadDim = 65'536; ///< a row is computed from whole vectors
constexpr std::int64_t kAny = -1;            ///< a dimension of any positive size

struct Checker
{
    const std::map<std::string, TensorInfo>& tensors;
    const std::string& where;

    const TensorInfo& check(const std::string& name, const Shape& wanted, std::span<const DType> dtypes,
                            const std::string& user) const
    {
        const auto found = tensors.find(name);
        if (found == tensors.end())
            throw Error(ErrorKind::InvalidFile, "{} of {} needs the tensor \"{}\", which is missing", user, where,
                        printable(name));
        const TensorInfo& info = found->second;
        const auto fits = [](std::int64_t has, std::int64_t want) { return want == kAny ? has > 0 : has == want; };
        if (!std::ranges::equal(info.shape, wanted, fits))
            throw Error(ErrorKind::InvalidFile, "the tensor \"{}\" of {} in {} has the shape {}, not {}",
                        printable(name), user, where, shapeText(info.shape), wantedText(wanted));
        if (std::ranges::find(dtypes, info.dtype) == dtypes.end())
            throw Error(ErrorKind::InvalidFile, "the tensor \"{}\" of {} in {} has the type {}, which does not fit",
                        printable(name), user, where, dtypeName(info.dtype));
        return info;
    }

    static std::string wantedText(const Shape& wanted)
    {
        std::string text = shapeText(wanted);
        if (const std::size_t any = text.find("-1"); any != std::string::npos)
            text.replace(any, 2, "head_dim");
        return text;
    }
};

struct SiteShape
{
    std::int64_t heads; ///< that are held
    std::int64_t keyValueHeads;
    std::int64_t queries; ///< that are held
    std::int64_t keys;
    std::string user; ///< how messages name the site
};

std::int64_t checkedHeadDim(const TensorInfo& tensor, const SiteShape& shape, const Checker& checker)
{
    if (tensor.shape[2] > kMaxHeadDim)
        throw Error(ErrorKind::TooLarge, "{} of {} has a head_dim of {}; at most {} is read", shape.user, checker.where,
                    tensor.shape[2], kMaxHeadDim);
    return tensor.shape[2];
}

void checkExtraTensors(const AttentionSite& site, const SiteShape& shape, const Checker& checker)
{
    std::int64_t valueDim = kAny;
    if (!site.values.empty())
        valueDim =
            checkedHeadDim(checker.check(site.values, {shape.keyValueHeads, shape.keys, kAny}, kFloatTypes, shape.user),
                           shape, checker);
    if (!site.valueNorms.empty())
        checker.check(site.valueNorms, {shape.heads, shape.keys}, kFloatTypes, shape.user);
    if (!site.outputGradients.empty())
        checkedHeadDim(
            checker.check(site.outputGradients, {shape.heads, shape.queries, valueDim}, kFloatTypes, shape.user), shape,
            checker);
}

void checkSite(const Manifest& manifest, const AttentionSite& site, const Checker& checker)
{
    const TokenAxis& queryAxis = manifest.axis(site.queryAxis);
    const SiteShape shape{site.heldHeadCount(), site.storedKeyValueHeads().count(site.keyValueHeads),
                          queryAxis.storedQueries.count(queryAxis.length), manifest.axis(site.keyAxis).length,
                          fmt::format("the site \"{}\"", printable(site.key()))};
    const auto& [heads, keyValueHeads, queries, keys, user] = shape;
    checkExtraTensors(site, shape, checker);
    if (site.storesWeights()) {
        checker.check(site.weights, {heads, queries, keys}, kFloatTypes, user);
        return;
    }
    const std::int64_t headDim =
        checkedHeadDim(checker.check(site.queries, {heads, queries, kAny}, kFloatTypes, user), shape, checker);
    checker.check(site.keys, {keyValueHeads, keys, headDim}, kFloatTypes, user);
    for (const MaskRule& rule : site.mask)
        if (const auto* dense = std::get_if<DenseMask>(&rule))
            checker.check(dense->tensor, {queryAxis.length, keys}, kMaskTypes, user);
}

} // namespace

void checkTensors(const Manifest& manifest, const std::map<std::string, TensorInfo>& tensors, const std::string& where)
{
    const Checker checker{tensors, where};
    for (const CaptureInput& input : manifest.inputs)
        if (!input.tensor.empty())
            checker.check(input.tensor, {input.byteCount}, kByteTypes,
                          fmt::format("the input \"{}\"", printable(input.id)));
    for (const AttentionSite& site : manifest.sites)
        checkSite(manifest, site, checker);
}

} // namespace heedmap
