#include "widgets/controls/token_chips.h"

#include "widgets/context/map_labels.h"
#include "widgets/context/sound_windows.h"
#include "widgets/context/token_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <set>

namespace heedmap {

namespace {

constexpr std::size_t kFewTokens = 3;
constexpr std::size_t kShownAlternatives = 2;
constexpr double kWorthShowing = 0.005; // an alternative that rounds to 0.00 says nothing

QString tr(const char* text)
{
    return QCoreApplication::translate("heedmap::TokenChips", text);
}

QString probabilityLabel(double logProbability)
{
    return QString::number(std::exp(logProbability), 'f', 2);
}

const CaptureOutput* outputOfAxis(const Capture& capture, const std::string& axis)
{
    for (const CaptureOutput& output : capture.manifest().outputs)
        if (output.isText && output.axis == axis)
            return &output;
    return nullptr;
}

ChipSpec inputChip(const TokenAxis& axis, std::int64_t position)
{
    ChipSpec chip;
    chip.kind = axis.isSpecial(position) ? ChipKind::Special : ChipKind::Token;
    const AxisToken* token = axis.tokenAt(position);
    const bool isNamed = token || axis.segmentAt(position).kind != SegmentKind::Unknown;
    chip.text = isNamed ? shownTokenText(token ? token->text : axis.label(position)) : QString::number(position);
    chip.description = tr("%1, position %2").arg(positionLabel(axis, position)).arg(position);
    chip.query = AxisPosition{axis.id, position};
    chip.key = chip.query;
    return chip;
}

ChipSpec moreChip(std::int64_t hidden)
{
    ChipSpec chip;
    chip.kind = ChipKind::More;
    chip.text = tr("… %1 more").arg(hidden);
    return chip;
}

/// Positions [begin, end) of an axis that are no patches.
void appendPositions(const TokenAxis& axis, std::int64_t begin, std::int64_t end, bool skipSpecials,
                     std::vector<ChipSpec>& chips)
{
    std::int64_t shown = 0;
    for (std::int64_t position = begin; position < end; ++position) {
        if (axis.segmentAt(position).kind == SegmentKind::PatchGrid) {
            position = axis.segmentAt(position).end() - 1;
            continue;
        }
        if (skipSpecials && axis.isSpecial(position))
            continue;
        if (shown++ == kMostChipsPerAxis) {
            chips.push_back(moreChip(end - position));
            return;
        }
        chips.push_back(inputChip(axis, position));
    }
}

ChipSpec generatedChip(const CaptureOutput& output, const GeneratedToken& token, bool predictingRow)
{
    ChipSpec chip;
    chip.kind = token.span ? ChipKind::Generated : ChipKind::Special;
    chip.text = shownTokenText(token.text) + u' ' + probabilityLabel(token.logProbability);
    chip.description = tr("generated with probability %1; shows the %2")
                           .arg(probabilityText(std::exp(token.logProbability)),
                                rowKindLabel(predictingRow ? RowKind::Predicting : RowKind::Input));
    if (predictingRow)
        chip.query = AxisPosition{output.axis, token.predictingRow};
    else if (token.inputRow)
        chip.query = AxisPosition{output.axis, *token.inputRow};
    else
        chip.description = tr("the last token was never an input: it has no input row");
    if (token.inputRow)
        chip.key = AxisPosition{output.axis, *token.inputRow};
    return chip;
}

void appendAlternatives(const GeneratedToken& token, std::vector<ChipSpec>& chips)
{
    std::size_t shown = 0;
    for (const TokenAlternative& alternative : token.alternatives) {
        if (alternative.id == token.id || std::exp(alternative.logProbability) < kWorthShowing ||
            shown == kShownAlternatives)
            continue;
        ++shown;
        ChipSpec chip;
        chip.kind = ChipKind::Alternative;
        chip.text = shownTokenText(alternative.text) + u' ' + probabilityLabel(alternative.logProbability);
        chip.description =
            tr("would have been said with probability %1").arg(probabilityText(std::exp(alternative.logProbability)));
        chips.push_back(chip);
    }
}

/// The first position behind every generated token: a capture may list only some of what was generated.
std::int64_t firstUnlisted(const CaptureOutput& output, std::int64_t firstGenerated)
{
    std::int64_t next = firstGenerated;
    for (const GeneratedToken& token : output.tokens)
        next = std::max(next, token.inputRow.value_or(token.predictingRow) + 1);
    return next;
}

void appendOutput(const Capture& capture, const CaptureOutput& output, bool predictingRow, std::vector<ChipSpec>& chips)
{
    const TokenAxis& axis = capture.manifest().axis(output.axis);
    std::int64_t firstGenerated = axis.length;
    for (const GeneratedToken& token : output.tokens)
        firstGenerated = std::min(firstGenerated, token.predictingRow + 1);
    appendPositions(axis, 0, firstGenerated, true,
                    chips); // a prompt; a lone start token only doubles the first answer row
    if (!chips.empty())
        chips.push_back({ChipKind::Arrow, QStringLiteral("→"), {}, {}, {}});
    const bool few = std::count_if(output.tokens.begin(), output.tokens.end(), [](const GeneratedToken& token) {
                         return token.span.has_value();
                     }) <= static_cast<std::ptrdiff_t>(kFewTokens);
    for (const GeneratedToken& token : output.tokens) {
        chips.push_back(generatedChip(output, token, predictingRow));
        if (few && token.span)
            appendAlternatives(token, chips);
    }
    appendPositions(axis, firstUnlisted(output, firstGenerated), axis.length, true, chips);
}

/// The best candidate of every pass that generated text.
std::vector<const CaptureOutput*> winners(const Capture& capture)
{
    std::vector<const CaptureOutput*> outputs;
    for (const CaptureOutput& output : capture.manifest().outputs)
        if (output.isText && output.rank == 0)
            outputs.push_back(&output);
    return outputs;
}

/// Axes of the shown map that neither words nor patches nor the recording stand for. Specials beside the patches a row
/// starts from (the CLS row of a vision transformer) can be asked, too.
std::vector<const TokenAxis*> axesWithoutChips(const Capture& capture, const MapChoice& map)
{
    std::vector<const TokenAxis*> axes;
    const TokenAxis& queries = queryAxisOf(capture, map);
    const TokenAxis& keys = keyAxisOf(capture, map);
    if (!hasText(queries) && !hasSound(queries))
        axes.push_back(&queries);
    if (!hasText(keys) && !hasPatches(keys) && !hasSound(keys) && keys.id != queries.id)
        axes.push_back(&keys);
    return axes;
}

/// Tokens whose rows the capture lacks can be looked at, but not asked.
void markWhatIsNotStored(const Capture& capture, std::vector<ChipSpec>& chips)
{
    for (ChipSpec& chip : chips)
        if (chip.query && !capture.manifest().axis(chip.query->axis).storedQueries.contains(chip.query->position)) {
            chip.query.reset();
            chip.description += tr("\nits row is not stored in this capture");
        }
}

} // namespace

std::vector<ChipSpec> chipsOfCapture(const Capture& capture, const std::optional<ShownMap>& shown, bool predictingRow)
{
    std::vector<ChipSpec> chips;
    std::set<std::string> done;
    std::vector<std::string> inputAxes;
    for (const AttentionSite& site : capture.manifest().sites) {
        if (done.insert(site.queryAxis).second && hasText(capture.manifest().axis(site.queryAxis)) &&
            !outputOfAxis(capture, site.queryAxis))
            inputAxes.push_back(site.queryAxis);
    }
    for (const std::string& id : inputAxes) {
        const TokenAxis& axis = capture.manifest().axis(id);
        appendPositions(axis, 0, axis.length, false, chips);
    }
    for (const CaptureOutput* output : winners(capture))
        appendOutput(capture, *output, predictingRow, chips);
    for (const TokenAxis* axis : shown ? axesWithoutChips(capture, shown->map) : std::vector<const TokenAxis*>()) {
        if (!chips.empty() && axis != &queryAxisOf(capture, shown->map))
            chips.push_back({ChipKind::Arrow, QStringLiteral("→"), {}, {}, {}});
        appendPositions(*axis, 0, axis->length, false, chips);
    }
    markWhatIsNotStored(capture, chips);
    return chips;
}

} // namespace heedmap
