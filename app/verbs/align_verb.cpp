#include "app/verbs/align_verb.h"

#include "app/verbs/alignment_arguments.h"
#include "app/verbs/transcript_format.h"
#include "core/analysis/alignment_search.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/utf8.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <unistd.h>

namespace heedmap {

namespace {

constexpr std::size_t kMostReferenceBytes = 64 << 20;

struct AlignArguments
{
    std::string capture;
    std::string heads;
    std::string reference;
    std::vector<std::string> also;
    std::string rows = timingRowsNames().front();
    std::string format = "text";
    std::string saveHeads;
};

/// The heads that are taken, and how they were come by.
struct ChosenHeads
{
    std::string from; ///< "model", "auto" or "given"
    Alignment alignment;
    std::optional<AlignmentProposal> search;
    AlignmentQuality quality;
};

void showShare(double share)
{
    if (isatty(STDERR_FILENO))
        fmt::print(stderr, "\r\033[Ksearching heads, {:.0f} %{}", 100 * share, share < 1 ? "" : "\r\033[K");
}

/// `sources`: the capture itself, then those of --also.
ChosenHeads chosenHeads(const std::vector<AlignmentSource>& sources, const AlignArguments& arguments)
{
    const Capture& capture = *sources.front().capture;
    const std::optional<Alignment>& named = capture.manifest().alignment;
    if (arguments.heads == "model" && !named)
        throw Error(ErrorKind::InvalidRequest, "--heads model: the capture names no alignment heads, because the "
                                               "checkpoint had none; --heads auto searches for some");
    ChosenHeads chosen;
    if (arguments.heads == "auto" || (arguments.heads.empty() && !named)) {
        AnalysisProgress progress({}, showShare);
        const int width = named ? named->medianWidth : Alignment{}.medianWidth;
        chosen.search = searchAlignmentHeads(sources, {timingRowsFromName(arguments.rows), width}, progress);
        chosen.from = "auto";
        chosen.alignment = chosen.search->alignment;
        chosen.quality = chosen.search->quality;
        return chosen;
    }
    const bool isModels = arguments.heads.empty() || arguments.heads == "model";
    chosen.from = isModels ? "model" : "given";
    chosen.alignment = isModels ? *named : alignmentFromArgument(capture, arguments.heads);
    chosen.quality = alignmentQuality(sources, chosen.alignment, timingRowsFromName(arguments.rows));
    return chosen;
}

std::vector<ReferenceWord> readReference(const std::string& path)
{
    if (path.empty())
        return {};
    return referenceWordsFromCsv(readTextFile(path, kMostReferenceBytes), path);
}

std::vector<AlignmentSource> readSources(const AlignArguments& arguments)
{
    std::vector<AlignmentSource> sources = {{Capture::open(arguments.capture), readReference(arguments.reference)}};
    for (const std::string& also : arguments.also) {
        const std::size_t equals = also.rfind('=');
        const std::string reference = equals == std::string::npos ? std::string() : also.substr(equals + 1);
        sources.push_back({Capture::open(also.substr(0, equals)), readReference(reference)});
    }
    const auto isTimed = [](const AlignmentSource& source) { return !source.reference.empty(); };
    if (std::ranges::any_of(sources, isTimed) && !std::ranges::all_of(sources, isTimed))
        throw Error(ErrorKind::InvalidRequest, "some recordings have true times and others have none; give them to all "
                                               "(--reference FILE.csv, --also CAPTURE.heed=FILE.csv) or to none");
    return sources;
}

Json jsonFromQuality(const AlignmentQuality& quality)
{
    Json json = {{"score", quality.score.score()},
                 {"monotonicity", quality.score.monotonicity},
                 {"coverage", quality.score.coverage},
                 {"contrast", quality.score.contrast}};
    if (quality.fit)
        json["reference"] = {{"words", quality.fit->words},
                             {"median_error_seconds", quality.fit->medianErrorSeconds},
                             {"mean_error_seconds", quality.fit->meanErrorSeconds},
                             {"mass_inside", quality.fit->massInside}};
    return json;
}

Json reportOf(const Capture& capture, const ChosenHeads& chosen, const AlignArguments& arguments, const Json& words)
{
    Json heads = Json::array();
    for (const Alignment::Head& head : chosen.alignment.heads)
        heads.push_back(alignmentHeadName(capture, head));
    Json report = {{"heads", heads},
                   {"heads_from", chosen.from},
                   {"median_width", chosen.alignment.medianWidth},
                   {"rows", arguments.rows},
                   {"quality", jsonFromQuality(chosen.quality)},
                   {"words", words}};
    if (!chosen.search)
        return report;
    report["windows"] = chosen.search->windows;
    report["windows_searched"] = chosen.search->windowsRead;
    report["ranking"] = Json::array();
    for (const AlignmentCandidate& candidate : chosen.search->ranking) {
        Json line = jsonFromQuality(candidate.quality);
        line["head"] = alignmentHeadName(capture, candidate.head);
        report["ranking"].push_back(std::move(line));
    }
    return report;
}

std::string qualityText(const AlignmentQuality& quality)
{
    if (quality.fit)
        return fmt::format("median error {:.3f} s, mean {:.3f} s over {} words, {:.0f} % of the attention inside",
                           quality.fit->medianErrorSeconds, quality.fit->meanErrorSeconds, quality.fit->words,
                           100 * quality.fit->massInside);
    return fmt::format("score {:.3f}", quality.score.score());
}

/// On standard error, for people: standard output is the words alone.
void tellHeads(const Capture& capture, const ChosenHeads& chosen)
{
    std::vector<std::string> names;
    for (const Alignment::Head& head : chosen.alignment.heads)
        names.push_back(alignmentHeadName(capture, head));
    const char* from = chosen.from == "model" ? "the checkpoint's alignment heads"
                       : chosen.search        ? "heads found by search"
                                              : "the given heads";
    fmt::print(stderr, "times by {} {} ({})\n", from, fmt::join(names, ", "), qualityText(chosen.quality));
    if (!chosen.search)
        return;
    const AlignmentCandidate& best = chosen.search->ranking.front();
    fmt::print(stderr, "of {} heads {} is the best alone ({})\n", chosen.search->ranking.size(),
               alignmentHeadName(capture, best.head), qualityText(best.quality));
    if (chosen.search->windowsRead < chosen.search->windows)
        fmt::print(stderr, "searched in {} of {} windows\n", chosen.search->windowsRead, chosen.search->windows);
}

/// Columns for people.
std::string table(const Json& words)
{
    std::string text = "   start      end  p(word)  inside  word\n";
    for (const Json& word : words) {
        const bool told = word.contains("attention_share");
        text += fmt::format("{:8.2f} {:8.2f} {:8.3f} {:>7}  {}\n", word["start_seconds"].get<double>(),
                            word["end_seconds"].get<double>(), word["probability"].get<double>(),
                            told ? fmt::format("{:.3f}", word["attention_share"].get<double>()) : "",
                            printable(word["text"].get<std::string>()));
    }
    return text;
}

int align(const AlignArguments& arguments)
{
    const std::vector<AlignmentSource> sources = readSources(arguments);
    const std::shared_ptr<const Capture>& capture = sources.front().capture;
    const ChosenHeads chosen = chosenHeads(sources, arguments);
    const Json words = jsonFromWords(transcriptWords(*capture, chosen.alignment, timingRowsFromName(arguments.rows)));
    if (!arguments.saveHeads.empty())
        writeFileAtomically(arguments.saveHeads, asBytes(jsonForCheckpoint(*capture, chosen.alignment).dump(2) + "\n"));
    if (arguments.format == "json") {
        fmt::print("{}\n", reportOf(*capture, chosen, arguments, words).dump(2));
        return kDone;
    }
    tellHeads(*capture, chosen);
    fmt::print("{}", arguments.format == "text"
                         ? table(words)
                         : transcriptText(words, arguments.format, "words", recordingSeconds(capture->manifest())));
    return kDone;
}

} // namespace

Verb alignVerb()
{
    return {"align", "When the words of a captured recording were spoken, and by which heads", VerbApplication::Core,
            [](CLI::App& verb) {
                const auto arguments = std::make_shared<AlignArguments>();
                verb.add_option("capture", arguments->capture, "Capture of a recording (.heed)")->required();
                verb.add_option(
                    "--heads", arguments->heads,
                    "auto (search), model (the checkpoint's), heads such as L0.H1,L3.H0, or a .json file "
                    "with \"alignment_heads\"; without it the checkpoint's, and a search where it has none");
                verb.add_option("--reference", arguments->reference,
                                "True times, a CSV file of word,start,end: heads are searched and judged by them");
                verb.add_option("--also", arguments->also,
                                "CAPTURE.heed or CAPTURE.heed=FILE.csv: another recording of the same model to search "
                                "and judge heads by, with its true times; may be given again")
                    ->type_size(1)
                    ->allow_extra_args(false);
                declareRows(verb, arguments->rows);
                verb.add_option("--format", arguments->format, "text, json, srt, vtt, textgrid or csv")
                    ->check(CLI::IsMember(transcriptFormats()))
                    ->capture_default_str();
                verb.add_option("--save-heads", arguments->saveHeads,
                                "Write the heads to this JSON file, as generation_config.json has them");
                return [arguments] { return align(*arguments); };
            }};
}

} // namespace heedmap
