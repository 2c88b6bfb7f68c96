#include "core/analysis/alignment_search.h"

#include "core/base/error.h"
#include "core/base/utf8.h"

#include <algorithm>
#include <iterator>

namespace heedmap {

namespace {

constexpr std::size_t kShortlist = 16;
constexpr std::size_t kMostKept = std::size_t{1} << 26; ///< values of the maps of the shortlist

/// A window of the recording, and what its words should come to.
struct Window
{
    const Capture* capture = nullptr;
    const CaptureOutput* output = nullptr;
    SoundRows rows;
    std::vector<WordPair> pairs;

    std::size_t size() const { return rows.rows.size() * static_cast<std::size_t>(rows.positions); }
};

/// Maps of one head or set: window after window, [rows, positions].
using Maps = std::vector<std::vector<float>>;

/// Of each transcript of a recording, the words the reference has too.
std::vector<std::vector<WordPair>> pairsOf(const AlignmentSource& source, const std::vector<std::size_t>& transcripts)
{
    const Manifest& manifest = source.capture->manifest();
    std::vector<std::string> texts;
    std::vector<std::pair<std::size_t, std::size_t>> places; // window, word
    for (std::size_t window = 0; window < transcripts.size(); ++window) {
        const CaptureOutput& output = manifest.outputs[transcripts[window]];
        const std::vector<SpokenWord> words = spokenWords(output, std::vector<TokenSeconds>(output.tokens.size()));
        for (std::size_t word = 0; word < words.size(); ++word) {
            texts.emplace_back(slice(output.text, words[word].span.begin, words[word].span.end));
            places.emplace_back(window, word);
        }
    }
    std::vector<std::vector<WordPair>> pairs(transcripts.size());
    const std::vector<std::optional<std::size_t>> matches = matchedWords(texts, source.reference);
    for (std::size_t i = 0; i < matches.size(); ++i)
        if (matches[i])
            pairs[places[i].first].push_back({places[i].second, source.reference[*matches[i]]});
    if (!source.reference.empty() && std::ranges::all_of(pairs, [](const auto& some) { return some.empty(); }))
        throw Error(ErrorKind::InvalidRequest,
                    "none of the {} words of the reference is a word of the transcript of {}", source.reference.size(),
                    printable(source.capture->path().filename().string()));
    return pairs;
}

/// Rows of tokens that stand for text, ascending.
std::vector<std::int64_t> textRows(const Window& window)
{
    std::vector<std::int64_t> rows;
    for (std::size_t row = 0; row < window.rows.tokens.size(); ++row)
        if (const auto& span = window.output->tokens[window.rows.tokens[row]].span; span && !span->empty())
            rows.push_back(static_cast<std::int64_t>(row));
    return rows;
}

/// What is known of windows when heads are timed one way or another.
class QualitySums
{
public:
    /// `mean` may be empty: then nothing is said about the mass.
    void add(const Window& window, std::span<const float> matrix, std::span<const float> mean)
    {
        const std::vector<WarpStep> path = warpingPath(matrix, window.rows.count(), window.rows.positions);
        const std::vector<std::int64_t> texts = textRows(window);
        const AlignmentScore score = alignmentScore(matrix, window.rows.positions, path, texts);
        const auto weight = static_cast<double>(texts.size());
        m_score.monotonicity += weight * score.monotonicity;
        m_score.coverage += weight * score.coverage;
        m_score.contrast += weight * score.contrast;
        m_weight += weight;
        if (!window.pairs.empty())
            m_fits.add(spokenWords(*window.output, secondsOfTokens(*window.output, window.rows, tokenBegins(path))),
                       window.pairs, window.rows, mean);
    }
    AlignmentQuality quality() const
    {
        AlignmentQuality quality{m_score, m_fits.fit()};
        for (double* value : {&quality.score.monotonicity, &quality.score.coverage, &quality.score.contrast})
            *value = m_weight > 0 ? *value / m_weight : 0;
        return quality;
    }

private:
    AlignmentScore m_score;
    double m_weight = 0;
    FitSums m_fits;
};

/// One search, from the windows it reads to the set it proposes.
class Search
{
public:
    Search(std::span<const AlignmentSource> sources, const AlignmentSearch& search, AnalysisProgress& progress)
        : m_search(search), m_progress(progress)
    {
        addWindows(sources);
        addHeads();
    }

    AlignmentProposal run()
    {
        const std::size_t most = std::min(kShortlist, m_result.ranking.size());
        m_stepsLeft = static_cast<double>(m_result.ranking.size() + most * (2 + m_search.mostHeads));
        m_progress.begin(m_stepsLeft);
        for (AlignmentCandidate& candidate : m_result.ranking)
            candidate.quality = qualityOf(candidate);
        std::ranges::stable_sort(m_result.ranking, [](const AlignmentCandidate& a, const AlignmentCandidate& b) {
            return a.quality.isBetterThan(b.quality);
        });
        std::size_t shortlisted = 1;
        while (shortlisted < most && m_result.ranking[shortlisted].quality.isNear(m_result.ranking.front().quality))
            ++shortlisted;
        propose(shortlisted);
        m_progress.advance(m_stepsLeft); // a set that is complete early leaves some
        return std::move(m_result);
    }

private:
    std::vector<Window> windowsOf(const AlignmentSource& source) const
    {
        const Manifest& manifest = source.capture->manifest();
        const std::vector<std::size_t> transcripts = transcriptsOf(manifest);
        std::vector<std::vector<WordPair>> pairs = pairsOf(source, transcripts);
        std::vector<Window> windows;
        for (std::size_t i = 0; i < transcripts.size(); ++i) {
            const CaptureOutput& output = manifest.outputs[transcripts[i]];
            const AttentionSite& site = manifest.sites[soundSites(manifest, output).front()];
            windows.push_back({source.capture.get(), &output,
                               soundRows(*source.capture, output, site.keyAxis, m_search.rows), std::move(pairs[i])});
        }
        return windows;
    }

    void addWindows(std::span<const AlignmentSource> sources)
    {
        std::vector<Window> windows;
        for (const AlignmentSource& source : sources)
            std::ranges::move(windowsOf(source), std::back_inserter(windows));
        std::size_t most = 1;
        for (const Window& window : windows)
            most = std::max(most, window.size());
        const std::size_t count = std::clamp<std::size_t>(kMostKept / kShortlist / most, 1, windows.size());
        for (std::size_t i = 0; i < count; ++i)
            m_windows.push_back(std::move(windows[(2 * i + 1) * windows.size() / (2 * count)]));
        m_result.windowsRead = count;
        m_result.windows = windows.size();
    }

    static std::optional<std::size_t> siteIn(const Window& window, const std::string& name)
    {
        const std::vector<std::size_t> sites = soundSites(window.capture->manifest(), *window.output);
        for (const std::size_t site : sites) // the window's rows are those of the first one's sound
            if (window.capture->site(site).name == name &&
                window.capture->site(site).keyAxis == window.capture->site(sites.front()).keyAxis)
                return site;
        return std::nullopt;
    }

    void addHeads()
    {
        const Capture& capture = *m_windows.front().capture;
        for (const std::size_t first : soundSites(capture.manifest(), *m_windows.front().output)) {
            const AttentionSite& site = capture.site(first);
            for (const int head : site.headNumbers())
                if (std::ranges::all_of(m_windows, [&](const Window& window) {
                        const std::optional<std::size_t> there = siteIn(window, site.name);
                        return there && window.capture->site(*there).holdsHead(head);
                    }))
                    m_result.ranking.push_back({{site.name, head}, site.layer, {}});
        }
        if (m_result.ranking.empty())
            throw Error(ErrorKind::InvalidRequest, "no head from {} to the sound is held in every window",
                        printable(m_windows.front().output->id));
    }

    std::vector<float> valuesOf(const AlignmentCandidate& candidate, const Window& window) const
    {
        return readSoundRows(*window.capture, {*siteIn(window, candidate.head.site), {candidate.head.head}},
                             window.rows);
    }
    std::vector<float> matrixOf(std::vector<float> values, const Window& window) const
    {
        return alignmentMatrix({1, window.rows.count(), window.rows.positions, std::move(values)},
                               m_search.medianWidth);
    }

    void step()
    {
        m_stepsLeft -= 1;
        m_progress.advance(1);
    }

    AlignmentQuality qualityOf(const AlignmentCandidate& candidate)
    {
        QualitySums sums;
        for (const Window& window : m_windows) {
            const std::vector<float> values = valuesOf(candidate, window);
            sums.add(window, matrixOf(values, window), values);
        }
        step();
        return sums.quality();
    }

    /// Of several heads. Sums of maps do as means: nothing here depends on a factor.
    AlignmentQuality qualityOf(const Maps& sum)
    {
        QualitySums sums;
        for (std::size_t window = 0; window < m_windows.size(); ++window)
            sums.add(m_windows[window], sum[window], {});
        step();
        return sums.quality();
    }
    static Maps added(Maps sum, const Maps& more)
    {
        for (std::size_t window = 0; window < sum.size(); ++window)
            for (std::size_t i = 0; i < sum[window].size(); ++i)
                sum[window][i] += more[window][i];
        return sum;
    }

    /// Heads of the ranking, and what they come to together.
    struct Set
    {
        std::vector<std::size_t> heads;
        Maps sum;
        AlignmentQuality quality;
    };

    std::vector<Maps> mapsOf(std::size_t shortlisted)
    {
        std::vector<Maps> maps(shortlisted);
        for (std::size_t i = 0; i < shortlisted; ++i) {
            for (const Window& window : m_windows)
                maps[i].push_back(matrixOf(valuesOf(m_result.ranking[i], window), window));
            step();
        }
        return maps;
    }

    /// The best of the sets of the first one, two, … heads.
    Set bestBeginning(const std::vector<Maps>& maps)
    {
        Set set{{0}, maps.front(), m_result.ranking.front().quality};
        Set best = set;
        for (std::size_t i = 1; i < std::min(maps.size(), m_search.mostHeads); ++i) {
            set.heads.push_back(i);
            set.sum = added(std::move(set.sum), maps[i]);
            set.quality = qualityOf(set.sum);
            if (set.quality.isBetterThan(best.quality))
                best = set;
        }
        return best;
    }

    void propose(std::size_t shortlisted)
    {
        const std::vector<Maps> maps = mapsOf(shortlisted);
        Set best = bestBeginning(maps);
        while (best.heads.size() < m_search.mostHeads) {
            std::optional<Set> next;
            for (std::size_t i = 0; i < shortlisted; ++i) {
                if (std::ranges::find(best.heads, i) != best.heads.end())
                    continue;
                Set set{best.heads, added(best.sum, maps[i]), {}};
                set.heads.push_back(i);
                set.quality = qualityOf(set.sum);
                if (set.quality.isBetterThan(next ? next->quality : best.quality))
                    next = std::move(set);
            }
            if (!next)
                break;
            best = std::move(*next);
        }
        finish(best.heads);
    }

    void finish(const std::vector<std::size_t>& taken)
    {
        m_result.alignment.medianWidth = m_search.medianWidth;
        for (const std::size_t i : taken)
            m_result.alignment.heads.push_back(m_result.ranking[i].head);
        QualitySums sums;
        for (const Window& window : m_windows) {
            const OutputAlignment aligned =
                alignOutput(*window.capture, *window.output, m_result.alignment, m_search.rows);
            sums.add(window, aligned.matrix, aligned.mean);
        }
        m_result.quality = sums.quality();
    }

    const AlignmentSearch& m_search;
    AnalysisProgress& m_progress;
    double m_stepsLeft = 0;
    std::vector<Window> m_windows;
    AlignmentProposal m_result;
};

} // namespace

std::optional<std::string> alignmentSearchObstacle(const Manifest& manifest)
{
    const std::vector<std::size_t> transcripts = transcriptsOf(manifest);
    if (transcripts.empty())
        return "The capture holds no text that was heard in a recording.";
    for (const std::size_t index : transcripts) {
        const CaptureOutput& output = manifest.outputs[index];
        const std::vector<std::size_t> sites = soundSites(manifest, output);
        if (sites.empty())
            return fmt::format("The capture has no attention of \"{}\" to the sound; make it again with \"{}/*\" among "
                               "its sites.",
                               printable(output.id), printable(output.pass));
        const StoredIndices& held = manifest.axis(output.axis).storedQueries;
        if (!held.areAll())
            return fmt::format("The capture holds some rows of \"{}\" only, and times need all.", printable(output.id));
    }
    return std::nullopt;
}

AlignmentProposal searchAlignmentHeads(std::span<const AlignmentSource> sources, const AlignmentSearch& search,
                                       AnalysisProgress& progress)
{
    for (const AlignmentSource& source : sources)
        if (const std::optional<std::string> obstacle = alignmentSearchObstacle(source.capture->manifest()))
            throw Error(ErrorKind::InvalidRequest, "{}: {}", printable(source.capture->path().filename().string()),
                        *obstacle);
    return Search(sources, search, progress).run();
}

AlignmentQuality alignmentQuality(std::span<const AlignmentSource> sources, const Alignment& alignment, TimingRows rows)
{
    QualitySums sums;
    for (const AlignmentSource& source : sources) {
        const std::vector<std::size_t> transcripts = transcriptsOf(source.capture->manifest());
        const std::vector<std::vector<WordPair>> pairs = pairsOf(source, transcripts);
        for (std::size_t i = 0; i < transcripts.size(); ++i) {
            const CaptureOutput& output = source.capture->manifest().outputs[transcripts[i]];
            const OutputAlignment aligned = alignOutput(*source.capture, output, alignment, rows);
            sums.add({source.capture.get(), &output, aligned.rows, pairs[i]}, aligned.matrix, aligned.mean);
        }
    }
    return sums.quality();
}

} // namespace heedmap
