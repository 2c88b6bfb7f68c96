#include "app/engine/word_times.h"

#include "core/analysis/alignment_search.h"

namespace heedmap {

namespace {

Alignment searched(const std::shared_ptr<const Capture>& capture, TimingRows rows, RequestContext& request)
{
    AnalysisProgress progress(request.stopToken(), [&](double share) {
        request.progress("searching the heads that tell time", static_cast<int>(share * 100), 100);
    });
    const AlignmentSource source{capture, {}};
    return searchAlignmentHeads({&source, 1}, {rows}, progress).alignment;
}

} // namespace

Json answerOfWords(const std::filesystem::path& path, TimingRows rows, RequestContext& request)
{
    const std::shared_ptr<const Capture> capture = Capture::open(path);
    const std::optional<Alignment>& named = capture->manifest().alignment;
    const Alignment alignment = named ? *named : searched(capture, rows, request);
    Json heads = jsonFromAlignment(alignment);
    heads["from"] = named ? "checkpoint" : "search";
    return {{"words", jsonFromWords(transcriptWords(*capture, alignment, rows))}, {"word_heads", heads}};
}

} // namespace heedmap
