#include "core/analysis/truncated_svd.h"

#include "core/analysis/analysis_steps.h"
#include "core/analysis/svd_modes.h"
#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace heedmap {

namespace {

constexpr double kMostModes = 64;

std::vector<AnalysisParameter> svdParameters()
{
    AnalysisParameter modes{"modes", "Modes kept", "How many modes the map is rebuilt from, the strongest first."};
    modes.standard = modes.low = 1;
    modes.high = kMostModes;
    modes.whole = true;
    AnalysisParameter centring{"centring", "Centring", "What is taken from the map first, and given back at the end."};
    centring.kind = ParameterKind::Choice;
    for (const CentringInfo& info : centrings())
        centring.choices.push_back({info.id, info.title});
    return {modes, centring};
}

std::vector<std::string> notesOf(const SvdModes& modes, std::int64_t kept)
{
    double energy = 0;
    for (std::int64_t mode = 0; mode < kept; ++mode)
        energy += modes.energy(mode);
    std::vector<std::string> notes{fmt::format("{} of {} modes with {:.1f} % of the energy; relative error {:.4f}",
                                               kept, std::min(modes.queries.rows(), modes.keys.rows()), 100 * energy,
                                               modes.keptError(kept))};
    if (!modes.subspaces.empty() && modes.subspaces.back().continues)
        notes.emplace_back("the next mode is nearly as strong as the last one kept: the cut between them is arbitrary");
    return notes;
}

std::optional<AnalysisObstacle> none(const Capture&, const AnalysisScope&)
{
    return std::nullopt;
}

/// Weights that are no numbers count as 0 while the map is taken apart, and stay what they are in the result.
AnalysisResult runSvd(const Capture& capture, const AnalysisScope& scope, const AnalysisSettings& settings,
                      AnalysisProgress& progress)
{
    AnalysisResult result = emptyMap(capture, scope.map);
    mapSize(capture, scope.map);
    progress.begin(1);
    result.map = readMap(capture, scope.map);
    const std::int64_t rows = queryAxisOf(capture, scope.map).length;
    const std::int64_t columns = keyAxisOf(capture, scope.map).length;
    const auto wanted = static_cast<std::int64_t>(settings.number("modes"));
    double before = 0;
    const GoOn goOn = [&](double done) {
        progress.advance(std::max(0.0, done - std::exchange(before, std::max(before, done))));
        return true;
    };
    const SvdModes modes = svdModes(result.map, rows, columns, std::min(wanted, mostTriplets(rows, columns)),
                                    centringNamed(settings.choice("centring")), goOn);
    const std::int64_t kept = std::min(wanted, modes.modeCount());
    for (std::int64_t row = 0; row < rows; ++row) {
        const Eigen::VectorXd rebuilt = modes.rebuiltRow(row, kept);
        for (std::int64_t column = 0; column < columns; ++column)
            if (float& value = result.map[static_cast<std::size_t>(row * columns + column)]; std::isfinite(value))
                value = static_cast<float>(rebuilt[column]);
    }
    progress.advance(1 - before);
    result.notes = notesOf(modes, kept);
    return result;
}

} // namespace

Analysis truncatedSvd()
{
    return {"svd",
            "SVD, strongest modes",
            "A − means = Σ_i σ_i u_i v_iᵀ;  shown: means + Σ_{i ≤ k} σ_i u_i v_iᵀ",
            "the nearest map of its rank: Eckart & Young 1936",
            "rebuilt weight, no probability, may be negative",
            AnalysisNeed::Attention,
            ResultShape::Map,
            AnalysisReach::Shown,
            false,
            svdParameters(),
            none,
            runSvd};
}

} // namespace heedmap
